/** Packets of the goldens: few, each declared with distinct values. */
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';

export const ip = (text: string): number => text.split('.').reduce((address, part) => address * 256 + Number(part), 0);

export const MAC = { first: 0x020000000001, second: 0x020000000002, other: 0x020000000003 } as const;
export const CLIENT = '192.168.7.9';
export const SERVER = '10.0.0.5';
export const TCP = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** Default values of fields. */
export interface Details {
  readonly ingressPort?: number;
  readonly ecn?: number;
  readonly ttl?: number;
  /** Length of the frame in bytes, if longer than its headers. */
  readonly frameBytes?: number;
  readonly ethernet?: { readonly destination: number; readonly source: number };
}

const DEFAULT_PORTS = { source: 4000, destination: 9000 } as const;
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;

function base({ ingressPort = 2, frameBytes = 0, ethernet }: Details): PacketTemplate {
  return {
    ingressPort,
    ethernet: ethernet ?? { destination: MAC.first, source: MAC.second },
    flows: 1,
    frameBytes: { minimum: frameBytes, maximum: frameBytes },
  };
}

const ipv4 = ({ source, destination }: Ends, protocol: number, { ecn = 0, ttl = 64 }: Details) => ({
  source: { base: ip(source), hostMask: 0 },
  destination: { base: ip(destination), hostMask: 0 },
  protocol,
  ecn,
  ttl,
});

const ports = ({ sourcePort, destinationPort }: Ends) => ({
  sourcePort: sourcePort ?? DEFAULT_PORTS.source,
  destinationPort: destinationPort ?? DEFAULT_PORTS.destination,
});

export function udp(ends: Ends, details: Details = {}): PacketTemplate {
  return { ...base(details), ipv4: ipv4(ends, PROTOCOL.udp, details), udp: ports(ends) };
}

export function tcp(ends: Ends, flags: number, details: Details = {}): PacketTemplate {
  return { ...base(details), ipv4: ipv4(ends, PROTOCOL.tcp, details), tcp: { ...ports(ends), flags } };
}

/** An IPv4 packet without ports. */
export function icmp(ends: Ends, details: Details = {}): PacketTemplate {
  return { ...base(details), ipv4: ipv4(ends, PROTOCOL.icmp, details) };
}

/** A packet with a tunnel header, followed by IPv4 or nothing. */
export function tunnelled(destinationId: number, inner?: Ends, details: Details = {}): PacketTemplate {
  const tunnel = { destinationId };
  if (inner === undefined) return { ...base(details), tunnel };
  return { ...base(details), tunnel, ipv4: ipv4(inner, PROTOCOL.udp, details), udp: ports(inner) };
}

/** A request of the application header: op, key1, key2, key3. */
export function request(destinationPort: number, words: readonly number[], details: Details = {}): PacketTemplate {
  return {
    ...udp({ source: CLIENT, destination: SERVER, destinationPort }, details),
    applicationWords: words,
  };
}

/** The same endpoints for the opposite direction. */
export const back = ({ source, destination, sourcePort, destinationPort }: Ends): Ends => ({
  source: destination,
  destination: source,
  ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
  ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
});

export const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** The same word in all 256 buckets. */
export const all = (word: number) => ({ '0-255': word });

export const flow = (n: number, source = '10.0.0.1'): Ends => ({
  source,
  destination: '172.16.0.9',
  sourcePort: 5000 + 37 * n,
  destinationPort: 80,
});
/** A packet whose source matches no sketch. */
export const STRANGER = udp(flow(0, '10.0.9.1'));
