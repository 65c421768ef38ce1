/** Templates of packets over IPv6 (RFC 8200), whose headers are words behind the ether type: without payload. */
import type { PacketTemplate } from '../../traces/generate/packet-template.js';

const ETHER_TYPE = 0x86dd;
const ETHERNET_BYTES = 14;
const IPV6_BYTES = 40;
const HOP_LIMIT = 64;
const PROTOCOL = { tcp: 6, udp: 17 } as const;
const HEADER_BYTES = { tcp: 20, udp: 8 } as const;
const WORD = 0xffffffffn;

/** In another network of the range for documentation (RFC 3849). */
export const IPV6_SERVER = 0x2001_0db8_ffff_0000_0000_0000_0000_0001n;

export interface Ipv6Packet {
  readonly common: Pick<PacketTemplate, 'ingressPort' | 'ethernet' | 'weight'>;
  /** Addresses of 128 bits. */
  readonly source: bigint;
  readonly destination: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly transport: { readonly kind: 'udp' } | { readonly kind: 'tcp'; readonly flags: number };
}

/** One flow; its checksum is right. */
export function ipv6Template(packet: Ipv6Packet): PacketTemplate {
  const { common, source, destination, transport } = packet;
  const length = HEADER_BYTES[transport.kind];
  const addresses = [...wordsOf(source), ...wordsOf(destination)];
  const protocol = PROTOCOL[transport.kind];
  const words = [0x60000000, length * 2 ** 16 + protocol * 2 ** 8 + HOP_LIMIT, ...addresses];
  const checksum = checksumOf([...addresses, length, protocol, ...transportWords(packet, 0)]);
  const frameBytes = ETHERNET_BYTES + IPV6_BYTES + length;
  return {
    ...common,
    ethernet: { ...common.ethernet, etherType: ETHER_TYPE },
    flows: 1,
    frameBytes: { minimum: frameBytes, maximum: frameBytes },
    applicationWords: [...words, ...transportWords(packet, checksum)],
  };
}

const wordsOf = (address: bigint): number[] => [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & WORD));

function transportWords({ sourcePort, destinationPort, transport }: Ipv6Packet, checksum: number): number[] {
  const ports = sourcePort * 2 ** 16 + destinationPort;
  if (transport.kind === 'udp') return [ports, HEADER_BYTES.udp * 2 ** 16 + checksum];
  return [ports, 0, 0, (0x50 * 2 ** 24 + transport.flags * 2 ** 16 + 0xffff) >>> 0, checksum * 2 ** 16];
}

/** The Internet checksum (RFC 1071) of words of 32 bits; never 0, which UDP over IPv6 must not have. */
function checksumOf(words: readonly number[]): number {
  let sum = words.reduce((before, word) => before + (word >>> 16) + (word & 0xffff), 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 2 ** 16);
  return sum === 0xffff ? 0xffff : 0xffff - sum;
}
