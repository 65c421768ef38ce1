/** What a capture holds, in figures. */
import { defaultDataPlane } from '../../compiler/index.js';
import { fieldAccess, Parser, Phv, readField } from '../../sim/index.js';
import type { PacketBatch } from '../../traces/index.js';

export interface CaptureSummary {
  readonly schema: 'p4runpro-bench/trace-info@1';
  readonly file: string;
  readonly format: string;
  readonly packets: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Packets of which bytes are missing. */
  readonly cutPackets: number;
  readonly seconds: number;
  /** One-way flows: distinct 5-tuples. */
  readonly flows: number;
  readonly addresses: number;
  /** By innermost header that the default data plane knows. */
  readonly kinds: Readonly<Record<string, number>>;
}

const KINDS = ['l5', 'tcp', 'udp', 'ipv4', 'tunnel', 'vlan', 'ethernet'] as const;

export class CaptureStatistics {
  private readonly dataPlane = defaultDataPlane();
  private readonly parser = new Parser(this.dataPlane);
  private readonly phv = new Phv(this.dataPlane.headers.length);
  private readonly access = (name: string) => fieldAccess(this.dataPlane.headerField(name));
  private readonly ip = ['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol'].map(this.access);
  private readonly ports = ['hdr.l4_port.src_port', 'hdr.l4_port.dst_port'].map(this.access);
  private readonly flows = new Set<string>();
  private readonly addresses = new Set<number>();
  private readonly kinds: Record<string, number> = {};
  private packets = 0;
  private capturedBytes = 0;
  private originalBytes = 0;
  private cutPackets = 0;
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

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
    const time = (batch.timeSeconds[i] as number) + (batch.timeNanoseconds[i] as number) / 1e9;
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    const { phv } = this;
    phv.begin(batch.bytes, start, start + captured, 0);
    this.parser.parse(phv);
    const has = (name: string): number => phv.headerStart[this.dataPlane.headerIndex(name)] ?? -1;
    const kind = KINDS.find((name) => has(name) >= 0) ?? 'other';
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
    const ipv4 = has('ipv4');
    if (ipv4 < 0) return;
    const tuple = this.ip.map((field) => readField(field, phv.bytes, ipv4));
    this.addresses.add(tuple[0] ?? 0).add(tuple[1] ?? 0);
    const l4 = has('l4_port');
    this.flows.add([...tuple, ...(l4 < 0 ? [] : this.ports.map((port) => readField(port, phv.bytes, l4)))].join());
  }

  summary(file: string, format: string): CaptureSummary {
    return {
      schema: 'p4runpro-bench/trace-info@1',
      file,
      format,
      packets: this.packets,
      capturedBytes: this.capturedBytes,
      originalBytes: this.originalBytes,
      cutPackets: this.cutPackets,
      seconds: this.packets === 0 ? 0 : Number((this.last - this.first).toFixed(9)),
      flows: this.flows.size,
      addresses: this.addresses.size,
      kinds: this.kinds,
    };
  }
}

export function renderCaptureStatistics(summary: CaptureSummary): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const kinds = Object.entries(summary.kinds)
    .sort((a, b) => b[1] - a[1])
    .map(([kind, packets]) => `${count(packets)} ${kind}`);
  const cut = summary.cutPackets === 0 ? '' : ` (${count(summary.cutPackets)} cut)`;
  return [
    `file       ${summary.file} (${summary.format})`,
    `packets    ${count(summary.packets)}${cut}: ${kinds.join(', ') || 'none'}`,
    `bytes      ${count(summary.originalBytes)} on the wire, ${count(summary.capturedBytes)} captured`,
    `time       ${summary.seconds} s`,
    `flows      ${count(summary.flows)} one-way, ${count(summary.addresses)} addresses`,
    '',
  ].join('\n');
}
