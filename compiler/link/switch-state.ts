/**
 * The resource manager: free and used resources of a switch. A value that follows from the compiled programs
 * in it; it has no connection to a switch.
 */

import { addTo } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { FreeResources } from '../place/allocator.js';
import type { CompiledProgram, MemoryBlock, TableEntry } from './compiled-program.js';
import { DoesNotFit } from './does-not-fit.js';
import { FreeRanges } from './free-ranges.js';
import { filtersOf, RunningFilters } from './running-filters.js';

/** A program in the books of a switch, with its status. */
export interface RunningProgram {
  readonly compiled: CompiledProgram;
  /** The version that is going to replace it, with its resources reserved. */
  readonly next?: CompiledProgram;
  /**
   * A revoked program keeps its resources until the switch has confirmed the reset of its memory; one that is being
   * changed has the entries from before and after the change.
   */
  readonly status: 'running' | 'changing' | 'revoking';
}

/** The free resources as plain numbers; equal snapshots mean equal free resources. */
export interface ResourceSnapshot {
  readonly tables: Readonly<Record<string, number>>;
  readonly memory: readonly (readonly (readonly [base: number, buckets: number])[])[];
  readonly programIds: number;
  readonly nextProgramId: number;
}

/** Free and used resources of one switch, or of each switch of a chain, and the programs that use them. */
export class SwitchState implements FreeResources {
  /** Free entries by RPB index. */
  readonly entries: Int32Array;
  readonly totalEntries: Int32Array;
  /** Free buckets by RPB index. */
  readonly buckets: Int32Array;
  readonly totalBuckets: Int32Array;
  readonly memory: readonly FreeRanges[];
  private readonly tableFree = new Map<string, number>();
  private readonly rpbByTable = new Map<string, number>();
  /** Entries by table, of the program that is being checked. */
  private readonly needed = new Map<string, number>();
  private readonly idsUsed: Uint8Array;
  private idsTaken = 0;
  /** The lowest free program id; the number of ids if there is none. */
  private lowestId = 1;
  private readonly running = new Map<string, RunningProgram>();
  private readonly filters: RunningFilters;

  constructor(readonly dataPlane: DataPlane) {
    const { rpbs, filterTables, description } = dataPlane;
    this.totalEntries = Int32Array.from(rpbs, (rpb) => rpb.entries);
    this.entries = this.totalEntries.slice();
    this.totalBuckets = Int32Array.from(rpbs, (rpb) => rpb.buckets);
    this.buckets = this.totalBuckets.slice();
    this.memory = rpbs.map((rpb) => new FreeRanges(rpb.buckets));
    for (const rpb of rpbs) this.rpbByTable.set(rpb.table, rpb.index);
    for (const filter of filterTables) this.tableFree.set(filter.table, filter.entries);
    for (const table of dataPlane.recirculationTables) this.tableFree.set(table, description.recirculation.entries);
    this.filters = new RunningFilters(dataPlane);
    this.idsUsed = new Uint8Array(2 ** description.state.programIdBits);
    this.idsUsed[0] = 1;
  }

  fitsMemory(rpb: number, buckets: readonly number[]): boolean {
    return this.memory[rpb]?.fits(buckets) === true;
  }

  get programs(): ReadonlyMap<string, RunningProgram> {
    return this.running;
  }

  /** The lowest free program id, or undefined. */
  freeProgramId(): number | undefined {
    return this.lowestId < this.idsUsed.length ? this.lowestId : undefined;
  }

  /** Free entries of a table of the data plane. */
  freeEntries(table: string): number {
    const rpb = this.rpbByTable.get(table);
    const free = rpb === undefined ? this.tableFree.get(table) : this.entries[rpb];
    if (free === undefined) throw new Error(`the free entries of ${table} are missing`);
    return free;
  }

  /** The names of running programs with filters in a table; not of versions that are going to replace them. */
  *programsWithFilterIn(table: string): Generator<string> {
    for (const [programId, program] of this.filters.ownersIn(table)) {
      if (this.running.get(program)?.compiled.programId === programId) yield program;
    }
  }

  /** Whether a program can have a filter of this table and priority, so that others can overlap it. */
  hasFilterRank(table: string, priority: number): boolean {
    return this.filters.hasRank(table, priority);
  }

