/** Entries of a ternary table that have the same mask. */
import { must } from '../../compiler/data-plane/must.js';

/** An entry's key as words, each `value` without bits outside `mask`. */
export interface FilterKey {
  readonly values: readonly number[];
  readonly masks: readonly number[];
}

export interface FilterEntry {
  readonly key: FilterKey;
  readonly priority: number;
  readonly programId: number;
  /** Order of insertion, which decides among equal priorities. */
  readonly sequence: number;
}

/** The best entry that a look-up has found so far. */
export interface FilterMatch {
  programId: number;
  priority: number;
  sequence: number;
}

/**
 * The entries of one mask, in an open hash table of flat records, so that a look-up touches one or two cache lines.
 * A record holds the masked words of the key, then program id + 1, priority and sequence; a 0 in place of the id marks
 * a free record.
 */
export class MaskGroup {
  bestPriority = Number.POSITIVE_INFINITY;
  /** Words with mask bits; the others match anything. */
  readonly active: Int32Array;
  /** The masks of those words. */
  readonly masks: Uint32Array;
  readonly recordWords: number;
  records = new Uint32Array(0);
  slotMask = 0;
  private readonly entries = new Set<FilterEntry>();

  constructor(masks: readonly number[]) {
    this.active = Int32Array.from(masks.flatMap((mask, i) => (mask === 0 ? [] : [i])));
    this.masks = Uint32Array.from(this.active, (word) => must(masks[word], `mask of word ${word}`));
    this.recordWords = this.active.length + RECORD.words;
    this.rebuild(MINIMUM_SLOTS);
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  insert(entry: FilterEntry): void {
    this.entries.add(entry);
    this.bestPriority = Math.min(this.bestPriority, entry.priority);
    const slots = this.slotMask + 1;
    if (this.entries.size * SLOTS_PER_ENTRY > slots) this.rebuild(slots * 2);
    else this.place(entry);
  }

  delete(entry: FilterEntry): void {
    this.entries.delete(entry);
    this.vacate(this.slotOf(entry));
    if (entry.priority > this.bestPriority) return;
    this.bestPriority = Number.POSITIVE_INFINITY;
    for (const { priority } of this.entries) this.bestPriority = Math.min(this.bestPriority, priority);
  }

  private slotOf(entry: FilterEntry): number {
    const { active, recordWords, records } = this;
    let slot = this.home(this.valuesOf(entry));
    while (records[slot * recordWords + active.length + RECORD.sequence] !== entry.sequence) {
      slot = (slot + 1) & this.slotMask;
    }
    return slot;
  }

  /** Frees a slot, and moves records behind it forward that a look-up could no longer reach. */
  private vacate(slot: number): void {
    const { active, recordWords, records, slotMask } = this;
    let free = slot;
    for (let at = (slot + 1) & slotMask; ; at = (at + 1) & slotMask) {
      const record = records.subarray(at * recordWords, (at + 1) * recordWords);
      if (record[active.length + RECORD.mark] === 0) break;
      const home = this.home(record.subarray(0, active.length));
      if (((at - home) & slotMask) < ((at - free) & slotMask)) continue;
      records.set(record, free * recordWords);
      free = at;
    }
    records.fill(0, free * recordWords, (free + 1) * recordWords);
  }

  private home(values: Uint32Array): number {
    let hash = 0;
    for (const value of values) hash = mix(hash, value);
    return hash & this.slotMask;
  }

  private valuesOf(entry: FilterEntry): Uint32Array {
    const values = new Uint32Array(this.active.length);
    for (let j = 0; j < values.length; j++) {
      values[j] = must(entry.key.values[this.active[j] as number], 'value of a word');
    }
    return values;
  }

  /** Replaces `best` by the group's best match if that comes before it. */
  lookup(key: Uint32Array, best: FilterMatch): void {
    const { active, masks, records, recordWords } = this;
    let hash = 0;
    for (let j = 0; j < active.length; j++) {
      hash = mix(hash, (key[active[j] as number] as number) & (masks[j] as number));
    }
    for (let slot = hash & this.slotMask; ; slot = (slot + 1) & this.slotMask) {
      const tail = slot * recordWords + active.length;
      const mark = records[tail + RECORD.mark] as number;
      if (mark === 0) return;
      let j = 0;
      while (
        j < active.length &&
        (((key[active[j] as number] as number) & (masks[j] as number)) ^
          (records[slot * recordWords + j] as number)) ===
          0
      )
        j++;
      if (j < active.length) continue;
      const priority = records[tail + RECORD.priority] as number;
      const sequence = records[tail + RECORD.sequence] as number;
      if (priority < best.priority || (priority === best.priority && sequence < best.sequence)) {
        best.programId = mark - 1;
        best.priority = priority;
        best.sequence = sequence;
      }
    }
  }

  private rebuild(slots: number): void {
    this.records = new Uint32Array(slots * this.recordWords);
    this.slotMask = slots - 1;
    for (const entry of this.entries) this.place(entry);
  }

  private place(entry: FilterEntry): void {
    const { active, recordWords, records } = this;
    const values = this.valuesOf(entry);
    let slot = this.home(values);
    while (records[slot * recordWords + active.length + RECORD.mark] !== 0) slot = (slot + 1) & this.slotMask;
    const start = slot * recordWords;
    const tail = start + active.length;
    records.set(values, start);
    records[tail + RECORD.mark] = entry.programId + 1;
    records[tail + RECORD.priority] = entry.priority;
    records[tail + RECORD.sequence] = entry.sequence;
  }
}

/** Places of a record's words behind those of the key. */
export const RECORD = { mark: 0, priority: 1, sequence: 2, words: 3 } as const;
const MINIMUM_SLOTS = 16;
/** Minimum number of slots for each record, which keeps runs of probes short. */
const SLOTS_PER_ENTRY = 4;

/** Of Fibonacci hashing: 2³² divided by the golden ratio. */
export const HASH_FACTOR = 0x9e3779b1;

/** Takes a word of the key into a hash. */
export function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, HASH_FACTOR);
  return mixed ^ (mixed >>> 15);
}
