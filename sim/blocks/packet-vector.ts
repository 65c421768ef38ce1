/**
 * A vector of packets, as VPP has them: some hundred packets of a batch that go through the switch together, phase by
 * phase (headers, filters, programs), so that waiting times for memory overlap.
 */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';

/** Maximum number of packets: the data of all stay in the first cache. */
export const VECTOR_SIZE = 512;
/**
 * The words of a packet, which take one cache line: its place in the batch, where it starts in the bytes, where its
 * layout begins in {@link PacketVector.headerStarts} or {@link NO_LAYOUT}, the program that the filters found, where the
 * row of the program starts, and room for the state of the packet between two loops of the program.
 */
export const SLOT = { packet: 0, start: 1, layout: 2, program: 3, row: 4, saved: 5, words: 16 } as const;
export const SAVED_WORDS = SLOT.words - SLOT.saved;
/** Maximum number of words in memory for each packet. */
export const MAX_TOUCHED = 8;
/** In place of a layout: the headers of the packet do not start at fixed places. */
export const NO_LAYOUT = -1;
/** Start of a header that a layout lacks: negative too when the start of any packet is added. */
export const NO_HEADER = -(2 ** 30);

export class PacketVector {
  count = 0;
  /** How many have {@link NO_LAYOUT}. */
  odd = 0;
  /** The bytes of the batch. */
  view: DataView = new DataView(new ArrayBuffer(0));
  batch: PacketBatch | undefined;
  /** See {@link SLOT}. */
  readonly slots = new Int32Array(SLOT.words * VECTOR_SIZE);
  /** Where slots start, in the order in which packets run. */
  readonly order = new Int32Array(VECTOR_SIZE);
  /** Indices of words in memory that packets will access. */
  readonly words = new Int32Array(MAX_TOUCHED * VECTOR_SIZE);
  /** Keeps the reading of those words from being optimised away. */
  touched = 0;

  /** @param headerStarts by layout and header: where the header starts, from the start of the packet, or {@link NO_HEADER} */
  constructor(readonly headerStarts: Int32Array) {}

  /** Begins an empty vector. */
  begin(batch: PacketBatch): void {
    this.count = 0;
    if (this.batch === batch) return;
    if (this.batch?.bytes !== batch.bytes) {
      const { buffer, byteOffset, length } = batch.bytes;
      this.view = new DataView(buffer, byteOffset, length);
    }
    this.batch = batch;
  }
}

/** Generated code that reads or writes a word of the slot that starts at w. */
export const slotCode = (word: number): string => `W[w + ${word} | 0]`;
