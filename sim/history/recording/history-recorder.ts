/**
 * Records a run: takes packets through a switch, makes events between them, and keeps what questions need. A run goes on
 * in another way from any moment of it by {@link HistoryRecorder.branch}, which shares what is before.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { EMPTY_QUEUE } from '../../pipeline/drivers/queued-driver.js';
import { Switch } from '../../pipeline/switch.js';
import type { MemoryWrite } from '../../pipeline/time/update.js';
import { History } from '../history.js';
import type { HistoryChange, HistoryEvent } from '../history-event.js';
import { PACKETS_PER_MARK } from './counter-marks.js';
import { MemoryAt } from './memory-at.js';
import { RecordedRun, type RunSetting } from './recorded-run.js';
import { RecordingDriver } from './recording-driver.js';
import { WriteWatch } from './write-watch.js';

/** The setting of a run; left out: nothing installed, seed 0, an empty queue. */
export type RecorderOptions = Pick<RunSetting, 'dataPlane' | 'packets'> &
  Partial<Pick<RunSetting, 'installed' | 'seed' | 'queue'>>;

/** Packets of a batch. */
const BATCH = { packets: 1024, bytes: 2 ** 20 } as const;

/** A run that goes on: packets and changes are recorded as they come. */
export class HistoryRecorder {
  /** What has been recorded so far; it grows as the run goes on. */
  readonly history: History;
  private emulator: Switch;
  private driver: RecordingDriver;
  private readonly batch: PacketBatch;

  private constructor(private readonly run: RecordedRun) {
    this.history = new History(run);
    this.emulator = this.switchNow();
    this.driver = new RecordingDriver(this.emulator, run.setting.queue);
    this.batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  }

  /** A run that starts. @throws {TargetError} if the switch refuses what is installed */
  static start({ dataPlane, packets, installed, seed, queue = EMPTY_QUEUE }: RecorderOptions): HistoryRecorder {
    const setting = {
      dataPlane,
      packets,
      installed: installed === undefined ? [] : installed,
      seed: seed === undefined ? 0 : seed,
      queue,
    };
    return new HistoryRecorder(new RecordedRun(setting));
  }

  /** Packets that have run. */
  get count(): number {
    return this.run.columns.count;
  }

  /** Packets that are there and have not run. */
  get waiting(): number {
    return this.run.setting.packets.count - this.count;
  }

  /** Runs the next packets, up to this number of them. @returns how many */
  advance(most: number): number {
    const end = this.count + Math.min(most, this.waiting);
    const start = this.count;
    while (this.count < end) this.runBatch(end);
    return this.count - start;
  }

  private runBatch(end: number): void {
    const { run, batch, emulator } = this;
    const { columns, pages, writes, marks, setting } = run;
    const first = columns.count;
    if (first % PACKETS_PER_MARK === 0) marks.add(emulator.counters);
    const nextMark = (Math.floor(first / PACKETS_PER_MARK) + 1) * PACKETS_PER_MARK;
    clearPacketBatch(batch);
    const copied = setting.packets.copyTo(batch, first, Math.min(end, nextMark));
    if (copied === 0) throw new Error(`packet ${first} is longer than a batch`);
    this.driver.process(batch, columns);
    pages.copyIfDue(emulator.memory.words, writes.count);
  }

  /**
   * Changes the switch before the next packet.
   * @throws {TargetError} if the switch refuses an operation, or a place that a write names; the run is then as before
   */
  change(change: HistoryChange): HistoryEvent {
    const { run, emulator } = this;
    const event = { packet: this.count, change, firstWrite: run.writes.count };
    run.events.push(event);
    try {
      for (const write of change.memory) this.writeMemory(write);
      for (const operation of change.operations) {
        if (operation.kind === 'resetMemory') this.noteReset(operation.rpb, operation.base, operation.buckets);
        emulator.apply(operation);
      }
    } catch (error) {
      run.events.pop();
      run.writes.count = event.firstWrite;
      this.emulator = this.switchNow();
      this.driver = new RecordingDriver(this.emulator, run.setting.queue);
      throw error;
    }
    // No packet is in flight, so none has a branch id of an entry that is gone.
    emulator.forgetRetiredBranchIds();
    return event;
  }

  private writeMemory({ rpb, base, values }: MemoryWrite): void {
    const { memory } = this.emulator;
    const { words } = memory;
    const { first } = memory.span(rpb, base, Math.ceil(values.length / memory.wordsIn(rpb - 1)));
    values.forEach((value, i) => {
      this.noteEventWrite(first + i, must(words[first + i], 'word of a memory'), value);
      words[first + i] = value;
    });
  }

  /** A reset is a write of the words that are not 0. */
  private noteReset(rpb: number, base: number, buckets: number): void {
    const { memory } = this.emulator;
    const { first } = memory.span(rpb, base, buckets);
    memory.range(rpb, base, buckets).forEach((value, i) => {
      if (value !== 0) this.noteEventWrite(first + i, value, 0);
    });
  }

  private noteEventWrite(place: number, before: number, after: number): void {
    const { writes, pages, events } = this.run;
    writes.addByEvent(events.length - 1, place, before, after);
    pages.note(place);
  }

  /**
   * A run with the same packets that is this one up to the moment before packet n, and has not gone on from there.
   * @param packet from 0 to {@link count}
   * @param events how many of the events stay; all those at or before the packet if it is left out
   * @throws {RangeError} for a moment that has not come, or events that do not belong to it
   */
  branch(packet: number, events?: number): HistoryRecorder {
    const { run } = this;
    if (!Number.isInteger(packet) || packet < 0 || packet > this.count) {
      throw new RangeError(`there is no moment before packet ${packet}: ${this.count} packets have run`);
    }
    const most = run.eventsBefore(packet);
    const least = run.eventsBefore(packet - 1);
    const kept = events === undefined ? most : events;
    if (!Number.isInteger(kept) || kept < least || kept > most) {
      throw new RangeError(`before packet ${packet}, ${least} to ${most} events have been made, not ${kept}`);
    }
    return new HistoryRecorder(run.fork(packet, kept));
  }

  /** A switch as it is now: by the events, the writes and the counters. */
  private switchNow(): Switch {
    const { run, history } = this;
    const { setting, events, writes, pages, columns } = run;
    const watch = new WriteWatch(writes, pages);
    const emulator = new Switch(setting.dataPlane, { watch, seed: setting.seed });
    watch.memory = emulator.memory;
    for (const operation of setting.installed) emulator.apply(operation);
    for (const { change } of events) for (const operation of change.operations) emulator.apply(operation);
    const memory = new MemoryAt(run, emulator.memory.words);
    // Of a new switch all words are 0. To write those again would take longer than all else of a start.
    memory.hasBecome(0);
    memory.moveTo(writes.count);
    Object.assign(emulator.counters, history.countersBefore(columns.count));
    emulator.arrivals = columns.count;
    return emulator;
  }
}