  /**
   * The name of a program whose filter can match a packet that this one matches, with the same priority.
   * @param except a program whose filters are ignored, as another version of it
   */
  overlappingProgram(filter: TableEntry, except?: string): string | undefined {
    return this.filters.overlapping(filter, except);
  }

  /**
   * Reserves the resources of a program. Nothing is reserved if it throws.
   * @param status 'changing' while its entries are being installed
   * @throws {DoesNotFit} if a resource is not free
   */
  commit(compiled: CompiledProgram, status: 'running' | 'changing' = 'running'): void {
    if (this.running.has(compiled.program)) throw new DoesNotFit(compiled.program, { kind: 'name-in-use' });
    this.check(compiled, compiled.memories);
    this.take(compiled, compiled.memories);
    this.running.set(compiled.program, { compiled, status });
  }

  /**
   * Reserves the further resources of the next version of a running program; blocks of memory that both have are
   * shared. Nothing is reserved if it throws.
   * @throws {DoesNotFit}
   */
  beginReplace(next: CompiledProgram): void {
    const program = this.running.get(next.program);
    if (program === undefined) throw new Error(`there is no program ${next.program} to replace`);
    const more = blocksBeside(next, program.compiled);
    this.check(next, more);
    this.take(next, more);
    this.running.set(next.program, { compiled: program.compiled, next, status: 'changing' });
  }

  /** Ends a replacement, and frees the resources of the other version alone. @param stays one of the two */
  endReplace(name: string, stays: CompiledProgram): void {
    const { compiled, next } = this.running.get(name) ?? {};
    if (compiled === undefined || next === undefined) throw new Error(`program ${name} is not being replaced`);
    const goes = stays.programId === next.programId ? compiled : next;
    this.free(goes, blocksBeside(goes, stays));
    this.running.set(name, { compiled: stays, status: 'running' });
  }

  /**
   * Changes the entries of a program in RPBs and the recirculation table; its id, memory and filters stay. Nothing is
   * changed if it throws.
   * @throws {DoesNotFit} if a table has too few free entries
   */
  exchange(compiled: CompiledProgram, status: 'running' | 'changing'): void {
    const program = this.running.get(compiled.program);
    if (program === undefined) throw new Error(`there is no program ${compiled.program} to change`);
    if (program.compiled.entries !== compiled.entries) this.exchangeEntries(program.compiled, compiled);
    this.running.set(compiled.program, { compiled, status });
  }

  private exchangeEntries(before: CompiledProgram, after: CompiledProgram): void {
    const changes = new Map<string, number>();
    const count = (table: string, change: number): void => {
      addTo(changes, table, change);
    };
    for (const { table } of after.entries) count(table, 1);
    for (const { table } of before.entries) count(table, -1);
    for (const [table, needed] of changes) {
      const free = this.freeEntries(table);
      if (needed > free) throw new DoesNotFit(after.program, { kind: 'table-full', table, needed, free });
    }
    for (const [table, needed] of changes) this.changeFree(table, -needed);
  }

  /** Marks a running program as being revoked; its resources stay reserved until {@link release}. */
  beginRevoke(name: string): CompiledProgram | undefined {
    const program = this.running.get(name);
    if (program === undefined) return undefined;
    this.running.set(name, { ...program, status: 'revoking' });
    return program.compiled;
  }

  /** Ends a revocation that failed: the program runs on. */
  cancelRevoke(name: string): void {
    const program = this.running.get(name);
    if (program !== undefined) this.running.set(name, { ...program, status: 'running' });
  }

  /** Frees the resources of a program whose entries are deleted and whose memory is reset. */
  release(name: string): void {
    const program = this.running.get(name);
    if (program === undefined) throw new Error(`there is no program ${name} to release`);
    this.free(program.compiled, program.compiled.memories);
    this.running.delete(name);
  }

