/** Rewrites of packets of a capture in a flat array, since thousands of programs have some each. */
import type { DataPlane, HeaderField } from '../../compiler/index.js';
import { modifyField, type Phv, readField, type WritableField, writableField } from '../../sim/index.js';

/** Bits of a field; `value` has none outside `mask`. */
export interface FieldBits {
  readonly field: HeaderField;
  readonly value: number;
  readonly mask: number;
}

/** A record: its number of parts, value and mask of the ingress port, then a part, a value and a mask for each. */
const RECORD = { parts: 0, portValue: 1, portMask: 2, first: 3 } as const;
const PART = { part: 0, value: 1, mask: 2, length: 3 } as const;
/** Bits of a part. */
const WORD = 32;

export class PacketRewrites {
  private readonly parts: WritableField[] = [];
  private readonly partsOf = new Map<HeaderField, readonly number[]>();
  private words = new Int32Array(1024);
  private used = 0;

  constructor(private readonly dataPlane: DataPlane) {}

  /** @returns the offset of the rewrite */
  add(
    fields: readonly FieldBits[],
    ingressPort: { readonly value: number; readonly mask: number } | undefined,
  ): number {
    const parts = fields.flatMap(({ field, value, mask }) =>
      this.partsFor(field).map((part, i) => [part, wordOf(value, i), wordOf(mask, i)]),
    );
    const record = [parts.length, ingressPort?.value ?? 0, ingressPort?.mask ?? 0, ...parts.flat()];
    if (this.used + record.length > this.words.length) {
      const grown = new Int32Array(2 * (this.words.length + record.length));
      grown.set(this.words);
      this.words = grown;
    }
    const start = this.used;
    this.words.set(record, start);
    this.used += record.length;
    return start;
  }

  /** Rewrites the packet of a PHV. @returns its ingress port */
  apply(rewrite: number, phv: Phv, ingressPort: number): number {
    const { words, parts } = this;
    let at = rewrite + RECORD.first;
    const end = at + (words[rewrite + RECORD.parts] as number) * PART.length;
    for (; at < end; at += PART.length) {
      const part = parts[words[at + PART.part] as number] as WritableField;
      const start = phv.headerStart[part.access.header] as number;
      if (start < 0) continue;
      const others = readField(part.access, phv.bytes, start) & ~(words[at + PART.mask] as number);
      modifyField(part, phv, (others | (words[at + PART.value] as number)) >>> 0);
    }
    return (
      (ingressPort & ~(words[rewrite + RECORD.portMask] as number)) | (words[rewrite + RECORD.portValue] as number)
    );
  }

  /** Parts of at most 32 bits, the lowest first. */
  private partsFor(field: HeaderField): readonly number[] {
    const known = this.partsOf.get(field);
    if (known !== undefined) return known;
    const high = field.width - WORD;
    const split =
      high <= 0
        ? [field]
        : [
            { ...field, width: WORD, bitOffset: field.bitOffset + high },
            { ...field, width: high },
          ];
    const made = split.map((part) => this.parts.push(writableField(this.dataPlane, part)) - 1);
    this.partsOf.set(field, made);
    return made;
  }
}

const wordOf = (value: number, i: number): number => Math.floor(value / 2 ** (WORD * i)) | 0;
