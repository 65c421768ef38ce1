/** `bench run`: compiles and deploys programs into one emulated switch and takes packets through it. */
import { cpus } from 'node:os';
import type { Allocator, DataPlane } from '../../compiler/index.js';
import { type Counters, Switch } from '../../sim/index.js';
import type { CaptureWriter } from '../../traces/index.js';
import { packageVersion } from '../package-root.js';
import { CaptureAddressing } from '../workloads/capture-addressing.js';
import type { Workload } from '../workloads/workload.js';
import { type Deployment, deployWorkload, utilization } from './deployment.js';
import { capturedPackets, generatedPackets } from './packet-source.js';
import { type Distribution, distribution } from './statistics.js';
import { runTraffic, type TrafficResult } from './traffic-run.js';

export const RUN_SCHEMA = 'p4runpro-bench/run@1';

export interface RunOptions {
  readonly dataPlane: DataPlane;
  readonly workload: Workload;
  readonly programs: number | 'max';
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** Capture files; empty for synthetic packets. */
  readonly traces: readonly string[];
  /** Synthetic packets. */
  readonly packets: number;
  readonly workers: number;
  readonly seed: string;
  readonly writer: CaptureWriter | undefined;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
}

/** What a run tells while it is under way. */
export interface RunProgress {
  deploying(deployed: number, wanted: number | 'max'): void;
  processing(progress: number, packets: number): void;
}

/** The JSON document of a run. */
export interface RunSummary {
  readonly schema: typeof RUN_SCHEMA;
  readonly seed: string;
  readonly workload: string;
  readonly programsRequested: number | 'max';
  readonly programsDeployed: number;
  readonly failure: Deployment['failure'];
  readonly entries: number;
  readonly tableEntryUtilization: number;
  readonly memoryUtilization: number;
  readonly rpb: readonly { readonly entries: number; readonly buckets: number }[];
  readonly allocationUs: Distribution;
  readonly compileUs: Distribution;
  readonly passes: Readonly<Record<string, number>>;
  readonly packets: Counters;
  readonly wallSeconds: number;
  readonly packetsPerSecond: number;
  readonly workers: number;
  readonly engine: 'interpreted';
  readonly stateHash: string;
  readonly outputHash: string;
  readonly timing: null;
  readonly environment: {
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly version: string;
  };
}

export interface RunResult {
  readonly summary: RunSummary;
  readonly dataPlane: DataPlane;
  readonly deployment: Deployment;
  readonly traffic: TrafficResult;
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}

export async function runWorkload(options: RunOptions): Promise<RunResult> {
  const emulator = new Switch(options.dataPlane);
  const deployment = await deployWorkload(emulator, {
    ...options,
    onProgress: (deployed) => options.progress.deploying(deployed, options.programs),
  });
  const { source, warnings } = await packetSource(options, deployment);
  try {
    const traffic = await runTraffic(emulator, {
      ...options,
      source,
      operations: deployment.operations,
      onProgress: (progress, packets) => options.progress.processing(progress, packets),
    });
    const summary = summarise(options, deployment, traffic);
    const interrupted = options.signal.aborted;
    return { summary, dataPlane: options.dataPlane, deployment, traffic, interrupted, warnings: warnings() };
  } finally {
    await source.close();
  }
}

async function packetSource(options: RunOptions, { programs }: Deployment) {
  if (options.traces.length === 0) {
    const targets = programs.map(({ arrival }) => arrival.traffic);
    return { source: generatedPackets(targets, options.packets, options.seed), warnings: () => [] };
  }
  const addressable = programs.map(({ program, arrival }) => ({ program, address: arrival.address }));
  const source = await capturedPackets(options.traces, new CaptureAddressing(options.dataPlane, addressable));
  return { source, warnings: () => source.warnings };
}

function summarise(options: RunOptions, deployment: Deployment, traffic: TrafficResult): RunSummary {
  const { controller, programs, allocations } = deployment;
  const { state } = controller;
  const used = utilization(controller);
  const passes: Record<string, number> = {};
  for (const { compiled } of programs) passes[compiled.passes] = (passes[compiled.passes] ?? 0) + 1;
  const { counters, wallSeconds } = traffic;
  return {
    schema: RUN_SCHEMA,
    seed: options.seed,
    workload: options.workload.name,
    programsRequested: options.programs,
    programsDeployed: programs.length,
    failure: deployment.failure,
    entries: programs.reduce((sum, { compiled }) => sum + compiled.entries.length, 0),
    tableEntryUtilization: used.entryUtilization,
    memoryUtilization: used.memoryUtilization,
    rpb: options.dataPlane.rpbs.map((rpb) => ({
      entries: rpb.entries - (state.entries[rpb.index] ?? 0),
      buckets: rpb.buckets - (state.memory[rpb.index]?.free ?? 0),
    })),
    allocationUs: distribution(allocations.map(({ allocationUs }) => allocationUs)),
    compileUs: distribution(allocations.map(({ compileUs }) => compileUs)),
    passes,
    packets: counters,
    wallSeconds,
    packetsPerSecond: wallSeconds > 0 ? counters.in / wallSeconds : 0,
    workers: options.workers,
    engine: 'interpreted',
    stateHash: traffic.stateHash,
    outputHash: traffic.outputHash,
    timing: null,
    environment: {
      node: process.version,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      version: packageVersion,
    },
  };
}
