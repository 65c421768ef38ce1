/**
 * A ternary table of the init block. Entries with the same mask form a group with a hash table of their values, so a
 * look-up costs one probe per mask in use, however many entries there are.
 */
import type { FilterTable, HeaderField } from '../../compiler/index.js';
import { type FieldAccess, fieldAccess, readField } from './header-fields.js';
import { type FilterEntry, type FilterKey, type FilterMatch, MaskGroup } from './mask-group.js';
import type { PacketVector } from './packet-vector.js';
import type { Phv } from './phv.js';

/** A 32-bit word of the key: bits of a header field, or the ingress port. */
export type KeyWord = { readonly kind: 'header'; readonly access: FieldAccess } | { readonly kind: 'ingressPort' };

/** The program of the best matching entry of groups, or 0. */
export type FilterLookup = (phv: Phv, groups: readonly MaskGroup[]) => number;

/** Finds the programs of a vector's packets that have a layout. @param groups those of all tables, one after another */
export type VectorLookup = (vector: PacketVector, groups: readonly MaskGroup[]) => void;

/** Makes look-ups for the masks of groups, in their order; undefined where the general look-up is as fast. */
export interface LookupMaker {
  forPackets(words: readonly KeyWord[], groups: readonly MaskGroup[]): FilterLookup | undefined;
  /** @param tables in their order: the first that has a match decides */
  forVectors(tables: readonly VectorTable[]): VectorLookup | undefined;
}

/** What a look-up for vectors has to know of a table. */
export interface VectorTable {
  /** Index of the header without which a packet is not looked up. */
  readonly requires: number;
  readonly words: readonly KeyWord[];
  /** Groups by their best priority. */
  readonly order: readonly MaskGroup[];
}

const LOW_BITS = 32;

export class TernaryTable implements VectorTable {
  /** Index of the header without which a packet is not looked up here. */
  readonly requires: number;
  readonly words: readonly KeyWord[];
  private readonly key: Uint32Array;
  /** Places of the words that some group looks at. */
  private wanted = new Int32Array(0);
  private readonly groups = new Map<string, MaskGroup>();
  /** Groups by their best priority, for look-up. */
  order: readonly MaskGroup[] = [];
  private sequence = 0;
  private readonly best: FilterMatch = { programId: 0, priority: 0, sequence: 0 };
  /** Made before the next look-up when masks have changed. */
  private find: FilterLookup | undefined;

  constructor(
    private readonly description: FilterTable,
    private readonly lookups: LookupMaker | undefined,
  ) {
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
    const isNew = group.isEmpty;
    const before = group.bestPriority;
    group.insert(entry);
    if (isNew || group.bestPriority !== before) this.sortGroups();
    return () => {
      group.delete(entry);
      if (group.isEmpty) this.groups.delete(mask);
      this.sortGroups();
    };
  }

  /** The program of the best matching entry, or 0. The packet must have the header that the table requires. */
  lookup(phv: Phv): number {
    this.find ??=
      this.lookups?.forPackets(this.words, this.order) ?? ((packet, groups) => this.findInGroups(packet, groups));
    return this.find(phv, this.order);
  }

  private findInGroups(phv: Phv, order: readonly MaskGroup[]): number {
    const { best, key } = this;
    this.readKey(phv);
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
    const order = [...this.groups.values()].sort((a, b) => a.bestPriority - b.bestPriority);
    if (order.length === this.order.length && order.every((group, i) => group === this.order[i])) return;
    this.order = order;
    this.find = undefined;
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
