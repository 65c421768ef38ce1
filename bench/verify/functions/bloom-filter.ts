/** A Bloom filter (Bloom, 1970) with a row of its own for each hash function. */
import { FlowRecorder, HashedRows } from './hashed-rows.js';
import { asMark, type SwitchResources } from './network-function.js';

export class BloomFilter extends HashedRows {
  constructor(memories: readonly string[], resources: SwitchResources) {
    super(memories, resources, asMark);
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
}

/** Marks each flow that comes by. */
export class FlowMarker extends FlowRecorder {
  constructor(resources: SwitchResources) {
    const rows = new BloomFilter(['row1', 'row2', 'row3'], resources);
    super(rows, (packet) => void rows.add(packet.flowKey()));
  }
}
