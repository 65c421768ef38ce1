/** A switch whose programs come and go at random for a long time: does it wear out? */

import seedrandom from 'seedrandom';
import { must } from '../../../../compiler/data-plane/must.js';
import {
  allocate,
  analyse,
  DoesNotFit,
  emitAllocated,
  type LoweredProgram,
  lower,
  SwitchState,
} from '../../../../compiler/index.js';
import { logarithm } from '../../../../traces/index.js';
import { distribution } from '../../../measure/statistics/statistics.js';
import { MAX_INSTANCES } from '../../../workloads/addresses.js';
import { utilization } from '../../../workloads/admission.js';
import { loadWorkload, type Workload } from '../../../workloads/workload.js';
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

export interface ChurnResult {
  readonly arrivals: number;
  readonly refused: number;
  readonly samples: readonly ChurnSample[];
}

export interface ChurnSample {
  /** The end of its interval. */
  readonly day: number;
  readonly programs: number;
  /** Share of the interval's arrivals that did not fit. */
  readonly refused: number;
  readonly entries: number;
  readonly memory: number;
  /** Share of the free memory that is not in the largest free range of its RPB; mean over the RPBs. */
  readonly fragmentation: number;
  /** Microseconds, from a lowered program to its place in the books; those that were refused too. */
  readonly allocationP50Us: number;
  readonly allocationP95Us: number;
}

/** Bytes of a program's memories, drawn for each arrival: blocks of one size would not fragment. */
const SIZES = [128, 256, 512, 1024, 2048, 4096];
const SECONDS_PER_DAY = 86_400;

export async function churn(cell: ChurnCell, signal: AbortSignal): Promise<ChurnResult> {
  const books = await Churn.create(cell);
  const samples: ChurnSample[] = [];
  const interval = (cell.days * SECONDS_PER_DAY) / cell.samples;
  for (let sample = 1; sample <= cell.samples && !signal.aborted; sample++) {
    books.runUntil(sample * interval);
    samples.push(books.sample((sample * interval) / SECONDS_PER_DAY));
    await new Promise(setImmediate);
  }
  return { arrivals: books.arrivals, refused: books.refused, samples };
}

interface Departure {
  readonly at: number;
  readonly program: string;
  readonly number: number;
}

class Churn {
  arrivals = 0;
  refused = 0;
  private readonly state = new SwitchState(experimentPlane());
  private readonly random: () => number;
  private readonly allocator;
  private readonly kinds = new Map<string, LoweredProgram>();
  /** By time, the next one last. */
  private readonly departures: Departure[] = [];
  private readonly numbersInUse = new Set<number>();
  private nextArrival = 0;
  private nextNumber = 0;
  private intervalArrivals = 0;
  private intervalRefused = 0;
  private allocationUs: number[] = [];

  private constructor(
    private readonly cell: ChurnCell,
    /** By size of memory. */
    private readonly workloads: readonly Workload[],
  ) {
    this.random = seedrandom.alea(`${cell.seed}/churn`);
    this.allocator = soundAllocator(cell.allocator);
  }

  static async create(cell: ChurnCell): Promise<Churn> {
    const dataPlane = experimentPlane();
    const workloads = SIZES.map((memoryBytes) =>
      loadWorkload({ name: 'all-mixed', memoryBytes, cases: 2, seed: cell.seed, dataPlane }),
    );
    return new Churn(cell, await Promise.all(workloads));
  }

  runUntil(seconds: number): void {
    for (;;) {
      const departure = this.departures.at(-1);
      if (departure !== undefined && departure.at <= Math.min(this.nextArrival, seconds)) {
        this.departures.pop();
        this.state.release(departure.program);
        this.numbersInUse.delete(departure.number);
      } else if (this.nextArrival <= seconds) {
        this.arrive(this.nextArrival);
        this.nextArrival += this.exponential(this.cell.arrivalSeconds);
      } else return;
    }
  }

  sample(day: number): ChurnSample {
    const { entryUtilization, memoryUtilization } = utilization(this.state);
    const { p50, p95 } = distribution(this.allocationUs);
    const scattered = this.state.memory.map((ranges) => {
      const { free } = ranges;
      return free === 0 ? 0 : 1 - Math.max(...ranges.list().map(({ size }) => size)) / free;
    });
    const refused = this.intervalRefused / Math.max(1, this.intervalArrivals);
    this.allocationUs = [];
    this.intervalArrivals = 0;
    this.intervalRefused = 0;
    return {
      day,
      programs: this.state.programs.size,
      refused,
      entries: entryUtilization,
      memory: memoryUtilization,
      fragmentation: scattered.reduce((sum, share) => sum + share, 0) / scattered.length,
      allocationP50Us: p50,
      allocationP95Us: p95,
    };
  }

  private arrive(now: number): void {
    const number = this.freeNumber();
    const size = Math.floor(this.random() * SIZES.length);
    const lifetime = this.exponential(this.cell.lifetimeHours * 3600);
    const { program, lowered, sourceHash } = this.lowered(number, size);
    this.arrivals++;
    this.intervalArrivals++;
    const start = performance.now();
    try {
      const allocation = allocate(lowered, this.state, { allocator: this.allocator, filterPriority: number });
      this.state.commit(emitAllocated(lowered, allocation, sourceHash, number));
      this.numbersInUse.add(number);
      this.depart({ at: now + lifetime, program, number });
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      this.refused++;
      this.intervalRefused++;
    }
    this.allocationUs.push((performance.now() - start) * 1000);
  }

  /** Instances of one kind and size differ in name and filter only. */
  private lowered(number: number, size: number) {
    const { dataPlane } = this.state;
    const arrival = this.workloads[size]?.arrival(number);
    const analysis = analyse(must(arrival?.source, 'arrival that departs'), dataPlane);
    const [program] = analysis.programs;
    if (arrival === undefined || program === undefined) throw new Error(`arrival ${number} has errors`);
    const key = `${arrival.key} ${size}`;
    const kind = this.kinds.get(key) ?? lower(program, dataPlane, 1);
    this.kinds.set(key, kind);
    return { program: program.name, lowered: { ...kind, program }, sourceHash: analysis.sourceHash };
  }

  private freeNumber(): number {
    do this.nextNumber = (this.nextNumber + 1) % MAX_INSTANCES;
    while (this.numbersInUse.has(this.nextNumber));
    return this.nextNumber;
  }

  private depart(departure: Departure): void {
    let [low, high] = [0, this.departures.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (must(this.departures[middle]?.at, 'departure') > departure.at) low = middle + 1;
      else high = middle;
    }
    this.departures.splice(low, 0, departure);
  }

  private exponential(mean: number): number {
    return -mean * logarithm(1 - this.random());
  }
}
