/** The mark that congestion leaves on a packet: explicit congestion notification (RFC 3168), value 3. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

const ETHERNET_BYTES = 14;
const ETHER_TYPE_AT = 12;
const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const MARKED = 3;

/** Whether a packet has IPv4 or IPv6 behind its Ethernet header, marked as having experienced congestion. */
export function isMarked({ bytes, offset, capturedLength }: PacketBatch, i: number): boolean {
  const start = offset[i] as number;
  if ((capturedLength[i] as number) < ETHERNET_BYTES + 2) return false;
  const etherType = ((bytes[start + ETHER_TYPE_AT] as number) << 8) | (bytes[start + ETHER_TYPE_AT + 1] as number);
  const second = bytes[start + ETHERNET_BYTES + 1] as number;
  if (etherType === ETHER_TYPE.ipv4) return (second & MARKED) === MARKED;
  // The traffic class lies across the first two bytes.
  return etherType === ETHER_TYPE.ipv6 && ((second >> 4) & MARKED) === MARKED;
}
