/** Reads frames back and checks them, naively and independently of the generator. */

import * as assert from 'uvu/assert';
import { itemAt } from '../item-at.js';

/** What a frame says. */
export interface ParsedFrame {
  readonly destination: string;
  readonly source: string;
  readonly vlan: number | undefined;
  readonly tunnelId: number | undefined;
  readonly etherType: number;
  readonly ipv4: ParsedIpv4 | undefined;
  /** What follows the last header known. */
  readonly payload: Uint8Array;
}

export interface ParsedIpv4 {
  readonly header: Uint8Array;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The transport header, empty without one. */
  readonly transport: Uint8Array;
}

/** The ones' complement sum of 16-bit words, as RFC 1071 words it; 0xffff over a block with a valid checksum. */
function onesSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2)
    sum += itemAt(bytes, i) * 256 + (i + 1 < bytes.length ? itemAt(bytes, i + 1) : 0);
  while (sum > 0xffff) sum = (sum % 65536) + Math.floor(sum / 65536);
  return sum;
}

/** Parses a frame; asserts that its lengths and checksums are right. */
export function parseFrame(frame: Uint8Array): ParsedFrame {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const hexadecimal = (at: number): string => Buffer.from(frame.subarray(at, at + 6)).toString('hex');
  let at = 12;
  let vlan: number | undefined;
  if (view.getUint16(at) === 0x8100) {
    vlan = view.getUint16(at + 2);
    at += 4;
  }
  const etherType = view.getUint16(at);
  at += 2;
  let tunnelId: number | undefined;
  if (etherType === 0x1111) {
    tunnelId = view.getUint16(at);
    at += 2;
  }
  const ethernet = { destination: hexadecimal(0), source: hexadecimal(6), vlan, tunnelId, etherType };
  const hasIpv4 = etherType === 0x0800 || (etherType === 0x1111 && itemAt(frame, at) >> 4 === 4);
  if (!hasIpv4) return { ...ethernet, ipv4: undefined, payload: frame.subarray(at) };
  const { ipv4, payload } = parseIpv4(frame.subarray(at));
  return { ...ethernet, ipv4, payload };
}

function parseIpv4(packet: Uint8Array): { ipv4: ParsedIpv4; payload: Uint8Array } {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const header = packet.subarray(0, (itemAt(packet, 0) & 15) * 4);
  const segment = packet.subarray(header.length);
  assert.is(itemAt(packet, 0) >> 4, 4);
  assert.is(view.getUint16(2), packet.length, 'IPv4 total length');
  assert.is(onesSum(header), 0xffff, 'IPv4 checksum');
  const protocol = itemAt(packet, 9);
  const ipv4 = { header, protocol, source: view.getUint32(12), destination: view.getUint32(16) };
  if (protocol !== 6 && protocol !== 17) {
    return {
      ipv4: { ...ipv4, sourcePort: 0, destinationPort: 0, transport: segment.subarray(0, 0) },
      payload: segment,
    };
  }
  const lengthBytes = [segment.length >> 8, segment.length & 255];
  const summed = Buffer.concat([packet.subarray(12, 20), Uint8Array.of(0, protocol, ...lengthBytes), segment]);
  assert.is(onesSum(summed), 0xffff, 'transport checksum');
  if (protocol === 17) {
    assert.equal([...segment.subarray(4, 6)], lengthBytes, 'UDP length');
    assert.is.not(itemAt(segment, 6) * 256 + itemAt(segment, 7), 0, 'a UDP checksum of 0 would mean none');
  }
  const transport = segment.subarray(0, protocol === 17 ? 8 : (itemAt(segment, 12) >> 4) * 4);
  const ports = {
    sourcePort: itemAt(segment, 0) * 256 + itemAt(segment, 1),
    destinationPort: itemAt(segment, 2) * 256 + itemAt(segment, 3),
  };
  return { ipv4: { ...ipv4, ...ports, transport }, payload: segment.subarray(transport.length) };
}
