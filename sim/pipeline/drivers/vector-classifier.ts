/** Finds the headers and the programs of vectors of packets, and does nothing else to them. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { InitBlock } from '../../blocks/init-block.js';
import { NO_LAYOUT, PacketVector, SLOT, VECTOR_SIZE } from '../../blocks/packet-vector.js';
import type { Phv } from '../../blocks/phv.js';
import type { VectorParser } from '../../engines/compiled/vector-parser.js';
import type { Pipeline, VectorBlocks } from '../pipeline.js';

/** Whether a vector has packets of this place in the batch. */
export type Selection = (batch: PacketBatch, i: number) => boolean;

export class VectorClassifier {
  readonly vector: PacketVector;
  private readonly init: InitBlock;
  private readonly parser: VectorParser;
  private readonly phv: Phv;

  /** @param pipeline takes packets that have no layout */
  constructor(
    private readonly pipeline: Pipeline,
    { init, parser }: Pick<VectorBlocks, 'init' | 'parser'>,
  ) {
    this.init = init;
    this.parser = parser;
    this.vector = new PacketVector(parser.headerStarts);
    this.phv = pipeline.newPhv();
  }

  /**
   * Fills the vector with packets `from` … `to - 1` of a batch, as far as there is room, and finds their headers.
   * @param isOwn which of them
   * @returns the place in the batch behind the last packet
   */
  parse(batch: PacketBatch, from: number, to: number, isOwn?: Selection): number {
    const { vector } = this;
    const end = this.fill(batch, from, to, isOwn);
    this.parser.parse(vector, batch);
    return end;
  }

  /** As {@link parse}, and finds their programs. @param most number of packets */
  classify(batch: PacketBatch, from: number, to: number, most = VECTOR_SIZE): number {
    const { init, vector } = this;
    const end = this.parse(batch, from, Math.min(to, from + most));
    const isDone = init.classifyVector(vector);
    if (isDone && vector.odd === 0) return end;
    const { slots, count } = vector;
    for (let w = 0; w < count * SLOT.words; w += SLOT.words) {
      if (isDone && slots[w + SLOT.layout] !== NO_LAYOUT) continue;
      slots[w + SLOT.program] = this.programOf(batch, slots[w + SLOT.packet] as number);
    }
    return end;
  }

  /** The program of one packet. */
  programOf(batch: PacketBatch, i: number): number {
    this.pipeline.load(this.phv, batch, i);
    return this.pipeline.classify(this.phv);
  }

  private fill(batch: PacketBatch, from: number, to: number, isOwn?: Selection): number {
    const { vector } = this;
    const { slots } = vector;
    vector.begin(batch);
    let i = from;
    let w = 0;
    for (; i < to && w < slots.length; i++) {
      if (isOwn !== undefined && !isOwn(batch, i)) continue;
      slots[w + SLOT.packet] = i;
      w += SLOT.words;
    }
    vector.count = w / SLOT.words;
    return i;
  }
}
