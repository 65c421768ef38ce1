/**
 * The run of a session: packets, events in their stream, and the record of both. An event that is made, moved or undone
 * changes what comes behind it, so the run goes back to there, and later events are planned again when it comes to them.
 */
import type { DataPlane } from '../../../compiler/index.js';
import { type History, HistoryRecorder } from '../../../sim/history/index.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { frontPortForwarding } from '../../control/front-ports.js';
import { failureOf, SessionError } from './failure.js';
import { Books } from './plan-change.js';
import type { NewEvent, StudioEvent, Timeline } from './protocol.js';
import { breathe, type Working } from './working.js';

/** Packets that run at once, before the thread looks for messages. */
const PACKETS_AT_ONCE = 8192;

type EventState = StudioEvent['state'];

interface KeptEvent {
  readonly id: number;
  readonly event: NewEvent;
  state: EventState;
}

const WAITING: EventState = { kind: 'waiting' };
const MADE: EventState = { kind: 'made' };

export class StudioRun {
  private store = new PacketStore();
  private recorder: HistoryRecorder;
  /** In the order in which they are made; those that wait are last. */
  private kept: readonly KeptEvent[] = [];
  private ids = 0;
  /** Of the present end of the run. */
  private books: Books;

  constructor(
    readonly dataPlane: DataPlane,
    readonly seed: number,
  ) {
    this.recorder = this.newRecorder();
    this.books = new Books(dataPlane, new Map(), 0);
  }

  get packets(): PacketStore {
    return this.store;
  }

  get history(): History {
    return this.recorder.history;
  }

  get events(): readonly StudioEvent[] {
    return this.kept;
  }

  timeline(): Timeline {
    const { history, store } = this;
    const events = this.kept.map(({ id, event, state }) => ({ id, event, state }));
    return { events, ran: history.count, packets: store.count, bytes: history.byteLength };
  }

  /** Other packets in place of those that are there. */
  setPackets(store: PacketStore): void {
    this.store = store;
    this.recorder = this.newRecorder();
    this.books = new Books(this.dataPlane, new Map(), 0);
    this.kept = this.kept.map(({ id, event }) => {
      const packet = Math.min(event.packet, store.count);
      return { id, event: { ...event, packet }, state: WAITING };
    });
  }

  /** Events of another session, none of which has been made; those that the switch refuses are kept as refused. */
  setEvents(events: readonly NewEvent[]): void {
    this.recorder = this.newRecorder();
    this.books = new Books(this.dataPlane, new Map(), 0);
    this.kept = events.map((event, id) => ({ id, event, state: WAITING }));
    this.ids = events.length;
  }

  /** Runs packets before `to`, and makes the events that are due. @throws {SessionError} `cancelled`; what has run stays */
  async advance(working: Working, to = this.store.count): Promise<void> {
    const end = Math.min(to, this.store.count);
    this.makeDue();
    const start = this.history.count;
    while (this.history.count < end) {
      const next = this.kept.find(({ state }) => state.kind === 'waiting')?.event.packet ?? end;
      this.recorder.advance(Math.min(PACKETS_AT_ONCE, Math.min(end, next) - this.history.count));
      this.makeDue();
      await breathe(working, { done: this.history.count - start, total: end - start, unit: 'packets' });
    }
  }

  /** @throws what makes the event impossible; everything is then as before */
  make(event: NewEvent): StudioEvent {
    this.requireMoment(event.packet);
    const kept: KeptEvent = { id: this.ids, event, state: WAITING };
    const place = this.kept.filter((each) => each.event.packet <= event.packet).length;
    const before = { recorder: this.recorder, kept: this.kept };
    try {
      if (event.packet <= this.history.count) {
        this.goBack(place, event.packet);
        kept.state = this.made(event);
      }
    } catch (error) {
      this.recorder = before.recorder;
      this.kept = before.kept;
      this.books = this.booksNow();
      throw error;
    }
    this.kept = [...this.kept.slice(0, place), kept, ...this.kept.slice(place)];
    this.ids++;
    this.makeDue();
    return kept;
  }

  /** @throws {SessionError} `bad-question` for ids that are not there */
  remove(ids: readonly number[]): void {
    for (const id of ids) this.placeOf(id);
    const first = this.kept.findIndex(({ id }) => ids.includes(id));
    const event = this.kept[first];
    if (event === undefined) return;
    if (event.state.kind !== 'waiting') this.goBack(first, event.event.packet);
    this.kept = this.kept.filter(({ id }) => !ids.includes(id));
    this.makeDue();
  }

  /** The event at another packet, behind the events that are there. */
  move(id: number, packet: number): void {
    this.requireMoment(packet);
    const place = this.placeOf(id);
    const moved = this.kept[place];
    if (moved === undefined) return;
    const others = this.kept.filter((each) => each.id !== id);
    const target = others.filter((each) => each.event.packet <= packet).length;
    const first = Math.min(place, target);
    const at = Math.min(moved.event.packet, packet);
    if (at <= this.history.count) this.goBack(first, at);
    const kept = { id, event: { ...moved.event, packet }, state: WAITING };
    const waiting = this.kept.filter((each) => each.id !== id);
    this.kept = [...waiting.slice(0, target), kept, ...waiting.slice(target)];
    this.makeDue();
  }

  /** Goes back to the moment before packet n, with the first `place` events; the others wait. */
  private goBack(place: number, packet: number): void {
    const { recorder, history, kept } = this;
    const made = kept.slice(0, place).filter(({ state }) => state.kind === 'made').length;
    if (packet === history.count && made === history.events.length) return;
    this.recorder = recorder.branch(packet, made);
    this.books = this.booksNow();
    this.kept = kept.map((each, i) => (i < place ? each : { ...each, state: WAITING }));
  }

  /** Makes the events that the run has come to. */
  private makeDue(): void {
    for (const each of this.kept) {
      if (each.state.kind !== 'waiting') continue;
      if (each.event.packet > this.history.count) return;
      try {
        each.state = this.made(each.event);
      } catch (error) {
        const { code, message } = failureOf(error);
        if (code === 'broken') throw error;
        this.books = this.booksNow();
        each.state = { kind: 'refused', reason: message };
      }
    }
  }

  private made(event: NewEvent): EventState {
    this.recorder.change(this.books.plan(event));
    return MADE;
  }

  private booksNow(): Books {
    const { history, dataPlane } = this;
    const deployed = history.events.filter(({ change }) => change.kind === 'deploy').length;
    return new Books(dataPlane, history.programsBefore(history.count), deployed);
  }

  private newRecorder(): HistoryRecorder {
    const { dataPlane, seed, store } = this;
    return HistoryRecorder.start({ dataPlane, packets: store, installed: frontPortForwarding(dataPlane), seed });
  }

  private placeOf(id: number): number {
    const place = this.kept.findIndex((each) => each.id === id);
    if (place < 0) throw new SessionError('bad-question', `there is no event ${id}`);
    return place;
  }

  private requireMoment(packet: number): void {
    if (Number.isInteger(packet) && packet >= 0 && packet <= this.store.count) return;
    throw new SessionError(
      'bad-question',
      `there is no moment before packet ${packet + 1}: there are ${this.store.count}`,
    );
  }
}
