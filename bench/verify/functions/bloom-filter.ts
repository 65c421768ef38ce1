/** A Bloom filter (Bloom, 1970) with a separate row for each hash function. */
import { FlowRecorder, HashedRows } from './hashed-rows.js';
import { asMark, type SwitchResources } from './network-function.js';

export class BloomFilter extends HashedRows {
  constructor(memories: readonly string[], resources: SwitchResources) {
    super(memories, resources, asMark);
  }

  /** Inserts a key. @returns whether the filter reported it as present before */
  add(key: Uint8Array): boolean {
    let wasThere = true;
    for (const row of this.rows) {
      const place = row.placeOf(key);
      if (row.buckets[place] === 0) wasThere = false;
      row.buckets[place] = 1;
    }
    return wasThere;
  }
}

/** Inserts the flow of each packet. */
export class FlowMarker extends FlowRecorder {
  constructor(resources: SwitchResources) {
    const rows = new BloomFilter(['row1', 'row2', 'row3'], resources);
    super(rows, (packet) => void rows.add(packet.flowKey()));
  }
}
