/** Programs that come and go for a month, as a cell of the reproduction. */
import { type ChurnResult, measureChurn } from '../../../measure/churn/measure-churn.js';
import { poisson } from '../../../workloads/arrivals/poisson.js';
import { MIXED_MEMORY_BYTES, mixedMemorySizes } from '../../../workloads/mixed-sizes.js';
import { soundAllocator } from './allocators.js';
import { experimentPlane } from './fill.js';

export interface ChurnCell {
  readonly kind: 'churn';
  /** Virtual. */
  readonly days: number;
  /** Between two arrivals, in the mean; exponentially distributed, as is the lifetime. */
  readonly arrivalSeconds: number;
  readonly lifetimeHours: number;
  readonly allocator: 'price' | 'f1';
  readonly samples: number;
  readonly seed: string;
}

const SECONDS_PER_DAY = 86_400;

export async function churn(cell: ChurnCell, signal: AbortSignal): Promise<ChurnResult> {
  const { seed, arrivalSeconds } = cell;
  const dataPlane = experimentPlane();
  const untilSeconds = cell.days * SECONDS_PER_DAY;
  return measureChurn({
    workload: await mixedMemorySizes({ name: 'all-mixed', cases: 2, seed, dataPlane }, MIXED_MEMORY_BYTES),
    dataPlane,
    allocator: soundAllocator(cell.allocator),
    recirculations: 1,
    arrivals: poisson({ arrivalSeconds, lifetimeSeconds: cell.lifetimeHours * 3600 }),
    seed,
    untilSeconds,
    intervalSeconds: untilSeconds / cell.samples,
    clock: () => performance.now(),
    signal,
    onProgress: () => undefined,
  });
}
