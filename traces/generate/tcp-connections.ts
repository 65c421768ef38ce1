/** TCP connections: handshake, data in turns, close by FIN of both sides or by RST. */
import { logarithm } from './exact-functions.js';
import { packetFrame } from './packet-frame.js';
import { NANOSECONDS, type TimedPacket } from './packet-stream.js';
import type { PacketTemplate } from './packet-template.js';
import { PROTOCOL_TCP } from './validate-template.js';

export interface TcpTraffic {
  /** Connections opened in a second; the times between are exponential (a Poisson process). */
  readonly connectionsPerSecond: number;
  /** Data packets of a connection, in turns, the client's first. */
  readonly packets: number;
  /** Between a packet and the answer to the answer. */
  readonly roundTripNanoseconds: number;
  /** Bytes of data packets. */
  readonly frameBytes: number;
  /** Share of the connections that the client ends by RST. */
  readonly resets: number;
  readonly clientPort: number;
  readonly serverPort: number;
}

const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const HEADER_BYTES = 54;
const MINIMUM_BYTES = 60;
const CLIENTS = { network: 0x0a010000, hosts: 2 ** 16, firstPort: 49152, ports: 2 ** 14 } as const;
const SERVER = { address: 0x5db8d822, port: 443 } as const;
const MAC = { client: 0x020000000101, server: 0x020000000201 } as const;

type Side = 'client' | 'server';
interface Segment {
  readonly from: Side;
  readonly flags: number;
  readonly frameBytes: number;
}

/** What the two sides send, in order. */
function segmentsOf({ packets, frameBytes }: TcpTraffic, isReset: boolean): Segment[] {
  const short = (from: Side, flags: number): Segment => ({ from, flags, frameBytes: MINIMUM_BYTES });
  const data = Array.from({ length: packets }, (_, i): Segment => {
    return { from: i % 2 === 0 ? 'client' : 'server', flags: FLAG.ack | FLAG.psh, frameBytes };
  });
  const close = isReset
    ? [short('client', FLAG.rst | FLAG.ack)]
    : [short('client', FLAG.fin | FLAG.ack), short('server', FLAG.fin | FLAG.ack), short('client', FLAG.ack)];
  const open = [short('client', FLAG.syn), short('server', FLAG.syn | FLAG.ack), short('client', FLAG.ack)];
  return [...open, ...data, ...close];
}

/** The packets of connection `number`, which begins at a time. */
function connection(traffic: TcpTraffic, number: number, start: number, random: () => number): TimedPacket[] {
  const client = {
    address: CLIENTS.network + (number % CLIENTS.hosts),
    port: CLIENTS.firstPort + (Math.floor(number / CLIENTS.hosts) % CLIENTS.ports),
  };
  const sequence = { client: Math.floor(random() * 2 ** 32), server: Math.floor(random() * 2 ** 32) };
  const isReset = random() < traffic.resets;
  return segmentsOf(traffic, isReset).map((segment, i) => {
    const { from, flags } = segment;
    const other: Side = from === 'client' ? 'server' : 'client';
    const acknowledgement = (flags & FLAG.ack) === 0 ? 0 : sequence[other];
    const template = segmentTemplate(traffic, segment, client, sequence[from], acknowledgement);
    const bytes = packetFrame(template);
    // SYN and FIN count as a byte each (RFC 9293, section 3.4). What fills a short frame up is payload here.
    const counted = bytes.length - HEADER_BYTES + ((flags & (FLAG.syn | FLAG.fin)) === 0 ? 0 : 1);
    sequence[from] = (sequence[from] + counted) % 2 ** 32;
    const nanoseconds = start + Math.floor((i * traffic.roundTripNanoseconds) / 2);
    return { nanoseconds, ingressPort: template.ingressPort, bytes };
  });
}

function segmentTemplate(
  { clientPort, serverPort }: TcpTraffic,
  { from, flags, frameBytes }: Segment,
  client: { readonly address: number; readonly port: number },
  sequence: number,
  acknowledgement: number,
): PacketTemplate {
  const toServer = from === 'client';
  const [source, destination] = toServer ? [client, SERVER] : [SERVER, client];
  return {
    ingressPort: toServer ? clientPort : serverPort,
    ethernet: {
      source: toServer ? MAC.client : MAC.server,
      destination: toServer ? MAC.server : MAC.client,
    },
    ipv4: {
      source: { base: source.address, hostMask: 0 },
      destination: { base: destination.address, hostMask: 0 },
      protocol: PROTOCOL_TCP,
    },
    tcp: { sourcePort: source.port, destinationPort: destination.port, flags, sequence, acknowledgement },
    flows: 1,
    frameBytes: { minimum: frameBytes, maximum: frameBytes },
  };
}

/** @param random numbers from 0 to below 1 */
export function* tcpConnections(traffic: TcpTraffic, random: () => number): Generator<TimedPacket, undefined> {
  /** Packets of open connections, the last one first. */
  let pending: TimedPacket[] = [];
  let start = 0;
  for (let number = 0; ; number++) {
    start += Math.floor((-logarithm(1 - random()) * NANOSECONDS) / traffic.connectionsPerSecond);
    for (let next = pending.at(-1); next !== undefined && next.nanoseconds < start; next = pending.at(-1)) {
      yield next;
      pending.pop();
    }
    pending = [...pending, ...connection(traffic, number, start, random).reverse()];
    pending.sort((a, b) => b.nanoseconds - a.nanoseconds);
  }
}
