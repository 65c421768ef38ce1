/** Switches in a row with virtual time: what happens in all of them happens in order of time. */
import type { HeldBatch } from '../../blocks/packets-in-flight.js';
import type { TrafficManager } from '../../blocks/traffic-manager.js';
import { TimedDriver } from '../time/timed-driver.js';
import type { TimedSwitchOptions, TimeObserver } from '../time/timed-switch-options.js';
import type { SwitchChain } from './switch-chain.js';

/** Virtual time after which switches wait for each other when no more packets come. */
const STEP_PS = 1_000_000;

/** Switches in a row with virtual time. */
export class TimedChain {
  private readonly drivers: readonly TimedDriver[];
  private readonly first: TimedDriver;
  /** In which something happens, or happened last. */
  private acting: TimedDriver;

  /**
   * @param options of each switch; the lines between switches have the rate of the recirculation port
   * @param betweenPs from the port of a switch to that of the next
   * @param observer gets the packets of each switch in order of time
   */
  constructor(
    readonly emulator: SwitchChain,
    options: TimedSwitchOptions,
    betweenPs: number,
    private readonly observer: TimeObserver,
  ) {
    const ofMember: TimeObserver = {
      nextTickPs: Number.POSITIVE_INFINITY,
      tick: () => undefined,
      left: (departures) => observer.left(departures),
      lost: (held, i, reason) => observer.lost(held, i, reason),
    };
    this.drivers = emulator.members.map((member) => new TimedDriver(member, options, ofMember));
    this.first = this.drivers[0] as TimedDriver;
    this.acting = this.first;
    for (const [member, driver] of this.drivers.entries()) {
      const next = this.drivers[member + 1];
      driver.connectOnward(
        next === undefined
          ? 'nothing'
          : { takeOver: (from, slot, startPs, onLinePs) => next.takeOver(from, slot, startPs + betweenPs, onLinePs) },
      );
    }
  }

  /** Of each switch. */
  get trafficManagers(): readonly TrafficManager[] {
    return this.drivers.map(({ trafficManager }) => trafficManager);
  }

  /** Packets and bytes that have come. */
  get arrived(): { readonly packets: number; readonly bytes: number } {
    return this.first.arrived;
  }

  /** The most packets in one of the switches at once, and those in all of them now. */
  get packets(): { readonly most: number; readonly count: number } {
    const all = this.drivers.map(({ packets }) => packets);
    return { most: Math.max(...all.map(({ most }) => most)), count: all.reduce((sum, { count }) => sum + count, 0) };
  }

  /** As of a single switch. */
  get nextPs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (let n = 0; n < this.drivers.length; n++) next = Math.min(next, (this.drivers[n] as TimedDriver).nextPs);
    return next;
  }

  /** The time of what happens. */
  get nowPs(): number {
    return this.acting.nowPs;
  }

  /** As of a single switch. */
  arrive(held: HeldBatch, i: number, timePs: number): void {
    this.runBefore(timePs);
    this.advance(timePs);
    this.acting = this.first;
    this.first.arrive(held, i, timePs);
  }

  /** As of a single switch. @param timesPs by place in the batch */
  arriveAll(held: HeldBatch, timesPs: Float64Array): void {
    for (let i = 0; i < held.batch.count; i++) this.arrive(held, i, timesPs[i] as number);
  }

  /** Runs until no packet is in any switch. */
  runToEnd(): void {
    for (;;) {
      const next = this.nextPs;
      if (next === Number.POSITIVE_INFINITY) return;
      this.runBefore(next + STEP_PS);
    }
  }

  /**
   * Runs all that happens before a time, in order of time over all switches, of equal times that of earlier switches
   * first. Results must not hang on how far the chain is run in one go: events of one time in a switch happen in the
   * order in which they were known, and an interval of the observer ends when something happens after it.
   */
  runBefore(timePs: number): void {
    for (;;) {
      let next = timePs;
      let first: TimedDriver | undefined;
      for (let n = 0; n < this.drivers.length; n++) {
        const driver = this.drivers[n] as TimedDriver;
        if (driver.nextPs >= next) continue;
        next = driver.nextPs;
        first = driver;
      }
      if (first === undefined) return;
      this.advance(next);
      this.acting = first;
      first.runBefore(next + 1);
    }
  }

  /** Something happens at this time; all that left before it has been told. */
  private advance(timePs: number): void {
    if (timePs >= this.observer.nextTickPs) this.observer.tick(timePs);
  }
}
