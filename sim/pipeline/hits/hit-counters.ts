/**
 * How many packets hit each entry, for switches that are told to count: a direct counter of packets on every table. The
 * blocks are wrapped, so that a switch that does not count has no question on its packet path. Entries are found by their
 * keys, RPB by RPB, which takes microseconds a packet.
 */
import {
  type DataPlane,
  FIXED_NAMES,
  type Operation,
  programIdOf,
  RPB_KEYS,
  type TableEntry,
} from '../../../compiler/for-switches.js';
import type { InitBlock } from '../../blocks/init-block.js';
import type { Phv } from '../../blocks/phv.js';
import type { RecirculationTable } from '../../blocks/recirculation.js';
import type { RpbTables } from '../../blocks/rpb-tables.js';
import type { InterpretedEngine } from '../../engines/interpreted-engine.js';
import { type RpbEngine, rpbsOfGress } from '../../engines/rpb-engine.js';
import { matchesFilter } from '../trace/filter-match.js';
import { HeaderReader } from '../trace/header-reader.js';

/** The blocks of a pipe that look entries up. */
export interface LookupBlocks {
  readonly init: Pick<InitBlock, 'run' | 'forwardByPort' | 'classify'>;
  readonly engine: RpbEngine;
  readonly recirculation: Pick<RecirculationTable, 'recirculates'>;
}

export class HitCounters {
  /** Packets by entry, as the tables hold it. */
  private readonly packets = new WeakMap<TableEntry, number>();
  /** Entries outside the RPBs, by {@link placeOf}; in order of insertion. */
  private readonly entries = new Map<string, Set<TableEntry>>();
  private readonly filterTables: ReadonlySet<string>;
  private readonly reader: HeaderReader;

  constructor(private readonly dataPlane: DataPlane) {
    this.filterTables = new Set(dataPlane.filterTables.map(({ table }) => table));
    this.reader = new HeaderReader(dataPlane);
  }

  /** Packets that have hit an entry since it was inserted or its counter was set. */
  of(entry: TableEntry): number {
    return this.packets.get(entry) ?? 0;
  }

  set(entry: TableEntry, packets: number): void {
    this.packets.set(entry, packets);
  }

  /** Follows a change that the tables have made. @param held the entry that it deleted or replaced, which passes its count on */
  apply(operation: Operation, held: TableEntry | undefined): void {
    if (held !== undefined) this.entriesAt(this.placeOf(held))?.delete(held);
    if (operation.kind !== 'insertEntry' && operation.kind !== 'replaceEntry') return;
    const { entry } = operation;
    this.set(entry, held === undefined ? 0 : this.of(held));
    const place = this.placeOf(entry);
    if (place !== undefined) this.entries.set(place, (this.entries.get(place) ?? new Set()).add(entry));
  }

  /** Blocks that do the same and count. */
  counted(
    { init, engine, recirculation }: LookupBlocks,
    interpreter: InterpretedEngine,
    rpbs: RpbTables,
  ): LookupBlocks {
    const order = rpbsOfGress(this.dataPlane);
    const run = (phv: Phv, indices: readonly number[]): void => {
      for (const rpb of indices) {
        const entry = rpbs.entryFor(phv, rpb);
        if (entry !== undefined) this.add(entry.source);
        interpreter.run(phv, rpb, rpb + 1);
      }
    };
    return {
      init: {
        run: (phv) => {
          init.run(phv);
          this.addAll(forwardPlace(phv.ingressPort));
          this.addFilter(phv, phv.programId);
        },
        forwardByPort: (phv, port) => {
          init.forwardByPort(phv, port);
          this.addAll(forwardPlace(port));
        },
        classify: (phv) => {
          const programId = init.classify(phv);
          this.addFilter(phv, programId);
          return programId;
        },
      },
      engine: {
        name: engine.name,
        prepare: () => engine.prepare(),
        ingress: (phv) => run(phv, order.ingress),
        egress: (phv) => run(phv, order.egress),
      },
      recirculation: {
        recirculates: (programId, pass) => {
          this.addAll(recirculationPlace(programId, pass));
          return recirculation.recirculates(programId, pass);
        },
      },
    };
  }

  private add(entry: TableEntry): void {
    this.packets.set(entry, this.of(entry) + 1);
  }

  private entriesAt(place: string | undefined): Set<TableEntry> | undefined {
    return place === undefined ? undefined : this.entries.get(place);
  }

  private addAll(place: string): void {
    const entries = this.entriesAt(place);
    if (entries !== undefined) for (const entry of entries) this.add(entry);
  }

  /**
   * Counts the filter by which a packet got its program: of those that match, the one in the first table, with the lowest
   * priority, that was inserted first.
   */
  private addFilter(phv: Phv, programId: number): void {
    const filters = this.entries.get(filterPlace(programId));
    if (filters === undefined) return;
    this.reader.read(phv.bytes.subarray(phv.packetStart, phv.packetEnd));
    for (const filterTable of this.dataPlane.filterTables) {
      let best: TableEntry | undefined;
      for (const entry of filters) {
        const isBetter = best === undefined || entry.priority < best.priority;
        if (isBetter && matchesFilter(entry, filterTable, this.reader, phv.ingressPort)) best = entry;
      }
      if (best === undefined) continue;
      this.add(best);
      return;
    }
  }

  /** Where entries of the init block and the recirculation block are found; undefined for entries of RPBs. */
  private placeOf(entry: TableEntry): string | undefined {
    const value = (name: string): number | undefined => entry.key.find((field) => field.name === name)?.value;
    if (entry.table === FIXED_NAMES.forwardTable) return forwardPlace(value(FIXED_NAMES.forwardKey));
    if (entry.table === FIXED_NAMES.recirculationTable) {
      return recirculationPlace(programIdOf(entry), value(RPB_KEYS.recirculation));
    }
    return this.filterTables.has(entry.table) ? filterPlace(programIdOf(entry)) : undefined;
  }
}

const forwardPlace = (port: number | undefined): string => `port ${port}`;
const filterPlace = (programId: number): string => `filter ${programId}`;
const recirculationPlace = (programId: number, pass: number | undefined): string => `program ${programId} pass ${pass}`;
