/** `bench sweep`: a grid of cells, measured on all threads of this machine. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { EXIT, StatusLine, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { interruptible } from '../../../traces/system/index.js';
import { renderFigure } from '../../figures/figure.js';
import { cellText } from '../../sweep/cell/cell.js';
import { codeFingerprint } from '../../sweep/cell/code-hash.js';
import { type KeyedCell, type PlannedSweep, planSweep } from '../../sweep/cell/sweep-cells.js';
import { readSweep } from '../../sweep/file/sweep-file.js';
import { runLocally } from '../../sweep/local/run-sweep.js';
import { checkFiles } from '../../sweep/measure/check-files.js';
import type { QueueOutcome } from '../../sweep/queue/queue-controller.js';
import { runQueuedSweep } from '../../sweep/queue/run-queued-sweep.js';
import type { CellFailure } from '../../sweep/results/cell-result.js';
import { parquetOf } from '../../sweep/results/parquet.js';
import { type Plot, plotFigure, plotOf } from '../../sweep/results/plot.js';
import { ResultStore } from '../../sweep/results/result-store.js';
import { csvOf, failuresCsv, type TableColumn, tableOf } from '../../sweep/results/table.js';
import { ResultFolder } from '../report/result-folder.js';
import { SweepDisplay } from '../report/sweep-progress.js';
import { QUEUE_OPTION, queueFrom, requiredQueue } from './queue-options.js';
import { endSweep, forget, showQueue } from './sweep-queue.js';

const MAX_WORKERS = 64;

const sweepOptions = (yargs: Argv) =>
  yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'Sweep file (docs/sweep.schema.json); or status, or cancel or forget with an ID, for a queue',
    })
    .positional('id', { type: 'string', describe: 'The sweep to cancel or to forget' })
    .options(QUEUE_OPTION)
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
    .option('all', {
      type: 'boolean',
      default: false,
      describe: 'With forget: all sweeps of the queue, and what else it keeps',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print the results as one JSON document' })
    .epilogue(
      'Each cell of the grid is measured once; the same command again measures only cells that are missing, or failed. ' +
        'sweep.csv has a row for each cell, equal for equal code; times are in times.csv. Units are in the names of columns. ' +
        'Paths in the file are relative to its folder. With --queue, cells run where bench worker runs; sweep status shows ' +
        'its sweeps, its workers and how much it keeps, sweep cancel ID ends a sweep, and sweep forget ID forgets its results ' +
        'and files in the queue too; otherwise they stay.',
    )
    .example('$0 sweep grid.json', 'All cells of a grid')
    .example('$0 sweep grid.json --queue redis://queue.example:6379/mine', 'On all machines with a worker')
    .example('$0 sweep grid.json --plot x=memory,y=capacity,color=allocator', 'And a figure of them');

type SweepArguments = ArgumentsOf<typeof sweepOptions>;

async function sweep(args: SweepArguments): Promise<number> {
  if (args.file === 'status') return showQueue(requiredQueue(args, 'sweep status'), args.json);
  if (args.file === 'cancel') return endSweep(requiredQueue(args, 'sweep cancel'), idFrom(args));
  if (args.file === 'forget') return forget(requiredQueue(args, 'sweep forget'), forgottenFrom(args));
  if (args.all) throw new UsageError('--all belongs to sweep forget');
  if (args.id !== undefined) throw new UsageError(`a sweep takes one file; '${args.id}' is one too many`);
  const address = queueFrom(args);
  if (address !== undefined && args.workers !== undefined) {
    throw new UsageError('--workers is of this machine, and with --queue cells run where bench worker runs');
  }
  const code = codeFingerprint();
  const read = readSweep(args.file);
  const planned = planSweep(read, code);
  const plot = args.plot === undefined ? undefined : plotOf(args.plot, planned.measure);
  const workers = wholeNumber('--workers', args.workers ?? String(availableParallelism()), 1, MAX_WORKERS);
  await checkFiles(read, planned);
  return ResultFolder.during(args.out, async (folder) => {
    const store = new ResultStore(args.out, code, args.fresh);
    const missing = planned.cells.filter(({ key }) => store.get(key) === undefined);
    const failures = new Map<string, CellFailure>();
    const status = new StatusLine();
    const display = new SweepDisplay(status, missing.length, () => performance.now());
    const onFailed = ({ key }: KeyedCell, failure: CellFailure): void => {
      failures.set(key, failure);
      display.ends(false);
    };
    const onNotice = (text: string): void => {
      status.clear();
      process.stderr.write(`bench: ${text}\n`);
    };
    const { isInterrupted, outcome } = await interruptible(async (signal) => {
      const common = { sweep: planned, store, signal, onDone: () => display.ends(true), onFailed };
      const onStart = ({ cell }: KeyedCell): void => display.starts(cellText(cell, planned.axes));
      const onWorkers = (text: string): void => display.says(text);
      const { file: path } = args;
      const queued = { ...common, path, code, isFresh: args.fresh, onWorkers, onNotice };
      const end =
        address === undefined
          ? await runLocally({ ...common, workers, onStart }).then(() => NO_QUEUE)
          : await runQueuedSweep({ ...queued, address });
      return { isInterrupted: signal.aborted, outcome: end };
    }).finally(() => status.stop());
    if (isInterrupted || outcome.isCancelled) {
      const what = outcome.isCancelled ? 'the sweep was cancelled' : 'interrupted';
      process.stderr.write(`bench: ${what}; the same command goes on from ${args.out}\n`);
      return outcome.isCancelled ? EXIT.failed : EXIT.interrupted;
    }
    await writeTables(folder, args, planned, store, failures, plot);
    const end = report(args, planned, store, failures, planned.cells.length - missing.length);
    return outcome.defects.length === 0 ? end : reportDefects(planned, outcome.defects);
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

/** Cells of equal keys have to have equal results: what differs is a fault of this project or of a machine. */
function reportDefects({ cells, axes }: PlannedSweep, defects: readonly string[]): number {
  for (const { key, cell } of cells.filter((each) => defects.includes(each.key)).slice(0, MAX_SHOWN_FAILURES)) {
    process.stderr.write(
      `bench: defect: cell ${key} (${cellText(cell, axes)}) has two results; the first one is in the table\n`,
    );
  }
  return EXIT.failed;
}

function idFrom({ id }: SweepArguments): string {
  if (id === undefined) throw new UsageError('sweep cancel takes the ID of a sweep; bench sweep status lists them');
  return id;
}

/** The ID, or undefined for all. */
function forgottenFrom({ id, all }: SweepArguments): string | undefined {
  if ((id === undefined) === all) return id;
  throw new UsageError('sweep forget takes the ID of a sweep, which bench sweep status lists, or --all');
}

const NO_QUEUE: QueueOutcome = { isCancelled: false, defects: [] };

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
