/** `bench reproduce`: the tables and figures of the paper, published and measured here. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Argv } from 'yargs';
import { must } from '../../../compiler/data-plane/must.js';
import { f1, z3Allocator } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { REQUIRED_WORDS } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, StatusLine, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { interruptible, readInput, reasonOf } from '../../../traces/system/index.js';
import { renderFigure } from '../../figures/figure.js';
import type { Layout } from '../../figures/panels.js';
import { numberText } from '../../paper/page/figures-text.js';
import { reproductionPage } from '../../paper/page/page.js';
import { verdictsCsv, verdictTable } from '../../paper/page/verdict-table.js';
import { type Change, changesSince, checkComparable, NotComparable } from '../../paper/reproduce/against.js';
import { CellStore } from '../../paper/reproduce/cell-store.js';
import type { Cell } from '../../paper/reproduce/cells/cell.js';
import type { Experiment, Setting } from '../../paper/reproduce/experiment.js';
import { EXPERIMENTS } from '../../paper/reproduce/experiments/index.js';
import type { CellQueue } from '../../paper/reproduce/queued-cells.js';
import {
  REPRODUCTION_SCHEMA,
  type Reproduction,
  type ReproductionDocument,
  reproduction,
} from '../../paper/reproduce/reproduction.js';
import { runCells } from '../../paper/reproduce/run-cells.js';
import { sourceCommit } from '../../paper/reproduce/source-commit.js';
import { codeFingerprint } from '../../sweep/cell/code-hash.js';
import type { QueueAddress } from '../../sweep/queue/queue-address.js';
import { cellProgress } from '../report/cell-progress.js';
import { ResultFolder } from '../report/result-folder.js';
import { QUEUE_OPTION, queueFrom } from './queue-options.js';
import { SEED_OPTION } from './shared-options.js';

const IDS = EXPERIMENTS.map(({ id }) => id);
const MAX_WORKERS = 64;

const reproduceOptions = (yargs: Argv) =>
  yargs
    .positional('experiments', {
      ...REQUIRED_WORDS,
      describe: `Experiments: ${IDS.join(', ')}, or all, or paper (all that the paper has)`,
    })
    .option('quick', {
      type: 'boolean',
      default: false,
      describe: 'Fewer repeats and shorter runs, as the report states',
    })
    .option('workers', {
      type: 'string',
      describe: 'Number of threads for computations that do not measure time',
      defaultDescription: 'number of cores',
    })
    .options(QUEUE_OPTION)
    .options(SEED_OPTION)
    .option('out', {
      type: 'string',
      default: 'results/reproduce',
      describe: 'Folder for report.html, CSV, SVG and JSON files',
    })
    .option('against', {
      type: 'string',
      describe: 'Folder of an earlier result to compare with; exit status 1 on a significant change',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print reproduce.json instead of the table' })
    .epilogue('The same command resumes an interrupted run.')
    .example('$0 reproduce all', 'All tables and figures, in some 15 minutes')
    .example('$0 reproduce fig9 fig12 --quick', 'Two figures with fewer repeats');

type ReproduceArguments = ArgumentsOf<typeof reproduceOptions>;

async function reproduce(args: ReproduceArguments): Promise<number> {
  const experiments = experimentsOf(args.experiments);
  const workers = wholeNumber('--workers', args.workers ?? String(availableParallelism()), 1, MAX_WORKERS);
  const address = queueFrom(args);
  const setting: Setting = { scale: args.quick ? 'quick' : 'full', seed: args.seed };
  const earlier = args.against === undefined ? undefined : earlierResult(args.against, setting);
  const cells = experiments.flatMap((experiment) => experiment.cells(setting));
  // Throws before the first cell if the solver is not installed.
  if (cells.some((cell) => cell.kind === 'delay' && cell.how === 'model')) z3Allocator(f1());
  return ResultFolder.during(args.out, (folder) =>
    reproduceInto(folder, args, { experiments, workers, address, earlier, setting, cells }),
  );
}

export const reproduceCommand = command(reproduceOptions, reproduce);

/** Where cells run that measure no time; those that do run here, alone, as always. */
const queueOf = (address: QueueAddress | undefined, code: string, status: StatusLine): CellQueue | undefined =>
  address && {
    address,
    code,
    onNotice: (text) => {
      status.clear();
      process.stderr.write(`bench: ${text}\n`);
    },
  };

interface Asked {
  readonly address: QueueAddress | undefined;
  readonly experiments: ReturnType<typeof experimentsOf>;
  readonly workers: number;
  readonly earlier: ReturnType<typeof earlierResult> | undefined;
  readonly setting: Setting;
  readonly cells: readonly Cell[];
}

