/** The same traffic several times, each from the switch as it was before the first: what its speed varies by. */
import type { Switch } from '../../../sim/index.js';
import type { TrafficResult } from './traffic-run.js';

/** How fast one repeat was. */
export interface Repeat {
  readonly wallSeconds: number;
  readonly packetsPerSecond: number;
}

export const speedOf = ({ packets, wallSeconds }: Pick<TrafficResult, 'packets' | 'wallSeconds'>): Repeat => ({
  wallSeconds,
  packetsPerSecond: wallSeconds > 0 ? packets / wallSeconds : 0,
});

/** Repeats that did not end alike: a fault of the emulator. */
export class RepeatsDiffer extends Error {
  override readonly name = 'RepeatsDiffer';
}

export interface RepeatedTraffic {
  /** The one of median speed. */
  readonly traffic: TrafficResult;
  readonly repeats: readonly Repeat[];
}

/**
 * The first of several only warms up: with it, the process still compiles its own code.
 * @param count at least 1; an abort ends it early
 * @param run processes the traffic from its start
 * @throws {RepeatsDiffer}
 */
export async function repeatTraffic(
  emulator: Switch,
  count: number,
  signal: AbortSignal,
  run: () => Promise<TrafficResult>,
): Promise<RepeatedTraffic> {
  const memory = count > 1 ? emulator.memory.words.slice() : undefined;
  const counters = { ...emulator.counters };
  const first = await run();
  if (memory === undefined) return { traffic: first, repeats: [speedOf(first)] };
  const all: TrafficResult[] = [];
  while (all.length < count && !signal.aborted) {
    emulator.memory.words.set(memory);
    Object.assign(emulator.counters, counters);
    const next = await run();
    if (signal.aborted) break;
    if (next.stateHash !== first.stateHash || next.outputHash !== first.outputHash) {
      throw new RepeatsDiffer(`repeat ${all.length + 1} of the same packets ended in another state than before`);
    }
    all.push(next);
  }
  const bySpeed = [...all].sort((a, b) => a.wallSeconds - b.wallSeconds);
  return { traffic: bySpeed[Math.floor((bySpeed.length - 1) / 2)] ?? first, repeats: all.map(speedOf) };
}
