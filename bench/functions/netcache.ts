/** NetCache (Jin et al., SOSP 2017): a cache that tells the controller which flows ask for much that it does not have. */
import { Cache, type CachedKey, isMissedRead } from './cache.js';
import { HeavyFlows } from './heavy-hitter.js';
import type { Decision, ExpectedMemory, NetworkFunction, Surroundings } from './network-function.js';
import type { PacketView } from './packet.js';

/** Misses that make a flow worth a report. */
const THRESHOLD = 128;

export class NetCache implements NetworkFunction {
  private readonly cache: Cache;
  private readonly misses: HeavyFlows;

  constructor(
    keys: readonly CachedKey[],
    private readonly surroundings: Surroundings,
  ) {
    this.cache = new Cache(keys, surroundings.bucketsOf);
    this.misses = new HeavyFlows(THRESHOLD, surroundings);
  }

  handle(packet: PacketView): Decision {
    const decision = this.cache.handle(packet);
    if (!isMissedRead(packet, decision)) return decision;
    return this.misses.count(packet.flowKey()) ? this.surroundings.cpuPort : decision;
  }

  memories(): ExpectedMemory[] {
    return [...this.cache.memories(), ...this.misses.memories()];
  }
}
