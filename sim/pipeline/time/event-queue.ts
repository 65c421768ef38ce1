/**
 * Events in order of time and, at one time, of insertion. Events of one kind come almost in order of time, so each kind
 * has a sorted ring of its own; an event that is early among its kind goes to a binary heap beside the rings.
 */

/** An event goes in front of later ones of its kind if they are no more than this. */
const MOST_LATER = 8;
/** Events that a queue has room for at first: a power of two. */
const FIRST_ROOM = 64;
const NEVER = Number.POSITIVE_INFINITY;
/** Places in {@link EventQueue.times}: of the first event, of the one taken out last, of the one that comes in. */
const TIME = { first: 0, taken: 1, pushed: 2 } as const;

export class EventQueue {
  /** Of the event taken out last. */
  kind = 0;
  /** See {@link TIME}. Times that are handed on so are not allocated as numbers are. */
  private readonly times = Float64Array.of(NEVER, 0, 0);
  private readonly rings: readonly EventRing[];
  private readonly early = new EventHeap();
  /** Time of the first event of each ring, and behind them of the heap; infinity without one. */
  private readonly firstTimes: Float64Array;
  /** Where the first event is. */
  private place = 0;
  private next = 0;

  /** @param kinds number of kinds of events, which are numbers from 0 */
  constructor(private readonly kinds: number) {
    this.rings = Array.from({ length: kinds }, () => new EventRing());
    this.firstTimes = new Float64Array(kinds + 1).fill(NEVER);
  }

  /** Time of the first event; infinity without one. */
  get firstPs(): number {
    return this.times[TIME.first] as number;
  }

  /** Time of the event taken out last. */
  get takenPs(): number {
    return this.times[TIME.taken] as number;
  }

  /** @param operand a whole number of 31 bits that says what the event is about */
  push(timePs: number, kind: number, operand: number): void {
    this.times[TIME.pushed] = timePs;
    this.insert(kind, operand);
  }

  /** Takes out the first event, of which there must be one; returns its operand. */
  take(): number {
    const { times } = this;
    times[TIME.taken] = times[TIME.first] as number;
    const operand = this.place < this.kinds ? this.takeFromRing(this.place) : this.takeEarly();
    this.findFirst();
    return operand;
  }

  private insert(kind: number, operand: number): void {
    const { firstTimes, times } = this;
    const timePs = times[TIME.pushed] as number;
    const order = this.next++;
    let place = kind;
    if (!(this.rings[kind] as EventRing).insert(timePs, order, operand)) {
      this.early.push(timePs, order, operand, kind);
      place = this.kinds;
    }
    if (timePs < (firstTimes[place] as number)) firstTimes[place] = timePs;
    if (timePs >= (times[TIME.first] as number)) return;
    this.place = place;
    times[TIME.first] = timePs;
  }

  private takeFromRing(kind: number): number {
    const ring = this.rings[kind] as EventRing;
    this.kind = kind;
    const operand = ring.shift();
    this.firstTimes[kind] = ring.firstTime;
    return operand;
  }

  private takeEarly(): number {
    const { early } = this;
    this.kind = early.firstKind;
    const operand = early.pop();
    this.firstTimes[this.kinds] = early.firstTime;
    return operand;
  }

  private findFirst(): void {
    const { firstTimes } = this;
    let first = 0;
    let time = firstTimes[0] as number;
    for (let place = 1; place < firstTimes.length; place++) {
      const other = firstTimes[place] as number;
      if (other > time || other === NEVER) continue;
      if (other === time && this.orderIn(first) < this.orderIn(place)) continue;
      first = place;
      time = other;
    }
    this.place = first;
    this.times[TIME.first] = time;
  }

  private orderIn(place: number): number {
    return place < this.kinds ? (this.rings[place] as EventRing).firstOrder : this.early.firstOrder;
  }
}

/** Events of one kind by time. */
class EventRing {
  private times = new Float64Array(FIRST_ROOM);
  private orders = new Float64Array(FIRST_ROOM);
  private operands = new Int32Array(FIRST_ROOM);
  private mask = FIRST_ROOM - 1;
  /** Places of the first event and behind the last one; the mask wraps them around. */
  private head = 0;
  private tail = 0;

  get firstTime(): number {
    return this.head === this.tail ? NEVER : (this.times[this.head & this.mask] as number);
  }

