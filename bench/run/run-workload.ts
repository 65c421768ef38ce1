/** `bench run`: compiles and deploys programs into one emulated switch and takes packets through it. */
import type { Allocator, DataPlane } from '../../compiler/index.js';
import { type EngineName, Switch } from '../../sim/index.js';
import type { CaptureWriter } from '../../traces/index.js';
import { CaptureAddressing } from '../workloads/capture-addressing.js';
import type { Workload } from '../workloads/workload.js';
import { type Deployment, deployWorkload } from './deployment.js';
import { capturedPackets, generatedPackets, noPackets } from './packet-source.js';
import { type ReportedRun, summarise } from './summary.js';
import { runTraffic } from './traffic-run.js';

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
  /** What is asked for; where no code can be generated, it is interpreted. */
  readonly engine: EngineName;
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

export interface RunResult extends ReportedRun {
  readonly deployment: Deployment;
}

export async function runWorkload(options: RunOptions): Promise<RunResult> {
  const emulator = new Switch(options.dataPlane, undefined, options.engine);
  const deployment = await deployWorkload(emulator, {
    ...options,
    onProgress: (deployed) => options.progress.deploying(deployed, options.programs),
  });
  const books = deployment.controller.state;
  const { source, warnings } = await packetSource(options, deployment);
  try {
    const traffic = await runTraffic(emulator, {
      ...options,
      source,
      operations: deployment.operations,
      onProgress: (progress, packets) => options.progress.processing(progress, packets),
    });
    return {
      summary: summarise(
        { ...options, workload: options.workload.name, engine: emulator.engineName },
        'sound',
        deployment,
        books,
        traffic,
      ),
      dataPlane: options.dataPlane,
      admission: deployment,
      deployment,
      samples: traffic.samples,
      interrupted: options.signal.aborted,
      warnings: [...warnings(), ...engineWarnings(options.engine, emulator)],
    };
  } finally {
    await source.close();
  }
}

function engineWarnings(wanted: EngineName, { engineName }: Switch): string[] {
  return engineName === wanted ? [] : ['this Node.js may not generate code, so programs were interpreted'];
}

async function packetSource(options: RunOptions, { programs }: Deployment) {
  if (options.traces.length === 0) {
    const targets = programs.map(({ arrival }) => arrival.traffic);
    const source = targets.length === 0 ? noPackets : generatedPackets(targets, options.packets, options.seed);
    return { source, warnings: () => [] };
  }
  const addressable = programs.map(({ program, arrival }) => ({ program, address: arrival.address }));
  const source = await capturedPackets(options.traces, new CaptureAddressing(options.dataPlane, addressable));
  return { source, warnings: () => source.warnings };
}
