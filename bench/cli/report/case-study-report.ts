/** Results of case studies as CSV, as figures, and as a table with the published results. */
import { stringify } from 'csv-stringify/sync';
import { lineFigure } from '../../figures/figure.js';
import type { StudyName, StudyResult } from '../../paper/case-studies/study.js';

interface Look {
  readonly title: string;
  readonly quantity: string;
  readonly range: readonly [number, number];
}

/** @param megabitsPerSecond rate of the traffic */
function lookOf(study: StudyName, megabitsPerSecond: number): Look {
  const rate = { quantity: 'received, Mbit/s', range: [0, 1.1 * megabitsPerSecond] as const };
  switch (study) {
    case 'a':
      return { title: '13a  A program deployed or revoked every 0.5 s', ...rate };
    case 'b':
      return { title: '13b  In-network cache, hit rate 0.6', ...rate };
    case 'c':
      return { title: '13c  Stateless load balancer', quantity: 'imbalance of two ports', range: [0, 1.05] };
    case 'd':
      return { title: '13d  Heavy hitter detector', quantity: 'F1 of the reported flows', range: [0, 1.05] };
  }
}

export function caseStudyCsv({ p4runpro, conventional, events }: StudyResult): string {
  const rows = p4runpro.map(({ seconds, value }, n) => ({
    seconds,
    p4runpro: value === null ? '' : rounded(value),
    conventional: rounded(conventional[n]?.value ?? undefined),
    events: events
      .filter((event) => event.seconds < seconds && event.seconds >= (p4runpro[n - 1]?.seconds ?? 0))
      .map(({ event }) => event)
      .join('; '),
  }));
  return stringify(rows, { header: true, columns: ['seconds', 'p4runpro', 'conventional', 'events'] });
}

const rounded = (value: number | undefined): number | '' => (value === undefined ? '' : Number(value.toFixed(6)));

export function caseStudyFigure(result: StudyResult, megabitsPerSecond: number): Promise<string> {
  const { title, quantity, range } = lookOf(result.study, megabitsPerSecond);
  const points = (samples: StudyResult['p4runpro']) => samples.map(({ seconds, value }) => ({ x: seconds, y: value }));
  return lineFigure({
    title,
    x: 'time, s',
    y: quantity,
    range,
    series: [
      { name: 'P4runpro', points: points(result.p4runpro) },
      { name: 'conventional program', points: points(result.conventional) },
    ],
    marks: result.events.map(({ seconds, event }) => ({ x: seconds, text: event })),
  });
}

const WIDTHS = [7, 34, 14, 14] as const;
const row = (study: string, quantity: string, ...values: readonly string[]): string =>
  [study.padEnd(WIDTHS[0]), quantity.padEnd(WIDTHS[1]), ...values.map((value) => value.padStart(WIDTHS[2]))]
    .join('')
    .trimEnd();

export const caseStudyHeader = (): string => row('figure', '', 'published', 'P4runpro', 'conventional');

export function caseStudyLines(
  { study, findings }: StudyResult,
  published: (study: StudyName, quantity: string) => number | undefined,
): string[] {
  return findings.map(({ quantity, p4runpro, conventional }) =>
    row(`13${study}`, quantity, figure(published(study, quantity)), figure(p4runpro), figure(conventional)),
  );
}

const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : value.toLocaleString('en-US', { maximumFractionDigits: 3 });
