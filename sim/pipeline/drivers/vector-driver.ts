/**
 * Takes packets through a switch in vectors, phase by phase: headers, filters, programs. Packets of one program keep
 * their order; those of different programs do not, as far as programs share no memory, so that results are those of one
 * packet after another.
 */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { NO_LAYOUT, type PacketVector, SLOT, VECTOR_SIZE } from '../../blocks/packet-vector.js';
import type { Phv } from '../../blocks/phv.js';
import { NO_RUN, VECTOR_ROW, type VectorEngine } from '../../engines/compiled/vector-engine.js';
import type { Pipeline, VectorBlocks } from '../pipeline.js';
import type { PacketDriver } from './packet-driver.js';
import { PassRunner } from './run-to-end-driver.js';
import { type Selection, VectorClassifier } from './vector-classifier.js';

const IN_ORDER = Int32Array.from({ length: VECTOR_SIZE }, (_, v) => v * SLOT.words);

export class VectorDriver implements PacketDriver {
  private readonly classifier: VectorClassifier;
  private readonly engine: VectorEngine;
  private readonly vector: PacketVector;
  private readonly phv: Phv;
  private readonly passes: PassRunner;
  /** By function: first its packets in the vector, then where the next of them goes in the order. */
  private places: Int32Array = new Int32Array(64);
  /** The functions of the vector, in the order of their first packets. */
  private readonly functions = new Int32Array(VECTOR_SIZE);
  private isOrdered = false;

  /** @param pipeline takes packets that have no layout, or whose programs have no function */
  constructor(
    private readonly pipeline: Pipeline,
    blocks: VectorBlocks,
  ) {
    this.classifier = new VectorClassifier(pipeline, blocks);
    this.engine = blocks.engine;
    this.vector = this.classifier.vector;
    this.phv = pipeline.newPhv();
    this.passes = new PassRunner(pipeline);
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    for (let at = from; at < to; ) {
      at = this.classifier.classify(batch, at, to);
      this.runVector(batch);
    }
  }

  /** Sets `batch.programId` of packets `from` … `to - 1` and does nothing else to them. */
  classify(batch: PacketBatch, from: number, to: number): void {
    const { vector } = this;
    for (let at = from; at < to; ) {
      at = this.classifier.classify(batch, at, to);
      const { slots, count } = vector;
      for (let w = 0; w < count * SLOT.words; w += SLOT.words) {
        batch.programId[slots[w + SLOT.packet] as number] = slots[w + SLOT.program] as number;
      }
    }
  }

  /** As {@link process}, of those packets of a share of the programs; all have been classified. */
  processClassified(batch: PacketBatch, from: number, to: number, isOwn: Selection): void {
    const { vector } = this;
    for (let at = from; at < to; ) {
      at = this.classifier.parse(batch, at, to, isOwn);
      const { slots, count } = vector;
      for (let w = 0; w < count * SLOT.words; w += SLOT.words) {
        slots[w + SLOT.program] = batch.programId[slots[w + SLOT.packet] as number] as number;
      }
      this.runVector(batch);
    }
  }

  /**
   * Fills the vector with packets from this one on and finds their headers and programs, for {@link isStraight} and
   * {@link runPart}.
   * @returns the place in the batch behind the last packet
   */
  look(batch: PacketBatch, from: number): number {
    this.engine.tidy();
    return this.classifier.classify(batch, from, batch.count);
  }

  /** Whether the program of a packet has it take one pass, drops it nowhere and sets its egress port in the ingress. */
  isStraight(place: number): boolean {
    const { slots } = this.vector;
    const w = place * SLOT.words;
    if (slots[w + SLOT.layout] === NO_LAYOUT) return false;
    const { engine } = this;
    const id = slots[w + SLOT.program] as number;
    let start = engine.rows.start[id] as number;
    if (start <= 0) start = engine.build(id);
    return engine.rows.words[start + VECTOR_ROW.isStraight] === 1;
  }

  /** Runs packets of the vector. @param from place in it @param to behind the last one */
  runPart(batch: PacketBatch, from: number, to: number): void {
    const functions = this.group(batch, from, to);
    if (this.isOrdered) this.runInOrder(batch, from, to);
    else this.runGroups(batch, functions, to - from);
  }

