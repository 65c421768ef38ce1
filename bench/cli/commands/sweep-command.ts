/** `bench sweep`: a grid of cells, measured on all threads of this machine. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { EXIT, StatusLine, wholeNumber } from '../../../hw-driver/index.js';
import { interruptible } from '../../../traces/system/index.js';
import { renderFigure } from '../../figures/figure.js';
import { cellText } from '../../sweep/cell/cell.js';
import { codeFingerprint } from '../../sweep/cell/code-hash.js';
import { type KeyedCell, type PlannedSweep, planSweep } from '../../sweep/cell/sweep-cells.js';
import { readSweep } from '../../sweep/file/sweep-file.js';
import { runLocally } from '../../sweep/local/run-sweep.js';
import type { CellFailure } from '../../sweep/results/cell-result.js';
import { parquetOf } from '../../sweep/results/parquet.js';
import { type Plot, plotFigure, plotOf } from '../../sweep/results/plot.js';
import { ResultStore } from '../../sweep/results/result-store.js';
import { csvOf, failuresCsv, type TableColumn, tableOf } from '../../sweep/results/table.js';
import { ResultFolder } from '../report/result-folder.js';
import { SweepDisplay } from '../report/sweep-progress.js';

const MAX_WORKERS = 64;

const sweepOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Sweep file (docs/sweep.schema.json)' })
    .option('out', {
      type: 'string',
      default: 'results/sweep',
      describe: 'Folder for sweep.csv, times.csv, other results, and what is done',
    })
    .option('workers', {
      type: 'string',
      describe: 'Number of threads; results do not depend on it',
      defaultDescription: 'number of cores',
    })
    .option('fresh', { type: 'boolean', default: false, describe: 'Compute also the cells that are done' })
    .option('parquet', { type: 'boolean', default: false, describe: 'Write sweep.parquet, too' })
    .option('plot', {
      type: 'string',
      describe: 'Write sweep.svg, a figure of columns: x=COLUMN,y=COLUMN,color=COLUMN',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print the results as one JSON document' })
    .epilogue(
      'Each cell of the grid is measured once; the same command again measures only cells that are missing, or failed. ' +
        'sweep.csv has a row for each cell, equal for equal code; times are in times.csv. Units are in the names of columns. ' +
        'Paths in the file are relative to its folder.',
    )
    .example('$0 sweep grid.json', 'All cells of a grid')
    .example('$0 sweep grid.json --plot x=memory,y=capacity,color=allocator', 'And a figure of them');

type SweepArguments = ArgumentsOf<typeof sweepOptions>;

async function sweep(args: SweepArguments): Promise<number> {
  const code = codeFingerprint();
  const planned = planSweep(readSweep(args.file), code);
  const plot = args.plot === undefined ? undefined : plotOf(args.plot, planned.measure);
  const workers = wholeNumber('--workers', args.workers ?? String(availableParallelism()), 1, MAX_WORKERS);
  return ResultFolder.during(args.out, async (folder) => {
    const store = new ResultStore(args.out, code, args.fresh);
    const missing = planned.cells.filter(({ key }) => store.get(key) === undefined);
    const failures = new Map<string, CellFailure>();
    const status = new StatusLine();
    const display = new SweepDisplay(status, missing.length, () => performance.now());
    const isInterrupted = await interruptible(async (signal) => {
      await runLocally({
        sweep: planned,
        store,
        workers,
        signal,
        onStart: ({ cell }) => display.starts(cellText(cell, planned.axes)),
        onDone: () => display.ends(true),
        onFailed: ({ key }, failure) => {
          failures.set(key, failure);
          display.ends(false);
        },
      });
      return signal.aborted;
    }).finally(() => status.stop());
    if (isInterrupted) {
      process.stderr.write(`bench: interrupted; the same command goes on from ${args.out}\n`);
      return EXIT.interrupted;
    }
    await writeTables(folder, args, planned, store, failures, plot);
    return report(args, planned, store, failures, planned.cells.length - missing.length);
  });
}

/** Exit status 1 if a cell failed. */
export const sweepCommand = command(sweepOptions, sweep);

async function writeTables(
  folder: ResultFolder,
  { parquet }: SweepArguments,
  planned: PlannedSweep,
  store: ResultStore,
  failures: ReadonlyMap<string, CellFailure>,
  plot: Plot | undefined,
): Promise<void> {
  const results = resultsOf(planned, store);
  const times = tableOf(planned, (key) => store.get(key), 'times');
  folder.write('times.csv', csvOf(times));
  if (failures.size > 0) folder.write('failed.csv', failuresCsv(planned, failures));
  else rmSync(join(folder.path, 'failed.csv'), { force: true });
  if (parquet) folder.write('sweep.parquet', parquetOf(results));
  if (plot !== undefined) folder.write('sweep.svg', await renderFigure(plotFigure(plot, [...results, ...times])));
  // Last, so that its presence means a complete result.
  folder.write('sweep.csv', csvOf(results));
}

const resultsOf = (planned: PlannedSweep, store: ResultStore): readonly TableColumn[] =>
  tableOf(planned, (key) => store.get(key), 'results');

function report(
  { json, out, parquet, plot }: SweepArguments,
  planned: PlannedSweep,
  store: ResultStore,
  failures: ReadonlyMap<string, CellFailure>,
  kept: number,
): number {
  if (json) {
    const columns = resultsOf(planned, store);
    const rows = columns[0]?.values.map((_, row) =>
      Object.fromEntries(columns.map(({ name, values }) => [name, values[row] ?? null])),
    );
    process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/sweep-results@1', rows }, null, 1)}\n`);
  } else {
    const done = planned.cells.length - failures.size;
    const before = kept === 0 ? '' : `, ${kept.toLocaleString('en-US')} of them before`;
    const files = ['sweep.csv', 'times.csv', ...(parquet ? ['sweep.parquet'] : []), ...(plot ? ['sweep.svg'] : [])];
    process.stdout.write(`${counted(done, 'cell')} done${before}\nresults in ${out}: ${files.join(', ')}\n`);
  }
  for (const line of failureLines(planned, failures)) process.stderr.write(`bench: ${line}\n`);
  return failures.size > 0 ? EXIT.failed : EXIT.done;
}

/** As many as a reader looks at; failed.csv has all. */
const MAX_SHOWN_FAILURES = 5;

function failureLines({ cells, axes }: PlannedSweep, failures: ReadonlyMap<string, CellFailure>): readonly string[] {
  const failed = cells.flatMap((each: KeyedCell) => {
    const failure = failures.get(each.key);
    return failure === undefined ? [] : [{ each, failure }];
  });
  const lines = failed
    .slice(0, MAX_SHOWN_FAILURES)
    .map(({ each, failure }) => `${cellText(each.cell, axes)} failed ${failure.tries} times: ${failure.message}`);
  if (failed.length > lines.length) lines.push(`${counted(failed.length, 'cell')} failed; all are in failed.csv`);
  return lines;
}
