/** The filters of the programs on a switch by rank (table and priority), as only filters of one rank can conflict. */

import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { CompiledProgram, TableEntry } from './compiled-program.js';
import { type FilterWords, RankFilters } from './filter-index.js';

/** The parts of a compiled program that matter here. */
type FilteredProgram = Pick<CompiledProgram, 'program' | 'programId' | 'entries'>;

/** A field's mask or value: its high and its low 32 bits. */
const WORDS = 2;

export class RunningFilters {
  /** By table and priority. */
  private readonly ranks: ReadonlyMap<string, Map<number, RankFilters>>;
  /** By table, the ids of the programs with filters there, and their names. */
  private readonly owners: ReadonlyMap<string, Map<number, string>>;
  /** Number of key fields, by table. */
  private readonly fields: ReadonlyMap<string, number>;

  constructor({ filterTables }: DataPlane) {
    this.ranks = new Map(filterTables.map(({ table }) => [table, new Map()]));
    this.owners = new Map(filterTables.map(({ table }) => [table, new Map()]));
    this.fields = new Map(filterTables.map(({ table, keys }) => [table, keys.length]));
  }

  add(compiled: FilteredProgram): void {
    for (const filter of filtersOf(compiled)) {
      const ranks = must(this.ranks.get(filter.table), 'filter table of an entry');
      const rank = ranks.get(filter.priority) ?? new RankFilters();
      ranks.set(filter.priority, rank);
      rank.add(compiled, this.wordsOf(filter));
      this.owners.get(filter.table)?.set(compiled.programId, compiled.program);
    }
  }

  remove(compiled: FilteredProgram): void {
    for (const filter of filtersOf(compiled)) {
      this.rankOf(filter)?.remove(compiled.programId);
      this.owners.get(filter.table)?.delete(compiled.programId);
    }
  }

  /**
   * The name of a program whose filter can match a packet that this one matches, with the same priority.
   * @param except a program whose filters are ignored
   */
  overlapping(filter: TableEntry, except?: string): string | undefined {
    return this.rankOf(filter)?.meeting(this.wordsOf(filter), except)?.program;
  }

  /** Ids and names of the programs with filters in a table. */
  ownersIn(table: string): Iterable<readonly [programId: number, program: string]> {
    return must(this.owners.get(table), 'filter table');
  }

  /** Whether there has been a filter of this table and priority. */
  hasRank(table: string, priority: number): boolean {
    return this.rankOf({ table, priority }) !== undefined;
  }

  private rankOf({ table, priority }: Pick<TableEntry, 'table' | 'priority'>): RankFilters | undefined {
    return this.ranks.get(table)?.get(priority);
  }

  private keysOf(table: string): number {
    return must(this.fields.get(table), `filter table ${table}`);
  }

  private wordsOf({ table, key }: TableEntry): FilterWords {
    const keys = this.keysOf(table);
    const masks = new Int32Array(keys * WORDS);
    const values = new Int32Array(keys * WORDS);
    for (let i = 0; i < keys; i++) {
      const field = key[i];
      if (field?.match !== 'ternary') continue;
      masks[i * WORDS] = field.mask / 2 ** 32;
      masks[i * WORDS + 1] = field.mask;
      values[i * WORDS] = field.value / 2 ** 32;
      values[i * WORDS + 1] = field.value;
    }
    return { masks, values };
  }
}

/** The filter entries of a program. */
export const filtersOf = (compiled: FilteredProgram): TableEntry[] =>
  compiled.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);
