/** Writes of words of memory. */

/** A word of the register arrays. */
export interface WordPlace {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  /** Its place in the register array of the RPB. */
  readonly bucket: number;
  /** 0, or 1 for the high word of a pair. */
  readonly word: 0 | 1;
}

/** One write of one word; the value may be the one that was there. */
export interface WordWrite extends WordPlace {
  /** Its row among all writes of the run, from 0 in order. */
  readonly row: number;
  /** The packet that wrote, or the packet before which an event did; from 0. */
  readonly packet: number;
  /** The event that wrote, by its place in the list of events; null where the packet did. */
  readonly event: number | null;
  readonly before: number;
  readonly after: number;
}
