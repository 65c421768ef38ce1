/** Tokens and checked programs as text. */
import { ones } from '../../data-plane/bits.js';
import type { Token } from '../../language/lexer.js';
import type { Program, Statement } from '../../language/program.js';
import { statementText } from '../../language/program-source.js';
import { conditionsText, matchText, numbered } from './words.js';

/** The tokens of each line of the source, separated by spaces. */
export function tokensText(tokens: readonly Token[]): string[] {
  const lines = new Map<number, string[]>();
  for (const token of tokens) {
    const texts = lines.get(token.span.line);
    if (texts === undefined) lines.set(token.span.line, [tokenText(token)]);
    else texts.push(tokenText(token));
  }
  return [...lines].map(([line, texts]) => numbered(line, texts.join(' ')));
}

function tokenText(token: Token): string {
  if (token.kind === 'end') return '(end)';
  if (token.kind !== 'integer' || Number(token.text) === token.value) return token.text;
  return `${token.text}=${token.value}`;
}

/** Filters, including those that the parsing path implies, memories, and statements with their lines. */
export function programText({ name, filterTable, filters, memories, body }: Program): string[] {
  return [
    `program ${name}`,
    `  filter table ${filterTable.table}`,
    ...filters.map(({ field, value, mask }) => `  filter ${matchText(field.name, value, mask, ones(field.width))}`),
    ...memories.map((memory) => `  memory ${memory.name}, ${memory.buckets} buckets`),
    ...statementsText(body, '  '),
  ];
}

function statementsText(statements: readonly Statement[], indent: string): string[] {
  return statements.flatMap((statement) => {
    const line = numbered(statement.span.line, indent + statementText(statement));
    if (statement.kind === 'primitive') return [line];
    const cases = statement.cases.flatMap(({ conditions, body, span }) => [
      numbered(span.line, `${indent}  case ${conditionsText(conditions)}`),
      ...statementsText(body, `${indent}    `),
    ]);
    return [line, ...cases];
  });
}
