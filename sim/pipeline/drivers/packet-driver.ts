/** What takes packets through the pipelines of a switch. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

/** A way to take packets through the pipelines of a switch. */
export interface PacketDriver {
  /**
   * Takes packets `from` … `to - 1` of a batch through the switch, in order; they are rewritten in place.
   * @param from 0 unless it is given
   * @param to the end of the batch unless it is given
   */
  process(batch: PacketBatch, from?: number, to?: number): void;
}
