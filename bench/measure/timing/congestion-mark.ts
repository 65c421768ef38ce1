/** The mark that congestion leaves on a packet: explicit congestion notification (RFC 3168), value 3. */
import { must } from '../../../compiler/data-plane/must.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

const ETHERNET_BYTES = 14;
const ETHER_TYPE_AT = 12;
const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const MARKED = 3;

/** Whether a packet has IPv4 or IPv6 behind its Ethernet header, marked as having experienced congestion. */
export function isMarked({ bytes, offset, capturedLength }: PacketBatch, i: number): boolean {
  if (must(capturedLength[i], 'length of a packet') < ETHERNET_BYTES + 2) return false;
  const start = must(offset[i], 'offset of a packet');
  const etherType = (byteAt(bytes, start + ETHER_TYPE_AT) << 8) | byteAt(bytes, start + ETHER_TYPE_AT + 1);
  const second = byteAt(bytes, start + ETHERNET_BYTES + 1);
  if (etherType === ETHER_TYPE.ipv4) return (second & MARKED) === MARKED;
  // The traffic class lies across the first two bytes.
  return etherType === ETHER_TYPE.ipv6 && ((second >> 4) & MARKED) === MARKED;
}

const byteAt = (bytes: Uint8Array, at: number): number => must(bytes[at], 'byte of a packet');
