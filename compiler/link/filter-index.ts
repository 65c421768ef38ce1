/**
 * Ternary filters of one table and priority, found by the packets that they match. They are stored by their masks and the
 * values under them: a filter can only meet those that have its value under the bits that both compare. So the filters
 * with one mask are looked up, not gone through, and an answer takes time with the number of different masks.
 */

import { must } from '../data-plane/must.js';

/** The owner of a filter. */
export interface FilterOwner {
  readonly program: string;
  readonly programId: number;
}

/** The masks and the values of a filter's fields, each as high and low 32 bits. */
export interface FilterWords {
  readonly masks: Int32Array;
  readonly values: Int32Array;
}

interface PlacedFilter extends FilterOwner, FilterWords {
  /** Filters are numbered in the order in which they came. */
  readonly number: number;
}

/** Filters by their values under some bits; those of one value in the order in which they came. */
type ByValue = Map<string, Set<PlacedFilter>>;

/** The filters with one mask. */
interface MaskGroup {
  readonly masks: Int32Array;
  readonly filters: Set<PlacedFilter>;
  /** By the bits that a filter that was looked for compares too; from the first that was looked for. */
  readonly lookups: Map<string, { readonly masks: Int32Array; readonly byValue: ByValue }>;
}

/** A group with this few filters is gone through, as a lookup would take as long. */
const FEW = 4;
/** Lookups of one group; the oldest is dropped, as filters with ever other masks may come and go. */
const MAX_LOOKUPS = 64;

/**
 * The filters of a table and priority. Mostly there is one, as each program has a priority of its own: it needs no
 * index.
 */
export class RankFilters {
  private only: (FilterOwner & FilterWords) | undefined;
  private index: FilterIndex | undefined;

  add({ program, programId }: FilterOwner, { masks, values }: FilterWords): void {
    const filter = { program, programId, masks, values };
    if (this.index !== undefined) return this.index.add(filter, filter);
    if (this.only === undefined) {
      this.only = filter;
      return;
    }
    this.index = new FilterIndex();
    this.index.add(this.only, this.only);
    this.index.add(filter, filter);
    this.only = undefined;
  }

  /** Removes the first filter of a program, if it has any. */
  remove(programId: number): void {
    this.index?.remove(programId);
    if (this.only?.programId === programId) this.only = undefined;
  }

  /**
   * The owner of the first filter that can match a packet that this one matches.
   * @param except a program whose filters are ignored
   */
  meeting(words: FilterWords, except?: string): FilterOwner | undefined {
    const { index, only } = this;
    if (index !== undefined) return index.meeting(words, except);
    return only !== undefined && only.program !== except && meets(only, words) ? only : undefined;
  }
}

class FilterIndex {
  private readonly groups = new Map<string, MaskGroup>();
  private readonly ofProgram = new Map<number, Set<PlacedFilter>>();
  private count = 0;

  add({ program, programId }: FilterOwner, { masks, values }: FilterWords): void {
    const filter: PlacedFilter = { program, programId, masks, values, number: this.count++ };
    const key = masks.join();
    const group = this.groups.get(key) ?? { masks, filters: new Set(), lookups: new Map() };
    this.groups.set(key, group);
    group.filters.add(filter);
    for (const lookup of group.lookups.values()) addTo(lookup.byValue, keyUnder(lookup.masks, values), filter);
    addTo(this.ofProgram, programId, filter);
  }

  /** Removes the first filter of a program, if it has any. */
  remove(programId: number): void {
    const [filter] = this.ofProgram.get(programId) ?? [];
    if (filter === undefined) return;
    removeFrom(this.ofProgram, programId, filter);
    const key = filter.masks.join();
    const group = this.groups.get(key);
    if (group === undefined) return;
    group.filters.delete(filter);
    if (group.filters.size === 0) this.groups.delete(key);
    for (const lookup of group.lookups.values()) {
      removeFrom(lookup.byValue, keyUnder(lookup.masks, filter.values), filter);
    }
  }

  meeting(words: FilterWords, except?: string): FilterOwner | undefined {
    let first: PlacedFilter | undefined;
    for (const group of this.groups.values()) {
      for (const filter of candidates(group, words)) {
        if (first !== undefined && filter.number > first.number) break;
        if (filter.program === except || !meets(filter, words)) continue;
        first = filter;
        break;
      }
    }
    return first;
  }
}

/** The filters of a group that may meet a filter, in the order in which they came. */
function candidates(group: MaskGroup, { masks, values }: FilterWords): Iterable<PlacedFilter> {
  if (group.filters.size <= FEW) return group.filters;
  const both = masks.map((mask, i) => mask & word(group.masks, i));
  const key = both.join();
  let lookup = group.lookups.get(key);
  if (lookup === undefined) {
    const byValue: ByValue = new Map();
    for (const filter of group.filters) addTo(byValue, keyUnder(both, filter.values), filter);
    lookup = { masks: both, byValue };
    const [oldest] = group.lookups.keys();
    if (oldest !== undefined && group.lookups.size >= MAX_LOOKUPS) group.lookups.delete(oldest);
    group.lookups.set(key, lookup);
  }
  return lookup.byValue.get(keyUnder(both, values)) ?? [];
}

/** Whether some packet matches both. */
const meets = (a: FilterWords, b: FilterWords): boolean =>
  a.values.every((value, i) => ((value ^ word(b.values, i)) & word(a.masks, i) & word(b.masks, i)) === 0);

const keyUnder = (masks: Int32Array, values: Int32Array): string =>
  masks.map((mask, i) => mask & word(values, i)).join();

const word = (words: Int32Array, i: number): number => must(words[i], `word ${i} of a filter`);

function addTo<K>(sets: Map<K, Set<PlacedFilter>>, key: K, filter: PlacedFilter): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([filter]));
  else set.add(filter);
}

function removeFrom<K>(sets: Map<K, Set<PlacedFilter>>, key: K, filter: PlacedFilter): void {
  const set = sets.get(key);
  set?.delete(filter);
  if (set?.size === 0) sets.delete(key);
}
