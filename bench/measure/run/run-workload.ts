/** `bench run`: compiles programs, deploys them to one emulated switch and runs packets through it. */
import { counted } from '../../../compiler/data-plane/counting.js';
import type { Allocator, DataPlane, MulticastGroup } from '../../../compiler/index.js';
import {
  type Emulator,
  type EngineName,
  newEmulator,
  noMatchText,
  PacketTracer,
  Switch,
  seedOfText,
  UpdatePlayer,
} from '../../../sim/index.js';
import type { CaptureAccount, CaptureOptions } from '../../../traces/captures/capture-intake.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import { CaptureAddressing } from '../../workloads/capture-addressing.js';
import { type Deployment, deployWorkload, type LinkedProgram } from '../../workloads/deployment.js';
import type { MemoryContents } from '../../workloads/memory-contents.js';
import { capturedPackets, type GeneratedPackets, noPackets, type PacketSource } from '../../workloads/packet-source.js';
import type { Workload } from '../../workloads/workload.js';
import { summariseTiming, type TimedTraffic, type TimingOptions } from '../timing/timing-result.js';
import type { UpdatePlan } from '../updates/plan-updates.js';
import type { UpdateScript } from '../updates/update-script.js';
import { type ResumedRun, type RunNote, resumeDeployment, snapshotOfRun } from './continued-run.js';
import type { PacketSelection } from './packet-selection.js';
import { openProcessor } from './processed-batches.js';
import { type RepeatedTraffic, repeatTraffic, speedOf } from './repeats.js';
import { type Addressing, type ReportedRun, summarise } from './summary.js';
import type { Tracing } from './traced-processor.js';
import { runTraffic, type TrafficOptions, type TrafficResult } from './traffic-run.js';

export interface RunOptions {
  readonly dataPlane: DataPlane;
  readonly workload: Workload;
  readonly programs: number | 'max';
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** Groups of the switch; of a resumed run those of its snapshot. */
  readonly groups?: readonly MulticastGroup[];
  /** Capture files; empty for synthetic packets. */
  readonly traces: readonly string[];
  /** Options for reading capture files; by default unchanged. */
  readonly captures?: CaptureOptions;
  /** Number of synthetic packets. */
  readonly packets: number;
  /** Number of warm-up packets, which are undone; not with timing. */
  readonly warmup?: number;
  /** Number of repeats of the traffic, each from the same state. */
  readonly repeats?: number;
  readonly workers: number;
  /** The requested engine; where code generation is forbidden, the interpreted one runs. */
  readonly engine: EngineName;
  readonly seed: string;
  /** Timing model; if absent, each packet runs to its end before the next one starts. */
  readonly timing?: TimingOptions;
  /** Updates of programs while packets run; only with timing. */
  readonly updates?: UpdateScript;
  /** A run to resume: its programs stay and no others are deployed. Not with timing. */
  readonly resume?: ResumedRun | undefined;
  /** Workload to record in a snapshot; absent if none is taken. Not with timing. */
  readonly snapshot?: RunNote['workload'] | undefined;
  /** Whether the result includes the contents of memories after the last packet. */
  readonly readsMemory?: boolean;
  readonly writer: CaptureWriter | undefined;
  /** Packets to trace; absent if none. Not with timing. */
  readonly trace?: { readonly selection: PacketSelection; readonly limit: number } | undefined;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
}

/** Progress callbacks of a run. */
export interface RunProgress {
  deploying(deployed: number, wanted: number | 'max'): void;
  processing(progress: number, packets: number): void;
}

/** Outcome of a run: its summary, the programs in the switch, and memory where it was asked for. */
export interface RunResult extends ReportedRun {
  readonly deployment: Deployment;
  readonly snapshot: Uint8Array | undefined;
  /** Contents of memories, if requested. */
  readonly memory: MemoryContents | undefined;
}

// Loaded by the runs that need them.
const loadTimedRun = async () => (await import('../timing/timed-traffic.js')).TimedRun;
const loadPlanning = () => import('../updates/plan-updates.js');

