/** Programs that arrive at random and stay for a random time. */
import seedrandom from 'seedrandom';
import { logarithm } from '../../../traces/generate/exact-functions.js';
import type { ArrivalEvent, ArrivalProcess } from './arrival-process.js';
import { DepartureQueue } from './departure-queue.js';

export interface PoissonOptions {
  /** Mean time between two arrivals, in seconds. */
  readonly arrivalSeconds: number;
  /** Mean time from arrival to departure, in seconds. */
  readonly lifetimeSeconds: number;
}

/**
 * Times between arrivals and lifetimes are exponentially distributed (the arrivals are a Poisson process), so
 * `lifetimeSeconds / arrivalSeconds` programs are offered at any time in the mean. Endless.
 */
export function poisson({ arrivalSeconds, lifetimeSeconds }: PoissonOptions): ArrivalProcess {
  return {
    name: `poisson:${arrivalSeconds}s,${lifetimeSeconds}s`,
    *events(seed): Generator<ArrivalEvent> {
      const random = seedrandom.alea(`${seed}/arrivals`);
      const exponential = (mean: number): number => -mean * logarithm(1 - random());
      const departures = new DepartureQueue();
      let at = 0;
      for (let program = 0; ; program++) {
        at += exponential(arrivalSeconds);
        yield* departures.until(at);
        yield { kind: 'arrival', at, program };
        departures.add(at + exponential(lifetimeSeconds), program);
      }
    },
  };
}
