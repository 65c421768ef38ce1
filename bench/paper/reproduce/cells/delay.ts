/** Allocation delay of each of a number of arrivals. */
import type { ObjectiveName } from '../../../../compiler/index.js';
import { fillSwitch } from '../../../measure/capacity/fill-switch.js';
import { fillWithShapes } from '../../../measure/run/fill-with-shapes.js';
import { oneByOne } from '../../../workloads/arrivals/arrival-process.js';
import { loadWorkload } from '../../../workloads/workload.js';
import { modelAllocator, STATED_WEIGHTS, shapeAllocator, soundAllocator } from './allocators.js';
import { experimentPlane } from './fill.js';

export interface DelayCell {
  readonly kind: 'delay';
  /**
   * `model`: the paper's model on Z3 for published shapes; `greedy`: published shapes without a solver; `sound`: our
   * programs.
   */
  readonly how: 'model' | 'greedy' | 'sound';
  readonly allocator: ObjectiveName | 'price';
  readonly workload: string;
  readonly memoryBytes: number;
  readonly recirculations: number;
  /** Number of arrivals; fewer if the switch is full before. */
  readonly arrivals: number;
  readonly seed: string;
  readonly repeat: number;
}

export interface DelayResult {
  /** Allocation delays in µs, in order of arrival. */
  readonly delaysUs: readonly number[];
}

/** @throws for `model` if Z3 is not installed */
export async function measureDelay(cell: DelayCell, signal: AbortSignal): Promise<DelayResult> {
  // Warm-up: the first allocations of a process are slow, since its code is not compiled yet.
  if (cell.how !== 'model') await delays({ ...cell, arrivals: WARM_UP }, signal);
  return { delaysUs: (await delays(cell, signal)).map((us) => Math.round(us * 10) / 10) };
}

const WARM_UP = 300;

async function delays(cell: DelayCell, signal: AbortSignal): Promise<readonly number[]> {
  const dataPlane = experimentPlane();
  const clock = (): number => performance.now();
  const common = { ...cell, dataPlane, cases: 2, programs: cell.arrivals, clock, signal, onProgress: () => undefined };
  if (cell.how === 'sound') {
    const workload = await loadWorkload({ ...common, name: cell.workload });
    const arrivals = oneByOne(cell.arrivals);
    return (await fillSwitch({ ...common, arrivals, workload, allocator: soundAllocator(cell.allocator) }))
      .allocationUs;
  }
  const name = cell.allocator === 'price' ? 'f1' : cell.allocator;
  const allocator =
    cell.how === 'model'
      ? modelAllocator(name)
      : shapeAllocator(name, { start: 'first', rows: 'earliest' }, STATED_WEIGHTS);
  const { admission } = await fillWithShapes({ ...common, allocator });
  return admission.allocations.map(({ allocationUs }) => allocationUs);
}
