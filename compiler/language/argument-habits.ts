/** Hints for arguments that a primitive does not take, from what people mean by them. */
import { REGISTERS } from '../data-plane/description.js';
import type { Advice } from './diagnostics.js';
import { HASHED_WORDS } from './hashed-fields.js';
import { type ArgumentKind, PRIMITIVES, type PrimitiveRow } from './primitives.js';
import type { ArgumentSyntax, StatementSyntax } from './syntax.js';

type PrimitiveSyntax = StatementSyntax & { kind: 'primitive' };

export const textOf = (argument: ArgumentSyntax): string =>
  argument.kind === 'integer' ? String(argument.value) : argument.text;
const isRegister = (argument: ArgumentSyntax): boolean =>
  argument.kind === 'name' && REGISTERS.some((register) => register === argument.text);

function isOfKind(argument: ArgumentSyntax, kind: ArgumentKind): boolean {
  if (kind === 'register') return isRegister(argument);
  if (kind === 'fields') return argument.kind === 'name' && HASHED_WORDS.includes(argument.text);
  if (kind === 'memory') return argument.kind === 'name' && !isRegister(argument);
  return argument.kind === (kind === 'field' ? 'field' : 'integer');
}

const statement = ({ span: { start, end } }: PrimitiveSyntax, text: string): Advice => ({
  hint: `write ${text}`,
  fix: { title: `write ${text}`, start, end, text },
});

/** Two arguments that stand in each other's place; undefined for all others. */
export function swappedArguments(syntax: PrimitiveSyntax, row: PrimitiveRow): Advice | undefined {
  const [one, other] = row.arguments;
  if (one === undefined || other === undefined || one === other) return undefined;
  const [first, second, ...more] = syntax.arguments;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  if (isOfKind(first, one) && isOfKind(second, other)) return undefined;
  if (!isOfKind(first, other) || !isOfKind(second, one)) return undefined;
  return statement(syntax, `${row.name}(${textOf(second)}, ${textOf(first)});`);
}

/** What to write for a primitive with arguments that it does not take. */
export function argumentAdvice(syntax: PrimitiveSyntax, row: PrimitiveRow): string | Advice | undefined {
  const [first, second] = syntax.arguments;
  if (first === undefined) return undefined;
  if (row.name === 'HASH' && second === undefined) return hashAdvice(syntax, first);
  if (second?.kind !== 'integer' || !isRegister(first) || row.arguments[1] !== 'register') return undefined;
  const [register, integer] = [textOf(first), textOf(second)];
  const withInteger = row.name === 'MOVE' ? 'LOADI' : `${row.name}I`;
  if (PRIMITIVES.has(withInteger)) return statement(syntax, `${withInteger}(${register}, ${integer});`);
  const other = register === 'har' ? 'sar' : 'har';
  return `a constant needs a register: LOADI(${other}, ${integer}); ${row.name}(${register}, ${other});`;
}

function hashAdvice(syntax: PrimitiveSyntax, argument: ArgumentSyntax): string | Advice | undefined {
  if (argument.kind === 'field') {
    return `HASH takes what har holds: EXTRACT(${argument.text}, har); HASH;`;
  }
  if (argument.kind === 'integer') return undefined;
  if (argument.text === 'har') return statement(syntax, 'HASH;');
  return isRegister(argument)
    ? `HASH takes what har holds: MOVE(har, ${argument.text}); HASH;`
    : statement(syntax, `HASH_MEM(${argument.text});`);
}
