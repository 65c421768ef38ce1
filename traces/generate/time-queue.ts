/** What is to happen, by time: a binary heap, so that each of n things in it costs log n steps and no sorting. */
import { must } from '../packets/must.js';

export interface Timed {
  /** Whole nanoseconds since the start. */
  readonly nanoseconds: number;
  /** Of equal times, what has the higher number comes first. Different for everything in one queue. */
  readonly number: number;
}

const isBefore = (a: Timed, b: Timed): boolean =>
  a.nanoseconds < b.nanoseconds || (a.nanoseconds === b.nanoseconds && a.number > b.number);

export class TimeQueue<T extends Timed> {
  /** Each comes before those at twice its place plus 1 and plus 2. */
  private readonly heap: T[] = [];

  /** What comes next; undefined if there is nothing. */
  get first(): T | undefined {
    return this.heap[0];
  }

  add(item: T): void {
    const { heap } = this;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(this.at(parent), item)) break;
      heap[place] = this.at(parent);
      place = parent;
    }
    heap[place] = item;
  }

  /** Takes the first one out. Assumes that there is one. */
  removeFirst(): void {
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.sink(last);
  }

  /** Puts the first one where it belongs, after its time has grown. Assumes that there is one. */
  moveFirst(): void {
    this.sink(this.at(0));
  }

  private at(place: number): T {
    return must(this.heap[place], 'item of the time queue');
  }

  /** Puts an item at the top and lets it down to its place. */
  private sink(item: T): void {
    const { heap } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(this.at(child + 1), this.at(child))) child++;
      if (isBefore(item, this.at(child))) break;
      heap[place] = this.at(child);
      place = child;
    }
    heap[place] = item;
  }
}