export async function runWorkload(options: RunOptions): Promise<RunResult> {
  const { timing } = options;
  const seed = seedOfText(options.seed);
  const timed = timing && new (await loadTimedRun())(options.dataPlane, options.engine, timing, seed);
  const emulator = timed?.emulator ?? newEmulator(options.dataPlane, { engine: options.engine, seed });
  const deployment = await deployed(emulator, options);
  const books = deployment.controller.state;
  const { updates } = options;
  const plan = updates && (await (await loadPlanning()).planUpdates(updates, deployment, options));
  const programs = [...deployment.programs, ...(plan?.arrivals ?? [])];
  const sources: Source[] = [];
  const trafficOptions = async (): Promise<TrafficOptions> => {
    const opened = await packetSource(options, programs);
    sources.push(opened);
    return {
      ...options,
      source: opened.source,
      outputs: options.resume?.note.outputs,
      tracing: tracingOf(options, emulator, deployment),
      onProgress: (progress: number, packets: number) => options.progress.processing(progress, packets),
    };
  };
  try {
    const timedTraffic =
      timed && (await timed.run(await trafficOptions(), plan && updatePlayer(emulator, deployment, plan)));
    const { traffic, repeats } =
      timedTraffic !== undefined
        ? { traffic: timedTraffic, repeats: [speedOf(timedTraffic)] }
        : await untimedTraffic(emulator, deployment, options, trafficOptions);
    return {
      summary: summarise(
        { ...asked(options), workload: options.workload.name, engine: emulator.engineName },
        'sound',
        deployment,
        books,
        { ...traffic, repeats },
        timedTraffic && summariseTiming(options.dataPlane, timedTraffic.timing),
        addressingOf(options),
        sources[0]?.account(),
      ),
      dataPlane: options.dataPlane,
      admission: deployment,
      deployment,
      samples: traffic.samples,
      timing: timedTraffic?.timing,
      interrupted: options.signal.aborted,
      captureNotes: sources[0]?.notes() ?? [],
      warnings: [
        ...(sources[0]?.warnings() ?? []),
        ...engineWarnings(options.engine, emulator),
        ...timingWarnings(options, timedTraffic?.timing),
        ...matchWarnings(options, deployment, traffic),
        ...(traffic.untraced > 0
          ? [
              `${traffic.untraced.toLocaleString('en-US')} selected packets were not traced; --trace-limit raises the limit`,
            ]
          : []),
      ],
      traces: traffic.traces,
      snapshot: snapshotOf(options, emulator, deployment, traffic),
      memory: options.readsMemory === true ? await memoriesOf(deployment) : undefined,
    };
  } finally {
    for (const { source } of sources) await source.close();
  }
}

async function untimedTraffic(
  emulator: Emulator,
  { operations }: Deployment,
  { workers, repeats = 1, signal }: RunOptions,
  trafficOptions: () => Promise<TrafficOptions>,
): Promise<RepeatedTraffic> {
  const run = await openProcessor(emulator, workers, operations);
  try {
    return await repeatTraffic(emulator, run.processor, repeats, signal, async () =>
      runTraffic(emulator, run, await trafficOptions()),
    );
  } finally {
    await run.processor.close();
  }
}

async function memoriesOf({ controller, programs }: Deployment): Promise<MemoryContents> {
  const contents = new Map<string, Map<string, Uint32Array>>();
  for (const { program, compiled } of programs) {
    const memories = new Map<string, Uint32Array>();
    for (const { name } of compiled.memories) memories.set(name, await controller.readMemory(program.name, name));
    if (memories.size > 0) contents.set(program.name, memories);
  }
  return contents;
}

/** The programs of the resumed run, or newly deployed ones. */
async function deployed(emulator: Emulator, options: RunOptions): Promise<Deployment> {
  const { resume, workload, progress, programs } = options;
  if (resume !== undefined) return resumeDeployment(singleSwitch(emulator), workload, resume);
  return deployWorkload(emulator, { ...options, onProgress: (count) => progress.deploying(count, programs) });
}

function snapshotOf(
  options: RunOptions,
  emulator: Emulator,
  deployment: Deployment,
  traffic: TrafficResult,
): Uint8Array | undefined {
  const { snapshot: workload, seed, programs: programsRequested, resume } = options;
  if (workload === undefined) return undefined;
  const { admitted, allocations, failure } = deployment;
  const generated = (resume?.note.generated ?? 0) + (options.traces.length === 0 ? traffic.packets : 0);
  const { counters, outputs } = traffic;
  const note = { workload, seed, programsRequested, admitted, allocations, failure, generated, outputs };
  return snapshotOfRun(singleSwitch(emulator), deployment, counters, note);
}

