/** The parser as JavaScript made from the data plane description: one straight way through each path. */
import { appendTo } from '../../../compiler/data-plane/counting.js';
import type { DataPlane, ParserStateDescription } from '../../../compiler/index.js';
import { readCode } from '../../blocks/field-code.js';
import { fieldAccess } from '../../blocks/header-fields.js';
import { accessAt, InterpretedParser, type PacketParser } from '../../blocks/parser.js';
import type { Phv } from '../../blocks/phv.js';
import { canGenerateCode } from './compiled-engine.js';

export class CompiledParser implements PacketParser {
  readonly parse: (phv: Phv) => void;

  constructor(dataPlane: DataPlane) {
    this.parse = new Function('P', new ParserWriter(dataPlane).body()) as (phv: Phv) => void;
  }
}

/** The compiled parser, or the interpreted one where this process may not generate code. */
export const createParser = (dataPlane: DataPlane): PacketParser =>
  canGenerateCode() ? new CompiledParser(dataPlane) : new InterpretedParser(dataPlane);

class ParserWriter {
  private readonly lines: string[] = [];
  /** Each header of each state on a path has variables of its own. */
  private names = 0;

  constructor(private readonly dataPlane: DataPlane) {}

  body(): string {
    const { headers, description } = this.dataPlane;
    this.lines.push(
      "'use strict';",
      'const D = P.view, H = P.headerStart, end = P.packetEnd;',
      ...headers.map(({ index }) => `H[${index}] = -1;`),
      'let value = 0;',
    );
    this.state(description.parser.start, 'P.packetStart');
    return this.lines.join('\n');
  }

  /** @param start an expression: where the state's first header starts */
  private state(name: string, start: string): void {
    const state = this.dataPlane.description.parser.states[name];
    if (state === undefined) throw new Error(`no parser state ${name}`);
    let at = this.declare(start);
    const found: number[] = [];
    const { followsChip } = this.dataPlane.description;
    const drop = `{ ${this.dataPlane.headers.map(({ index }) => `H[${index}] = -1;`).join(' ')} P.dropped = true; return; }`;
    for (const headerName of state.extract) {
      const header = this.dataPlane.headers[this.dataPlane.headerIndex(headerName)];
      if (header === undefined) throw new Error(`no header ${headerName}`);
      const { index, bytes, description } = header;
      // A header that is cut off or malformed ends parsing before its state.
      const giveUp = `{ ${found.map((other) => `H[${other}] = -1; `).join('')}return; }`;
      const { valid = [], lengthWords } = description;
      if (!followsChip) this.lines.push(`if (${at} + ${bytes} > end) ${giveUp}`);
      else if (valid.length > 0) this.lines.push(`if (${at} + ${this.lookaheadBytes(headerName)} > end) ${drop}`);
      for (const { field, minimum, maximum } of valid) {
        this.lines.push(`value = ${this.read(`hdr.${headerName}.${field}`, at)};`);
        this.lines.push(`if (value < ${minimum} || value > ${maximum}) ${giveUp}`);
      }
      if (followsChip) this.lines.push(`if (${at} + ${bytes} > end) ${drop}`);
      let length = String(bytes);
      if (lengthWords !== undefined) {
        length = this.declare(`${this.read(`hdr.${headerName}.${lengthWords}`, at)} * 4`);
        if (!followsChip) this.lines.push(`if (${at} + ${length} > end) ${giveUp}`);
      }
      this.lines.push(`H[${index}] = ${at};`);
      found.push(index);
      at = this.declare(`${at} + ${length}`);
    }
    const { select, only } = state;
    if (select === undefined) {
      this.lines.push('return;');
      return;
    }
    if (only !== undefined) this.lines.push(`if (${this.readFound(only.field)} !== ${only.value}) return;`);
    let following = this.readFound(select.field);
    if (state.skip !== undefined) {
      const isCut = followsChip ? drop : 'return;';
      [at, following] = this.skip(state.skip, at, following, isCut);
    }
    this.lines.push(`switch (${following}) {`);
    const places = new Map<string, number[]>();
    for (const { value, state: next } of select.next) appendTo(places, next, value);
    for (const [next, values] of places) {
      this.lines.push(`${values.map((value) => `case ${value}:`).join(' ')} {`);
      this.state(next, at);
      this.lines.push('}');
    }
    this.lines.push('}', 'return;');
  }

  /**
   * A loop over headers that are skipped. @param isCut a statement for a packet that ends inside one
   * @returns variables: where the next header starts, and the value that selects it
   */
  private skip(
    { most, headers }: NonNullable<ParserStateDescription['skip']>,
    start: string,
    first: string,
    isCut: string,
  ): [start: string, following: string] {
    const [at, following, left] = [`v${this.names++}`, `v${this.names++}`, `v${this.names++}`];
    this.lines.push(
      `let ${at} = ${start}, ${following} = ${first}, ${left} = ${most};`,
      `skip${left}: for (;;) {`,
      `switch (${following}) {`,
      ...headers.map(
        ({ value, bytes, unitBytes, only }) => `case ${value}: {
if (${left} === 0) return;
if (${at} + ${bytes} > end) ${isCut}
${only === undefined ? '' : `if ((${readCode(accessAt(only), at)} >>> 0) !== ${only.value}) return;`}
const length = ${unitBytes === 0 ? bytes : `${bytes} + ${unitBytes} * D.getUint8(${at} + 1 | 0)`};
if (${at} + length > end) ${isCut}
${following} = D.getUint8(${at});
${at} = ${at} + length | 0;
break;
}`,
      ),
      `default: break skip${left};`,
      '}',
      `${left} = ${left} - 1 | 0;`,
      '}',
    );
    return [at, following];
  }

  /** Bytes that the conditions of a header look at. */
  private lookaheadBytes(name: string): number {
    const { valid = [] } = this.dataPlane.description.headers[name] ?? {};
    return Math.max(
      ...valid.map(({ field }) => {
        const { byteOffset, byteCount } = fieldAccess(this.dataPlane.headerField(`hdr.${name}.${field}`));
        return byteOffset + byteCount;
      }),
    );
  }

  private declare(expression: string): string {
    const name = `v${this.names++}`;
    this.lines.push(`const ${name} = ${expression};`);
    return name;
  }

  private read(field: string, start: string): string {
    return `(${readCode(fieldAccess(this.dataPlane.headerField(field)), start)} >>> 0)`;
  }

  private readFound(field: string): string {
    const { header } = this.dataPlane.headerField(field);
    return this.read(field, `H[${header}]`);
  }
}
