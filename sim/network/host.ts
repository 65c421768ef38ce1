/** What runs on a host: the interface that types of hosts implement. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';

/** Something that runs on a host, as a sender, a server, or both. It gets packets, and acts at times of its own. */
export interface HostProcess {
  /** When it acts next; infinity for never. Only {@link act} and {@link receive} change it. */
  readonly nextPs: number;
  /** Does what it does at {@link nextPs}. */
  act(outlet: HostOutlet): void;
  /**
   * A packet has come completely; it stays where it is until this returns, and may be changed.
   * `batch.ingressPort[i]` is the port of the host.
   */
  receive(batch: PacketBatch, i: number, outlet: HostOutlet): void;
  /** What it says of itself at the end of the run, for the summary: names with their units. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** How a process sends. */
export interface HostOutlet {
  readonly nowPs: number;
  /** Whether a packet is one that this host has sent, perhaps with the answer of another, or that a switch sent back. */
  isOwn(batch: PacketBatch, i: number): boolean;
  /** Sends a new packet by a port. @param bytes copied before this returns */
  send(bytes: Uint8Array, port: number): void;
  /** Sends packet i of a batch as the answer to itself. */
  answer(batch: PacketBatch, i: number, port: number): void;
  /** Packet i of a batch, which came to the host, goes no further, as it has no room. */
  refuse(batch: PacketBatch, i: number): void;
}
