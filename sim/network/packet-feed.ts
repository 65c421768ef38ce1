/**
 * Packets with times from outside of the network, as those of captures. They are read while the network runs, which runs
 * up to the last packet that is there and then waits for more.
 */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import { HeldPackets } from '../pipeline/time/held-packets.js';
import { PacketFifo, type PacketSink } from './packet-fifo.js';

export class PacketFeed implements PacketSink {
  /** The packets that nobody has taken yet, with the ports that their batches say. */
  readonly fifo = new PacketFifo(new HeldPackets(false), undefined);
  private lastPs = 0;
  private isEnded = false;

  put(batch: PacketBatch, i: number, timePs: number): void {
    this.fifo.put(batch, i, timePs);
    this.lastPs = timePs;
  }

  /** No further packet comes. */
  end(): void {
    this.isEnded = true;
  }

  /** All packets before this time are there. */
  get knownPs(): number {
    return this.isEnded ? Number.POSITIVE_INFINITY : this.lastPs;
  }
}