function tracingOf(options: RunOptions, emulator: Emulator, deployment: Deployment): Tracing | undefined {
  const { trace, resume } = options;
  if (trace === undefined) return undefined;
  const programs = new Map(
    deployment.programs.map(({ compiled, arrival }) => [
      compiled.programId,
      { name: compiled.program, placement: compiled.placement, source: arrival.source },
    ]),
  );
  const tracer = new PacketTracer(singleSwitch(emulator), (programId) => programs.get(programId));
  tracer.apply(deployment.operations);
  return { ...trace, tracer, packetsBefore: resume?.snapshot.counters.in ?? 0 };
}

/** Timing runs on one thread, since all programs share the order of packets in a gress. */
const asked = (options: RunOptions): RunOptions =>
  options.timing === undefined ? options : { ...options, workers: 1 };

function timingWarnings({ workers }: RunOptions, timing: TimedTraffic | undefined): string[] {
  if (timing === undefined) return [];
  return [
    ...(workers > 1 ? ['--timing uses one worker'] : []),
    ...(timing.early > 0
      ? [`${counted(timing.early, 'packet')} had an earlier time stamp than the previous packet and arrived with it`]
      : []),
    ...(timing.untimed > 0
      ? [`${counted(timing.untimed, 'packet')} had no time stamp and arrived with the previous packet`]
      : []),
  ];
}

const addressingOf = ({ traces, workload }: RunOptions): Addressing | null =>
  traces.length === 0 ? null : workload.asWritten ? 'as captured' : 'readdressed';

function matchWarnings({ workload }: RunOptions, { programs }: Deployment, { counters }: TrafficResult): string[] {
  if (!workload.asWritten || counters.in === 0 || counters.unmatched < counters.in) return [];
  return programs.map(({ program }) => noMatchText(program));
}

const updatePlayer = (emulator: Emulator, { operations }: Deployment, plan: UpdatePlan): UpdatePlayer =>
  new UpdatePlayer(singleSwitch(emulator), operations, plan.updates, plan.psPerOperation);

/** Of runs that no chain takes: the command refuses them. */
function singleSwitch(emulator: Emulator): Switch {
  if (emulator instanceof Switch) return emulator;
  throw new Error('snapshots, traced packets and updates are of a single switch, not of several in a row');
}

function engineWarnings(wanted: EngineName, { engineName }: Emulator): string[] {
  return engineName === wanted
    ? []
    : ['code generation is forbidden in this Node.js process, so the interpreted engine was used'];
}

interface Source {
  readonly source: PacketSource | GeneratedPackets;
  readonly warnings: () => readonly string[];
  readonly notes: () => readonly string[];
  /** The account of captures; undefined for generated packets. */
  readonly account: () => CaptureAccount | undefined;
}

const notCaptured = { warnings: () => [], notes: () => [], account: () => undefined };

async function packetSource(options: RunOptions, programs: readonly LinkedProgram[]): Promise<Source> {
  if (options.traces.length === 0) {
    const targets = programs.map(({ arrival }) => arrival.traffic);
    if (targets.length === 0) return { source: noPackets, ...notCaptured };
    const { generatedPackets } = await import('../../workloads/generated-packets.js');
    return {
      source: generatedPackets(targets, options.packets, options.seed, {
        packetsPerSecond: options.timing?.packetsPerSecond,
        first: options.resume?.note.generated,
        programIds: programs.map(({ compiled }) => compiled.programId),
      }),
      ...notCaptured,
    };
  }
  const { dataPlane, traces, captures = {} } = options;
  const addressable = programs.map(({ program, arrival }) => ({ program, address: arrival.address }));
  const addressing = options.workload.asWritten ? undefined : new CaptureAddressing(dataPlane, addressable);
  const source = await capturedPackets({ paths: traces, options: captures }, dataPlane, addressing);
  return { source, warnings: () => source.warnings, notes: () => source.notes, account: () => source.account };
}
