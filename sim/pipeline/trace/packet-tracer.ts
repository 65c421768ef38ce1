/**
 * Traces single packets: in a replica of a switch, with the same entries and the same memory, that records each step.
 * The replica takes these packets in place of the switch, so a run without traced packets pays nothing.
 */
import { must } from '../../../compiler/data-plane/must.js';
import {
  type DataPlane,
  isEntryOperation,
  type Operation,
  programIdOf,
  type TableEntry,
} from '../../../compiler/index.js';
import { COPIED, DROPPED, type PacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';
import { placesOfCopies } from '../../../traces/packets/packet-copies.js';
import type { Counters } from '../../blocks/counters.js';
import type { QueueReading } from '../drivers/queued-driver.js';
import { TracingDriver } from '../drivers/tracing-driver.js';
import { Switch } from '../switch.js';
import { type EntryStep, entrySteps } from './entry-trace.js';
import { matchesFilter } from './filter-match.js';
import { HeaderReader } from './header-reader.js';
import {
  type FieldChange,
  type FilterHit,
  PACKET_TRACE_SCHEMA,
  type PacketTrace,
  type TracedCopy,
  type TracedHeader,
  type TracedStep,
} from './packet-trace.js';
import { sourceLines, type TracedProgram } from './source-lines.js';

/** Finds a program by its id. */
export type ProgramOfId = (programId: number) => TracedProgram | undefined;

/** What a tracer takes of a switch. */
export interface TracedSwitch {
  readonly dataPlane: DataPlane;
  readonly memory: { readonly buffer: ArrayBuffer | SharedArrayBuffer };
  readonly seed: number;
}

/** A trace, and the bytes of the packet behind each of its steps. */
export interface TraceWithBytes {
  readonly trace: PacketTrace;
  readonly afterSteps: readonly Uint8Array[];
}

/** Records the steps of single packets on a switch with the same entries. */
export class PacketTracer {
  private readonly replica: Switch;
  private readonly driver: TracingDriver;
  private readonly reader: HeaderReader;
  /** RPB entries by the program that they serve, filters by the program that they give; in order of installation. */
  private readonly entriesOf = new Map<number, TableEntry[]>();
  /** Of the last packet. */
  private lastSteps: readonly EntryStep[] = [];

  /**
   * @param emulator the switch whose memory is shared; its entries have to be given by {@link apply}
   * @param queue what the egress reads of the queue; an empty one if left out
   */
  constructor(
    emulator: TracedSwitch,
    private readonly programOf: ProgramOfId,
    queue?: QueueReading,
  ) {
    this.replica = new Switch(emulator.dataPlane, {
      memory: emulator.memory.buffer,
      engine: 'interpreted',
      seed: emulator.seed,
    });
    this.driver = new TracingDriver(this.replica);
    if (queue !== undefined) this.driver.queue = queue;
    this.reader = new HeaderReader(emulator.dataPlane);
  }

  /** Applies operations to the replica as well. Resets of memory are left out: memory is shared. */
  apply(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.kind === 'resetMemory') continue;
      this.replica.apply(operation);
      if (!isEntryOperation(operation)) continue;
      if (operation.kind !== 'insertEntry') {
        const gone = operation.kind === 'deleteEntry' ? operation.entry : operation.before;
        const text = JSON.stringify(gone);
        const entries = this.entries(gone);
        entries.splice(
          entries.findIndex((entry) => JSON.stringify(entry) === text),
          1,
        );
      }
      if (operation.kind !== 'deleteEntry') this.entries(operation.entry).push(operation.entry);
    }
  }

  get counters(): Readonly<Counters> {
    return this.replica.counters;
  }

  /** As {@link trace}, with the packet behind each step; of a copy, with the copy. */
  traceWithBytes(batch: PacketBatch, i: number, packet: number): TraceWithBytes {
    this.driver.keepsBytes = true;
    const trace = this.trace(batch, i, packet);
    this.driver.keepsBytes = false;
    return { trace, afterSteps: this.lastSteps.map(({ bytes }) => must(bytes, 'bytes behind a step')) };
  }

  /** Takes packet i of a batch, which has its arrival number, through the switch. @param packet its number in the stream, from 1 */
  trace(batch: PacketBatch, i: number, packet: number): PacketTrace {
    const bytes = packetBytes(batch, i);
    this.reader.read(bytes);
    const headers = this.reader.headers();
    const isCut = this.reader.isDropped;
    const filters = this.matchingFilters(must(batch.ingressPort[i], `port of packet ${i}`));
    this.replica.stamp(batch, i, i + 1);
    this.driver.process(batch, i, i + 1);
    const programId = must(batch.programId[i], `program of packet ${i}`);
    const port = batch.egressPort[i] ?? DROPPED;
    const { visits } = this.driver;
    const programs = new Set([programId, ...visits.map((visit) => visit.programId)]);
    const entries = [...programs].flatMap((id) => this.entriesOf.get(id) ?? []);
    this.lastSteps = this.steps(entries);
    this.reader.read(bytes);
    return {
      schema: PACKET_TRACE_SCHEMA,
      packet,
      arrival: {
        seconds: must(batch.timeSeconds[i], `time of packet ${i}`),
        nanoseconds: must(batch.timeNanoseconds[i], `time of packet ${i}`),
        port: must(batch.ingressPort[i], `port of packet ${i}`),
        capturedBytes: bytes.length,
        originalBytes: must(batch.originalLength[i], `length of packet ${i}`),
      },
      headers,
      filter: filters.find((hit) => hit.programId === programId) ?? null,
      steps: this.lastSteps.map((step) => this.tracedStep(step)),
      verdict: {
        kind: port === COPIED ? 'copied' : this.kind(port),
        port: port < 0 ? null : port,
        reason: port === DROPPED ? this.reason(isCut) : null,
        recirculations: must(batch.recirculations[i], `recirculations of packet ${i}`),
        changes: port === COPIED ? [] : fieldChanges(headers, this.reader.headers()),
      },
      ...(port === COPIED ? { copies: this.copies(batch, i, headers) } : {}),
    };
  }

  private kind(port: number): TracedCopy['kind'] {
    if (port === DROPPED) return 'dropped';
    return port === this.replica.dataPlane.description.ports.cpu ? 'reported' : 'forwarded';
  }

  /** The steps of the packet, then those of each copy, whose branch is the packet's at first. */
  private steps(entries: readonly TableEntry[]): EntryStep[] {
    const { dataPlane } = this.replica;
    const { visits } = this.driver;
    const common = visits.filter(({ copy }) => copy === undefined);
    const numbers = new Set(visits.map(({ copy }) => copy).filter((copy) => copy !== undefined));
    const ofCopy = (number: number): EntryStep[] => {
      const own = visits.filter(({ copy }) => copy === number);
      return entrySteps(entries, dataPlane, [...common, ...own]).filter(({ copy }) => copy === number);
    };
    return [...entrySteps(entries, dataPlane, common), ...[...numbers].flatMap(ofCopy)];
  }

  private copies(batch: PacketBatch, i: number, headers: readonly TracedHeader[]): TracedCopy[] {
    return placesOfCopies(batch, i).map(({ packets, place }, copy) => {
      const port = must(packets.egressPort[place], 'port of a copy');
      this.reader.read(packetBytes(packets, place));
      return {
        copy,
        replicationId: must(this.driver.replicationIds[copy], 'replication id of a copy'),
        kind: this.kind(port),
        port: port === DROPPED ? null : port,
        changes: fieldChanges(headers, this.reader.headers()),
      };
    });
  }

  /** Why the last packet was dropped. */
  private reason(isCut: boolean): PacketTrace['verdict']['reason'] {
    if (isCut) return 'ends inside a header';
    if (this.driver.wasToNoGroup) return 'no group';
    return this.driver.wasUnforwarded ? 'nobody forwards' : 'DROP';
  }

  /** The list that holds an entry: that of its program. */
  private entries(entry: TableEntry): TableEntry[] {
    const program = programIdOf(entry);
    const entries = this.entriesOf.get(program) ?? [];
    this.entriesOf.set(program, entries);
    return entries;
  }

  /** The filters that the packet just read matches, in the order in which tables and priorities have them. */
  private matchingFilters(ingressPort: number): FilterHit[] {
    const { reader } = this;
    return this.replica.dataPlane.filterTables.flatMap((filterTable) => {
      const { table, path } = filterTable;
      return [...this.entriesOf.values()]
        .flatMap((entries) => entries.filter((entry) => matchesFilter(entry, filterTable, reader, ingressPort)))
        .sort((a, b) => a.priority - b.priority)
        .map((entry): FilterHit => {
          const programId = must(entry.parameters[0]?.value, 'program ID of a filter');
          const { priority, key } = entry;
          return { table, path, priority, key, programId, program: this.programOf(programId)?.name ?? null };
        });
    });
  }

  /** Null where the program's memory was not declared. */
  private isOwn({ programId, rpb, word }: EntryStep): boolean | null {
    return this.replica.owners.isOwn(programId, rpb - 1, word.bucket) ?? null;
  }

  private tracedStep(step: EntryStep): TracedStep {
    const { pass, rpb, programId, branch, action, before, after, word, copy } = step;
    const { table, priority, key, parameters } = step.entry;
    return {
      pass,
      gress: this.replica.dataPlane.rpb(rpb).gress,
      ...(copy === undefined ? {} : { copy }),
      rpb,
      programId,
      branch,
      entry: { table, priority, key },
      action,
      source: sourceLines(step, this.programOf(programId)),
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
      before,
      after,
      memory: action.startsWith('salu_') ? { ...word, isOwn: this.isOwn(step) } : null,
    };
  }
}

function fieldChanges(before: readonly TracedHeader[], after: readonly TracedHeader[]): FieldChange[] {
  const now = new Map(after.flatMap(({ fields }) => Object.entries(fields)));
  return before
    .flatMap(({ fields }) => Object.entries(fields))
    .flatMap(([field, value]): FieldChange[] => {
      const other = now.get(field);
      return other === undefined || other === value ? [] : [{ field, before: value, after: other }];
    });
}
