/**
 * A ternary table of the init block. Entries with the same mask form a group with a hash table of their values, so a
 * look-up costs one probe per mask in use, however many entries there are.
 */
import type { FilterTable as FilterTableDescription, HeaderField } from '../compiler/index.js';
import { type FieldAccess, fieldAccess, readField } from './header-fields.js';
import type { Phv } from './phv.js';

/** A 32-bit word of the key: bits of a header field, or the ingress port. */
type KeyWord = { readonly kind: 'header'; readonly access: FieldAccess } | { readonly kind: 'ingressPort' };

/** An entry's key as words, each `value` without bits outside `mask`. */
export interface FilterKey {
  readonly values: readonly number[];
  readonly masks: readonly number[];
}

interface FilterEntry {
  readonly key: FilterKey;
  readonly priority: number;
  readonly programId: number;
  /** Order of insertion, which decides among equal priorities. */
  readonly sequence: number;
}

/** The best entry that a look-up has found so far. */
interface FilterMatch {
  programId: number;
  priority: number;
  sequence: number;
}

const LOW_BITS = 32;

export class FilterTable {
  /** Index of the header without which a packet is not looked up here. */
  readonly requires: number;
  private readonly words: readonly KeyWord[];
  private readonly key: Uint32Array;
  /** Places of the words that some group looks at. */
  private wanted = new Int32Array(0);
  private readonly groups = new Map<string, MaskGroup>();
  /** Groups by their best priority, for look-up. */
  private order: readonly MaskGroup[] = [];
  private sequence = 0;
  private readonly best: FilterMatch = { programId: 0, priority: 0, sequence: 0 };

  constructor(private readonly description: FilterTableDescription) {
    this.requires = description.requires;
    this.words = description.keys.flatMap((field): KeyWord[] => {
      if (field.kind === 'intrinsic') return [{ kind: 'ingressPort' }];
      return splitField(field).map((part) => ({ kind: 'header', access: fieldAccess(part) }));
    });
    this.key = new Uint32Array(this.words.length);
  }

  /** The words of a key given by field name; fields that are not given match anything. */
  keyOf(fields: ReadonlyMap<string, { readonly value: number; readonly mask: number }>): FilterKey {
    const values: number[] = [];
    const masks: number[] = [];
    for (const field of this.description.keys) {
      const { value, mask } = fields.get(field.name) ?? { value: 0, mask: 0 };
      const parts = field.width > LOW_BITS ? [2 ** LOW_BITS, 1] : [1];
      for (const unit of parts) {
        const wordMask = Math.floor(mask / unit) >>> 0;
        masks.push(wordMask);
        values.push((Math.floor(value / unit) & wordMask) >>> 0);
      }
    }
    return { values, masks };
  }

  /** Adds an entry; the result removes it. */
  insert(key: FilterKey, priority: number, programId: number): () => void {
    const mask = key.masks.join();
    const group = this.groups.get(mask) ?? new MaskGroup(key.masks);
    this.groups.set(mask, group);
    const entry: FilterEntry = { key, priority, programId, sequence: this.sequence++ };
    group.insert(entry);
    this.sortGroups();
    return () => {
      group.delete(entry);
      if (group.isEmpty) this.groups.delete(mask);
      this.sortGroups();
    };
  }

  /** The program of the best matching entry, or 0. The packet must have the header that the table requires. */
  lookup(phv: Phv): number {
    const { order, key } = this;
    if (order.length === 0) return 0;
    this.readKey(phv);
    const { best } = this;
    best.programId = 0;
    best.priority = Number.POSITIVE_INFINITY;
    for (let i = 0; i < order.length; i++) {
      const group = order[i] as MaskGroup;
      if (group.bestPriority > best.priority) break;
      group.lookup(key, best);
    }
    return best.programId;
  }

  private readKey(phv: Phv): void {
    const { words, key, wanted } = this;
    for (let j = 0; j < wanted.length; j++) {
      const i = wanted[j] as number;
      const word = words[i] as KeyWord;
      if (word.kind === 'ingressPort') key[i] = phv.ingressPort;
      else {
        const start = phv.headerStart[word.access.header] as number;
        key[i] = start < 0 ? 0 : readField(word.access, phv.bytes, start);
      }
    }
  }

  private sortGroups(): void {
    this.order = [...this.groups.values()].sort((a, b) => a.bestPriority - b.bestPriority);
    this.wanted = Int32Array.from(new Set(this.order.flatMap((group) => [...group.active])));
  }
}

/** A field wider than a word as its high part and its low 32 bits. */
function splitField(field: HeaderField): HeaderField[] {
  if (field.width <= LOW_BITS) return [field];
  const high = field.width - LOW_BITS;
  return [
    { ...field, width: high },
    { ...field, width: LOW_BITS, bitOffset: field.bitOffset + high },
  ];
}

/**
 * The entries of one mask, in an open hash table of flat records, so that a look-up touches one or two cache lines.
 * A record holds the masked words of the key, then program id + 1, priority and sequence; a 0 in place of the id marks a
 * free record.
 */
class MaskGroup {
  bestPriority = Number.POSITIVE_INFINITY;
  /** Words with mask bits; the others match anything. */
  readonly active: Int32Array;
  private readonly masks: Uint32Array;
  private readonly recordWords: number;
  private records = new Uint32Array(0);
  private slotMask = 0;
  private readonly entries = new Set<FilterEntry>();

  constructor(masks: readonly number[]) {
    this.active = Int32Array.from(masks.flatMap((mask, i) => (mask === 0 ? [] : [i])));
    this.masks = Uint32Array.from(this.active, (word) => masks[word] ?? 0);
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

  /** Frees a slot, and moves into it what a look-up could no longer reach behind it. */
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
    return values.reduce(mix, 0) & this.slotMask;
  }

  private valuesOf(entry: FilterEntry): Uint32Array {
    return Uint32Array.from(this.active, (word) => entry.key.values[word] ?? 0);
  }

  /** Compares the group's best match with `best`, and takes its place if it comes before it. */
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
    records.set([...values, entry.programId + 1, entry.priority, entry.sequence], slot * recordWords);
  }
}

/** Places of a record's words behind those of the key. */
const RECORD = { mark: 0, priority: 1, sequence: 2, words: 3 } as const;
const MINIMUM_SLOTS = 16;
/** At least so many: short runs of probes. */
const SLOTS_PER_ENTRY = 2;

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
