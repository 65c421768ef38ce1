/** The time and bytes that a packet takes on an Ethernet line (IEEE 802.3). */
import { PS_PER_SECOND } from './virtual-time.js';

/** Beside the frame as captures hold it: preamble and start delimiter, frame check sequence, gap between packets. */
const PREAMBLE_BYTES = 8;
const CHECK_SEQUENCE_BYTES = 4;
export const GAP_BYTES = 12;
export const LINE_OVERHEAD_BYTES = PREAMBLE_BYTES + CHECK_SEQUENCE_BYTES + GAP_BYTES;
/** A shorter frame is padded, its check sequence not counted. */
export const SHORTEST_FRAME_BYTES = 60;

/** Bytes that a frame of this length, without check sequence, takes on the line, gap included. */
export function lineBytes(frameBytes: number): number {
  return Math.max(frameBytes, SHORTEST_FRAME_BYTES) + LINE_OVERHEAD_BYTES;
}

/** A line of one speed. */
export class Line {
  private readonly psPerByte: number;

  constructor(readonly bitsPerSecond: number) {
    this.psPerByte = (8 * PS_PER_SECOND) / bitsPerSecond;
  }

  /** Time from the start of a packet to the earliest start of the next: whole picoseconds, rounded up. */
  timeFor(bytes: number): number {
    // A rest within the rounding error of the multiplication is not rounded up.
    return Math.ceil(bytes * this.psPerByte - 1e-3);
  }
}
