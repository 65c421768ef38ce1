/** Takes the copies of packets to groups through the egress, one after another, each to its verdict. */
import type { PacketBatch, PacketCopies } from '../../traces/packets/packet-batch.js';
import { appendCopies } from '../../traces/packets/packet-copies.js';
import { FIRST_GROUP, type Phv } from '../blocks/phv.js';
import type { CopyList } from '../blocks/replication-engine.js';
import type { Pipeline } from './pipeline.js';

/** Takes a copy through the egress of its port. */
export type CopyEgress = (phv: Phv) => void;

export class PacketCopier {
  private readonly phv: Phv;

  /** @param egress that of the driver, for each copy */
  constructor(
    private readonly pipeline: Pipeline,
    private readonly egress: CopyEgress = (phv) => void pipeline.egress(phv),
  ) {
    this.phv = pipeline.newPhv();
  }

  /** Copies packet i of a batch, whose last ingress has sent it to a group, and gives it and its copies their verdicts. */
  copy(original: Phv, batch: PacketBatch, i: number): void {
    const { pipeline, phv } = this;
    const list = pipeline.copyList(original);
    pipeline.groupVerdict(original, batch, i, list);
    if (list === undefined) return;
    const first = appendCopies(batch, i, list.ports.length);
    const copies = batch.copies as PacketCopies;
    for (let number = 0; number < list.ports.length; number++) {
      becomeCopy(phv, original, copies.batch, first + number, number, list);
      this.egress(phv);
      pipeline.copyVerdict(phv, copies.batch, first + number);
    }
  }
}

/** Makes a PHV that of a copy. @param j its place in the batch of copies, where its bytes are already */
export function becomeCopy(
  phv: Phv,
  original: Phv,
  copies: PacketBatch,
  j: number,
  number: number,
  { ports, replicationIds }: CopyList,
): void {
  phv.takeOver(original, copies.bytes, copies.offset[j] as number);
  phv.egressPort = ports[number] as number;
  phv.replicationId = replicationIds[number] as number;
  phv.copy = number;
}

/** Whether a packet that has left an ingress goes to a group; one that recirculates does so first. */
export const goesToGroup = ({ egressPort, recirculates }: Phv): boolean => egressPort >= FIRST_GROUP && !recirculates;
