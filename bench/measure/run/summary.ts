/** Results of a run: the JSON document, and the data that reports use. */

import { cpus } from 'node:os';
import { must } from '../../../compiler/data-plane/must.js';
import type { Constraints, DataPlane } from '../../../compiler/index.js';
import {
  type EngineName,
  emptyCounters,
  type PacketTrace,
  type ShownCounters,
  shownCounters,
} from '../../../sim/index.js';
import type { CaptureAccount } from '../../../traces/captures/capture-intake.js';
import { packageVersion } from '../../../traces/system/package-root.js';
import { type Admission, type Books, utilization } from '../../workloads/admission.js';
import { type Distribution, distribution } from '../statistics/statistics.js';
import type { TimedTraffic, TimingSummary } from '../timing/timing-result.js';
import { type Repeat, speedOf } from './repeats.js';
import type { TrafficResult, TrafficSample } from './traffic-run.js';

export const RUN_SCHEMA = 'p4runpro-bench/run@1';

/** Whether packets were unchanged, or rewritten to match the filters of programs. */
export type Addressing = 'as captured' | 'readdressed';

/** The JSON document of a run. */
export interface RunSummary {
  readonly schema: typeof RUN_SCHEMA;
  readonly seed: string;
  readonly workload: string;
  readonly constraints: Constraints;
  readonly programsRequested: number | 'max';
  readonly programsDeployed: number;
  readonly failure: Admission['failure'];
  readonly entries: number;
  readonly tableEntryUtilization: number;
  readonly memoryUtilization: number;
  readonly rpb: readonly { readonly entries: number; readonly buckets: number }[];
  readonly allocationUs: Distribution;
  readonly compileUs: Distribution;
  readonly passes: Readonly<Record<string, number>>;
  /** Packet counters, including packets before a resumed snapshot; times and speeds cover this run only. */
  readonly packets: ShownCounters;
  /** How packets of captures were addressed; null without captures. */
  readonly addressing: Addressing | null;
  /** Number of warm-up packets, which were undone. */
  readonly warmupPackets: number;
  readonly wallSeconds: number;
  readonly packetsPerSecond: number;
  /** Repeats of the traffic; the two figures above are those of the median repeat. Empty if no packets ran. */
  readonly repeats: readonly Repeat[];
  readonly workers: number;
  /** Null under published constraints, where no packets run. */
  readonly engine: EngineName | null;
  /** Null under published constraints, where no packets run. */
  readonly stateHash: string | null;
  readonly outputHash: string | null;
  /** Packets of captures read and skipped; null for generated packets. */
  readonly captures: CaptureAccount | null;
  /** Null without --timing. */
  readonly timing: TimingSummary | null;
  readonly environment: {
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly version: string;
  };
}

/** What the reports of a run are made from. */
export interface ReportedRun {
  readonly summary: RunSummary;
  readonly dataPlane: DataPlane;
  readonly admission: Admission;
  readonly samples: readonly TrafficSample[];
  /** Undefined without --timing. */
  readonly timing?: TimedTraffic | undefined;
  readonly interrupted: boolean;
  /** Sentences on changes made to packets of captures so that they could run. */
  readonly captureNotes: readonly string[];
  readonly warnings: readonly string[];
  readonly traces: readonly PacketTrace[];
}

interface Asked {
  readonly seed: string;
  readonly workload: string;
  readonly programs: number | 'max';
  readonly workers: number;
  readonly engine?: EngineName;
}

type Traffic = TrafficResult & { readonly repeats: readonly Repeat[] };

const NO_TRAFFIC: Pick<Traffic, 'counters' | 'packets' | 'warmupPackets' | 'wallSeconds' | 'repeats'> = {
  counters: emptyCounters(),
  packets: 0,
  warmupPackets: 0,
  wallSeconds: 0,
  repeats: [],
};

/** @param traffic undefined if no packets ran */
export function summarise(
  asked: Asked,
  constraints: Constraints,
  { admitted, allocations, failure }: Admission,
  books: Books,
  traffic: Traffic | undefined,
  timing: TimingSummary | undefined,
  addressing: Addressing | null = null,
  captures?: CaptureAccount,
): RunSummary {
  const used = utilization(books);
  const passes: Record<string, number> = {};
  for (const program of admitted) passes[program.passes] = (passes[program.passes] ?? 0) + 1;
  const { counters, packets, warmupPackets, wallSeconds, repeats } = traffic ?? NO_TRAFFIC;
  return {
    schema: RUN_SCHEMA,
    seed: asked.seed,
    workload: asked.workload,
    constraints,
    programsRequested: asked.programs,
    programsDeployed: admitted.length,
    failure,
    entries: admitted.reduce((sum, { entries }) => sum + entries, 0),
    tableEntryUtilization: used.entryUtilization,
    memoryUtilization: used.memoryUtilization,
    rpb: books.dataPlane.rpbs.map((rpb) => ({
      entries: rpb.entries - must(books.entries[rpb.index], `free entries of RPB ${rpb.number}`),
      buckets: rpb.buckets - must(books.memory[rpb.index]?.free, `free memory of RPB ${rpb.number}`),
    })),
    allocationUs: distribution(allocations.map(({ allocationUs }) => allocationUs)),
    compileUs: distribution(allocations.map(({ compileUs }) => compileUs)),
    passes,
    packets: shownCounters(counters),
    addressing,
    warmupPackets,
    ...speedOf({ packets, wallSeconds }),
    repeats,
    workers: asked.workers,
    engine: asked.engine ?? null,
    stateHash: traffic?.stateHash ?? null,
    outputHash: traffic?.outputHash ?? null,
    captures: captures ?? null,
    timing: timing ?? null,
    environment: {
      node: process.version,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      version: packageVersion,
    },
  };
}
