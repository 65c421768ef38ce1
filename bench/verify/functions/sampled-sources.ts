/** Packets of sources in a sketch with random replacement of keys (Zhang et al., CocoSketch, SIGCOMM 2021). */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type HashFunction,
  type NetworkFunction,
  type RandomFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

export class SampledSources implements NetworkFunction {
  private readonly counts: Uint32Array;
  private readonly keys: Uint32Array;
  private readonly largest: Uint32Array;
  private readonly hash: HashFunction;
  private readonly word = new Uint8Array(4);
  private readonly view = new DataView(this.word.buffer);

  /** @param largestOf the largest random number that replaces a key, by the count of the bucket */
  constructor(
    { hashOf, bucketsOf }: SwitchResources,
    largestOf: (count: number) => number,
    private readonly random: RandomFunction,
  ) {
    this.counts = new Uint32Array(bucketsOf('counts'));
    this.keys = new Uint32Array(bucketsOf('keys'));
    this.largest = Uint32Array.from({ length: bucketsOf('largest') }, (_, count) => largestOf(count));
    this.hash = hashOf('counts');
  }

  handle(packet: PacketView): Decision {
    this.view.setUint32(0, packet.source);
    const place = this.hash(this.word) % this.counts.length;
    const count = must(this.counts[place], `count of bucket ${place}`) + 1;
    this.counts[place] = count;
    const largest = must(this.largest[Math.min(count, this.largest.length - 1)], `number for ${count} packets`);
    if (this.random(packet) <= largest) this.keys[place] = packet.source;
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [
      { memory: 'counts', values: this.counts, reading: asWord },
      { memory: 'keys', values: this.keys, reading: asWord },
      { memory: 'largest', values: this.largest, reading: asWord },
    ];
  }
}
