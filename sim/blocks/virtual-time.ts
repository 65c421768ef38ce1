/**
 * Virtual time: picoseconds since the first packet's second or nanosecond, as whole numbers in doubles, which are exact
 * up to {@link LAST_TIME_PS}. Clock cycles are counted as whole numbers too, and a cycle's time is computed from its
 * number, so that nothing adds up errors; all of it is IEEE 754 arithmetic and the same on every machine.
 */

export const PS_PER_SECOND = 1e12;
export const PS_PER_NS = 1000;
/** 2 hours and 30 minutes. */
export const LAST_TIME_PS = Number.MAX_SAFE_INTEGER;

/** The clock that packets enter a gress by. */
export class PipeClock {
  private readonly cyclePs: number;
  private readonly cyclesPerPs: number;

  constructor(hertz: number) {
    this.cyclePs = PS_PER_SECOND / hertz;
    this.cyclesPerPs = hertz / PS_PER_SECOND;
  }

  /** When a cycle starts. */
  timeOf(cycle: number): number {
    return Math.round(cycle * this.cyclePs);
  }

  /** The first cycle that starts at this time or later. */
  cycleAt(timePs: number): number {
    // A time is rounded up from half a picosecond on. The product is exact to a small part of a cycle.
    const near = Math.max(0, Math.ceil((timePs - 0.5) * this.cyclesPerPs));
    if (this.timeOf(near) < timePs) return near + 1;
    return near > 0 && this.timeOf(near - 1) >= timePs ? near - 1 : near;
  }
}
