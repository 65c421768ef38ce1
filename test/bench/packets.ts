/** The packets that the fifteen programs are tried with, and fields of what they become. */
import { itemAt } from '../item-at.js';
import { type FrameOptions, frame, word16, word32 } from '../sim/frames.js';

export const address = (a: number, b: number, c: number, d: number): number =>
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

export const CLIENT = address(192, 168, 7, 9);
export const SERVER = address(10, 0, 0, 5);

const IPV4 = 14;
const TRANSPORT = IPV4 + 20;
const L5 = TRANSPORT + 8;

const read = (bytes: Uint8Array, at: number, width: number): number => {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + itemAt(bytes, at + i);
  return value;
};

export interface Flow {
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly protocol: 6 | 17;
}

/** Flow n of a few that differ in every part of the 5-tuple; all come from 10.0.0.0/24. */
export const flowFromInside = (n: number): Flow => ({
  src: address(10, 0, 0, 1 + (n % 200)),
  dst: address(172, 16, n % 7, n % 256),
  srcPort: 20000 + n,
  dstPort: 53 + (n % 3),
  protocol: n % 2 === 0 ? 17 : 6,
});

export const reversed = ({ src, dst, srcPort, dstPort, protocol }: Flow): Flow => ({
  src: dst,
  dst: src,
  srcPort: dstPort,
  dstPort: srcPort,
  protocol,
});

/** A packet of a flow. @param ecn the two ECN bits; the six above them are not 0 */
export function packetOf(flow: Flow, payloadBytes = 4, ecn = 0, tcpFlags = 0x10): Uint8Array {
  const { src, dst, srcPort, dstPort, protocol } = flow;
  const payload = Array.from({ length: payloadBytes }, (_, i) => (i * 7 + 3) & 0xff);
  const options: FrameOptions = { ipv4: { src, dst, tos: 0xb8 | ecn }, payload };
  return protocol === 6
    ? frame({ ...options, tcp: { src: srcPort, dst: dstPort, word4: 0x50000000 | (tcpFlags << 16) | 0x2000 } })
    : frame({ ...options, udp: { src: srcPort, dst: dstPort } });
}

/** A request with an application header (op, key1, key2, key3). */
export function request(port: number, words: readonly number[], srcPort = 4000): Uint8Array {
  return frame({
    ipv4: { src: CLIENT, dst: SERVER },
    udp: { src: srcPort, dst: port },
    l5: words,
    payload: [1, 2, 3],
  });
}

/** The bytes that the 5-tuple hash of a switch covers. */
export const tupleBytes = ({ src, dst, srcPort, dstPort, protocol }: Flow): Uint8Array =>
  Uint8Array.from([...word32(src), ...word32(dst), ...word16(srcPort), ...word16(dstPort), protocol]);

export const wordBytes = (value: number): Uint8Array => Uint8Array.from(word32(value));

export const fields = (bytes: Uint8Array) => ({
  macDst: read(bytes, 0, 6),
  macSrc: read(bytes, 6, 6),
  ecn: itemAt(bytes, IPV4 + 1) & 3,
  diffserv: itemAt(bytes, IPV4 + 1) >>> 2,
  totalLength: read(bytes, IPV4 + 2, 2),
  src: read(bytes, IPV4 + 12, 4),
  dst: read(bytes, IPV4 + 16, 4),
  srcPort: read(bytes, TRANSPORT, 2),
  dstPort: read(bytes, TRANSPORT + 2, 2),
  l5: [0, 1, 2, 3].map((word) =>
    bytes[IPV4 + 9] !== 17 || bytes.length < L5 + 16 ? 0 : read(bytes, L5 + 4 * word, 4),
  ),
});

/** A copy with another Ethernet destination. */
export function toMac(bytes: Uint8Array, mac: number): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < 6; i++) copy[i] = Math.floor(mac / 256 ** (5 - i)) & 0xff;
  return copy;
}
