/** `bench run`: options, progress and results of a run. */
import { performance } from 'node:perf_hooks';
import type { Argv } from 'yargs';
import { CONSTRAINTS, type Constraints, type DataPlane, type MulticastGroup } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { GROUP_OPTION, groupsFrom } from '../../../hw-driver/cli/kit/group-option.js';
import { writeResult } from '../../../hw-driver/cli/kit/program-documents.js';
import { requireSeparateFiles } from '../../../hw-driver/cli/kit/separate-files.js';
import {
  chainFrom,
  DATA_PLANE_OPTION,
  RECIRCULATIONS_OPTION,
  recirculationsFrom,
  SWITCHES_OPTION,
} from '../../../hw-driver/cli/kit/shared-options.js';
import {
  ALLOCATOR_OPTIONS,
  allocatorFrom,
  EXIT,
  isFancy,
  loadDataPlane,
  UsageError,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { MAX_INSTANCES } from '../../../sim/made-packet/addresses.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import { createCaptureWriter } from '../../../traces/captures/create-capture-writer.js';
import { interruptible } from '../../../traces/system/index.js';
import type { ResumedRun, RunNote } from '../../measure/run/continued-run.js';
import { type RunOptions, type RunResult, runWorkload } from '../../measure/run/run-workload.js';
import type { ReportedRun } from '../../measure/run/summary.js';
import { readUpdateScript } from '../../measure/updates/update-script.js';
import { ADDRESSING_RULE } from '../../workloads/capture-addressing.js';
import { formatMemoryContents } from '../../workloads/memory-contents.js';
import { isProgramKey } from '../../workloads/program-kind.js';
import { loadWorkload, WORKLOAD_CHOICES } from '../../workloads/workload.js';
import { progressDisplay } from '../report/progress-display.js';
import { ResultFolder } from '../report/result-folder.js';
import { renderRunSummary } from '../report/run-summary.js';
import { runTables } from '../report/run-tables.js';
import { SnapshotFile } from '../report/snapshot-file.js';
import { timingSvg } from '../report/timing-tables.js';
import { captureOptions, captureOptionsOf, requireCapture, requireReadable } from './capture-options.js';
import { memorySize } from './memory-size.js';
import { resumedRun, resumeOptions } from './resume-options.js';
import { requireOneSwitch, requireWithoutTime } from './run-refusals.js';
import { ENGINE_OPTION, elasticCases, SEED_OPTION } from './shared-options.js';
import { timingFrom, timingOptions } from './timing-options.js';
import { tracedPackets, tracePacketOptions } from './trace-packet-options.js';

const DEFAULT_PACKETS = 1_000_000;
const DEFAULT_WORKLOAD = 'lb';
const DEFAULT_CASES = 2;
const DEFAULT_SEED = '1';
const DEFAULT_MEMORY_BYTES = 1024;
const MAX_PACKETS = 1e12;
const MAX_WORKERS = 64;
const MAX_REPEATS = 1000;
const MAX_WARMUP = 65_536;
const WARMUP_SHARE = 1 / 8;
const number = (value: number): string => value.toLocaleString('en-US');

const runOptions = (yargs: Argv) =>
  captureOptions(tracePacketOptions(resumeOptions(timingOptions(yargs))))
    .option('programs', {
      type: 'string',
      describe: 'Number of programs to deploy, or max: until one does not fit; required without --resume',
    })
    .option('workload', {
      type: 'string',
      describe: `Programs to deploy: ${WORKLOAD_CHOICES}`,
      defaultDescription: DEFAULT_WORKLOAD,
    })
    .option('memory', {
      type: 'string',
      describe: 'Size of each memory in bytes',
      defaultDescription: `${number(DEFAULT_MEMORY_BYTES)}; of a .p4runpro file: as declared`,
    })
    .option('cases', {
      type: 'string',
      describe: 'Number of elastic cases of cache, nc and lb',
      defaultDescription: String(DEFAULT_CASES),
    })
    .options(ALLOCATOR_OPTIONS)
    .option('constraints', {
      choices: CONSTRAINTS,
      default: 'sound' as Constraints,
      describe:
        "Constraints of allocation. sound: those of a real switch. published: the paper's, with the shapes of its " +
        "authors' programs; allocates and runs no packets",
    })
    .options(GROUP_OPTION)
    .options(RECIRCULATIONS_OPTION)
    .options(SWITCHES_OPTION)
    .options(DATA_PLANE_OPTION)
    .option('trace', {
      type: 'string',
      array: true,
      default: [],
      defaultDescription: 'synthetic packets',
      describe: 'Captures with the packets to run (repeatable)',
    })
    .option('readdress', {
      type: 'boolean',
      default: false,
      describe: 'Rewrite the packets of --trace also for a single .p4runpro program, as for several programs',
    })
    .option('packets', {
      type: 'string',
      describe: 'Number of synthetic packets; not with --trace',
      defaultDescription: number(DEFAULT_PACKETS),
    })
    .option('warmup', {
      type: 'string',
      describe:
        'Number of synthetic packets that run before the measurement and are undone, to warm up the JIT compiler',
      defaultDescription: `1/8 of --packets, maximum ${number(MAX_WARMUP)}`,
    })
    .options(ENGINE_OPTION)
    .option('workers', {
      type: 'string',
      default: '1',
      describe: 'Number of threads; results do not depend on it',
    })
    .option('repeat', {
      type: 'string',
      default: '1',
      describe:
        'Number of timed repetitions of the traffic from the same state, after one to warm up; for bench compare',
    })
    .option('seed', { type: 'string', describe: SEED_OPTION.seed.describe, defaultDescription: DEFAULT_SEED })
    .option('out', { type: 'string', default: 'results/run', describe: 'Folder for summary.json and the CSV files' })
    .option('write', { type: 'string', describe: 'Capture file for the packets that leave the switch' })
    .option('memory-out', { type: 'string', describe: 'JSON file for the contents of memories after the last packet' })
    .option('json', { type: 'boolean', default: false, describe: 'Print summary.json instead of the summary' })
    .epilogue(
      'With --trace, --programs 1 and a .p4runpro file, the program keeps its filter and packets are not rewritten. ' +
        `Otherwise each program gets a filter of its own, and packets are rewritten to match the filters. ${ADDRESSING_RULE}`,
    )
    .example('$0 run --programs 2800', '2,800 load balancers in one switch')
    .example('$0 run --programs 100 --workload nc --switches 2', 'Programs over two switches in a row')
    .example('$0 run --programs 100 --timing --rate 200000000', 'Queues and latencies at 200 million packets/s')
    .example(
      '$0 run --programs max --workload all-mixed --packets 100000',
      'Programs of all kinds until one does not fit',
    )
    .example(
      '$0 run --programs max --workload cache --constraints published',
      'The capacity under the constraints of the paper',
    );

type RunArguments = ArgumentsOf<typeof runOptions>;

async function run(args: RunArguments): Promise<number> {
  const { write, memoryOut, snapshot: kept, workload } = args;
  const texts = workload?.includes('.') ? [workload] : [];
  requireSeparateFiles({ '--write': write, '--memory-out': memoryOut, '--snapshot': kept }, [...args.trace, ...texts]);
  const start = await prepare(args);
  const snapshot = args.snapshot === undefined ? undefined : new SnapshotFile(args.snapshot);
  const folder = resultFolder(args.out, snapshot);
  const display = await progressDisplay(process.stderr, () => performance.now());
  let writer: CaptureWriter | undefined;
  let result: FinishedRun;
  try {
    writer = args.write === undefined ? undefined : createCaptureWriter(args.write, { ports: 'egress' });
    const clock = (): number => performance.now();
    result = await interruptible((signal) => start({ writer, clock, signal, progress: display }));
    writer?.close();
    if (result.snapshot !== undefined) snapshot?.write(result.snapshot);
    if (result.memory !== undefined) writeResult(args.memoryOut, formatMemoryContents(result.memory));
  } catch (error) {
    writer?.abort();
    snapshot?.discard();
    folder.discard();
    throw error;
  } finally {
    display.stop();
  }
  try {
    if (args.figure && result.timing) folder.write('timing.svg', await timingSvg(result.timing));
    return report(args, result, folder);
  } finally {
    folder.close();
  }
}

/** Exit status 1 if not all programs fit. */
export const runCommand = command(runOptions, run);

function resultFolder(path: string, snapshot: SnapshotFile | undefined): ResultFolder {
  try {
    return ResultFolder.open(path);
  } catch (error) {
    snapshot?.discard();
    throw error;
  }
}

type FinishedRun = ReportedRun & Partial<Pick<RunResult, 'snapshot' | 'memory'>>;
type RunEnvironment = Pick<RunOptions, 'writer' | 'clock' | 'signal' | 'progress'>;
type StartRun = (environment: RunEnvironment) => Promise<FinishedRun>;

/** Reads all options and returns the function that starts the run. @throws {UsageError} and domain errors */
async function prepare(args: RunArguments): Promise<StartRun> {
  requireOneSwitch(args);
  const dataPlane = chainFrom(args, loadDataPlane(args.dataplane));
  const resume = resumedRun(args, dataPlane);
  const common = {
    dataPlane,
    programs: resume?.note.programsRequested ?? programsOf(args.programs ?? 'max'),
    allocator: await allocatorFrom(args, args.constraints),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    engine: args.engine,
    workers: wholeNumber('--workers', args.workers, 1, MAX_WORKERS),
    seed: resume?.note.seed ?? args.seed ?? DEFAULT_SEED,
  };
  const workload = resume?.note.workload ?? {
    name: args.workload ?? DEFAULT_WORKLOAD,
    memoryBytes: memoryBytesOf(args),
    cases: elasticCases(args.cases ?? String(DEFAULT_CASES)),
    asWritten: runsAsWritten(args),
  };
  return args.constraints === 'published'
    ? prepareShapes(args, common, workload)
    : preparePrograms(args, common, workload, resume);
}

/** Whether one program of a file runs with its own filter on unchanged packets. @throws {UsageError} */
function runsAsWritten({ workload, programs, trace, readdress, resume, updateScript }: RunArguments): boolean {
  if (readdress && resume !== undefined) {
    throw new UsageError('--readdress cannot be combined with --resume: the snapshot fixes it');
  }
  if (readdress && trace.length === 0)
    throw new UsageError('--readdress rewrites the packets of a capture and needs --trace');
  const isFile = workload?.endsWith('.p4runpro') === true;
  return isFile && programs === '1' && trace.length > 0 && updateScript === undefined && !readdress;
}

const programsOf = (programs: string): number | 'max' =>
  programs === 'max' ? 'max' : wholeNumber('--programs', programs, 1, MAX_INSTANCES);

type CommonOptions = Pick<
  RunOptions,
  'dataPlane' | 'programs' | 'allocator' | 'recirculations' | 'workers' | 'engine' | 'seed'
>;

async function preparePrograms(
  args: RunArguments,
  common: CommonOptions,
  asked: RunNote['workload'],
  resume: ResumedRun | undefined,
): Promise<StartRun> {
  if (args.trace.length > 0 && args.packets !== undefined) {
    throw new UsageError('--packets sets the number of synthetic packets and cannot be combined with --trace');
  }
  if (args.trace.length === 0) requireCapture(args);
  const captures = captureOptionsOf(args);
  const { dataPlane, seed } = common;
  const timing = timingFrom(args, dataPlane);
  if (timing !== undefined) requireWithoutTime(args);
  if (args.rate !== undefined && args.squeezeGaps !== undefined) {
    throw new UsageError('--squeeze-gaps changes time stamps and cannot be combined with --rate, which replaces them');
  }
  const updates = args.updateScript === undefined ? undefined : readUpdateScript(args.updateScript);
  const packets = wholeNumber('--packets', args.packets ?? String(DEFAULT_PACKETS), 0, MAX_PACKETS);
  const warmup = warmupOf(args, packets);
  const memoryBytes = asked.memoryBytes ?? undefined;
  const workload = await loadWorkload({ ...asked, memoryBytes, seed, dataPlane });
  const trace = tracedPackets(args, dataPlane);
  const repeats = repeatsOf(args);
  const snapshot = args.snapshot === undefined ? undefined : asked;
  await requireReadable(args.trace, captures, repeats);
  return (environment) =>
    runWorkload({
      ...common,
      ...environment,
      workload,
      groups: groupsOf(args, dataPlane),
      traces: args.trace,
      captures,
      packets,
      warmup,
      repeats,
      trace,
      readsMemory: args.memoryOut !== undefined,
      resume,
      snapshot,
      ...(timing && { timing }),
      ...(updates && { updates }),
    });
}

/** @throws {UsageError} */
function groupsOf({ group, resume }: RunArguments, dataPlane: DataPlane): readonly MulticastGroup[] {
  if (group.length > 0 && resume !== undefined) {
    throw new UsageError('--group cannot be combined with --resume: the snapshot has the groups');
  }
  return groupsFrom(group, dataPlane);
}

/** @throws {UsageError} for options that cannot be repeated */
function repeatsOf(args: RunArguments): number {
  const repeats = wholeNumber('--repeat', args.repeat, 1, MAX_REPEATS);
  const once = args.write ?? args.snapshot ?? args.resume;
  if (repeats > 1 && (args.timing || once !== undefined || args.tracePacket.length > 0)) {
    throw new UsageError(
      '--repeat measures the speed of packets and cannot be combined with --timing, --write, --snapshot, --resume or ' +
        '--trace-packet',
    );
  }
  return repeats;
}

/** The packets of the warm-up. @throws {UsageError} in runs without synthetic packets at full speed */
function warmupOf({ warmup, trace, timing, tracePacket }: RunArguments, packets: number): number {
  if (warmup === undefined) return Math.min(Math.floor(packets * WARMUP_SHARE), MAX_WARMUP);
  if (timing || trace.length > 0 || tracePacket.length > 0) {
    throw new UsageError(
      '--warmup takes synthetic packets at full speed and cannot be combined with --trace, --timing or --trace-packet',
    );
  }
  return wholeNumber('--warmup', warmup, 0, MAX_PACKETS);
}

/** @throws {UsageError} for options that ask for packets */
function requireNoPackets(args: RunArguments): void {
  const { trace, packets, warmup, write, memoryOut, snapshot, resume, tracePacket, group } = args;
  const given = [packets, warmup, write, memoryOut, snapshot, resume].some((value) => value !== undefined);
  if (!given && trace.length === 0 && tracePacket.length === 0 && group.length === 0) return;
  throw new UsageError(
    '--constraints published runs no packets and cannot be combined with --trace, --packets, --warmup, --write, ' +
      '--memory-out, --snapshot, --resume, --trace-packet or --group',
  );
}

function prepareShapes(args: RunArguments, common: CommonOptions, asked: RunNote['workload']): StartRun {
  requireNoPackets(args);
  requireCapture(args);
  if (args.timing) throw new UsageError('--constraints published runs no packets and cannot be combined with --timing');
  if (args.repeat !== '1')
    throw new UsageError('--constraints published runs no packets and cannot be combined with --repeat');
  timingFrom(args, common.dataPlane);
  const memoryBytes = asked.memoryBytes ?? DEFAULT_MEMORY_BYTES;
  return async ({ clock, signal, progress }) =>
    (await import('../../measure/run/allocate-shapes.js')).allocateShapes({
      ...common,
      workload: asked.name,
      memoryBytes,
      cases: asked.cases,
      clock,
      signal,
      onProgress: (admitted) => progress.deploying(admitted, common.programs),
    });
}

/** Size of each memory in bytes; null where a `.p4runpro` file keeps the declared sizes. */
function memoryBytesOf({ memory, workload = DEFAULT_WORKLOAD }: RunArguments): number | null {
  if (memory !== undefined) return memorySize(memory);
  return isProgramKey(workload) || !workload.includes('.') ? DEFAULT_MEMORY_BYTES : null;
}

function report(args: RunArguments, result: ReportedRun, folder: ResultFolder): number {
  const document = `${JSON.stringify(result.summary, null, 2)}\n`;
  folder.write('summary.json', document);
  const tables = runTables(result);
  for (const [name, text] of tables) folder.write(name, text);
  process.stdout.write(args.json ? document : renderRunSummary(result, isFancy(process.stdout)));
  for (const warning of result.warnings) process.stderr.write(`bench: warning: ${warning}\n`);
  if (!args.json)
    process.stdout.write(
      `\nresults in ${folder.path}:\n  summary.json, ${[...tables.keys(), ...(args.figure ? ['timing.svg'] : [])].join(', ')}\n`,
    );
  if (result.interrupted) {
    const kept =
      (args.write === undefined ? '' : `, packets in ${args.write}`) +
      (args.snapshot === undefined ? '' : `, snapshot in ${args.snapshot}`);
    process.stderr.write(`bench: interrupted; partial results in ${folder.path}${kept}\n`);
    return EXIT.interrupted;
  }
  const mixed = (result.timing?.updates ?? []).filter((update) => update.mixed > 0);
  for (const { name, mixed: packets, firstMixture } of mixed) {
    process.stderr.write(
      `bench: ${name}: ${number(packets)} packets were processed by a mixture of two programs; ${firstMixture}\n`,
    );
  }
  if (mixed.length > 0) return EXIT.failed;
  const { failure, programsRequested } = result.summary;
  if (failure === null || programsRequested === 'max') return EXIT.done;
  process.stderr.write(
    `bench: ${result.summary.programsDeployed} of ${programsRequested} programs fit: ${failure.reason}\n`,
  );
  return EXIT.failed;
}
