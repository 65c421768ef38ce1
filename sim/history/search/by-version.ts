/** What follows from the programs that run, found once for the packets between two events. */

import type { History } from '../history.js';
import type { RecordedProgram } from '../history-event.js';

/** Something of the packets `from` … `to - 1`, between which no event is. */
export interface OfPackets<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

/** Finds something of the programs that run, and keeps it for the packets up to the next event. */
export class ByVersion<T> {
  private readonly known = new Map<number, OfPackets<T>>();
  private last: OfPackets<T> | undefined;

  /** @param of finds it, of the programs by name */
  constructor(
    private readonly history: History,
    private readonly of: (programs: ReadonlyMap<string, RecordedProgram>) => T,
  ) {}

  at(packet: number): OfPackets<T> {
    const { last } = this;
    if (last !== undefined && packet >= last.from && packet < last.to) return last;
    const events = this.history.run.eventsBefore(packet);
    this.last = this.known.get(events) ?? this.find(packet, events);
    return this.last;
  }

  private find(packet: number, events: number): OfPackets<T> {
    const { run } = this.history;
    const previous = run.events[events - 1];
    const found = {
      from: previous === undefined ? 0 : previous.packet,
      to: run.events[events]?.packet ?? this.history.count,
      value: this.of(this.history.programsBefore(packet)),
    };
    this.known.set(events, found);
    return found;
  }
}
