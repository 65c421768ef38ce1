/** The list of packets. */
import type { PacketVerdict } from '../../../../sim/history/index.js';

/** Which packets are listed: those that meet everything that is given. */
export interface RowFilter {
  /** Filters of the language, as `<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>`, on packets as they arrived. */
  readonly text?: string;
  readonly verdicts?: readonly PacketVerdict[];
  /** Names of programs; null for packets of none. */
  readonly programs?: readonly (string | null)[];
  readonly minPasses?: number;
}

/** Rows of the list, one column for each value; packets that have not run have verdict `NOT_RUN`. */
export interface PacketRows {
  readonly from: number;
  readonly count: number;
  /** All rows of the list. */
  readonly rows: number;
  readonly packet: Uint32Array;
  /** Arrival: seconds since the epoch, and nanoseconds within the second. */
  readonly seconds: Float64Array;
  readonly nanoseconds: Uint32Array;
  /** On the wire. */
  readonly bytes: Uint32Array;
  readonly ingressPort: Uint16Array;
  /** Places in PACKET_VERDICTS of sim/history, or {@link NOT_RUN}. */
  readonly verdict: Uint8Array;
  /** Negative for packets that left by none. */
  readonly egressPort: Int32Array;
  /** 0 for none. */
  readonly programId: Uint16Array;
  readonly passes: Uint8Array;
  /** By row: the innermost headers in short, as `10.0.0.1:53 > 10.0.0.2:4096 UDP`. */
  readonly summaries: readonly string[];
  /** Names of the programs of these rows, by row; null for none. */
  readonly programs: readonly (string | null)[];
}

/** Verdict of packets that have not run. */
export const NOT_RUN = 255;
