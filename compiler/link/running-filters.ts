/**
 * The filters of the programs on a switch by rank (table and priority), as only filters of one rank can conflict.
 * A new filter is compared with all of its rank, so they are stored as consecutive words.
 */

import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { CompiledProgram, TableEntry } from './compiled-program.js';

/** The parts of a compiled program that matter here. */
type FilteredProgram = Pick<CompiledProgram, 'program' | 'programId' | 'entries'>;

interface Owner {
  readonly program: string;
  readonly programId: number;
}

/** The filters of one rank. */
interface Rank {
  /** The owner of each filter, by its position. */
  readonly owners: Owner[];
  /** The words of each filter, by its position. */
  rows: Int32Array;
}

/** A field's mask and value, each as its high and its low 32 bits. */
const FIELD_WORDS = 4;
const FIRST_PLACES = 16;

export class RunningFilters {
  private readonly ranks = new Map<string, Rank>();
  /** Number of key fields, by table. */
  private readonly fields: ReadonlyMap<string, number>;

  constructor({ filterTables }: DataPlane) {
    this.fields = new Map(filterTables.map(({ table, keys }) => [table, keys.length]));
  }

  add(compiled: FilteredProgram): void {
    for (const filter of filtersOf(compiled)) {
      const key = rankOf(filter);
      const rank = this.ranks.get(key) ?? { owners: [], rows: new Int32Array(0) };
      this.ranks.set(key, rank);
      const words = this.wordsOf(filter);
      const start = rank.owners.length * words.length;
      if (start + words.length > rank.rows.length) {
        const grown = new Int32Array(Math.max(2 * rank.rows.length, FIRST_PLACES * words.length));
        grown.set(rank.rows);
        rank.rows = grown;
      }
      rank.rows.set(words, start);
      rank.owners.push({ program: compiled.program, programId: compiled.programId });
    }
  }

  remove(compiled: FilteredProgram): void {
    for (const filter of filtersOf(compiled)) {
      const rank = this.ranks.get(rankOf(filter));
      const place = rank?.owners.findIndex(({ programId }) => programId === compiled.programId) ?? -1;
      if (rank === undefined || place < 0) continue;
      rank.owners.splice(place, 1);
      const width = this.wordsIn(filter);
      rank.rows.copyWithin(place * width, (place + 1) * width);
    }
  }

  /**
   * The name of a program whose filter can match a packet that this one matches, with the same priority.
   * @param except a program whose filters are ignored
   */
  overlapping(filter: TableEntry, except?: string): string | undefined {
    const rank = this.ranks.get(rankOf(filter));
    if (rank === undefined) return undefined;
    const words = this.wordsOf(filter);
    const { owners, rows } = rank;
    return owners.find(({ program }, place) => program !== except && overlap(words, rows, place * words.length))
      ?.program;
  }

  private wordsIn({ table }: TableEntry): number {
    return this.keysOf(table) * FIELD_WORDS;
  }

  private keysOf(table: string): number {
    return must(this.fields.get(table), `filter table ${table}`);
  }

  private wordsOf(filter: TableEntry): Int32Array {
    const words = new Int32Array(this.wordsIn(filter));
    for (const [i, field] of filter.key.slice(0, this.keysOf(filter.table)).entries()) {
      if (field.match !== 'ternary') continue;
      const { value, mask } = field;
      words.set([mask / 2 ** 32, value / 2 ** 32, mask, value], i * FIELD_WORDS);
    }
    return words;
  }
}

/** Whether some packet matches both a filter and the one at this offset of the rows. */
function overlap(words: Int32Array, rows: Int32Array, start: number): boolean {
  for (let i = 0; i < words.length; i += 2) {
    const both = (words[i] as number) & (rows[start + i] as number);
    if ((((words[i + 1] as number) ^ (rows[start + i + 1] as number)) & both) !== 0) return false;
  }
  return true;
}

/** The filter entries of a program. */
export const filtersOf = (compiled: FilteredProgram): TableEntry[] =>
  compiled.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);

const rankOf = ({ table, priority }: TableEntry): string => `${table} ${priority}`;
