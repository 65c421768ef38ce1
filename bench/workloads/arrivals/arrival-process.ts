/** When programs arrive and depart: the interface of arrival processes, and the simplest of them. */
import { DomainError } from '../../../compiler/index.js';

/** Something that happens to a program. Which program it is, a workload says. */
export interface ArrivalEvent {
  readonly kind: 'arrival' | 'departure';
  /** Seconds of virtual time, from 0; never less than that of the event before. */
  readonly at: number;
  /** The program's number, from 0 in the order of arrival. A program arrives once, and departs at most once after that. */
  readonly program: number;
}

/** A source of arrivals and departures. */
export interface ArrivalProcess {
  /** For reports. */
  readonly name: string;
  /**
   * The events in their order; may be endless. Equal for equal seeds. A program departs whether or not it found a
   * place when it arrived.
   */
  events(seed: string): Iterable<ArrivalEvent>;
}

/** An arrival process that cannot be had, or one that breaks the rules of {@link ArrivalEvent}. */
export class ArrivalError extends DomainError {
  override readonly name = 'ArrivalError';
  readonly code = 'bad-arrivals';
  readonly ends = 'bad-input';
}

/** One program after another, all at time 0, and none departs: the paper's way to measure capacity. */
export function oneByOne(programs: number | 'max'): ArrivalProcess {
  const last = programs === 'max' ? Number.POSITIVE_INFINITY : programs;
  return {
    name: 'one-by-one',
    *events() {
      for (let program = 0; program < last; program++) yield { kind: 'arrival', at: 0, program };
    },
  };
}
