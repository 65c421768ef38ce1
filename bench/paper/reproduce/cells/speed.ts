/** Packets per second of the emulator on one thread. */

import { priceAllocator } from '../../../../compiler/index.js';
import type { EngineName } from '../../../../sim/index.js';
import { runWorkload } from '../../../measure/run/run-workload.js';
import { loadWorkload } from '../../../workloads/workload.js';
import { experimentPlane } from './fill.js';

export interface SpeedCell {
  readonly kind: 'speed';
  readonly engine: EngineName;
  readonly workload: string;
  readonly programs: number;
  readonly packets: number;
  /** Number of repeats, after one warm-up. */
  readonly repeats: number;
  readonly seed: string;
}

export interface SpeedResult {
  readonly packetsPerSecond: readonly number[];
}

const MEMORY_BYTES = 1024;

/** Rate in packets/s, including generation of the packets. */
export async function measureSpeed(cell: SpeedCell, signal: AbortSignal): Promise<SpeedResult> {
  const dataPlane = experimentPlane();
  const size = { memoryBytes: MEMORY_BYTES, cases: 2 };
  const { summary } = await runWorkload({
    ...cell,
    dataPlane,
    workload: await loadWorkload({ ...size, name: cell.workload, seed: cell.seed, dataPlane }),
    allocator: priceAllocator(),
    recirculations: 1,
    traces: [],
    workers: 1,
    writer: undefined,
    clock: () => performance.now(),
    signal,
    progress: { deploying: () => undefined, processing: () => undefined },
  });
  return { packetsPerSecond: summary.repeats.map(({ packetsPerSecond }) => Math.round(packetsPerSecond)) };
}
