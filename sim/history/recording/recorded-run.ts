/** All that is recorded of a run; what questions are answered from. */
import type { DataPlane, Operation } from '../../../compiler/index.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import type { QueueReading } from '../../pipeline/drivers/queued-driver.js';
import type { HistoryEvent } from '../history-event.js';
import { CounterMarks } from './counter-marks.js';
import { MemoryPages } from './memory-pages.js';
import { PacketColumns } from './packet-columns.js';
import { WriteLog } from './write-log.js';

/** The switch and the packets of a run. */
export interface RunSetting {
  readonly dataPlane: DataPlane;
  /** The packets of the run, which may still become more. */
  readonly packets: PacketStore;
  /** What the switch has before the first event, such as default forwarding; its memory is all 0. */
  readonly installed: readonly Operation[];
  /** Of random numbers. */
  readonly seed: number;
  /** What programs read of the queue, on every pass. */
  readonly queue: QueueReading;
}

/** An event, and the number of writes that had been made before it. */
export interface RecordedEvent extends HistoryEvent {
  readonly firstWrite: number;
}

/** The record of a run. */
export class RecordedRun {
  readonly columns: PacketColumns;
  readonly writes: WriteLog;
  readonly pages: MemoryPages;
  readonly marks: CounterMarks;
  readonly events: RecordedEvent[];

  constructor(
    readonly setting: RunSetting,
    parts?: Pick<RecordedRun, 'columns' | 'writes' | 'pages' | 'marks' | 'events'>,
  ) {
    this.columns = parts === undefined ? new PacketColumns() : parts.columns;
    this.writes = parts === undefined ? new WriteLog() : parts.writes;
    this.pages = parts === undefined ? new MemoryPages(wordsOf(setting.dataPlane)) : parts.pages;
    this.marks = parts === undefined ? new CounterMarks() : parts.marks;
    this.events = parts === undefined ? [] : parts.events;
  }

  /** Events that were made before packet n, or the packets that follow: those at or before it. */
  eventsBefore(packet: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.packet ?? Number.POSITIVE_INFINITY) <= packet) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Writes that had been made when a packet came, by events at it too: those made before packet n. */
  writesBefore(packet: number, events = this.eventsBefore(packet)): number {
    const { writes } = this;
    // By events after these, and by packets from this one on.
    const bound = this.events[events]?.firstWrite ?? writes.count;
    const last = this.events[events - 1];
    let [low, high] = [last === undefined ? 0 : last.firstWrite, bound];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBefore = writes.isByEvent(middle) ? true : writes.originOf(middle) < packet;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The run up to the moment before packet n when this number of events had been made. */
  fork(packet: number, events: number): RecordedRun {
    const writes = this.writesBefore(packet, events);
    const pages = this.pages.fork(writes);
    for (let row = pages.writesOfCopy(writes); row < writes; row++) pages.note(this.writes.placeOf(row));
    return new RecordedRun(this.setting, {
      columns: this.columns.fork(packet),
      writes: this.writes.fork(writes),
      pages,
      marks: this.marks.fork(packet),
      events: this.events.slice(0, events),
    });
  }

  /** Bytes of memory that it takes, packets included. */
  get byteLength(): number {
    const { columns, writes, pages, setting } = this;
    return columns.byteLength + writes.byteLength + pages.byteLength + setting.packets.byteLength;
  }
}

const wordsOf = (dataPlane: DataPlane): number =>
  dataPlane.rpbs.reduce((sum, { buckets, words }) => sum + buckets * words, 0);
