/**
 * What can be asked of a run. Packets are numbered from 0; "before packet n" is the moment at which it comes, when all
 * events at or before it have been made. n may be {@link History.count}: the present end of the run.
 */
import type { DataPlane, TableEntry } from '../../compiler/index.js';
import type { PacketStore } from '../../traces/packets/packet-store.js';
import { addCounters, type Counters, emptyCounters } from '../blocks/counters.js';
import type { HistoryEvent, RecordedProgram } from './history-event.js';
import type { PacketOutcome } from './packet-outcome.js';
import { type PacketStory, storyOf } from './packet-story.js';
import type { PacketColumns } from './recording/packet-columns.js';
import { PastSwitches } from './recording/past-switch.js';
import type { RecordedRun } from './recording/recorded-run.js';
import { WordWrites } from './word-writes.js';

/** A recorded run, and answers about it; it grows while its recorder goes on. */
export class History {
  /** All writes of words. */
  readonly writes: WordWrites;
  /** The switch at other moments. */
  readonly past: PastSwitches;
  private readonly programs: { events: number; byName: ReadonlyMap<string, RecordedProgram> }[] = [];

  constructor(readonly run: RecordedRun) {
    this.past = new PastSwitches(run);
    this.writes = new WordWrites(run);
  }

  get dataPlane(): DataPlane {
    return this.run.setting.dataPlane;
  }

  /** Packets as they arrived; those from {@link count} on have not run. */
  get packets(): PacketStore {
    return this.run.setting.packets;
  }

  /** Packets that have run. */
  get count(): number {
    return this.run.columns.count;
  }

  /** Outcomes of packets, one column for each value: for lists and curves of all of them. */
  get columns(): PacketColumns {
    return this.run.columns;
  }

  /** In the order in which they were made. */
  get events(): readonly HistoryEvent[] {
    return this.run.events;
  }

  /** Bytes of memory that the record takes, packets included. */
  get byteLength(): number {
    return this.run.byteLength;
  }

  /** @throws {RangeError} for a packet that has not run */
  outcome(packet: number): PacketOutcome {
    this.requirePacket(packet);
    const { columns } = this;
    const programId = columns.programId.at(packet);
    const port = columns.port.at(packet);
    return {
      packet,
      programId,
      program: this.programOf(packet, programId)?.compiled.program ?? null,
      verdict: columns.verdictOf(packet),
      port: port < 0 ? null : port,
      passes: columns.recirculations.at(packet) + 1,
    };
  }

  /** A packet with all its steps. @throws {RangeError} for a packet that has not run */
  story(packet: number): PacketStory {
    this.requirePacket(packet);
    return storyOf(this.run, this.past, packet);
  }

  /** The programs that run before packet n, by name. @throws {RangeError} */
  programsBefore(packet: number): ReadonlyMap<string, RecordedProgram> {
    this.requireMoment(packet);
    const events = this.run.eventsBefore(packet);
    const known = this.programs.find((each) => each.events === events);
    if (known !== undefined) return known.byName;
    const byName = this.past.programsAfter(events);
    this.programs.push({ events, byName });
    return byName;
  }

  /** All entries before packet n, in the order of their insertion. @throws {RangeError} */
  entriesBefore(packet: number): TableEntry[] {
    this.requireMoment(packet);
    return this.past.tablesBefore(packet).entries();
  }

  /** The counters of the switch before packet n. @throws {RangeError} */
  countersBefore(packet: number): Counters {
    this.requireMoment(packet);
    const mark = this.run.marks.at(packet);
    const sum = emptyCounters();
    if (mark === undefined) return sum;
    addCounters(sum, mark.counters);
    if (packet > mark.packet) addCounters(sum, this.past.rerun(mark.packet, packet));
    return sum;
  }

  /**
   * The words of a memory of a program before packet n, of pairs low word first.
   * @returns undefined if no such program runs then, or it has no such memory
   * @throws {RangeError}
   */
  memoryBefore(packet: number, program: string, name: string): Uint32Array | undefined {
    const compiled = this.programsBefore(packet).get(program)?.compiled;
    const block = compiled?.memories.find((memory) => memory.name === name);
    return block && this.wordsBefore(packet, block.rpb, block.base, block.buckets);
  }

  /** The words of an RPB's register array before packet n. @param rpb number from 1 @throws {RangeError} {@link TargetError} */
  wordsBefore(packet: number, rpb: number, base: number, buckets: number): Uint32Array {
    this.requireMoment(packet);
    return this.writes.wordsBefore(packet, rpb, base, buckets);
  }

  private programOf(packet: number, programId: number): RecordedProgram | undefined {
    if (programId === 0) return undefined;
    for (const program of this.programsBefore(packet).values()) {
      if (program.compiled.programId === programId) return program;
    }
    return undefined;
  }

  private requirePacket(packet: number): void {
    if (!Number.isInteger(packet) || packet < 0 || packet >= this.count) {
      throw new RangeError(`there is no packet ${packet}: ${this.count} packets have run`);
    }
  }

  private requireMoment(packet: number): void {
    if (!Number.isInteger(packet) || packet < 0 || packet > this.count) {
      throw new RangeError(`there is no moment before packet ${packet}: ${this.count} packets have run`);
    }
  }
}