async function reproduceInto(folder: ResultFolder, args: ReproduceArguments, asked: Asked): Promise<number> {
  const { experiments, workers, earlier, setting, cells } = asked;
  const code = codeFingerprint();
  const store = new CellStore(args.out, code);
  const started = performance.now();
  const date = new Date().toISOString();
  const status = new StatusLine();
  const results = await interruptible((signal) =>
    runCells({
      cells,
      workers,
      queue: queueOf(asked.address, code, status),
      store,
      signal,
      onProgress: cellProgress(status),
    }),
  ).finally(() => status.stop());
  if (results === undefined) {
    process.stderr.write(`bench: interrupted; the same command resumes from ${args.out}\n`);
    return EXIT.interrupted;
  }
  const wallSeconds = (performance.now() - started) / 1000;
  const run = { command: commandOf(args), wallSeconds, code, commit: sourceCommit(), date };
  const reproduced = reproduction(experiments, results, setting, run);
  await write(folder, reproduced);
  store.discard();
  const changes = earlier && changesSince(earlier, reproduced.document);
  report(args, reproduced.document, changes);
  return changes !== undefined && changes.length > 0 ? EXIT.failed : EXIT.done;
}

function report(
  args: ReproduceArguments,
  document: ReproductionDocument,
  changes: readonly Change[] | undefined,
): void {
  if (args.json) process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
  else
    process.stdout.write(
      `${verdictTable(document)}\n\nresults in ${args.out}: report.html, reproduce.json, verdicts.csv\n`,
    );
  if (changes === undefined) return;
  const stream = args.json ? process.stderr : process.stdout;
  for (const change of changes) stream.write(`${changeText(change)}\n`);
  stream.write(`${changes.length} significant changes since ${args.against}\n`);
}

const changeText = ({ experiment, quantity, column, before, after, kind }: Change): string =>
  `${experiment}: ${quantity}, ${column}: ${numberText(before)} before, ${after === null ? 'gone' : numberText(after)} now` +
  (kind === 'timed' ? ' (measured)' : '');

/** Writes all files; the page comes last, so that its presence means a complete result. */
async function write(folder: ResultFolder, { document, series, figures }: Reproduction): Promise<void> {
  for (const { name, rows } of series) folder.write(`${name}.csv`, stringify([...rows], { header: true }));
  const drawn = new Map<string, Readonly<Record<Layout, string>>>();
  for (const { name, draw } of figures) {
    const wide = await renderFigure(draw('wide'));
    drawn.set(name, { wide, narrow: await renderFigure(draw('narrow')) });
    folder.write(`${name}.svg`, wide);
  }
  folder.write('verdicts.csv', verdictsCsv(document));
  folder.write('reproduce.json', `${JSON.stringify(document, null, 1)}\n`);
  folder.write(
    'report.html',
    reproductionPage(document, (name) => must(drawn.get(name), `figure ${name}`)),
  );
}

function experimentsOf(names: readonly string[]): readonly Experiment[] {
  const unknown = names.find((name) => name !== 'all' && name !== 'paper' && !IDS.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no experiment '${unknown}': it is all, paper, or one of ${IDS.join(', ')}`);
  }
  return EXPERIMENTS.filter(
    ({ id, isExtra }) => names.includes(id) || names.includes('all') || (names.includes('paper') && isExtra !== true),
  );
}

/** The command with all options that numbers can depend on; times may on the number of threads. */
function commandOf({ experiments, quick, seed, workers }: ReproduceArguments): string {
  const threads = workers === undefined ? '' : ` --workers ${workers}`;
  return `npx bench reproduce ${experiments.join(' ')}${quick ? ' --quick' : ''} --seed ${seed}${threads}`;
}

/** Refuses a result that cannot be compared before anything is computed. */
function earlierResult(folder: string, setting: Setting): ReproductionDocument {
  const path = join(folder, 'reproduce.json');
  if (!existsSync(path)) throw new UsageError(`--against: there is no ${path}`);
  try {
    const document = JSON.parse(readInput(path).toString('utf8')) as ReproductionDocument;
    if (document.schema !== REPRODUCTION_SCHEMA) throw new Error(`its schema is not ${REPRODUCTION_SCHEMA}`);
    checkComparable(document, setting);
    return document;
  } catch (error) {
    if (error instanceof NotComparable) throw new UsageError(`--against: ${error.message}`);
    throw new UsageError(`--against: ${path} cannot be read: ${reasonOf(error)}`);
  }
}
