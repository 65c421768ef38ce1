/**
 * Switches with the tables that a run had between two of its events, and one memory for all of them, that of any moment.
 * Packets are taken through them again: what they do is what they did.
 */
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { ActionExecutor, ActionWatch } from '../../blocks/action-watch.js';
import { addCounters, type Counters, emptyCounters } from '../../blocks/counters.js';
import type { Phv } from '../../blocks/phv.js';
import { RegisterArrays } from '../../blocks/register-arrays.js';
import { QueuedDriver } from '../../pipeline/drivers/queued-driver.js';
import { Switch } from '../../pipeline/switch.js';
import { PacketTracer, type TraceWithBytes } from '../../pipeline/trace/packet-tracer.js';
import { programsAfter, type RecordedProgram } from '../history-event.js';
import { MemoryAt } from './memory-at.js';
import type { RecordedRun } from './recorded-run.js';

/** Sees packets that run again. */
export interface RerunVisitor {
  /** Called before and after each action. @param rpb from 0 */
  readonly before?: (phv: Phv, rpb: number) => void;
  readonly after?: (phv: Phv, rpb: number) => void;
  /** Called where packets go on with other tables, and before the first. */
  readonly switchTo?: (emulator: Switch, events: number) => void;
  /** Called before and after each packet. */
  readonly begin?: (packet: number) => void;
  readonly end?: (packet: number) => void;
}

/** A switch with the tables after a number of events. */
interface PastSwitch {
  readonly emulator: Switch;
  readonly driver: QueuedDriver;
  readonly tracer: PacketTracer;
  readonly byId: Map<number, RecordedProgram>;
  events: number;
}

/** Switches that are kept: moments on both sides of an event are often asked for in turn. */
const KEPT = 4;
const BATCH = { packets: 256, bytes: 2 ** 19 } as const;

/** What all switches of a run share. */
interface Room {
  readonly memory: RegisterArrays;
  readonly words: MemoryAt;
  readonly batch: PacketBatch;
}

function newRoom(run: RecordedRun): Room {
  const memory = new RegisterArrays(run.setting.dataPlane);
  const words = new MemoryAt(run, memory.words);
  words.hasBecome(0);
  return { memory, words, batch: createPacketBatch(BATCH.packets, BATCH.bytes) };
}

class VisitorWatch implements ActionWatch {
  visitor: RerunVisitor = {};

  execute(actions: ActionExecutor, code: Int32Array, entry: number, rpb: number, phv: Phv): void {
    this.visitor.before?.(phv, rpb);
    actions.execute(code, entry, rpb, phv);
    this.visitor.after?.(phv, rpb);
  }
}

/** Switches of a run at its moments; they share one memory, so that one is asked at a time. */
export class PastSwitches {
  private readonly watch = new VisitorWatch();
  /** Made for the first packet that runs again: most runs are left for another branch before that. */
  private room: Room | undefined;
  /** The last used one last. */
  private readonly kept: PastSwitch[] = [];

  constructor(private readonly run: RecordedRun) {}

  /** Takes packet n, which is the first of a batch, through the switch that it found. */
  trace(packet: number, batch: PacketBatch): TraceWithBytes {
    const { run } = this;
    const { words } = this.sharedRoom();
    const events = run.eventsBefore(packet);
    const { tracer } = this.after(events);
    words.moveTo(run.writesBefore(packet, events));
    words.forget();
    const traced = tracer.traceWithBytes(batch, 0, packet + 1);
    words.hasBecome(run.writesBefore(packet + 1, events));
    return traced;
  }

  /** The switch that a packet found. It is for reading its tables. */
  tablesBefore(packet: number): Switch {
    return this.after(this.run.eventsBefore(packet)).emulator;
  }

  /** Takes packets `from` … `to - 1` through the switches that they found. @returns what they add to the counters */
  rerun(from: number, to: number, visitor: RerunVisitor = {}): Counters {
    const { run } = this;
    const { words } = this.sharedRoom();
    const counters = emptyCounters();
    for (let packet = from; packet < to; ) {
      const events = run.eventsBefore(packet);
      const end = Math.min(to, run.events[events]?.packet ?? to);
      words.moveTo(run.writesBefore(packet));
      words.forget();
      const past = this.after(events);
      visitor.switchTo?.(past.emulator, events);
      Object.assign(past.emulator.counters, emptyCounters());
      this.runAgain(past, packet, end, visitor);
      addCounters(counters, past.emulator.counters);
      // Events at the next packet have not been made.
      words.hasBecome(run.writesBefore(end, events));
      packet = end;
    }
    return counters;
  }

  /** Packets between two events. */
  private runAgain({ emulator, driver }: PastSwitch, from: number, to: number, visitor: RerunVisitor): void {
    const { watch, run } = this;
    const { batch } = this.sharedRoom();
    watch.visitor = visitor;
    for (let packet = from; packet < to; ) {
      clearPacketBatch(batch);
      const copied = run.setting.packets.copyTo(batch, packet, to);
      if (copied === 0) throw new Error(`packet ${packet} is longer than a batch`);
      emulator.arrivals = packet;
      for (let i = 0; i < copied; i++) {
        visitor.begin?.(packet + i);
        driver.process(batch, i, i + 1);
        visitor.end?.(packet + i);
      }
      driver.unforwarded.clear();
      packet += copied;
    }
    watch.visitor = {};
  }

  private sharedRoom(): Room {
    this.room ??= newRoom(this.run);
    return this.room;
  }

  private after(events: number): PastSwitch {
    const { kept } = this;
    const best = kept
      .filter((past) => past.events <= events)
      .reduce<PastSwitch | undefined>((a, b) => (a === undefined || b.events > a.events ? b : a), undefined);
    const past = best ?? this.newPast();
    if (best !== undefined) kept.splice(kept.indexOf(best), 1);
    else if (kept.length === KEPT) kept.shift();
    kept.push(past);
    this.moveOn(past, events);
    return past;
  }

  private newPast(): PastSwitch {
    const { dataPlane, seed, installed, queue } = this.run.setting;
    const emulator = new Switch(dataPlane, { memory: this.sharedRoom().memory.buffer, watch: this.watch, seed });
    const byId = new Map<number, RecordedProgram>();
    const programOf = (id: number) => {
      const program = byId.get(id);
      if (program === undefined) return undefined;
      const { compiled, source } = program;
      return { name: compiled.program, placement: compiled.placement, source };
    };
    const tracer = new PacketTracer(emulator, programOf, queue);
    for (const operation of installed) emulator.apply(operation);
    tracer.apply(installed);
    return { emulator, driver: new QueuedDriver(emulator, queue), tracer, byId, events: 0 };
  }

  /** Makes the changes of tables by the next events; memory is moved by the writes. */
  private moveOn(past: PastSwitch, events: number): void {
    for (; past.events < events; past.events++) {
      const event = this.run.events[past.events];
      if (event === undefined) throw new Error(`there is no event ${past.events}`);
      const tables = event.change.operations.filter(({ kind }) => kind !== 'resetMemory');
      for (const operation of tables) past.emulator.apply(operation);
      past.tracer.apply(tables);
      past.emulator.forgetRetiredBranchIds();
    }
    past.byId.clear();
    for (const program of this.programsAfter(events).values()) past.byId.set(program.compiled.programId, program);
  }

  /** The programs that run after a number of events, by name. */
  programsAfter(events: number): ReadonlyMap<string, RecordedProgram> {
    let programs: ReadonlyMap<string, RecordedProgram> = new Map();
    for (const { change } of this.run.events.slice(0, events)) programs = programsAfter(programs, change);
    return programs;
  }
}
