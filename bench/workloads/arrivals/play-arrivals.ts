/** Arrival processes played: events in their order, held against the rules, until an end. */
import { valueText } from '../../../compiler/data-plane/thrown-text.js';
import { ArrivalError, type ArrivalEvent, type ArrivalProcess } from './arrival-process.js';

export interface PlayOptions {
  readonly arrivals: ArrivalProcess;
  readonly seed: string;
  /** Events after this time, in seconds of virtual time, are not played; absent: all events are. */
  readonly untilSeconds?: number | undefined;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** The longest time in which nothing else happens, an interrupt for example. */
const MAX_BUSY_MS = 50;

/**
 * @param play what an event does; resolves to whether the next one is to be played
 * @throws {ArrivalError} for events out of order, programs that arrive twice or depart without having arrived
 */
export async function playArrivals(
  { arrivals, seed, untilSeconds, clock, signal }: PlayOptions,
  play: (event: ArrivalEvent) => Promise<boolean> | boolean,
): Promise<void> {
  const check = new EventCheck(arrivals.name);
  let lastPause = clock();
  for (const event of arrivals.events(seed)) {
    check.see(event);
    if ((untilSeconds !== undefined && event.at > untilSeconds) || signal.aborted) return;
    if (!(await play(event))) return;
    if (clock() - lastPause > MAX_BUSY_MS) {
      await new Promise(setImmediate);
      lastPause = clock();
    }
    if (signal.aborted) return;
  }
}

/** The rules of events, for processes that others write. */
class EventCheck {
  private latest = 0;
  private arrivals = 0;
  private readonly present = new Set<number>();

  constructor(private readonly name: string) {}

  see({ kind, at, program }: ArrivalEvent): void {
    if (typeof at !== 'number')
      this.refuse(`event at ${valueText(at)} (a value of type ${typeof at}), where a number of seconds was expected`);
    if (!(at >= this.latest && at < Number.POSITIVE_INFINITY)) {
      this.refuse(`event at ${at} s after one at ${this.latest} s; times are finite and never decrease`);
    }
    this.latest = at;
    if (kind === 'arrival') {
      if (program !== this.arrivals) {
        this.refuse(
          `program ${valueText(program)} arrives where program ${this.arrivals} is next; programs are numbered from 0`,
        );
      }
      this.arrivals++;
      this.present.add(program);
    } else if (kind === 'departure') {
      if (!this.present.delete(program)) this.refuse(`program ${valueText(program)} departs, but is not there`);
    } else this.refuse(`event of kind '${String(kind)}', neither 'arrival' nor 'departure'`);
  }

  private refuse(reason: string): never {
    throw new ArrivalError(`arrivals ${this.name}: ${reason}`);
  }
}
