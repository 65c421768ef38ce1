/** Explicit congestion notification (RFC 3168): marks ECN-capable packets with a long queueing time. */
import { DEFAULT_PORT, type Decision, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import type { PacketView } from './packet.js';

/** Threshold of the queueing time: 10 µs. */
export const ECN_THRESHOLD_NS = 10_000;
const NOT_CAPABLE = 0;
const CONGESTION_EXPERIENCED = 3;

export class EcnMarker implements NetworkFunction {
  handle(packet: PacketView): Decision {
    if (packet.queueNs >= ECN_THRESHOLD_NS && packet.ecn !== NOT_CAPABLE) packet.ecn = CONGESTION_EXPERIENCED;
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [];
  }
}
