/**
 * The parser for vectors of packets. Without options, the way through the parser says where all headers start: it is the
 * layout of the packet. Packets of no layout are left to the parser for single packets.
 */
import { appendTo } from '../../../compiler/data-plane/counting.js';
import { skippedHeaders } from '../../../compiler/data-plane/description.js';
import { type DataPlane, type Header, must } from '../../../compiler/for-switches.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { readCode } from '../../blocks/field-code.js';
import { type FieldAccess, fieldAccess } from '../../blocks/header-fields.js';
import { NO_HEADER, NO_LAYOUT, type PacketVector, SLOT, slotCode } from '../../blocks/packet-vector.js';
import { namedFunction } from './named-function.js';

export interface VectorParser {
  /** By layout and header. */
  readonly headerStarts: Int32Array;
  /** Sets starts and layouts of a vector, and no programs; counts packets of no layout. */
  readonly parse: (vector: PacketVector, batch: PacketBatch) => void;
}

export function createVectorParser(dataPlane: DataPlane): VectorParser {
  const writer = new LayoutWriter(dataPlane);
  const parse = namedFunction('parseVector', 'V, batch', writer.body()) as VectorParser['parse'];
  return { headerStarts: Int32Array.from(writer.headerStarts), parse };
}

/** A header and where it starts, from the start of the packet. */
interface Found {
  readonly header: Header;
  readonly start: number;
}

class LayoutWriter {
  readonly headerStarts: number[] = [];
  private readonly lines: string[] = [];

  constructor(private readonly dataPlane: DataPlane) {}

  body(): string {
    const none = this.layout([]);
    this.state(this.dataPlane.description.parser.start, 0, []);
    return [
      "'use strict';",
      'const D = V.view, W = V.slots, { offset, capturedLength } = batch;',
      'let odd = 0;',
      `for (let w = 0; w < V.count * ${SLOT.words}; w = w + ${SLOT.words} | 0) {`,
      `const i = ${slotCode(SLOT.packet)}, p = offset[i] | 0, n = capturedLength[i] | 0;`,
      `let found = ${none};`,
      'parse: {',
      ...this.lines,
      '}',
      `${slotCode(SLOT.start)} = p; ${slotCode(SLOT.layout)} = found; ${slotCode(SLOT.program)} = 0;`,
      `if (found === ${NO_LAYOUT}) odd = odd + 1 | 0;`,
      '}',
      'V.odd = odd;',
    ].join('\n');
  }

  /** Adds a layout. @returns where it begins */
  private layout(found: readonly Found[]): number {
    const first = this.headerStarts.length;
    const startOf = (index: number): number => found.find(({ header }) => header.index === index)?.start ?? NO_HEADER;
    this.headerStarts.push(...this.dataPlane.headers.map(({ index }) => startOf(index)));
    return first;
  }

  /** @param at where its first header starts */
  private state(name: string, at: number, before: readonly Found[]): void {
    const { description, headers } = this.dataPlane;
    const state = must(description.parser.states[name], `parser state ${name}`);
    const leave = `{ found = ${NO_LAYOUT}; break parse; }`;
    const found = [...before];
    let next = at;
    for (const headerName of state.extract) {
      const header = must(headers[this.dataPlane.headerIndex(headerName)], `header ${headerName}`);
      // A truncated header ends parsing before its state, or the chip drops the packet.
      this.lines.push(`if (n < ${next + header.bytes}) ${description.followsChip ? leave : 'break parse;'}`);
      for (const condition of this.isUsual(header, next)) this.lines.push(`if (!(${condition})) ${leave}`);
      found.push({ header, start: next });
      next += header.bytes;
    }
    if (state.extract.length > 0) this.lines.push(`found = ${this.layout(found)};`);
    const { select, only, skip } = state;
    if (select === undefined) {
      this.lines.push('break parse;');
      return;
    }
    if (only !== undefined) this.lines.push(`if (${this.read(only.field, found)} !== ${only.value | 0}) break parse;`);
    this.lines.push(`switch (${this.read(select.field, found)}) {`);
    // Behind headers that are skipped the others start at no fixed places.
    for (const { value } of skippedHeaders(state)) this.lines.push(`case ${value}:`);
    if (skip !== undefined) this.lines.push(leave);
    const places = new Map<string, number[]>();
    for (const { value, state: to } of select.next) appendTo(places, to, value);
    for (const [to, values] of places) {
      this.lines.push(`${values.map((value) => `case ${value | 0}:`).join(' ')} {`);
      this.state(to, next, found);
      this.lines.push('}');
    }
    this.lines.push('}', 'break parse;');
  }

  /** Conditions of a well-formed header without options. Bits of one byte are compared together. */
  private isUsual({ name, bytes, description: { valid = [], lengthWords } }: Header, start: number): string[] {
    const access = (field: string): FieldAccess => moved(this.access(`hdr.${name}.${field}`), start);
    const ranges: string[] = [];
    const exact = new Map<string, { readonly access: FieldAccess; mask: number; value: number }>();
    const equals = (field: string, value: number): void => {
      const found = access(field);
      const key = `${found.byteOffset} ${found.byteCount}`;
      const known = exact.get(key) ?? {
        access: { ...found, shift: 0, mask: 2 ** (8 * found.byteCount) - 1 },
        mask: 0,
        value: 0,
      };
      known.mask += found.mask * 2 ** found.shift;
      known.value += value * 2 ** found.shift;
      exact.set(key, known);
    };
    if (lengthWords !== undefined) equals(lengthWords, bytes / 4);
    for (const { field, minimum, maximum } of valid) {
      if (field === lengthWords) {
        if (bytes / 4 < minimum || bytes / 4 > maximum) ranges.push('false');
      } else if (minimum === maximum) equals(field, minimum);
      else {
        const value = `(${readCode(access(field), 'p')} >>> 0)`;
        ranges.push(`${value} >= ${minimum} && ${value} <= ${maximum}`);
      }
    }
    const equalities = [...exact.values()].map(({ access: whole, mask, value }) => {
      const read = readCode(whole, 'p');
      return `${mask === whole.mask ? read : `(${read} & ${mask | 0})`} === ${value | 0}`;
    });
    return [...equalities, ...ranges];
  }

  private read(field: string, found: readonly Found[]): string {
    const { header } = this.dataPlane.headerField(field);
    const { start } = must(
      found.find((each) => each.header.index === header),
      `header of ${field}`,
    );
    return readCode(moved(this.access(field), start), 'p');
  }

  private access(field: string): FieldAccess {
    return fieldAccess(this.dataPlane.headerField(field));
  }
}

const moved = (access: FieldAccess, by: number): FieldAccess => ({ ...access, byteOffset: access.byteOffset + by });
