/** Events in order of time and, at one time, of insertion. A binary heap. */

export class EventQueue {
  private time = new Float64Array(1024);
  private order = new Float64Array(1024);
  private event = new Float64Array(1024);
  private used = 0;
  private next = 0;

  get isEmpty(): boolean {
    return this.used === 0;
  }

  /** The time of the first event, or infinity. */
  get nextTime(): number {
    return this.used === 0 ? Number.POSITIVE_INFINITY : (this.time[0] as number);
  }

  /** @param event any whole number */
  push(timePs: number, event: number): void {
    if (this.used === this.time.length) this.grow();
    const { time, order, event: events } = this;
    const sequence = this.next++;
    let at = this.used++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A later event of an equal time stays behind the earlier ones.
      if ((time[parent] as number) <= timePs) break;
      this.move(parent, at);
      at = parent;
    }
    time[at] = timePs;
    order[at] = sequence;
    events[at] = event;
  }

  /** Takes out the first event. The queue must not be empty. */
  pop(): number {
    const { time, order, event } = this;
    const first = event[0] as number;
    const last = --this.used;
    const lastTime = time[last] as number;
    const lastOrder = order[last] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, time[child] as number, order[child] as number)) child++;
      if (!this.isBefore(child, lastTime, lastOrder)) break;
      this.move(child, at);
      at = child;
    }
    time[at] = lastTime;
    order[at] = lastOrder;
    event[at] = event[last] as number;
    return first;
  }

  private isBefore(at: number, time: number, order: number): boolean {
    const other = this.time[at] as number;
    return other < time || (other === time && (this.order[at] as number) < order);
  }

  private move(from: number, to: number): void {
    this.time[to] = this.time[from] as number;
    this.order[to] = this.order[from] as number;
    this.event[to] = this.event[from] as number;
  }

  private grow(): void {
    this.time = doubled(this.time);
    this.order = doubled(this.order);
    this.event = doubled(this.event);
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
