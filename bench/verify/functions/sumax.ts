/** A SuMax sketch (Zhao et al., LightGuardian, NSDI 2021) that keeps maxima: the longest IPv4 packet of each flow. */
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

export class LongestPackets implements NetworkFunction {
  private readonly rows: readonly HashedRow[];

  constructor(resources: SwitchResources) {
    this.rows = ['row1', 'row2', 'row3'].map((memory) => new HashedRow(memory, resources));
  }

  handle(packet: PacketView): Decision {
    const key = packet.flowKey();
    for (const row of this.rows) {
      const place = row.placeOf(key);
      row.buckets[place] = Math.max(row.buckets[place] as number, packet.totalLength);
    }
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.rows.map(({ memory, buckets }) => ({ memory, values: buckets, reading: asWord }));
  }
}
