/**
 * Fields of packets in the P4 source.
 *
 * An instruction of a Tofino moves bits between containers, one of which it may rotate, and fills the rest of the
 * target from a second one that it cannot. So a field can be moved into a register with zeros above it in one
 * instruction only if it is a whole word or the low part of one. The high half of a word is shifted down, for which
 * both halves must be one field (as ports are); any other field is copied by the parser, with a state for each value.
 */
import type { DataPlane, HeaderField } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { effectsOf, movedField } from '../data-plane/instructions/table.js';
import { INGRESS_LENGTH, TIMESTAMP } from '../data-plane/intrinsics.js';
import { WORD_BITS } from '../data-plane/tables.js';
import { NoP4Source } from './unsupported.js';

/** A field of a P4 header: one or two fields of the description, the first in the high bits. */
export interface P4Field {
  readonly name: string;
  readonly width: number;
  readonly parts: readonly HeaderField[];
}

export type Reach = 'direct' | 'shift' | 'parser';

/** Maximum width in bits of a field that the parser can copy. */
const MAX_COPIED_BITS = 3;

export class PacketFields {
  /** By header name. */
  readonly headers: ReadonlyMap<string, readonly P4Field[]>;
  private readonly expressions = new Map<string, string>();

  constructor(private readonly dataPlane: DataPlane) {
    this.headers = new Map(dataPlane.headers.map(({ name, index }) => [name, this.mergedFields(index)]));
    for (const [header, fields] of this.headers) {
      for (const { name, width, parts } of fields) {
        const whole = `hdr.${header}.${name}`;
        let high = width;
        for (const part of parts) {
          const slice = parts.length === 1 ? '' : `[${high - 1}:${high - part.width}]`;
          this.expressions.set(part.name, `${whole}${slice}`);
          high -= part.width;
        }
      }
    }
    for (const field of dataPlane.fields.values()) {
      if (field.kind === 'header' && field.partOf !== undefined) this.expressions.set(field.name, this.slice(field));
    }
  }

