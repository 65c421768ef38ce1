/** Repeats of the same traffic from the same state of the switch, to measure the variation of the speed. */
import type { Emulator, PacketProcessor } from '../../../sim/index.js';
import type { TrafficResult } from './traffic-run.js';

/** Speed of one repeat. */
export interface Repeat {
  readonly wallSeconds: number;
  readonly packetsPerSecond: number;
}

export const speedOf = ({ packets, wallSeconds }: Pick<TrafficResult, 'packets' | 'wallSeconds'>): Repeat => ({
  wallSeconds,
  packetsPerSecond: wallSeconds > 0 ? packets / wallSeconds : 0,
});

/** Thrown if repeats end in different states, which is a fault of the emulator. */
export class RepeatsDiffer extends Error {
  override readonly name = 'RepeatsDiffer';
}

export interface RepeatedTraffic {
  /** The repeat with the median speed. */
  readonly traffic: TrafficResult;
  readonly repeats: readonly Repeat[];
}

/**
 * The first of several repeats is a warm-up, during which the JIT compiler works.
 * @param processor of all repeats: a new one would have to be warmed up again
 * @param count at least 1; an abort ends it early
 * @param run processes the traffic from its start
 * @throws {RepeatsDiffer}
 */
export async function repeatTraffic(
  emulator: Emulator,
  processor: PacketProcessor,
  count: number,
  signal: AbortSignal,
  run: () => Promise<TrafficResult>,
): Promise<RepeatedTraffic> {
  const memory = count > 1 ? emulator.memory.words.slice() : undefined;
  const first = await run();
  if (memory === undefined) return { traffic: first, repeats: [speedOf(first)] };
  const all: TrafficResult[] = [];
  while (all.length < count && !signal.aborted) {
    emulator.memory.words.set(memory);
    await processor.forget();
    const next = await run();
    if (signal.aborted) break;
    if (next.stateHash !== first.stateHash || next.outputHash !== first.outputHash) {
      throw new RepeatsDiffer(`repeat ${all.length + 1} of the same packets ended in another state than the first`);
    }
    all.push(next);
  }
  const bySpeed = [...all].sort((a, b) => a.wallSeconds - b.wallSeconds);
  return { traffic: bySpeed[Math.floor((bySpeed.length - 1) / 2)] ?? first, repeats: all.map(speedOf) };
}
