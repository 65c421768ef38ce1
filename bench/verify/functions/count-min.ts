/** A count-min sketch (Cormode and Muthukrishnan, 2005). */
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  HashedRow,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

export class CountMinSketch {
  private readonly rows: readonly HashedRow[];

  constructor(memories: readonly string[], resources: SwitchResources) {
    this.rows = memories.map((memory) => new HashedRow(memory, resources));
  }

  /** Counts one for the key. @returns its estimate, this one included */
  count(key: Uint8Array): number {
    let least = Number.POSITIVE_INFINITY;
    for (const row of this.rows) {
      const place = row.placeOf(key);
      row.buckets[place] = (row.buckets[place] as number) + 1;
      least = Math.min(least, row.buckets[place] as number);
    }
    return least;
  }

  memories(): ExpectedMemory[] {
    return this.rows.map(({ memory, buckets }) => ({ memory, values: buckets, reading: asWord }));
  }
}

/** Counts the packets of each flow. */
export class PacketCounter implements NetworkFunction {
  private readonly sketch: CountMinSketch;

  constructor(resources: SwitchResources) {
    this.sketch = new CountMinSketch(['row1', 'row2', 'row3'], resources);
  }

  handle(packet: PacketView): Decision {
    this.sketch.count(packet.flowKey());
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.sketch.memories();
  }
}