  snapshot(): ResourceSnapshot {
    const { rpbs } = this.dataPlane;
    const rpbEntries = rpbs.map(
      (rpb) => [rpb.table, must(this.entries[rpb.index], `free entries of RPB ${rpb.number}`)] as const,
    );
    return {
      tables: Object.fromEntries([...rpbEntries, ...this.tableFree]),
      memory: this.memory.map((ranges) => ranges.list().map(({ base, size }) => [base, size] as const)),
      programIds: this.idsTaken,
      nextProgramId: this.freeProgramId() ?? -1,
    };
  }

  private take(compiled: CompiledProgram, memories: readonly MemoryBlock[]): void {
    for (const entry of compiled.entries) this.changeFree(entry.table, -1);
    for (const { rpb, base, buckets } of memories) {
      this.memory[rpb - 1]?.take(base, buckets);
      this.buckets[rpb - 1] = must(this.buckets[rpb - 1], `free buckets of RPB ${rpb}`) - buckets;
    }
    this.idsUsed[compiled.programId] = 1;
    while (this.idsUsed[this.lowestId] === 1) this.lowestId++;
    this.idsTaken++;
    this.filters.add(compiled);
  }

  private free(compiled: CompiledProgram, memories: readonly MemoryBlock[]): void {
    for (const entry of compiled.entries) this.changeFree(entry.table, 1);
    for (const { rpb, base, buckets } of memories) {
      this.memory[rpb - 1]?.release(base, buckets);
      this.buckets[rpb - 1] = must(this.buckets[rpb - 1], `free buckets of RPB ${rpb}`) + buckets;
    }
    this.idsUsed[compiled.programId] = 0;
    this.lowestId = Math.min(this.lowestId, compiled.programId);
    this.idsTaken--;
    this.filters.remove(compiled);
  }

  /** @param memories the blocks that must be free */
  private check(compiled: CompiledProgram, memories: readonly MemoryBlock[]): void {
    const { program } = compiled;
    if (this.idsUsed[compiled.programId] !== 0) throw new DoesNotFit(program, { kind: 'no-program-id' });
    this.checkEntries(compiled);
    const overlaps = overlapEachOther(memories);
    for (const [i, { name, rpb, base, buckets }] of memories.entries()) {
      const takenByItself = (overlaps ? memories.slice(0, i) : []).some(
        (other) => other.rpb === rpb && other.base < base + buckets && base < other.base + other.buckets,
      );
      if (takenByItself || !this.memory[rpb - 1]?.isFree(base, buckets)) {
        throw new DoesNotFit(program, { kind: 'memory-taken', memory: name, rpb, base, buckets });
      }
    }
    for (const entry of filtersOf(compiled)) {
      const other = this.overlappingProgram(entry, program);
      if (other !== undefined) throw new DoesNotFit(program, { kind: 'filter-overlap', other });
    }
  }

  private checkEntries({ program, entries }: CompiledProgram): void {
    const { needed } = this;
    needed.clear();
    for (const { table } of entries) addTo(needed, table);
    for (const [table, count] of needed) {
      if (!this.hasTable(table)) throw new DoesNotFit(program, { kind: 'no-such-table', table });
      const free = this.freeEntries(table);
      if (count > free) throw new DoesNotFit(program, { kind: 'table-full', table, needed: count, free });
    }
  }

  private hasTable(table: string): boolean {
    return this.rpbByTable.has(table) || this.tableFree.has(table);
  }

  private changeFree(table: string, change: number): void {
    const free = this.freeEntries(table) + change;
    const rpb = this.rpbByTable.get(table);
    if (rpb === undefined) this.tableFree.set(table, free);
    else this.entries[rpb] = free;
  }
}

/** Whether two blocks lie in the same buckets: asked first, as most programs have none that do. */
function overlapEachOther(memories: readonly MemoryBlock[]): boolean {
  if (memories.length < 2) return false;
  const ends = new Map<number, number>();
  for (const { rpb, base, buckets } of [...memories].sort((a, b) => a.base - b.base)) {
    const end = ends.get(rpb);
    if (end !== undefined && base < end) return true;
    ends.set(rpb, base + buckets);
  }
  return false;
}

/** The blocks of a program that another version of it does not have. */
const blocksBeside = (compiled: CompiledProgram, other: CompiledProgram): MemoryBlock[] =>
  compiled.memories.filter(({ rpb, base }) => !other.memories.some((kept) => kept.rpb === rpb && kept.base === base));
