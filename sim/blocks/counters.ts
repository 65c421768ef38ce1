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
}

export const emptyCounters = (): Counters => ({
  in: 0,
  out: 0,
  dropped: 0,
  reported: 0,
  unmatched: 0,
  recirculations: 0,
  outsideAccesses: 0,
});

/** Adds `more` to `sum`. */
export function addCounters(sum: Counters, more: Readonly<Counters>): void {
  for (const key of Object.keys(sum) as (keyof Counters)[]) sum[key] += more[key];
}
