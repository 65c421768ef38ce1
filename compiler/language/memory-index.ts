/** A memory that is written as an array: an index in brackets behind its name. */
import { REGISTERS } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import type { Advice, Span } from './diagnostics.js';
import { groups, parseInteger } from './integers.js';
import { PRIMITIVES } from './primitives.js';

/** A token in front of a bracket, as the lexer makes it. */
interface TokenBefore {
  readonly kind: string;
  readonly text: string;
  readonly span: Span;
  readonly isBehindStray?: true;
}

/** What is reported of it, and where the text goes on. */
export interface MemoryIndex {
  readonly message: string;
  readonly hint: string | Advice;
  /** How many of the last tokens belong to it and are left out. */
  readonly leftOut: number;
  /** Offset behind the characters that are left out, in UTF-16 units. */
  readonly end: number;
}

/** How far an index and what is done with it reaches, in characters. */
const REACH = 120;
const INDEX = /^\[\s*(\w+)\s*\]/;
const CLOSED_CALL = /^\s*\)\s*;/;
const CHANGE = /^\s*(\+\+|[-+&|]?=(?!=))\s*(\w*)\s*;/;
const END = /^(?:\s*;)?/;

const CHANGES: Readonly<Record<string, string>> = {
  '=': 'MEMWRITE',
  '++': 'MEMADD',
  '+=': 'MEMADD',
  '-=': 'MEMSUB',
  '&=': 'MEMAND',
  '|=': 'MEMOR',
};

const TYPE = /^(?:u?int\d*(?:_t)?|bit|unsigned|long|register)$/;

/** @param at where the `[` stands @param before the tokens in front of it */
export function memoryIndex(source: string, at: number, before: readonly TokenBefore[]): MemoryIndex | undefined {
  const name = before.at(-1);
  const text = source.slice(at, at + REACH);
  const [whole, index] = groups(INDEX, text);
  if (name?.kind !== 'name' || whole === undefined || index === undefined) return undefined;
  const second = before.at(-2);
  if (second?.kind === 'punctuation' && second.text === '@') return undefined;
  const behind = text.slice(whole.length);
  const end = at + whole.length;
  const message = `a memory has no index, found '[${index}]'`;
  if (second?.kind === 'name' && TYPE.test(second.text)) return declared(name.text, index, second, behind, end);
  const writing = (hint: string, from: number, to: number, statements: string): Advice => ({
    hint: `${hint}: write ${statements}`,
    fix: { title: `write ${statements}`, start: from, end: to, text: statements },
  });
  const call = second?.kind === 'punctuation' && second.text === '(' ? before.at(-3) : undefined;
  const [closing] = groups(CLOSED_CALL, behind);
  if (call?.kind === 'name' && PRIMITIVES.get(call.text)?.accessesMemory === true && closing !== undefined) {
    const statements = `${toRegister('mar', index)}${call.text}(${name.text});`;
    const hint = writing('the address of a memory access is mar', call.span.start, end + closing.length, statements);
    return { message, hint, leftOut: 0, end };
  }
  const [changing, operator, operand] = groups(CHANGE, behind);
  const primitive = operator === undefined ? undefined : CHANGES[operator];
  if (changing === undefined || primitive === undefined || operand === undefined || name.isBehindStray === true) {
    return { message, hint: 'the address of a memory access is mar: MEMREAD(NAME);', leftOut: 0, end };
  }
  const amount = operator === '++' ? '1' : operand;
  const statements = `${toRegister('mar', index)}${toRegister('sar', amount)}${primitive}(${name.text});`;
  const to = end + changing.length;
  const hint = writing('the address is mar and the operand sar', name.span.start, to, statements);
  return { message, hint, leftOut: 1, end: to };
}

/** `uint32_t counts[4096];` */
function declared(name: string, size: string, type: TokenBefore, behind: string, at: number): MemoryIndex {
  const closing = must(groups(END, behind)[0], 'end of a declaration');
  const text = `@${name} ${size}`;
  const end = at + closing.length;
  const fix = { title: `write ${text}`, start: type.span.start, end, text };
  const message = `there is no '${type.text}'`;
  return { message, hint: { hint: `a memory is declared before the programs: ${text}`, fix }, leftOut: 2, end };
}

/** The statement that puts a value into a register, with a space behind it; empty where it is there. */
function toRegister(register: 'mar' | 'sar', value: string): string {
  if (value === register) return '';
  const isOther = REGISTERS.some((other) => other === value);
  if (isOther) return `MOVE(${register}, ${value}); `;
  return parseInteger(value) === undefined ? '' : `LOADI(${register}, ${value}); `;
}