  /** A part of a field as bits of the P4 field that has it. */
  private slice(part: HeaderField): string {
    const whole = this.dataPlane.layoutField(part);
    const inWhole = whole.width - (part.bitOffset - whole.bitOffset) - part.width;
    const expression = this.expression(whole.name);
    const sliced = /:(\d+)\]$/.exec(expression);
    const low = sliced === null ? inWhole : inWhole + Number(sliced[1]);
    return `${wholeField(expression)}[${low + part.width - 1}:${low}]`;
  }

  /** Whether packets are copied to groups, whose number they carry. */
  get hasGroups(): boolean {
    return this.dataPlane.description.replication !== undefined;
  }

  /** The P4 expression of a field by its full name; for other fields than those of headers, the name itself. */
  expression(name: string): string {
    return this.expressions.get(name) ?? name;
  }

  widthOf(name: string): number {
    return this.dataPlane.field(name).width;
  }

  /** The P4 expression of a field, extended to the width of a register. @throws {NoP4Source} */
  registerValue(name: string): string {
    const field = this.dataPlane.field(name);
    if (name === TIMESTAMP) return `ig_intr_md.ingress_mac_tstamp[${WORD_BITS - 1}:0]`;
    if (name === INGRESS_LENGTH)
      throw new NoP4Source(this.dataPlane.name, 'a chip knows no length of packets in ingress');
    if (field.width === WORD_BITS) return this.expression(name);
    if (field.kind === 'intrinsic') return `(bit<${WORD_BITS}>)${name}`;
    switch (this.reach(field)) {
      case 'direct':
        return `(bit<${WORD_BITS}>)${this.expression(name)}`;
      case 'shift':
        return `${wholeField(this.expression(name))} >> ${WORD_BITS - field.width}`;
      case 'parser':
        return copyOf(field);
    }
  }

  /** Fields that EXTRACT reads in a gress and that the parser has to copy. */
  copiedFields(gress: Gress): readonly HeaderField[] {
    const copied = extractedFields(this.dataPlane, gress).filter((field) => this.reach(field) === 'parser');
    const [wide] = copied.filter(({ width }) => width > MAX_COPIED_BITS);
    const [late] = gress === 'egress' ? copied : [];
    const hard = wide ?? late;
    if (hard === undefined) return copied;
    throw new NoP4Source(
      this.dataPlane.name,
      `no single instruction can move ${hard.name} into a register${wide === undefined ? ' in egress' : ''}`,
    );
  }

  private reach(field: HeaderField): Reach {
    const end = (field.bitOffset + field.width) % WORD_BITS;
    if (end === 0) return 'direct';
    return this.isHighPart(field) || this.isHighHalf(field) ? 'shift' : 'parser';
  }

  /** Whether it is the upper part of a field of one word. */
  private isHighPart(field: HeaderField): boolean {
    const whole = this.dataPlane.layoutField(field);
    return whole !== field && whole.width === WORD_BITS && whole.bitOffset === field.bitOffset;
  }

  /** Whether it is the upper half of a word whose lower half is a field too, which no deparser computes. */
  private isHighHalf({ header, bitOffset, width }: HeaderField): boolean {
    const half = WORD_BITS / 2;
    const isUpper = bitOffset % WORD_BITS === 0 && width === half;
    const isLower = (field: HeaderField): boolean =>
      field.header === header &&
      field.bitOffset === bitOffset + half &&
      field.width === half &&
      shortName(field) !== CHECKSUM;
    return isUpper && this.dataPlane.layoutFields.some(isLower);
  }

  private mergedFields(header: number): P4Field[] {
    const fields = this.dataPlane.layoutFields.filter((field) => field.header === header);
    const shifted = new Set(
      (['ingress', 'egress'] as const).flatMap((gress) =>
        extractedFields(this.dataPlane, gress).filter((field) => this.reach(field) === 'shift'),
      ),
    );
    const merged: P4Field[] = [];
    for (const [i, field] of fields.entries()) {
      const before = fields[i - 1];
      if (before !== undefined && shifted.has(before)) continue;
      const next = fields[i + 1];
      const parts = shifted.has(field) && next !== undefined ? [field, next] : [field];
      const name = parts.map((part) => shortName(part)).join('_');
      merged.push({ name, width: parts.reduce((sum, part) => sum + part.width, 0), parts });
    }
    return merged;
  }
}

/** The name of checksums in all headers that have one. */
const CHECKSUM = 'checksum';

const shortName = ({ name }: HeaderField): string => name.slice(name.lastIndexOf('.') + 1);

/** An expression without its slice. */
export const wholeField = (expression: string): string => expression.replace(/\[.*/, '');

/** The parser's copy of a field, which exists in ingress only. */
export const copyOf = (field: HeaderField): string => `ig_md.${copyName(field)}`;

/** The metadata field of the parser's copy: hdr.ipv4.ecn → ipv4_ecn. */
export const copyName = ({ name }: HeaderField): string => name.split('.').slice(1).join('_');

/** Header fields that EXTRACT reads in a gress. */
export function extractedFields(dataPlane: DataPlane, gress: Gress): readonly HeaderField[] {
  const names = dataPlane.rpbs
    .filter((rpb) => rpb.gress === gress)
    .flatMap(({ actions }) => [...actions.values()])
    .flatMap(({ effect }) => movedField(effect, 'register'));
  return [...new Set(names)].map((name) => dataPlane.field(name)).filter((field) => field.kind === 'header');
}

/** Header fields that actions of a gress write: by MODIFY, and the addresses that RETURN swaps. */
export function writtenFields(dataPlane: DataPlane, gress: Gress): readonly HeaderField[] {
  const effects = dataPlane.rpbs
    .filter((rpb) => rpb.gress === gress)
    .flatMap(({ actions }) => [...actions.values()])
    .map(({ effect }) => effect);
  const others = effects.flatMap((effect) => effectsOf(effect).writesFields);
  const modified = effects.flatMap((effect) => movedField(effect, 'header'));
  return [...new Set([...others, ...modified])].map((name) => dataPlane.headerField(name));
}
