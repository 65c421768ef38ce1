/** Departures to come, in the order of their times. */
import { must } from '../../../compiler/data-plane/must.js';
import type { ArrivalEvent } from './arrival-process.js';

interface Departure {
  readonly at: number;
  readonly program: number;
}

/** A binary heap: the parent of entry i is entry (i - 1) >> 1, and departs no later. */
export class DepartureQueue {
  private readonly heap: Departure[] = [];

  /** @param at seconds */
  add(at: number, program: number): void {
    const { heap } = this;
    const departure = { at, program };
    let index = heap.push(departure) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.departure(parent);
      if (!isBefore(departure, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = departure;
  }

  /** Takes the departures up to a time, that time included. */
  *until(at: number): Generator<ArrivalEvent> {
    for (let next = this.heap[0]; next !== undefined && next.at <= at; next = this.heap[0]) {
      this.removeFirst();
      yield { kind: 'departure', ...next };
    }
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = must(heap.pop(), 'departure');
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(this.departure(child + 1), this.departure(child))) child++;
      if (!isBefore(this.departure(child), last)) break;
      heap[index] = this.departure(child);
      index = child;
    }
    heap[index] = last;
  }

  private departure(index: number): Departure {
    return must(this.heap[index], 'departure');
  }
}

/** Of departures at one time, that of the earlier program comes first. */
const isBefore = (a: Departure, b: Departure): boolean => a.at < b.at || (a.at === b.at && a.program < b.program);
