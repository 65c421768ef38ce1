/** Passes selected packets to a tracer, and all others to the processor of the run. */
import type { Operation } from '../../../compiler/index.js';
import {
  addCounters,
  type Counters,
  digestPackets,
  type PacketProcessor,
  type PacketTrace,
  type PacketTracer,
} from '../../../sim/index.js';
import type { PacketBatch, PacketBatchMemory } from '../../../traces/packets/packet-batch.js';
import type { PacketSelection } from './packet-selection.js';

export interface Tracing {
  readonly selection: PacketSelection;
  readonly tracer: PacketTracer;
  /** Maximum number of traced packets. */
  readonly limit: number;
  /** Number of packets before this run, for a resumed run. */
  readonly packetsBefore: number;
}

export class TracedProcessor implements PacketProcessor {
  readonly traces: PacketTrace[] = [];
  /** Number of selected packets beyond the limit. */
  untraced = 0;
  private packets: number;

  constructor(
    private readonly others: PacketProcessor,
    private readonly tracing: Tracing,
  ) {
    this.packets = tracing.packetsBefore;
  }

  get arrivals(): number {
    return this.others.arrivals;
  }

  set arrivals(arrivals: number) {
    this.others.arrivals = arrivals;
  }

  get workers(): number {
    return this.others.workers;
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    await this.others.apply(operations);
    this.tracing.tracer.apply(operations);
  }

  async process(batch: PacketBatch, memory: PacketBatchMemory, from = 0, to = batch.count): Promise<void> {
    const { tracer } = this.tracing;
    const picked = this.picked(batch, from, to);
    let next = from;
    for (const i of picked) {
      if (i > next) await this.others.process(batch, memory, next, i);
      batch.arrival[i] = this.others.arrivals++;
      this.traces.push(tracer.trace(batch, i, this.packets + i - from + 1));
      digestPackets(batch, i, i + 1, 0, 1);
      next = i + 1;
    }
    if (next < to) await this.others.process(batch, memory, next, to);
    this.packets += to - from;
  }

  /** Resets the counters of packets that are not traced; runs with traced packets have no warm-up. */
  forget(): Promise<void> {
    return this.others.forget();
  }

  get counters(): Readonly<Counters> {
    const sum = { ...this.others.counters };
    addCounters(sum, this.tracing.tracer.counters);
    return sum;
  }

  close(): Promise<void> {
    return this.others.close();
  }

  /** Selects packets before any of them is processed, since processing changes them. */
  private picked(batch: PacketBatch, from: number, to: number): number[] {
    const { selection, limit } = this.tracing;
    const picked: number[] = [];
    for (let i = from; i < to; i++) {
      if (!selection.picks(batch, i, this.packets + i - from + 1)) continue;
      if (this.traces.length + picked.length < limit) picked.push(i);
      else this.untraced++;
    }
    return picked;
  }
}
