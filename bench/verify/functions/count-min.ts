/** A count-min sketch (Cormode and Muthukrishnan, 2005). */
import { must } from '../../../compiler/data-plane/must.js';
import { FlowRecorder, HashedRows } from './hashed-rows.js';
import { asWord, type SwitchResources } from './network-function.js';

export class CountMinSketch extends HashedRows {
  constructor(memories: readonly string[], resources: SwitchResources) {
    super(memories, resources, asWord);
  }

  /** Counts a packet of the key. @returns the new estimate */
  count(key: Uint8Array): number {
    let least = Number.POSITIVE_INFINITY;
    for (const row of this.rows) {
      const place = row.placeOf(key);
      row.buckets[place] = must(row.buckets[place], `bucket ${place}`) + 1;
      least = Math.min(least, must(row.buckets[place], `bucket ${place}`));
    }
    return least;
  }
}

/** Counts the packets of each flow. */
export class PacketCounter extends FlowRecorder {
  constructor(resources: SwitchResources) {
    const rows = new CountMinSketch(['row1', 'row2', 'row3'], resources);
    super(rows, (packet) => void rows.count(packet.flowKey()));
  }
}
