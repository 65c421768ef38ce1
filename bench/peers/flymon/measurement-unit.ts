/** A composable measurement unit (CMU): one register array, its tables, and the tasks that share it. */
import type { Holding, MissingResource, UnitRange } from '../peer-allocator.js';
import { BuddyMemory, blocksAt, PARTS } from './buddy-memory.js';
import { filtersIntersect, type TaskFilter } from './filter.js';
import { addRules, NO_RULES, rulesFit, type UnitRules } from './update-rules.js';

/** What a node of a task needs of a unit. */
export interface UnitDemand {
  readonly task: number;
  readonly filter: TaskFilter;
  /** Level of its buddy block. */
  readonly level: number;
  readonly rules: UnitRules;
}

interface Resident extends UnitDemand {
  readonly firstPart: number;
}

export type UnitShortage = Extract<MissingResource, 'disjoint-filter' | 'memory' | 'table-entries'>;

export class MeasurementUnit {
  private residents: readonly Resident[] = [];
  private readonly memory = new BuddyMemory();

  constructor(
    /** Number of the register array. */
    private readonly array: number,
    private readonly words: number,
  ) {}

  /**
   * First part of the memory that a node would get, or what the unit lacks. Filters of its tasks are disjoint, so it
   * never serves two nodes of one task.
   */
  roomFor({ filter, level, rules }: UnitDemand): number | UnitShortage {
    if (this.residents.some((each) => filtersIntersect(each.filter, filter))) return 'disjoint-filter';
    const firstPart = this.memory.find(level);
    if (firstPart === null) return 'memory';
    return rulesFit(addRules(this.entries, rules)) ? firstPart : 'table-entries';
  }

  get entries(): UnitRules {
    return this.residents.reduce((sum, { rules }) => addRules(sum, rules), NO_RULES);
  }

  /** @returns the memory of the node, and a function that undoes its admission */
  admit(demand: UnitDemand, firstPart: number): { readonly range: UnitRange; readonly undo: () => void } {
    const resident = { ...demand, firstPart };
    this.memory.take(firstPart, demand.level);
    this.residents = [...this.residents, resident];
    const undo = (): void => {
      this.memory.free(firstPart, demand.level);
      this.residents = this.residents.filter((each) => each !== resident);
    };
    return { range: this.rangeOf(resident), undo };
  }

  /** By start. */
  holdings(): Holding[] {
    const sorted = [...this.residents].sort((a, b) => a.firstPart - b.firstPart);
    return sorted.map((resident) => ({ id: resident.task, ...this.rangeOf(resident) }));
  }

  private rangeOf({ firstPart, level }: Resident): UnitRange {
    return { array: this.array, start: (firstPart * this.words) / PARTS, length: this.words / blocksAt(level) };
  }
}
