/** A switch whose programs come and go for a long time: does it wear out? No packets, no emulator. */
import { DoesNotFit, type SwitchState } from '../../../compiler/index.js';
import { utilization } from '../../workloads/admission.js';
import { type PlayOptions, playArrivals } from '../../workloads/arrivals/play-arrivals.js';
import { ProgramBooks, type ProgramBooksOptions } from '../capacity/program-books.js';
import { distribution } from '../statistics/statistics.js';

export interface ChurnOptions extends PlayOptions, ProgramBooksOptions {
  /** Virtual seconds between two samples; the last one may be shorter. */
  readonly intervalSeconds: number;
  readonly onProgress: (seconds: number, programs: number) => void;
}

export interface ChurnResult {
  readonly arrivals: number;
  /** Arrivals that did not fit. */
  readonly refused: number;
  readonly departures: number;
  readonly samples: readonly ChurnSample[];
}

/** The switch at the end of an interval, and what happened in it. */
export interface ChurnSample {
  /** Virtual seconds at the end of the interval. */
  readonly seconds: number;
  readonly programs: number;
  readonly arrivals: number;
  /** Share of the interval's arrivals that did not fit; 0 without arrivals. */
  readonly refused: number;
  /** Shares in use. */
  readonly entries: number;
  readonly memory: number;
  /** Share of the free memory that is not in the largest free range of its RPB; mean over the RPBs. */
  readonly fragmentation: number;
  /** Microseconds, also of arrivals that did not fit. */
  readonly allocationP50Us: number;
  readonly allocationP95Us: number;
}

/** Plays arrivals and departures to their end; programs that do not fit are refused and counted. */
export async function measureChurn(options: ChurnOptions): Promise<ChurnResult> {
  const { intervalSeconds, untilSeconds, signal } = options;
  const books = new ProgramBooks(options);
  const samples: ChurnSample[] = [];
  const total = { arrivals: 0, refused: 0, departures: 0 };
  let interval = new Interval();
  let latest = 0;
  const sampleUntil = (seconds: number): void => {
    const next = (): number => (samples.length + 1) * intervalSeconds;
    for (let end = next(); end <= seconds; end = next()) {
      samples.push(interval.sample(end, books.state));
      interval = new Interval();
      options.onProgress(end, books.state.programs.size);
    }
  };
  await playArrivals(options, ({ kind, at, program }) => {
    // A sample at the time of an event shows the switch before it.
    sampleUntil(at);
    latest = at;
    if (kind === 'departure') {
      if (books.depart(program)) total.departures++;
      return true;
    }
    total.arrivals++;
    const isRefused = !fits(() => books.arrive(program));
    if (isRefused) total.refused++;
    interval.count(isRefused, books.allocationUs);
    return true;
  });
  const end = signal.aborted || untilSeconds === undefined ? latest : untilSeconds;
  sampleUntil(end);
  if (end > samples.length * intervalSeconds || samples.length === 0) samples.push(interval.sample(end, books.state));
  return { ...total, samples };
}

function fits(arrive: () => unknown): boolean {
  try {
    arrive();
    return true;
  } catch (error) {
    if (error instanceof DoesNotFit) return false;
    throw error;
  }
}

class Interval {
  private refused = 0;
  private readonly allocationUs: number[] = [];

  count(isRefused: boolean, allocationUs: number): void {
    if (isRefused) this.refused++;
    this.allocationUs.push(allocationUs);
  }

  sample(seconds: number, state: SwitchState): ChurnSample {
    const { entryUtilization, memoryUtilization } = utilization(state);
    const { p50, p95 } = distribution(this.allocationUs);
    const arrivals = this.allocationUs.length;
    return {
      seconds,
      programs: state.programs.size,
      arrivals,
      refused: this.refused / Math.max(1, arrivals),
      entries: entryUtilization,
      memory: memoryUtilization,
      fragmentation: fragmentation(state),
      allocationP50Us: p50,
      allocationP95Us: p95,
    };
  }
}

function fragmentation({ memory }: SwitchState): number {
  const scattered = memory.map((ranges) =>
    ranges.free === 0 ? 0 : 1 - Math.max(...ranges.list().map(({ size }) => size)) / ranges.free,
  );
  return scattered.reduce((sum, share) => sum + share, 0) / scattered.length;
}
