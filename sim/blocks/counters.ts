/** Counters of packets by their verdicts. */

export interface Counters {
  in: number;
  /** Packets that left by a port, the CPU port included. */
  out: number;
  dropped: number;
  /** Packets that left by the CPU port. */
  reported: number;
  /** Packets that no program ran on. */
  unmatched: number;
  /** Recirculations of all packets. */
  recirculations: number;
  /** Memory accesses of programs outside the blocks that were declared as theirs. */
  outsideAccesses: number;
  /** Packets that were copied to a group: `in + copies = out + dropped + copied`. */
  copied: number;
  /** Copies, each of which leaves or is dropped. */
  copies: number;
  /** Of the packets that were dropped: those to a group that is not there, or has no ports. */
  noGroup: number;
}

/** Counters of copies, which most runs have none of. */
const OF_COPIES = ['copied', 'copies', 'noGroup'] as const;
type OfCopies = (typeof OF_COPIES)[number];

/** Counters for users: those of copies where a packet went to a group. */
export type ShownCounters = Omit<Counters, OfCopies> & Partial<Pick<Counters, OfCopies>>;

/** Leaves out the counters of copies if all are 0. */
export function shownCounters(counters: Readonly<Counters>): ShownCounters {
  if (OF_COPIES.some((key) => counters[key] > 0)) return counters;
  const { copied: _copied, copies: _copies, noGroup: _noGroup, ...others } = counters;
  return others;
}

export const emptyCounters = (): Counters => ({
  in: 0,
  out: 0,
  dropped: 0,
  reported: 0,
  unmatched: 0,
  recirculations: 0,
  outsideAccesses: 0,
  copied: 0,
  copies: 0,
  noGroup: 0,
});

/** Adds `more` to `sum`. */
export function addCounters(sum: Counters, more: Readonly<Counters>): void {
  for (const key of Object.keys(sum) as (keyof Counters)[]) sum[key] += more[key];
}
