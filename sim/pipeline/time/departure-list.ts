/** Packets that have left, until the observer gets all of them. */
import type { HeldBatch } from '../../blocks/packets-in-flight.js';
import type { Departures, TimeObserver } from './timed-switch-options.js';

/** Maximum number of packets. */
const ROOM = 256;

export class DepartureList implements Departures {
  count = 0;
  readonly held: HeldBatch[] = [];
  readonly index = new Int32Array(ROOM);
  readonly arrivalPs = new Float64Array(ROOM);
  readonly departurePs = new Float64Array(ROOM);

  constructor(private readonly observer: Pick<TimeObserver, 'left'>) {}

  /** Adds a packet, whose batch is held until the observer has got it. */
  add(held: HeldBatch, i: number, arrivalPs: number, departurePs: number): void {
    const place = this.count++;
    this.held[place] = held;
    this.index[place] = i;
    this.arrivalPs[place] = arrivalPs;
    this.departurePs[place] = departurePs;
    if (this.count === ROOM) this.tell();
  }

  /** Gives all packets to the observer. */
  tell(): void {
    const { held, count } = this;
    if (count === 0) return;
    this.observer.left(this);
    for (let place = 0; place < count; place++) (held[place] as HeldBatch).inFlight--;
    this.count = 0;
  }
}
