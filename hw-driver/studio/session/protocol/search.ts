/** Looking for packets, and comparing two versions of a program. */
import type { DifferentPart, PacketOutcome } from '../../../../sim/history/index.js';

/** A condition in words, as sim/history reads them: `verdict = dropped and writes lb.m[3]`. */
export interface SearchAsk {
  /** The moment from which it is looked for. */
  readonly at: number;
  readonly condition: string;
  /** The first packet from the moment on, or the last before it. */
  readonly direction: 'forwards' | 'backwards';
}

export interface Searched {
  /** Null if the condition holds for none. */
  readonly packet: number | null;
  /** Packets that were looked at. */
  readonly examined: number;
}

/** The present run beside the same run with another text of a program. */
export interface CompareAsk {
  readonly program: string;
  /** In place of the text with which the program was deployed last before the moment `at`. */
  readonly text: string;
  readonly at: number;
}

export interface Compared {
  /** Where the program was deployed: the two runs are equal before. */
  readonly from: number;
  /** Packets that have run in both. */
  readonly packets: number;
  /** Packets that left in another way: by number, in order. */
  readonly differences: Uint32Array;
  /** Events that the other run refused, in words. */
  readonly refused: readonly string[];
}

/** One packet in both runs of the last comparison. */
export interface ComparedOutcomes {
  readonly packet: number;
  readonly parts: readonly DifferentPart[];
  readonly one: PacketOutcome;
  readonly other: PacketOutcome;
}
