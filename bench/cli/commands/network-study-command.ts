/** `bench network study`: the networks that ship, each as a table and a figure. */
import { performance } from 'node:perf_hooks';
import { stringify } from 'csv-stringify/sync';
import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { textTable } from '../../../hw-driver/cli/kit/text-table.js';
import { EXIT, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { renderFigure } from '../../figures/figure.js';
import { STUDIES } from '../../network/studies/index.js';
import type { StudyResult } from '../../network/studies/study.js';
import { ResultFolder } from '../report/result-folder.js';
import { LongWork } from './long-work.js';
import { SEED_OPTION } from './shared-options.js';

const MAX_WORKERS = 64;
const MAX_MICROSECONDS = 1_000_000;
const WIDTH = 100;

const networkStudyOptions = (yargs: Argv) =>
  yargs
    .positional('studies', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'all',
      describe: `Studies: ${Object.entries(STUDIES)
        .map(([name, { describe }]) => `${name} (${describe})`)
        .join(', ')}`,
    })
    .option('microseconds', {
      type: 'string',
      describe: 'Virtual time of each run',
      defaultDescription: Object.entries(STUDIES)
        .map(([name, { microseconds }]) => `${name} ${microseconds.toLocaleString('en-US')}`)
        .join(', '),
    })
    .option('workers', { type: 'string', default: '1', describe: 'Number of threads; results do not depend on it' })
    .options(SEED_OPTION)
    .option('out', { type: 'string', default: 'results/network-studies', describe: 'Folder for the CSV and SVG files' })
    .options(JSON_OPTION)
    .example('$0 network study cached-rack', 'Throughput and tail latency against skew, with and without a cache');

type NetworkStudyArguments = ArgumentsOf<typeof networkStudyOptions>;

async function study(args: NetworkStudyArguments): Promise<number> {
  const names = args.studies.length === 0 ? Object.keys(STUDIES) : args.studies;
  const studies = names.map((name) => {
    const found = Object.hasOwn(STUDIES, name) ? STUDIES[name] : undefined;
    if (found === undefined) {
      throw new UsageError(`there is no study '${name}': it is one of ${Object.keys(STUDIES).join(', ')}`);
    }
    return { name, ...found };
  });
  const workers = wholeNumber('--workers', args.workers, 1, MAX_WORKERS);
  const asked = args.microseconds;
  const microseconds = asked === undefined ? undefined : wholeNumber('--microseconds', asked, 1, MAX_MICROSECONDS);
  return ResultFolder.during(args.out, async (folder) => {
    const work = new LongWork(args.json);
    const done: Record<string, Pick<StudyResult, 'rows' | 'sentences'>> = {};
    const aborted = await work.during(async (signal) => {
      for (const { name, run, microseconds: own } of studies) {
        const onProgress = (text: string): void => work.show(`${name}: ${text}`);
        const clock = (): number => performance.now();
        const common = { seed: args.seed, workers, signal, clock, onProgress };
        const result = await run({ ...common, microseconds: microseconds ?? own });
        if (signal.aborted) return;
        folder.write(`${name}.csv`, stringify([...result.rows], { header: true, columns: [...result.columns] }));
        folder.write(`${name}.svg`, await renderFigure(result.figure));
        done[name] = { rows: result.rows, sentences: result.sentences };
        work.say(linesOf(name, result));
      }
    });
    if (args.json) process.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const networkStudyCommand = command(networkStudyOptions, study);

const shown = (value: string | number | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumSignificantDigits: 4 }) : String(value);

function linesOf(name: string, { columns, rows, sentences }: StudyResult): string[] {
  const table = textTable(
    columns.map((column) => column.replaceAll('_', ' ')),
    rows.map((row) => columns.map((column) => shown(row[column]))),
    WIDTH,
  );
  return [name, ...table.trimEnd().split('\n'), ...sentences, ''];
}
