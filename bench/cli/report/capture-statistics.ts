/** Statistics of a capture. */
import { addTo, counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { builtInDataPlane } from '../../../compiler/index.js';
import { fieldAccess, InterpretedParser, Phv, readField } from '../../../sim/index.js';
import type { CaptureAccount, CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { dateText, decimalSeconds, epochNanoseconds } from '../../../traces/captures/time-stamp.js';
import { PACKET_MARKS, type PacketBatch } from '../../../traces/packets/packet-batch.js';

export interface CaptureSummary {
  readonly schema: 'p4runpro-bench/trace-info@1';
  readonly file: string;
  readonly format: string;
  readonly packets: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Number of packets with fewer captured bytes than bytes on the wire. */
  readonly cutPackets: number;
  /** Seconds between the earliest and the latest time stamp: `duration` as a number, rounded. */
  readonly seconds: number;
  /** Exact duration in seconds with nine decimals. */
  readonly duration: string;
  /** Earliest and latest time, in seconds since 1970 with nine decimals; null if no packet has one. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** Packets read and skipped, by link type and time. */
  readonly captures: CaptureAccount;
  /** Number of one-way flows: distinct 5-tuples. */
  readonly flows: number;
  /** Of IPv4 and IPv6. */
  readonly addresses: number;
  /** Number of packets over IPv6. */
  readonly ipv6Packets: number;
  /** Packets by innermost header that the data plane `extended` knows. */
  readonly kinds: Readonly<Record<string, number>>;
}

const LABEL_WIDTH = 11;
const KINDS = ['l5', 'tcp', 'udp', 'ipv6', 'ipv4', 'tunnel', 'vlan', 'ethernet'] as const;

const PROTOCOL = { tcp: 6, udp: 17 } as const;
/** Bytes of an IPv6 header (RFC 8200). */
const IPV6_AT = { nextHeader: 6, source: 8, destination: 24, end: 40 } as const;

/** Of IPv4 as a number, of IPv6 in hexadecimal. */
type Address = number | string;

interface PacketTime {
  seconds: number;
  nanoseconds: number;
}

const isBefore = (seconds: number, nanoseconds: number, other: PacketTime): boolean =>
  seconds < other.seconds || (seconds === other.seconds && nanoseconds < other.nanoseconds);

export class CaptureStatistics {
  /** It has all headers of `default`, and IPv6. */
  private readonly dataPlane = must(builtInDataPlane('extended'), 'data plane extended');
  private readonly parser = new InterpretedParser(this.dataPlane);
  private readonly phv = new Phv(this.dataPlane.headers.length);
  private readonly access = (name: string) => fieldAccess(this.dataPlane.headerField(name));
  private readonly ip = ['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol'].map(this.access);
  private readonly ports = ['hdr.l4_port.src_port', 'hdr.l4_port.dst_port'].map(this.access);
  private readonly flows = new Set<string>();
  private readonly addresses = new Set<Address>();
  private readonly kinds = new Map<string, number>();
  private packets = 0;
  private capturedBytes = 0;
  private originalBytes = 0;
  private cutPackets = 0;
  private ipv6Packets = 0;
  private first: PacketTime | undefined;
  private last: PacketTime | undefined;

  add(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) this.addPacket(batch, i);
  }

  private addPacket(batch: PacketBatch, i: number): void {
    const start = batch.offset[i] as number;
    const captured = batch.capturedLength[i] as number;
    const original = batch.originalLength[i] as number;
    this.packets++;
    this.capturedBytes += captured;
    this.originalBytes += original;
    if (captured < original) this.cutPackets++;
    if (((batch.marks[i] as number) & PACKET_MARKS.untimed) === 0) this.addTime(batch, i);
    const { phv } = this;
    phv.begin(batch.bytes, start, start + captured, 0);
    this.parser.parse(phv);
    const has = (name: string): number => phv.headerStart[this.dataPlane.headerIndex(name)] ?? -1;
    const kind = KINDS.find((name) => has(name) >= 0) ?? 'other';
    addTo(this.kinds, kind);
    const addresses = this.addressesOf(has('ipv4'), has('ipv6'));
    if (addresses === undefined) return;
    for (const address of addresses.slice(0, 2)) this.addresses.add(address);
    const l4 = has('l4_port');
    const ports = l4 < 0 ? [] : this.ports.map((port) => readField(port, phv.bytes, l4));
    const transport = has('tcp') >= 0 ? PROTOCOL.tcp : has('udp') >= 0 ? PROTOCOL.udp : undefined;
    const [source, destination, protocol] = addresses;
    this.flows.add([source, destination, transport ?? protocol, ...ports].join());
  }

  /** Source, destination and protocol of the packet that was parsed; over IPv6 the first of the next headers. */
  private addressesOf(ipv4: number, ipv6: number): readonly [Address, Address, number] | undefined {
    const { bytes } = this.phv;
    if (ipv4 >= 0) {
      const [source, destination, protocol] = this.ip.map((field) => readField(field, bytes, ipv4));
      return [must(source, 'IPv4 source'), must(destination, 'IPv4 destination'), must(protocol, 'IPv4 protocol')];
    }
    if (ipv6 < 0) return undefined;
    this.ipv6Packets++;
    const { nextHeader, source, destination, end } = IPV6_AT;
    const hex = (from: number, to: number): string =>
      Buffer.from(bytes.subarray(ipv6 + from, ipv6 + to)).toString('hex');
    return [hex(source, destination), hex(destination, end), must(bytes[ipv6 + nextHeader], 'next header')];
  }

  private addTime(batch: PacketBatch, i: number): void {
    const seconds = batch.timeSeconds[i] as number;
    const nanoseconds = batch.timeNanoseconds[i] as number;
    const { first, last } = this;
    if (first === undefined || last === undefined) {
      this.first = { seconds, nanoseconds };
      this.last = { seconds, nanoseconds };
    } else if (isBefore(seconds, nanoseconds, first)) {
      first.seconds = seconds;
      first.nanoseconds = nanoseconds;
    } else if (!isBefore(seconds, nanoseconds, last)) {
      last.seconds = seconds;
      last.nanoseconds = nanoseconds;
    }
  }

  summary(file: string, format: string, intake: CaptureIntake): CaptureSummary {
    const first = this.first && epochNanoseconds(this.first);
    const last = this.last && epochNanoseconds(this.last);
    const duration = decimalSeconds(first === undefined || last === undefined ? 0n : last - first);
    return {
      schema: 'p4runpro-bench/trace-info@1',
      file,
      format,
      packets: this.packets,
      capturedBytes: this.capturedBytes,
      originalBytes: this.originalBytes,
      cutPackets: this.cutPackets,
      seconds: Number(duration),
      duration,
      firstTime: first === undefined ? null : decimalSeconds(first),
      lastTime: last === undefined ? null : decimalSeconds(last),
      captures: intake.account(),
      flows: this.flows.size,
      addresses: this.addresses.size,
      ipv6Packets: this.ipv6Packets,
      kinds: Object.fromEntries(this.kinds),
    };
  }
}

function timeText({ firstTime, lastTime, duration, captures }: CaptureSummary): string {
  const untimed = captures.untimed === 0 ? '' : `; ${counted(captures.untimed, 'packet')} without a time stamp`;
  if (firstTime === null || lastTime === null) return `no packet has a time stamp${untimed}`;
  const date = (decimal: string): string => dateText(BigInt(decimal.replace('.', '')));
  return `${duration} s, from ${date(firstTime)} to ${date(lastTime)}${untimed}`;
}

/** @param notes sentences on changes made to packets so that they could be read */
export function renderCaptureStatistics(summary: CaptureSummary, notes: readonly string[]): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const kinds = Object.entries(summary.kinds)
    .sort((a, b) => b[1] - a[1])
    .map(([kind, packets]) => `${count(packets)} ${kind}`);
  const cut = summary.cutPackets === 0 ? '' : ` (${count(summary.cutPackets)} cut)`;
  const ipv6 = summary.ipv6Packets === 0 ? '' : `; ${counted(summary.ipv6Packets, 'packet')} over IPv6`;
  return [
    `file       ${summary.file} (${summary.format})`,
    `packets    ${count(summary.packets)}${cut}: ${kinds.join(', ') || 'none'}`,
    `bytes      ${count(summary.originalBytes)} on the wire, ${count(summary.capturedBytes)} captured`,
    `time       ${timeText(summary)}`,
    `flows      ${count(summary.flows)} one-way, ${count(summary.addresses)} addresses${ipv6}`,
    ...notes.map((note, i) => `${(i === 0 ? 'read' : '').padEnd(LABEL_WIDTH)}${note}`),
    '',
  ].join('\n');
}
