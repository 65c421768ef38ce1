/** Frames put together header by header, and checksums computed the long way. */

export interface Ipv4Options {
  readonly src?: number;
  readonly dst?: number;
  readonly protocol?: number;
  readonly version?: number;
  /** Header length in words; the words beyond five are options. */
  readonly ihl?: number;
  readonly fragmentOffset?: number;
  readonly tos?: number;
  readonly ttl?: number;
}

export interface FrameOptions {
  readonly etherType?: number;
  readonly vlans?: readonly number[];
  readonly tunnel?: number;
  readonly ipv4?: Ipv4Options;
  readonly tcp?: { readonly src?: number; readonly dst?: number; readonly word4?: number };
  readonly udp?: { readonly src?: number; readonly dst?: number; readonly checksum?: 'none' };
  /** Words op, key1, key2, key3. */
  readonly l5?: readonly number[];
  readonly payload?: readonly number[];
}

export const MAC_DST = [0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f];
export const MAC_SRC = [0x02, 0x03, 0x04, 0x05, 0x06, 0x07];

export const word16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
export const word32 = (value: number): number[] => [...word16(value >>> 16), ...word16(value & 0xffff)];

/** The bytes of a frame; checksums are right unless left out on purpose. */
export function frame(options: FrameOptions = {}): Uint8Array {
  const { vlans = [], tunnel, ipv4, tcp, udp } = options;
  const inner =
    options.etherType ?? (ipv4 !== undefined || tcp || udp ? 0x0800 : tunnel !== undefined ? 0x1111 : 0x88b5);
  const types = [...vlans.map(() => 0x8100), inner];
  const bytes = [...MAC_DST, ...MAC_SRC, ...word16(types[0] ?? 0)];
  vlans.forEach((tag, i) => {
    bytes.push(...word16(tag), ...word16(types[i + 1] ?? 0));
  });
  if (tunnel !== undefined) bytes.push(...word16(tunnel));
  if (ipv4 !== undefined || tcp || udp) bytes.push(...ipv4Packet(options));
  else bytes.push(...(options.payload ?? []));
  return Uint8Array.from(bytes);
}

function ipv4Packet({ ipv4 = {}, tcp, udp, l5 = [], payload = [] }: FrameOptions): number[] {
  const { version = 4, ihl = 5, src = 0x0a000001, dst = 0x0a000002, fragmentOffset = 0, tos = 0, ttl = 64 } = ipv4;
  const protocol = ipv4.protocol ?? (tcp ? 6 : udp ? 17 : 1);
  const rest = [...l5.flatMap(word32), ...payload];
  const transport = tcp ? tcpSegment(tcp, rest) : udp ? udpDatagram(udp, rest) : rest;
  const options = Array.from({ length: Math.max(0, ihl - 5) * 4 }, (_, i) => (i * 37 + 1) & 0xff);
  const totalLength = 20 + options.length + transport.length;
  const header = [
    (version << 4) | ihl,
    tos,
    ...word16(totalLength),
    ...word16(0x1234),
    ...word16(fragmentOffset),
    ttl,
    protocol,
    0,
    0,
    ...word32(src),
    ...word32(dst),
    ...options,
  ];
  const headerChecksum = ~onesSum(header) & 0xffff;
  header.splice(10, 2, ...word16(headerChecksum));
  if (tcp || (udp && udp.checksum !== 'none')) {
    const pseudo = [...word32(src), ...word32(dst), 0, protocol, ...word16(transport.length)];
    const checksum = ~onesSum([...pseudo, ...transport]) & 0xffff;
    transport.splice(tcp ? 16 : 6, 2, ...word16(udp && checksum === 0 ? 0xffff : checksum));
  }
  return [...header, ...transport];
}

const tcpSegment = ({ src = 1000, dst = 80, word4 = 0x5002ffff }, rest: readonly number[]): number[] => [
  ...word16(src),
  ...word16(dst),
  ...word32(0x11223344),
  ...word32(0x55667788),
  ...word32(word4),
  0,
  0,
  0,
  0,
  ...rest,
];

const udpDatagram = ({ src = 1000, dst = 7777 }, rest: readonly number[]): number[] => [
  ...word16(src),
  ...word16(dst),
  ...word16(8 + rest.length),
  0,
  0,
  ...rest,
];

/** The ones' complement sum of big-endian words, one by one (RFC 1071). */
export function onesSum(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** Whether IPv4 and transport checksums of an untagged frame are right; a UDP checksum of 0 says that there is none. */
export function checksumsOf(bytes: Uint8Array): { ipv4: boolean; transport: boolean | 'none' } {
  const headerBytes = ((bytes[14] ?? 0) & 15) * 4;
  const transport = bytes.subarray(14 + headerBytes);
  const protocol = bytes[23] ?? 0;
  const pseudo = [...bytes.subarray(26, 34), 0, protocol, ...word16(transport.length)];
  const none = protocol === 17 && transport[6] === 0 && transport[7] === 0;
  return {
    ipv4: onesSum(bytes.subarray(14, 14 + headerBytes)) === 0xffff,
    transport: none ? 'none' : onesSum([...pseudo, ...transport]) === 0xffff,
  };
}
