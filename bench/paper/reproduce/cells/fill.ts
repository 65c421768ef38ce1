/** Fills a switch until the first program that does not fit, or with a given number of programs. */
import { must } from '../../../../compiler/data-plane/must.js';
import { builtInDataPlane, chainOf, DataPlane, type ObjectiveName } from '../../../../compiler/index.js';
import { fillSwitch } from '../../../measure/capacity/fill-switch.js';
import { fillWithShapes } from '../../../measure/run/fill-with-shapes.js';
import { type Books, utilization } from '../../../workloads/admission.js';
import { oneByOne } from '../../../workloads/arrivals/arrival-process.js';
import { loadWorkload } from '../../../workloads/workload.js';
import { shapeAllocator, soundAllocator, type Ties, type Weights } from './allocators.js';

interface FillSetting {
  readonly kind: 'fill';
  readonly workload: string;
  readonly memoryBytes: number;
  /** Number of elastic cases. */
  readonly cases: number;
  readonly recirculations: number;
  readonly seed: string;
  /** In a row, with no recirculations; absent for one switch. */
  readonly switches?: number;
  /** Name of the data plane; absent for `default`. */
  readonly dataPlane?: string;
  /** Entries of each filter table, in place of those of the data plane. */
  readonly filterEntries?: number;
  /** Whether to record utilisation by arrival and by RPB. */
  readonly withCurve: boolean;
}

export type FillCell = FillSetting &
  (
    | {
        readonly side: 'reproduced';
        readonly allocator: ObjectiveName;
        readonly ties: Ties;
        /** Weights of f1. */
        readonly weights: Weights;
      }
    | {
        readonly side: 'ours';
        readonly allocator: ObjectiveName | 'price';
        /** Recirculation weight for `price`; null is infinite, absent is the default. */
        readonly weight?: number | null;
      }
  );

/** Utilisation by resource. */
export interface Utilization {
  readonly entries: number;
  readonly memory: number;
}

export interface FillCurve {
  /** Utilisation after each {@link CURVE_STEP}th program. */
  readonly utilization: readonly Utilization[];
  /** Mean utilisation of each RPB over {@link SEGMENT} arrivals; the last segment may be shorter. */
  readonly segments: readonly (readonly Utilization[])[];
}

export interface FillResult extends Utilization {
  readonly capacity: number;
  readonly failure: string | null;
  /** Share of the programs that recirculate. */
  readonly recirculating: number;
  readonly curve: FillCurve | null;
}

export const CURVE_STEP = 10;
/** Number of arrivals in a segment, as in the paper's figures 18 and 19. */
export const SEGMENT = 100;

/** The data planes of the experiments. */
export function experimentPlane(name = 'default'): DataPlane {
  const plane = builtInDataPlane(name);
  if (plane === undefined) throw new Error(`there is no data plane ${name}`);
  return plane;
}

function planeOf({ dataPlane, filterEntries: entries }: FillCell): DataPlane {
  const plane = experimentPlane(dataPlane);
  if (entries === undefined) return plane;
  const { description } = plane;
  const filters = description.init.filters.map((filter) => ({ ...filter, entries }));
  return new DataPlane({ ...description, init: { ...description.init, filters } });
}

export async function fill(cell: FillCell, signal: AbortSignal): Promise<FillResult> {
  const curve = cell.withCurve ? new CurveRecorder() : undefined;
  const dataPlane = chainOf(planeOf(cell), cell.switches ?? 1);
  const admission = {
    dataPlane,
    programs: 'max' as const,
    // A constant clock, so that the result is equal on every machine; other cells measure time.
    clock: () => performance.now(),
    signal,
    onProgress: (admitted: number, books: Books) => curve?.record(admitted, books),
  };
  const filled = cell.side === 'ours' ? await fillOurs(cell, admission) : await fillPublished(cell, admission);
  return { ...filled, curve: curve?.curve() ?? null };
}

interface Admitting {
  readonly dataPlane: DataPlane;
  readonly programs: 'max';
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (admitted: number, books: Books) => void;
}

type Filled = Omit<FillResult, 'curve'>;

async function fillOurs(cell: Extract<FillCell, { side: 'ours' }>, admission: Admitting): Promise<Filled> {
  const workload = await loadWorkload({ ...cell, name: cell.workload, dataPlane: admission.dataPlane });
  const allocator = soundAllocator(cell.allocator, cell.weight);
  const { recirculations, seed } = cell;
  const arrivals = oneByOne('max');
  const filled = await fillSwitch({ ...admission, arrivals, workload, allocator, recirculations, seed });
  const { capacity, failure, entryUtilization, memoryUtilization, recirculating } = filled;
  return { capacity, failure, entries: entryUtilization, memory: memoryUtilization, recirculating };
}

async function fillPublished(cell: Extract<FillCell, { side: 'reproduced' }>, admission: Admitting): Promise<Filled> {
  const allocator = shapeAllocator(cell.allocator, cell.ties, cell.weights);
  const { admission: filled, books } = await fillWithShapes({ ...cell, ...admission, allocator });
  const { entryUtilization, memoryUtilization } = utilization(books);
  const { admitted, failure } = filled;
  return {
    capacity: admitted.length,
    failure: failure?.reason ?? null,
    entries: entryUtilization,
    memory: memoryUtilization,
    recirculating: admitted.filter(({ passes }) => passes > 1).length / Math.max(1, admitted.length),
  };
}

const DIGITS = 1e5;
const rounded = (share: number): number => Math.round(share * DIGITS) / DIGITS;

class CurveRecorder {
  private readonly utilization: Utilization[] = [];
  private readonly segments: Utilization[][] = [];
  private sums: { entries: number; memory: number }[] = [];
  private inSegment = 0;

  record(admitted: number, books: Books): void {
    if (admitted % CURVE_STEP === 0) {
      const { entryUtilization, memoryUtilization } = utilization(books);
      this.utilization.push({ entries: rounded(entryUtilization), memory: rounded(memoryUtilization) });
    }
    for (const { index, entries, buckets } of books.dataPlane.rpbs) {
      const sum = this.sums[index] ?? { entries: 0, memory: 0 };
      this.sums[index] = sum;
      sum.entries += 1 - must(books.entries[index], `free entries of RPB ${index + 1}`) / entries;
      sum.memory += 1 - must(books.memory[index]?.free, `free memory of RPB ${index + 1}`) / buckets;
    }
    if (++this.inSegment === SEGMENT) this.endSegment();
  }

  curve(): FillCurve {
    if (this.inSegment > 0) this.endSegment();
    return { utilization: this.utilization, segments: this.segments };
  }

  private endSegment(): void {
    const mean = (sum: number): number => rounded(sum / this.inSegment);
    this.segments.push(this.sums.map(({ entries, memory }) => ({ entries: mean(entries), memory: mean(memory) })));
    this.sums = [];
    this.inSegment = 0;
  }
}
