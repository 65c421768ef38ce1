/** Quantities that the case studies plot. */
import { addTo } from '../../../compiler/data-plane/counting.js';
import { DROPPED, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { SAMPLES_PER_SECOND, type Watcher } from './virtual-time.js';

/** Mbit/s that reach the receiver: all packets that leave, except those returned to the sender. */
export class ReceivedRate implements Watcher {
  private bytes = 0;

  ended(batch: PacketBatch, i: number): void {
    const port = batch.egressPort[i];
    if (port !== DROPPED && port !== batch.ingressPort[i]) this.bytes += batch.originalLength[i] as number;
  }

  sample(): number {
    const rate = (this.bytes * 8 * SAMPLES_PER_SECOND) / 1e6;
    this.bytes = 0;
    return rate;
  }
}

const BOTH = [0, 1] as const;

/** abs(rx1 - rx2) / (rx1 + rx2) of two ports, in bytes. */
export class Imbalance implements Watcher {
  private readonly bytes: [number, number] = [0, 0];

  constructor(private readonly ports: readonly [number, number]) {}

  ended(batch: PacketBatch, i: number): void {
    for (const which of BOTH) {
      if (batch.egressPort[i] === this.ports[which]) this.bytes[which] += batch.originalLength[i] as number;
    }
  }

  sample(): number | null {
    const [first, second] = this.bytes;
    this.bytes.fill(0);
    return first + second === 0 ? null : Math.abs(first - second) / (first + second);
  }
}

/** A number for the 5-tuple of a generated IPv4 packet without options; unique within one pair of networks. */
function flowOf(batch: PacketBatch, i: number): number {
  const at = (batch.offset[i] as number) + IPV4_SOURCE_AT;
  const { bytes } = batch;
  const low16 = (from: number): number => ((bytes[from] as number) << 8) | (bytes[from + 1] as number);
  return (low16(at + 2) * 2 ** 16 + low16(at + 6)) * 2 ** 16 + low16(at + 8);
}

const IPV4_SOURCE_AT = 26;

/** The F1 score of the flows reported so far; heavy flows send at least this number of packets in all. */
export class F1Score implements Watcher {
  private readonly counts = new Map<number, number>();
  private readonly reported = new Map<number, number>();
  private samples = 0;

  constructor(
    private readonly cpuPort: number,
    private readonly threshold: number,
  ) {}

  ended(batch: PacketBatch, i: number): void {
    const flow = flowOf(batch, i);
    addTo(this.counts, flow);
    if (batch.egressPort[i] === this.cpuPort && !this.reported.has(flow)) this.reported.set(flow, this.samples);
  }

  /** Heavy flows are known only at the end: see {@link scores}. */
  sample(): null {
    this.samples++;
    return null;
  }

  get heavyFlows(): number {
    return [...this.counts.values()].filter((count) => count >= this.threshold).length;
  }

  /** Numbers of false positives and false negatives. */
  get errors(): { readonly falsePositives: number; readonly falseNegatives: number } {
    const right = [...this.reported.keys()].filter((flow) => this.isHeavy(flow)).length;
    return { falsePositives: this.reported.size - right, falseNegatives: this.heavyFlows - right };
  }

  private isHeavy(flow: number): boolean {
    return (this.counts.get(flow) ?? 0) >= this.threshold;
  }

  /** The score at the end of each sample. */
  scores(): number[] {
    const { heavyFlows } = this;
    return Array.from({ length: this.samples }, (_, n) => {
      const reported = [...this.reported].filter(([, sample]) => sample <= n).map(([flow]) => flow);
      const right = reported.filter((flow) => this.isHeavy(flow)).length;
      return heavyFlows + reported.length === 0 ? 0 : (2 * right) / (heavyFlows + reported.length);
    });
  }
}

/** Counts packets that were modified or did not follow default forwarding; wraps another watcher. */
export class Disturbances implements Watcher {
  lost = 0;
  changed = 0;
  diverted = 0;
  packets = 0;
  /** Copies of packets on arrival, by batch. */
  private readonly before = new Map<PacketBatch, Uint8Array>();

  constructor(private readonly beside: Watcher) {}

  generated(batch: PacketBatch): void {
    const copy = this.before.get(batch) ?? new Uint8Array(batch.bytes.length);
    copy.set(batch.bytes.subarray(0, batch.usedBytes));
    this.before.set(batch, copy);
  }

  ended(batch: PacketBatch, i: number): void {
    this.beside.ended(batch, i);
    this.packets++;
    const port = batch.egressPort[i] as number;
    if (port === DROPPED) this.lost++;
    else if (port !== ((batch.ingressPort[i] as number) ^ 1)) this.diverted++;
    if (this.isChanged(batch, i)) this.changed++;
  }

  sample(): number | null {
    return this.beside.sample();
  }

  private isChanged(batch: PacketBatch, i: number): boolean {
    const before = this.before.get(batch);
    const start = batch.offset[i] as number;
    const end = start + (batch.capturedLength[i] as number);
    for (let at = start; at < end; at++) if (before?.[at] !== batch.bytes[at]) return true;
    return false;
  }
}
