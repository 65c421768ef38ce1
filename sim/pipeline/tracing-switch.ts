/** A switch that keeps an account of what each RPB did to a packet. Slow; what it does to packets is the same. */
import type { DataPlane, Register } from '../../compiler/index.js';
import { DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { HAR, MAR, type Phv, SAR } from '../blocks/phv.js';
import { Switch } from './switch.js';

/** What went into one RPB and what came out of it. */
export interface RpbVisit {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  readonly pass: number;
  readonly programId: number;
  /** The word that the RPB's SALU addresses, whether or not it used it. */
  readonly word: MemoryWord;
  readonly before: Readonly<Record<Register, number>>;
  readonly after: Readonly<Record<Register, number>>;
}

export interface MemoryWord {
  /** Its place in the register array of the RPB. */
  readonly bucket: number;
  readonly before: number;
  readonly after: number;
}

/** What the egress sees of the queue. */
export interface QueueReading {
  /** The time that the packet spent in it. */
  readonly nanoseconds: number;
  /** Cells in it when the packet arrived. */
  readonly cells: number;
}

export class TracingSwitch extends Switch {
  /** What the egress reads of the queue, in place of what the queue says; on every pass. */
  queue: QueueReading = { nanoseconds: 0, cells: 0 };
  /** Whether the last packet was dropped because nobody forwarded it. */
  wasUnforwarded = false;
  private account: RpbVisit[] = [];

  constructor(dataPlane: DataPlane, memory?: SharedArrayBuffer) {
    super(dataPlane, memory, 'interpreted');
    const ingressRpbs = dataPlane.rpbs.filter(({ gress }) => gress === 'ingress').length;
    this.engine = {
      name: 'interpreted',
      prepare: () => undefined,
      ingress: () => this.runRpbs(0, ingressRpbs),
      egress: () => this.runRpbs(ingressRpbs, dataPlane.rpbCount),
    };
  }

  /** The RPBs that the last packet met, in order; those that had no entry for it too. */
  get visits(): readonly RpbVisit[] {
    return this.account;
  }

  override process(batch: PacketBatch, from = 0, to = batch.count): void {
    this.account = [];
    super.process(batch, from, to);
  }

  protected override settle(phv: Phv, batch: PacketBatch, i: number): void {
    super.settle(phv, batch, i);
    this.wasUnforwarded = !phv.dropped && batch.egressPort[i] === DROPPED;
  }

  private runRpbs(from: number, to: number): void {
    const { phv } = this;
    const code = this.tables.codeOf(phv.programId);
    if (code === undefined) return;
    if (phv.pass === 0 && from === 0) this.account = [];
    phv.dequeueDelta = this.queue.nanoseconds;
    phv.queueDepth = this.queue.cells;
    for (let rpb = from; rpb < to; rpb++) {
      const before = this.registers();
      const at = this.memory.index(rpb, phv.physicalAddress);
      const wordBefore = this.memory.words[at] ?? 0;
      this.tables.run(code, phv, rpb, rpb + 1);
      const bucket = at - this.memory.index(rpb, 0);
      const word = { bucket, before: wordBefore, after: this.memory.words[at] ?? 0 };
      const { pass, programId } = phv;
      this.account.push({ rpb: rpb + 1, pass, programId, word, before, after: this.registers() });
    }
  }

  private registers(): Record<Register, number> {
    const { registers } = this.phv;
    return { har: registers[HAR] ?? 0, sar: registers[SAR] ?? 0, mar: registers[MAR] ?? 0 };
  }
}
