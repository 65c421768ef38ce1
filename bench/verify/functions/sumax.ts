/** A SuMax sketch (Zhao et al., LightGuardian, NSDI 2021) that keeps maxima: the longest IPv4 packet of each flow. */
import { must } from '../../../compiler/data-plane/must.js';
import { FlowRecorder, HashedRows } from './hashed-rows.js';
import { asWord, type SwitchResources } from './network-function.js';

class Maxima extends HashedRows {
  raise(key: Uint8Array, value: number): void {
    for (const row of this.rows) {
      const place = row.placeOf(key);
      row.buckets[place] = Math.max(must(row.buckets[place], `bucket ${place}`), value);
    }
  }
}

export class LongestPackets extends FlowRecorder {
  constructor(resources: SwitchResources) {
    const rows = new Maxima(['row1', 'row2', 'row3'], resources, asWord);
    super(rows, (packet) => rows.raise(packet.flowKey(), packet.totalLength));
  }
}
