/** A stateful firewall for TCP between an inside prefix and the rest. */
import { DEFAULT_PORT, type Decision, DROPPED, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import { type PacketView, TCP_FLAG } from './packet.js';

/** The inside prefix, 10.0.0.0/8. */
const isInside = (address: number): boolean => address >>> 24 === 10;

export interface ConnectionTable {
  /** Index of a packet's connection, equal for both directions; connections may collide. */
  readonly placeOf: (packet: PacketView) => number;
  readonly size: number;
  /** Whether a word of the program's memory means an open connection. */
  readonly isOpen: (word: number) => boolean;
}

export class StatefulFirewall implements NetworkFunction {
  private readonly open = new Set<number>();

  constructor(private readonly table: ConnectionTable) {}

  handle(packet: PacketView): Decision {
    const { tcpFlags } = packet;
    const connection = this.table.placeOf(packet);
    const wasOpen = this.open.has(connection);
    const fromInside = isInside(packet.source);
    if ((tcpFlags & (TCP_FLAG.rst | TCP_FLAG.fin)) !== 0) this.open.delete(connection);
    else if (fromInside && (tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn) this.open.add(connection);
    return fromInside || wasOpen ? DEFAULT_PORT : DROPPED;
  }

  memories(): ExpectedMemory[] {
    const values = Array.from({ length: this.table.size }, (_, place) => (this.open.has(place) ? 1 : 0));
    return [{ memory: 'connection', values, reading: (word) => (this.table.isOpen(word) ? 1 : 0) }];
  }
}
