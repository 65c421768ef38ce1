/** Keeps an account of what each RPB does to a packet. Slow; what happens to packets is the same. */
import { type Gress, must, type Register } from '../../../compiler/for-switches.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { HAR, MAR, type Phv, SAR } from '../../blocks/phv.js';
import { rpbsOfGress } from '../../engines/rpb-engine.js';
import type { Emulator } from '../emulator.js';
import { goesToGroup, PacketCopier } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import type { PacketDriver } from './packet-driver.js';
import { EMPTY_QUEUE, type QueueReading } from './queued-driver.js';

/** What went into one RPB and what came out of it. */
export interface RpbVisit {
  /** Number of the RPB, from 1; along a chain. */
  readonly rpb: number;
  readonly pass: number;
  readonly programId: number;
  /** Which copy of the packet visited it, from 0; undefined for the packet itself. */
  readonly copy: number | undefined;
  /** The word that the RPB's SALU addresses, whether or not it used it. */
  readonly word: MemoryWord;
  readonly before: Readonly<Record<Register, number>>;
  readonly after: Readonly<Record<Register, number>>;
  /** The packet behind the RPB, if the driver keeps it. */
  readonly bytes?: Uint8Array;
}

export interface MemoryWord {
  /** Its place in the register array of the RPB. */
  readonly bucket: number;
  /** Of a pair: the low word. */
  readonly before: number;
  readonly after: number;
  /** Of a pair: the high word. */
  readonly high?: { readonly before: number; readonly after: number };
}

/** Takes packets, which have their arrival numbers, through the pipeline and reports each table that they visit. */
export class TracingDriver implements PacketDriver {
  /** What programs read of the queue, on every pass. */
  queue: QueueReading = EMPTY_QUEUE;
  /** Whether visits have the bytes of the packet. */
  keepsBytes = false;
  /** Whether the last packet was dropped because nobody forwarded it. */
  wasUnforwarded = false;
  /** Whether the last packet was dropped because its group was not there or had no ports. */
  wasToNoGroup = false;
  /** By copy of the last packet. */
  readonly replicationIds: number[] = [];
  private account: RpbVisit[] = [];
  private readonly pipeline: Pipeline;
  private readonly phv: Phv;
  private readonly copier: PacketCopier;
  /** The copy that is on its way. */
  private copy: number | undefined;
  /** Of one switch. */
  private readonly rpbs: Readonly<Record<Gress, readonly number[]>>;
  private readonly rpbsPerSwitch: number;

  constructor(private readonly emulator: Emulator) {
    const { dataPlane, pipeline } = emulator;
    this.pipeline = pipeline;
    this.phv = pipeline.newPhv();
    this.rpbsPerSwitch = dataPlane.rpbsPerSwitch;
    const last = must(emulator.pipelineOf(dataPlane.switches - 1), 'pipeline of the last switch');
    this.copier = new PacketCopier(last, (copy) => {
      this.copy = copy.copy;
      this.replicationIds[copy.copy] = copy.replicationId;
      this.egress(copy, last);
    });
    const { ingress, egress } = rpbsOfGress(dataPlane);
    const isFirst = (rpb: number): boolean => rpb < this.rpbsPerSwitch;
    this.rpbs = { ingress: ingress.filter(isFirst), egress: egress.filter(isFirst) };
  }

  /** The RPBs that the last packet met, in order; those that had no entry for it too. */
  get visits(): readonly RpbVisit[] {
    return this.account;
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    const { pipeline, phv } = this;
    for (let i = from; i < to; i++) {
      this.account = [];
      pipeline.load(phv, batch, i);
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      this.copy = undefined;
      this.wasToNoGroup = false;
      this.replicationIds.length = 0;
      this.run(phv, batch, i);
      this.wasUnforwarded = pipeline.isUnforwarded(phv);
    }
  }

  private run(phv: Phv, batch: PacketBatch, i: number): void {
    let { pipeline } = this;
    while (this.ingress(phv, pipeline)) {
      if (goesToGroup(phv)) {
        this.wasToNoGroup = pipeline.copyList(phv) === undefined;
        return this.copier.copy(phv, batch, i);
      }
      if (!this.egress(phv, pipeline)) break;
      const next = this.emulator.pipelineOf(phv.pass + 1);
      if (next === undefined) {
        phv.dropped = true;
        break;
      }
      pipeline = next;
      pipeline.nextPass(phv);
    }
    pipeline.verdict(phv, batch, i);
  }

  private ingress(phv: Phv, pipeline: Pipeline): boolean {
    this.runRpbs(phv, this.rpbs.ingress, pipeline);
    return pipeline.leaveIngress(phv);
  }

  private egress(phv: Phv, pipeline: Pipeline): boolean {
    this.runRpbs(phv, this.rpbs.egress, pipeline);
    return pipeline.leaveEgress(phv);
  }

  private runRpbs(phv: Phv, rpbs: readonly number[], pipeline: Pipeline): void {
    if (!pipeline.tables.rpbs.hasEntries(phv.programId)) return;
    phv.dequeueDelta = this.queue.nanoseconds;
    phv.queueDepth = this.queue.cells;
    const { words } = pipeline.memory;
    const numbersBefore = this.emulator.dataPlane.switches > 1 ? phv.pass * this.rpbsPerSwitch : 0;
    for (const rpb of rpbs) {
      const before = registersOf(phv);
      const at = pipeline.memory.index(rpb, phv.physicalAddress);
      const isPair = pipeline.memory.wordsIn(rpb) === 2;
      const [wordBefore, highBefore] = [words[at] as number, words[at + 1] as number];
      pipeline.runRpb(phv, rpb);
      const bucket = pipeline.memory.bucket(rpb, phv.physicalAddress);
      const high = isPair ? { high: { before: highBefore, after: words[at + 1] as number } } : {};
      const word = { bucket, before: wordBefore, after: words[at] as number, ...high };
      const { pass, programId } = phv;
      const { copy } = this;
      const bytes = this.keepsBytes ? { bytes: phv.bytes.slice(phv.packetStart, phv.packetEnd) } : {};
      this.account.push({
        rpb: numbersBefore + rpb + 1,
        pass,
        programId,
        copy,
        word,
        before,
        after: registersOf(phv),
        ...bytes,
      });
    }
  }
}

const registersOf = ({ registers }: Phv): Record<Register, number> => ({
  har: registers[HAR] as number,
  sar: registers[SAR] as number,
  mar: registers[MAR] as number,
});
