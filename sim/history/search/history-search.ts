/** Looks for the nearest packet for which a condition holds, some packets at a time, so that it can be watched and stopped. */
import type { Condition } from '../conditions/condition.js';
import type { History } from '../history.js';
import type { RerunVisitor } from '../recording/past-switch.js';
import { checkOf } from './bind-condition.js';
import type { Check } from './check.js';

/** `forwards`: the first packet from a moment on; `backwards`: the last before it. */
export type SearchDirection = 'forwards' | 'backwards';

/** How far a search has come, of the packets that it may have to look at. */
export type SearchState = { readonly examined: number; readonly packets: number } & (
  | { readonly kind: 'searching' }
  | { readonly kind: 'found'; readonly packet: number }
  | { readonly kind: 'not-found' }
);

/** Packets that run again at a time. */
const RERUN_PACKETS = 512;

/** A search of a recorded run for the nearest packet for which a condition holds. */
export class HistorySearch {
  private readonly check: Check;
  private readonly visitor: RerunVisitor;
  /** The packets that are left: from … to - 1. */
  private from: number;
  private to: number;
  private readonly packets: number;
  private result: number | undefined;
  /** What the record tells of the packets that are looked at. */
  private readonly known: (boolean | undefined)[] = [];

  /**
   * @param moment before packet n, from 0 to the number of packets that have run
   * @throws {ConditionError} for a name that the run does not have, {RangeError} for a moment that has not come
   */
  constructor(
    private readonly history: History,
    condition: Condition,
    moment: number,
    private readonly direction: SearchDirection,
  ) {
    if (!Number.isInteger(moment) || moment < 0 || moment > history.count) {
      throw new RangeError(`there is no moment before packet ${moment}: ${history.count} packets have run`);
    }
    this.check = checkOf(condition, history);
    this.visitor = jointVisitor(this.check.visitors);
    [this.from, this.to] = direction === 'forwards' ? [moment, history.count] : [0, moment];
    this.packets = Math.max(0, this.to - this.from);
  }

  get state(): SearchState {
    const { packets, result } = this;
    const examined = packets - Math.max(0, this.to - this.from);
    if (result !== undefined) return { kind: 'found', packet: result, examined, packets };
    return { kind: examined === packets ? 'not-found' : 'searching', examined, packets };
  }

  /** Looks at some more packets: at most this number, at least one if any is left. */
  advance(most: number): SearchState {
    let left = Math.max(1, most);
    while (left > 0 && this.result === undefined && this.from < this.to) {
      const count = Math.min(left, RERUN_PACKETS, this.to - this.from);
      if (this.direction === 'forwards') this.look(this.from, this.from + count);
      else this.look(this.to - count, this.to);
      left -= count;
    }
    return this.state;
  }

  /** Looks at packets `from` … `to - 1`, which are next. */
  private look(from: number, to: number): void {
    const { check, history, direction, known } = this;
    let [first, last] = [to, from - 1];
    for (let packet = from; packet < to; packet++) {
      const holds = check.known(packet);
      known[packet - from] = holds;
      if (holds !== undefined) continue;
      first = Math.min(first, packet);
      last = packet;
    }
    if (first <= last) {
      check.forget();
      history.past.rerun(first, last + 1, this.visitor);
    }
    const [start, step] = direction === 'forwards' ? [from, 1] : [to - 1, -1];
    for (let packet = start; packet >= from && packet < to; packet += step) {
      const holds = known[packet - from];
      if (holds === undefined ? check.found(packet) : holds) {
        this.result = packet;
        break;
      }
    }
    if (direction === 'forwards') this.from = to;
    else this.to = from;
  }
}

/** All that several visitors see. */
function jointVisitor(visitors: readonly RerunVisitor[]): RerunVisitor {
  return {
    switchTo: (emulator, events) => {
      for (const visitor of visitors) visitor.switchTo?.(emulator, events);
    },
    begin: (packet) => {
      for (const visitor of visitors) visitor.begin?.(packet);
    },
    before: (phv, rpb) => {
      for (const visitor of visitors) visitor.before?.(phv, rpb);
    },
    after: (phv, rpb) => {
      for (const visitor of visitors) visitor.after?.(phv, rpb);
    },
  };
}
