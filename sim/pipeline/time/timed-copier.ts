/** Makes the copies of packets to groups, each a packet in flight of its own. */
import type { HeldBatch, PacketsInFlight } from '../../blocks/packets-in-flight.js';
import type { Phv } from '../../blocks/phv.js';
import { becomeCopy } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import { HeldPackets } from './held-packets.js';

export class TimedCopier {
  private readonly batches = new HeldPackets(true);

  constructor(
    private readonly pipeline: Pipeline,
    private readonly packets: PacketsInFlight,
  ) {}

  /** Gives the packet in a slot its verdict as one to a group. @returns the number of its copies */
  begin(slot: number): number {
    const { packets, pipeline } = this;
    const phv = packets.phvs[slot] as Phv;
    const list = pipeline.copyList(phv);
    pipeline.groupVerdict(phv, (packets.held[slot] as HeldBatch).batch, packets.index[slot] as number, list);
    return list === undefined ? 0 : list.ports.length;
  }

  /** A copy of the packet in a slot. @returns its slot */
  copy(original: number, number: number): number {
    const { packets, pipeline } = this;
    const { batch } = packets.held[original] as HeldBatch;
    const phv = packets.phvs[original] as Phv;
    const list = pipeline.copyList(phv);
    if (list === undefined) throw new Error('a packet to no group has no copies');
    const held = this.batches.add(batch, packets.index[original] as number);
    const place = held.batch.count - 1;
    const slot = packets.take(held, place, packets.arrivalPs[original] as number);
    becomeCopy(packets.phvs[slot] as Phv, phv, held.batch, place, number, list);
    packets.cells[slot] = packets.cells[original] as number;
    return slot;
  }

  /** Writes the verdict of a packet that has ended, or of a copy. */
  verdict(phv: Phv, { batch, holdsCopies }: HeldBatch, i: number): void {
    if (holdsCopies) this.pipeline.copyVerdict(phv, batch, i);
    else this.pipeline.verdict(phv, batch, i);
  }
}