  get firstOrder(): number {
    return this.head === this.tail ? NEVER : (this.orders[this.head & this.mask] as number);
  }

  /** False, and nothing is done, if too many events are later. */
  insert(timePs: number, order: number, operand: number): boolean {
    const { times, mask, head, tail } = this;
    let at = tail;
    while (at !== head && (times[(at - 1) & mask] as number) > timePs) {
      if (tail - at === MOST_LATER) return false;
      at--;
    }
    for (let to = tail; to > at; to--) this.move(to - 1, to);
    times[at & mask] = timePs;
    this.orders[at & mask] = order;
    this.operands[at & mask] = operand;
    this.tail = tail + 1;
    if (this.tail - head > mask) this.grow();
    return true;
  }

  /** Takes out the first event; there must be one. */
  shift(): number {
    const { head } = this;
    this.head = head + 1;
    return this.operands[head & this.mask] as number;
  }

  private move(from: number, to: number): void {
    const { mask } = this;
    this.times[to & mask] = this.times[from & mask] as number;
    this.orders[to & mask] = this.orders[from & mask] as number;
    this.operands[to & mask] = this.operands[from & mask] as number;
  }

  /** Doubles the room of a full ring. */
  private grow(): void {
    const first = this.head & this.mask;
    this.times = unrolled(this.times, first, new Float64Array(2 * this.times.length));
    this.orders = unrolled(this.orders, first, new Float64Array(2 * this.orders.length));
    this.operands = unrolled(this.operands, first, new Int32Array(2 * this.operands.length));
    this.tail -= this.head;
    this.head = 0;
    this.mask = this.times.length - 1;
  }
}

/** Copies a full ring so that its first event comes first. */
function unrolled<A extends Uint8Array | Int32Array | Float64Array>(ring: A, first: number, to: A): A {
  to.set(ring.subarray(first));
  to.set(ring.subarray(0, first), ring.length - first);
  return to;
}

/** A binary heap of events of all kinds. */
class EventHeap {
  private times = new Float64Array(FIRST_ROOM);
  private orders = new Float64Array(FIRST_ROOM);
  private operands = new Int32Array(FIRST_ROOM);
  private kinds = new Uint8Array(FIRST_ROOM);
  private used = 0;

  get firstTime(): number {
    return this.used === 0 ? NEVER : (this.times[0] as number);
  }

  get firstOrder(): number {
    return this.used === 0 ? NEVER : (this.orders[0] as number);
  }

  get firstKind(): number {
    return this.kinds[0] as number;
  }

  push(timePs: number, order: number, operand: number, kind: number): void {
    if (this.used === this.times.length) this.grow();
    let at = this.used++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.isBefore(parent, timePs, order)) break;
      this.move(parent, at);
      at = parent;
    }
    this.put(at, timePs, order, operand, kind);
  }

  /** Takes out the first event; there must be one. */
  pop(): number {
    const first = this.operands[0] as number;
    const { times, orders, operands, kinds } = this;
    const last = --this.used;
    const time = times[last] as number;
    const order = orders[last] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, times[child] as number, orders[child] as number)) child++;
      if (!this.isBefore(child, time, order)) break;
      this.move(child, at);
      at = child;
    }
    this.put(at, time, order, operands[last] as number, kinds[last] as number);
    return first;
  }

  private isBefore(at: number, time: number, order: number): boolean {
    const other = this.times[at] as number;
    return other < time || (other === time && (this.orders[at] as number) < order);
  }

  private move(from: number, to: number): void {
    this.put(
      to,
      this.times[from] as number,
      this.orders[from] as number,
      this.operands[from] as number,
      this.kinds[from] as number,
    );
  }

  private put(at: number, timePs: number, order: number, operand: number, kind: number): void {
    this.times[at] = timePs;
    this.orders[at] = order;
    this.operands[at] = operand;
    this.kinds[at] = kind;
  }

  private grow(): void {
    const room = 2 * this.times.length;
    this.times = unrolled(this.times, 0, new Float64Array(room));
    this.orders = unrolled(this.orders, 0, new Float64Array(room));
    this.operands = unrolled(this.operands, 0, new Int32Array(room));
    this.kinds = unrolled(this.kinds, 0, new Uint8Array(room));
  }
}
