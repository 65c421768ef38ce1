/** Templates of packets whose headers are words behind the ether type: of IPv6 (RFC 8200), and of TCP with options. */
import type { PacketTemplate } from '../../traces/generate/packet-template.js';

const ETHERNET_BYTES = 14;
const WORD_BYTES = 4;
const HOP_LIMIT = 64;
const PROTOCOL = { tcp: 6, udp: 17 } as const;
const IPV6_WORD = 0xffffffffn;

/** In another network of the range for documentation (RFC 3849). */
export const IPV6_SERVER = 0x2001_0db8_ffff_0000_0000_0000_0000_0001n;

type Common = Pick<PacketTemplate, 'ingressPort' | 'ethernet' | 'weight'>;

export interface Ipv6Packet {
  readonly common: Common;
  /** Addresses of 128 bits. */
  readonly source: bigint;
  readonly destination: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly transport:
    | {
        readonly kind: 'udp';
        /** Words of 32 bits. */
        readonly payload: readonly number[];
      }
    | { readonly kind: 'tcp'; readonly flags: number }
    | { readonly kind: 'other'; readonly nextHeader: number };
}

/** Extension headers of 8 bytes and more (RFC 8200): hop-by-hop options, routing, fragment, destination options. */
const EXTENSION_HEADERS: ReadonlySet<number> = new Set([0, 43, 44, 60]);
const NO_NEXT_HEADER = 59;

/** One flow; its checksum is right. Payload has only UDP, and an extension header is the only one and the last. */
export function ipv6Template(packet: Ipv6Packet): PacketTemplate {
  const { source, destination, transport } = packet;
  const addresses = [...wordsOf(source), ...wordsOf(destination)];
  const protocol = transport.kind === 'other' ? transport.nextHeader : PROTOCOL[transport.kind];
  const length = WORD_BYTES * transportWords(packet, 0).length;
  const checksum = checksumOf([...addresses, length, protocol, ...transportWords(packet, 0)]);
  const header = [0x60000000, length * 2 ** 16 + protocol * 2 ** 8 + HOP_LIMIT, ...addresses];
  return behindEtherType(packet.common, 0x86dd, [...header, ...transportWords(packet, checksum)]);
}

const wordsOf = (address: bigint): number[] =>
  [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & IPV6_WORD));

function transportWords({ sourcePort, destinationPort, transport }: Ipv6Packet, checksum: number): number[] {
  if (transport.kind === 'other') {
    return EXTENSION_HEADERS.has(transport.nextHeader) ? [NO_NEXT_HEADER * 2 ** 24, 0] : [];
  }
  const ports = sourcePort * 2 ** 16 + destinationPort;
  if (transport.kind === 'udp') {
    const { payload } = transport;
    return [ports, (8 + WORD_BYTES * payload.length) * 2 ** 16 + checksum, ...payload];
  }
  return [ports, 0, 0, offsetFlagsWindow(5, transport.flags), checksum * 2 ** 16];
}

export interface TcpSegment {
  readonly common: Common;
  /** Addresses of 32 bits. */
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Words of options, and of payload: of NOP (RFC 9293), and of zeros. */
  readonly options: number;
  readonly payload: number;
}

/** A segment of one flow over IPv4; its checksums are right. */
export function tcpSegmentTemplate(segment: TcpSegment): PacketTemplate {
  const { source, destination, sourcePort, destinationPort, flags, options, payload } = segment;
  const tcp = (checksum: number): number[] => [
    sourcePort * 2 ** 16 + destinationPort,
    segment.sequence,
    segment.acknowledgement,
    offsetFlagsWindow(5 + options, flags),
    checksum * 2 ** 16,
    ...new Array<number>(options).fill(0x01010101),
    ...new Array<number>(payload).fill(0),
  ];
  const length = WORD_BYTES * tcp(0).length;
  const ipv4 = (checksum: number): number[] => [
    0x45000000 + 20 + length,
    0,
    HOP_LIMIT * 2 ** 24 + PROTOCOL.tcp * 2 ** 16 + checksum,
    source,
    destination,
  ];
  const checksum = checksumOf([source, destination, PROTOCOL.tcp, length, ...tcp(0)]);
  return behindEtherType(segment.common, 0x0800, [...ipv4(checksumOf(ipv4(0))), ...tcp(checksum)]);
}

/** The fourth word of TCP. @param offset in words */
const offsetFlagsWindow = (offset: number, flags: number): number => offset * 2 ** 28 + flags * 2 ** 16 + 0xffff;

function behindEtherType(common: Common, etherType: number, words: readonly number[]): PacketTemplate {
  const frameBytes = ETHERNET_BYTES + WORD_BYTES * words.length;
  return {
    ...common,
    ethernet: { ...common.ethernet, etherType },
    flows: 1,
    frameBytes: { minimum: frameBytes, maximum: frameBytes },
    applicationWords: words,
  };
}

/** The Internet checksum (RFC 1071) of words of 32 bits; 0xffff in place of 0, which UDP over IPv6 must not have. */
function checksumOf(words: readonly number[]): number {
  let sum = words.reduce((before, word) => before + (word >>> 16) + (word & 0xffff), 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 2 ** 16);
  return sum === 0xffff ? 0xffff : 0xffff - sum;
}
