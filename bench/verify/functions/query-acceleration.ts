/** Database query acceleration: drops values seen before, for a server that computes distinct values. */
import { BloomFilter } from './bloom-filter.js';
import {
  type Decision,
  DROPPED,
  type ExpectedMemory,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

const OP_DISTINCT = 0;
const SERVER_PORT = 0;

export class DistinctValues implements NetworkFunction {
  private readonly seen: BloomFilter;
  private readonly word = new Uint8Array(4);
  private readonly view = new DataView(this.word.buffer);

  constructor(resources: SwitchResources) {
    this.seen = new BloomFilter(['seen'], resources);
  }

  handle(packet: PacketView): Decision {
    if (packet.op !== OP_DISTINCT) return SERVER_PORT;
    this.view.setUint32(0, packet.key1);
    return this.seen.add(this.word) ? DROPPED : SERVER_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.seen.memories();
  }
}
