/**
 * A vector of packets, as VPP has them: some hundred packets of a batch that go through the switch together, phase by
 * phase (headers, filters, programs), so that waiting times for memory overlap. Each array has a word for each packet,
 * by its place in the vector.
 */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';

/** Packets in a vector: with their state between two phases they stay in the first cache. */
export const VECTOR_SIZE = 256;
/** In place of a layout: the headers of the packet do not start at fixed places. */
export const NO_LAYOUT = -1;

export class PacketVector {
  count = 0;
  /** How many have {@link NO_LAYOUT}. */
  odd = 0;
  /** The bytes of the batch. */
  view: DataView = new DataView(new ArrayBuffer(0));
  batch: PacketBatch | undefined;
  /** Places in the batch. */
  readonly packet = new Int32Array(VECTOR_SIZE);
  /** Where packets start in the bytes. */
  readonly start = new Int32Array(VECTOR_SIZE);
  /** Where the layout of the packet begins in {@link headerStarts}, or {@link NO_LAYOUT}. */
  readonly layout = new Int32Array(VECTOR_SIZE);
  /** What the filters found. */
  readonly program = new Int32Array(VECTOR_SIZE);
  /** Where the row of the packet's program starts. */
  readonly row = new Int32Array(VECTOR_SIZE);
  /** Places in this vector, in the order in which packets run. */
  readonly order = new Int32Array(VECTOR_SIZE);

  /** @param headerStarts by layout and header: where the header starts, from the start of the packet; see {@link NO_HEADER} */
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

/** Start of a header that a layout lacks: negative too when the start of any packet is added. */
export const NO_HEADER = -(2 ** 30);
