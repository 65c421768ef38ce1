/** A Bloom filter (Bloom, 1970) with a row of its own for each hash function. */
import {
  asMark,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  HashedRow,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

export class BloomFilter {
  private readonly rows: readonly HashedRow[];

  constructor(memories: readonly string[], resources: SwitchResources) {
    this.rows = memories.map((memory) => new HashedRow(memory, resources));
  }

  /** Puts a key in. @returns whether it seemed to be there already */
  add(key: Uint8Array): boolean {
    let wasThere = true;
    for (const row of this.rows) {
      const place = row.placeOf(key);
      if (row.buckets[place] === 0) wasThere = false;
      row.buckets[place] = 1;
    }
    return wasThere;
  }

  memories(): ExpectedMemory[] {
    return this.rows.map(({ memory, buckets }) => ({ memory, values: buckets, reading: asMark }));
  }
}

/** Marks each flow that comes by. */
export class FlowMarker implements NetworkFunction {
  private readonly filter: BloomFilter;

  constructor(resources: SwitchResources) {
    this.filter = new BloomFilter(['row1', 'row2', 'row3'], resources);
  }

  handle(packet: PacketView): Decision {
    this.filter.add(packet.flowKey());
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.filter.memories();
  }
}
