/** NetCache (Jin et al., SOSP 2017): a cache that reports popular uncached keys to the controller. */
import { Cache, type CachedKey, isRead } from './cache.js';
import { HeavyFlows } from './heavy-hitter.js';
import type { Decision, ExpectedMemory, HashFunction, NetworkFunction, SwitchResources } from './network-function.js';
import type { PacketView } from './packet.js';

/** Number of misses after which a key is reported. */
const THRESHOLD = 128;

export class NetCache implements NetworkFunction {
  private readonly cache: Cache;
  private readonly misses: HeavyFlows;
  private readonly word = new DataView(new ArrayBuffer(4));

  /** @param wordHash hash function of the first word of a key */
  constructor(
    keys: readonly CachedKey[],
    private readonly resources: SwitchResources,
    private readonly wordHash: HashFunction,
  ) {
    this.cache = new Cache(keys, resources.bucketsOf);
    this.misses = new HeavyFlows(THRESHOLD, resources);
  }

  handle(packet: PacketView): Decision {
    const isMissed = isRead(packet) && !this.cache.holds(packet);
    const decision = this.cache.handle(packet);
    return isMissed && this.misses.count(this.digest(packet)) ? this.resources.cpuPort : decision;
  }

  memories(): ExpectedMemory[] {
    return [...this.cache.memories(), ...this.misses.memories()];
  }

  /**
   * A 32-bit word for a key of 64 bits, since registers have 32 bits: the first word with its low half replaced by its
   * hash, XOR the second word. Keys that differ in only one word have different results.
   */
  private digest({ key1, key2 }: PacketView): Uint8Array {
    const { word } = this;
    const bytes = new Uint8Array(word.buffer);
    word.setUint32(0, key1);
    word.setUint16(2, this.wordHash(bytes));
    word.setUint32(0, word.getUint32(0) ^ key2);
    return bytes;
  }
}
