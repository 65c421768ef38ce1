/** TCP connections: handshake, data in turns, close by FIN of both sides or by RST. */
import { logarithm } from './exact-functions.js';
import { packetFrame } from './packet-frame.js';
import { NANOSECONDS, type TimedPacket } from './packet-stream.js';
import type { PacketTemplate } from './packet-template.js';
import { type Timed, TimeQueue } from './time-queue.js';
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

/** A connection that has packets to send. */
class OpenConnection implements Timed {
  /** When its next packet is sent. */
  nanoseconds: number;
  private readonly client: { readonly address: number; readonly port: number };
  private readonly sequence: Record<Side, number>;
  private readonly segments: readonly Segment[];
  /** Packets sent. */
  private sent = 0;

  /**
   * @param number how many were opened before @param start when it is opened, in whole nanoseconds
   * @param segments of connections that end by FIN, and by RST
   */
  constructor(
    private readonly traffic: TcpTraffic,
    readonly number: number,
    private readonly start: number,
    segments: { readonly fin: readonly Segment[]; readonly rst: readonly Segment[] },
    random: () => number,
  ) {
    this.nanoseconds = start;
    this.client = {
      address: CLIENTS.network + (number % CLIENTS.hosts),
      port: CLIENTS.firstPort + (Math.floor(number / CLIENTS.hosts) % CLIENTS.ports),
    };
    this.sequence = { client: Math.floor(random() * 2 ** 32), server: Math.floor(random() * 2 ** 32) };
    this.segments = random() < traffic.resets ? segments.rst : segments.fin;
  }

  get isOver(): boolean {
    return this.sent === this.segments.length;
  }

  /** The next packet; the one after it is then the next. Assumes that it is not over. */
  next(): TimedPacket {
    const { nanoseconds, sequence } = this;
    const segment = this.segments[this.sent] as Segment;
    const { from, flags } = segment;
    const other: Side = from === 'client' ? 'server' : 'client';
    const acknowledgement = (flags & FLAG.ack) === 0 ? 0 : sequence[other];
    const template = segmentTemplate(this.traffic, segment, this.client, sequence[from], acknowledgement);
    const bytes = packetFrame(template);
    // SYN and FIN count as a byte each (RFC 9293, section 3.4). What fills a short frame up is payload here.
    const counted = bytes.length - HEADER_BYTES + ((flags & (FLAG.syn | FLAG.fin)) === 0 ? 0 : 1);
    sequence[from] = (sequence[from] + counted) % 2 ** 32;
    this.sent++;
    this.nanoseconds = this.start + Math.floor((this.sent * this.traffic.roundTripNanoseconds) / 2);
    return { nanoseconds, ingressPort: template.ingressPort, bytes };
  }
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

/**
 * Packets are made when they are sent, and open connections wait in a heap: a packet costs the logarithm of how many are
 * open, and memory does not grow with the packets that they have still to send.
 * @param random numbers from 0 to below 1
 */
export function* tcpConnections(traffic: TcpTraffic, random: () => number): Generator<TimedPacket, undefined> {
  const segments = { fin: segmentsOf(traffic, false), rst: segmentsOf(traffic, true) };
  const open = new TimeQueue<OpenConnection>();
  let start = 0;
  for (let number = 0; ; number++) {
    start += Math.floor((-logarithm(1 - random()) * NANOSECONDS) / traffic.connectionsPerSecond);
    for (let next = open.first; next !== undefined && next.nanoseconds < start; next = open.first) {
      yield next.next();
      if (next.isOver) open.removeFirst();
      else open.moveFirst();
    }
    open.add(new OpenConnection(traffic, number, start, segments, random));
  }
}
