/** The generator as a source of a run's packets. A file of its own, as runs of captures do not load the generator. */
import type { TrafficTarget } from '../../traces/generate/packet-template.js';
import { generatorOf, prepareTraffic, type TrafficGenerator } from '../../traces/generate/traffic-generator.js';
import { type GeneratedPackets, PACKETS_PER_SECOND } from './packet-source.js';

export interface GeneratedOptions {
  readonly packetsPerSecond?: number | undefined;
  /** Number of packets of the stream taken before. */
  readonly first?: number | undefined;
  /** Program ids by target. */
  readonly programIds?: readonly number[];
}

/** `count` packets for the targets; at least one target is needed. */
export function generatedPackets(
  targets: readonly TrafficTarget[],
  count: number,
  seed: string,
  { packetsPerSecond = PACKETS_PER_SECOND, first = 0, programIds }: GeneratedOptions = {},
): GeneratedPackets {
  const traffic = prepareTraffic({ targets, seed: `${seed}/traffic`, packetsPerSecond });
  // Made when it is needed: workers have generators of their own.
  let generator: TrafficGenerator | undefined;
  let next = first;
  let end = first + count;
  return {
    traffic,
    programIds,
    restart(most = count) {
      next = first;
      end = first + Math.min(most, count);
    },
    take(most) {
      const taken = { first: next, count: Math.min(most, end - next) };
      next += taken.count;
      return taken;
    },
    async fill(batch) {
      generator ??= generatorOf(traffic);
      const appended = generator.generateInto(batch, next, end - next);
      next += appended;
      return appended;
    },
    get progress() {
      return count === 0 ? 1 : (next - first) / count;
    },
    async close() {},
  };
}
