/** Invariants of tokens, syntax trees and checked programs. */
import { and48, isPowerOfTwo, ones } from '../../data-plane/bits.js';
import type { Span } from '../../language/diagnostics.js';
import type { Token } from '../../language/lexer.js';
import { PRIMITIVES } from '../../language/primitives.js';
import type { Condition, Program, Statement } from '../../language/program.js';
import type { SourceFile, StatementSyntax } from '../../language/syntax.js';

/** Tokens do not overlap, and the last is the end. */
export function tokensFault(tokens: readonly Token[]): string | undefined {
  let end = 0;
  for (const { kind, span, text } of tokens) {
    if (span.start < end) return `${kind} '${text}' begins before the previous token ends`;
    end = span.end;
  }
  return tokens.at(-1)?.kind === 'end' ? undefined : 'the last token is not the end of the text';
}

/** Statements are in the order of the source. */
export function syntaxFault({ programs }: SourceFile): string | undefined {
  let start = -1;
  const visit = (statements: readonly StatementSyntax[]): string | undefined => {
    for (const statement of statements) {
      const { span } = statement;
      if (span.start <= start) return `the statement in ${place(span)} is not after the previous one`;
      start = span.start;
      for (const { body } of statement.kind === 'branch' ? statement.cases : []) {
        const fault = visit(body);
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  };
  for (const { body } of programs) {
    const fault = visit(body);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const place = ({ line, column }: Span): string => `line ${line}, column ${column}`;

/** Values are within masks and widths, memories exist, and every primitive has the operands of its row. */
export function programFault({ filters, memories, body }: Program): string | undefined {
  for (const { field, value, mask } of filters) {
    if (mask > ones(field.width)) return `the mask of the filter on ${field.name} is wider than the field`;
    if (and48(value, mask) !== value) return `the filter on ${field.name} has bits outside its mask`;
  }
  if (new Set(filters.map(({ field }) => field)).size < filters.length) return 'one field has two filters';
  const size = memories.find(({ buckets }) => !isPowerOfTwo(buckets));
  if (size !== undefined) return `memory ${size.name} has ${size.buckets} buckets, which is no power of two`;
  return statementsFault(body, new Set(memories.map(({ name }) => name)));
}

function statementsFault(statements: readonly Statement[], memories: ReadonlySet<string>): string | undefined {
  for (const statement of statements) {
    const fault = statementFault(statement, memories);
    if (fault !== undefined) return `${fault} in ${place(statement.span)}`;
    for (const { body } of statement.kind === 'branch' ? statement.cases : []) {
      const inside = statementsFault(body, memories);
      if (inside !== undefined) return inside;
    }
  }
  return undefined;
}

function statementFault(statement: Statement, memories: ReadonlySet<string>): string | undefined {
  if (statement.kind === 'branch') {
    for (const { conditions } of statement.cases) {
      const fault = conditionsFault(conditions);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  const { primitive, registers, field, memory, hashed } = statement;
  const row = PRIMITIVES.get(primitive);
  if (row === undefined) return `there is no primitive ${primitive}`;
  const wanted = (kind: string): number => row.arguments.filter((argument) => argument === kind).length;
  if (registers.length !== wanted('register')) return `${primitive} has ${registers.length} registers`;
  if ((field !== undefined) !== wanted('field') > 0) return `${primitive} has ${field?.name ?? 'no field'}`;
  if ((memory !== undefined) !== wanted('memory') > 0) return `${primitive} has memory ${memory}`;
  if ((hashed !== undefined) !== wanted('fields') > 0) return `${primitive} has the fields ${hashed}`;
  return memory === undefined || memories.has(memory) ? undefined : `the program has no memory ${memory}`;
}

/** Values are within masks, and each register occurs once. */
export function conditionsFault(conditions: readonly Condition[]): string | undefined {
  const wide = conditions.find(({ value, mask }) => (value & ~mask) !== 0);
  if (wide !== undefined) return `a condition on ${wide.register} has bits outside its mask`;
  const registers = new Set(conditions.map(({ register }) => register));
  return registers.size === conditions.length ? undefined : 'a case compares one register twice';
}
