/** Syntax tree → text: the inverse of the parser, but for comments and the spelling of integers. */
import { readable } from '../data-plane/bits.js';
import type { ArgumentSyntax, CaseSyntax, MatchSyntax, ProgramSyntax, SourceFile, StatementSyntax } from './syntax.js';

const INDENT = '    ';

/** Plain P4runpro, as a user would write it. */
export function formatSource(file: SourceFile): string {
  const annotations = file.annotations.map(({ name, buckets }) => `@${name.text} ${buckets.value}\n`).join('');
  return [...(annotations === '' ? [] : [annotations]), ...file.programs.map(formatProgram)].join('\n');
}

function formatProgram({ name, filters, body }: ProgramSyntax): string {
  return `program ${name.text}(${filters.map(formatMatch).join(', ')}) {\n${formatBody(body, INDENT)}}\n`;
}

function formatMatch({ subject, value, mask }: MatchSyntax): string {
  return `<${subject.text}, ${readable(value.value)}, ${readable(mask.value)}>`;
}

function formatBody(statements: readonly StatementSyntax[], indent: string): string {
  return statements.map((statement) => formatStatement(statement, indent)).join('');
}

function formatStatement(statement: StatementSyntax, indent: string): string {
  if (statement.kind === 'branch') {
    const cases = statement.cases.map((branchCase) => formatCase(branchCase, indent + INDENT)).join('\n');
    return `${indent}BRANCH:\n${cases};\n`;
  }
  const args = statement.arguments.map(formatArgument).join(', ');
  return `${indent}${statement.name.text}${args === '' ? '' : `(${args})`};\n`;
}

function formatCase({ conditions, body }: CaseSyntax, indent: string): string {
  const list = conditions.map(formatMatch).join(', ');
  return `${indent}case(${list}) {\n${formatBody(body, indent + INDENT)}${indent}}`;
}

function formatArgument(argument: ArgumentSyntax): string {
  return argument.kind === 'integer' ? readable(argument.value) : argument.text;
}
