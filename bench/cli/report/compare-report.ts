/** A comparison of two runs as text. */
import { Ansis } from 'ansis';
import type { ComparedSpeed, Comparison, SpeedVerdict } from '../../measure/compare/compare-runs.js';

const SHOWN = 24;

export function renderComparison({ figures, speeds }: Comparison, colours: boolean): string {
  const paint = new Ansis(colours ? 3 : 0);
  const width = Math.max(
    ...[...figures.map(({ figure }) => figure), ...speeds.map(({ measure }) => measure)].map(length),
  );
  const lines = figures.map(({ figure, before, after, verdict }) => {
    const text = verdict === 'equal' ? shortened(before) : `${difference(before, after)}`;
    return `${figure.padEnd(width)}  ${verdict === 'equal' ? verdict.padEnd(13) : paint.red(verdict.padEnd(13))}  ${text}`;
  });
  const colour = { better: paint.green, worse: paint.red, 'no difference': paint.reset, 'not known': paint.yellow };
  for (const speed of speeds) {
    const verdict = colour[speed.verdict](speed.verdict.padEnd(13));
    lines.push(`${speed.measure.padEnd(width)}  ${verdict}  ${ratioText(speed)}`);
  }
  lines.push(`${'verdict'.padEnd(width)}  ${verdictText({ figures, speeds })}`);
  return `${lines.join('\n')}\n`;
}

/** The comparison in one sentence. */
function verdictText({ figures, speeds }: Comparison): string {
  const differing = figures.filter(({ verdict }) => verdict === 'differs').length;
  const results = differing === 0 ? 'the same results' : `${differing} of ${figures.length} results differ`;
  const of = (verdict: SpeedVerdict): number => speeds.filter((speed) => speed.verdict === verdict).length;
  const [only, ...others] = speeds;
  if (only === undefined) return figures.length === 0 ? 'nothing was compared' : results;
  const first = figures.length === 0 ? '' : `${results}, `;
  if (others.length === 0) return `${first}${ONE_SPEED[only.verdict]}`;
  return `${first}${of('better')} faster, ${of('worse')} slower, ${of('no difference')} without a difference, ${of('not known')} not known`;
}

const ONE_SPEED: Record<SpeedVerdict, string> = {
  better: 'and faster',
  worse: 'but slower',
  'no difference': 'and no significant difference in speed',
  'not known': 'and too few repeats to compare speeds',
};

const length = (text: string): number => text.length;
const shortened = (text: string): string => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`);

/** Two texts from their first difference on. */
function difference(before: string, after: string): string {
  if (before.length <= SHOWN && after.length <= SHOWN) return `${before} -> ${after}`;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = Math.max(0, same - SHOWN / 2);
  const part = (text: string): string => `${from > 0 ? '…' : ''}${shortened(text.slice(from))}`;
  return `${part(before)} -> ${part(after)}`;
}

const factor = (ratio: number): string => ratio.toFixed(3);

function ratioText({ ratio, interval }: ComparedSpeed): string {
  const sure =
    interval === null
      ? 'no interval: at least four repeats of each run are needed (bench run --repeat 5)'
      : `95 % interval ${factor(interval[0])} to ${factor(interval[1])}`;
  return `times ${factor(ratio)} (${sure})`;
}