  private runVector(batch: PacketBatch): void {
    this.engine.tidy();
    this.runPart(batch, 0, this.vector.count);
  }

  private runGroups(batch: PacketBatch, functions: number, count: number): void {
    const { places, functions: made } = this;
    let from = 0;
    for (let f = 0; f < functions; f++) {
      const run = made[f] as number;
      const to = places[run] as number;
      places[run] = 0;
      this.run(run, batch, from, to);
      from = to;
    }
    if (from !== count) throw new Error(`${count - from} packets of a vector have no function`);
  }

  /** Finds the rows of packets, and orders packets by function. @returns the number of functions */
  private group(batch: PacketBatch, from: number, to: number): number {
    const { vector, engine, functions } = this;
    const { slots, order } = vector;
    const first = from * SLOT.words;
    const end = to * SLOT.words;
    const { rows } = engine;
    let used = 0;
    let isOrdered = 0;
    const { programId } = batch;
    let places = this.placesFor(engine.runCount);
    let words: Int32Array = rows.words;
    for (let w = first; w < end; w += SLOT.words) {
      const id = slots[w + SLOT.program] as number;
      programId[slots[w + SLOT.packet] as number] = id;
      let start = rows.start[id] as number;
      if (start <= 0) {
        start = engine.build(id);
        words = rows.words;
        places = this.placesFor(engine.runCount);
      }
      slots[w + SLOT.row] = start;
      const run = words[start + VECTOR_ROW.run] as number;
      isOrdered |= words[start + VECTOR_ROW.isOrdered] as number;
      const packets = places[run] as number;
      if (packets === 0) functions[used++] = run;
      places[run] = packets + 1;
    }
    this.isOrdered = isOrdered !== 0;
    if (used === 1) {
      this.orderAsCome(from, to);
      return used;
    }
    let next = 0;
    for (let f = 0; f < used; f++) {
      const run = functions[f] as number;
      const packets = places[run] as number;
      places[run] = next;
      next += packets;
    }
    for (let w = first; w < end; w += SLOT.words) {
      const run = words[(slots[w + SLOT.row] as number) + VECTOR_ROW.run] as number;
      const place = places[run] as number;
      places[run] = place + 1;
      order[place] = w;
    }
    return used;
  }

  private placesFor(functions: number): Int32Array {
    if (functions <= this.places.length) return this.places;
    const grown = new Int32Array(2 * functions);
    grown.set(this.places);
    this.places = grown;
    return grown;
  }

  private orderAsCome(from: number, to: number): void {
    this.vector.order.set(from === 0 ? IN_ORDER : IN_ORDER.subarray(from, to));
  }

  /** One after another. */
  private runInOrder(batch: PacketBatch, first: number, end: number): void {
    const { vector, engine, places } = this;
    const { slots, order } = vector;
    const { words } = engine.rows;
    const count = end - first;
    const runOf = (v: number): number =>
      words[(slots[(order[v] as number) + SLOT.row] as number) + VECTOR_ROW.run] as number;
    this.orderAsCome(first, end);
    for (let from = 0; from < count; ) {
      const run = runOf(from);
      places[run] = 0;
      let to = from + 1;
      while (to < count && runOf(to) === run) to++;
      this.run(run, batch, from, to);
      from = to;
    }
  }

  private run(run: number, batch: PacketBatch, from: number, to: number): void {
    const { vector, engine } = this;
    let at = from;
    for (;;) {
      if (run !== NO_RUN) at = engine.run(run, vector, at, to);
      if (at >= to) return;
      this.runAlone(batch, vector.order[at] as number);
      at++;
    }
  }

  /** Takes a packet through the pipeline. */
  private runAlone(batch: PacketBatch, w: number): void {
    const { pipeline, phv } = this;
    const { slots } = this.vector;
    const i = slots[w + SLOT.packet] as number;
    pipeline.load(phv, batch, i);
    pipeline.initClassified(phv, slots[w + SLOT.program] as number);
    this.passes.run(phv, batch, i);
  }
}
