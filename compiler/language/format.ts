/** Syntax tree → text: the inverse of the parser, but for comments and the spelling of integers. */
import { readable } from '../data-plane/bits.js';
import { IPV6_BITS, ipv6Text } from '../data-plane/ipv6-text.js';
import { exactValue } from './field-matches.js';
import { MAX_INTEGER } from './integers.js';
import type {
  Annotation,
  ArgumentSyntax,
  CaseSyntax,
  Integer,
  MatchSyntax,
  SourceFile,
  StatementSyntax,
} from './syntax.js';

const INDENT = '    ';

/** Plain P4runpro, as a user would write it. */
export function formatSource(file: SourceFile): string {
  const { annotations, programs } = file;
  return inFile(
    annotations,
    programs.map(({ name, filters, body }) => formatProgram(name.text, filters, formatBody(body, INDENT))),
  );
}

/**
 * As {@link formatSource}, for texts that differ in the name and the filters of their only program.
 * @returns the text with a name and filters
 */
export function formatRenamed(
  annotations: readonly Annotation[],
  body: readonly StatementSyntax[],
): (name: string, filters: readonly MatchSyntax[]) => string {
  const formatted = formatBody(body, INDENT);
  return (name, filters) => inFile(annotations, [formatProgram(name, filters, formatted)]);
}

function inFile(annotations: readonly Annotation[], programs: readonly string[]): string {
  const sizes = annotations
    .map(({ name, buckets, isOfPairs }) => `@${isOfPairs === true ? 'pair ' : ''}${name.text} ${buckets.value}\n`)
    .join('');
  return [...(sizes === '' ? [] : [sizes]), ...programs].join('\n');
}

const formatProgram = (name: string, filters: readonly MatchSyntax[], body: string): string =>
  `program ${name}(${filters.map(formatMatch).join(', ')}) {\n${body}}\n`;

function formatMatch({ subject, value, mask, prefix }: MatchSyntax): string {
  if (prefix?.bits === IPV6_BITS) return `<${subject.text}, ${ipv6Text(exactValue(value))}/${prefix.length}>`;
  return `<${subject.text}, ${formatInteger(value)}, ${formatInteger(mask)}>`;
}

/** A value that a number does not hold is an IPv6 address. */
const formatInteger = ({ value, wide }: Integer): string =>
  wide === undefined || wide <= MAX_INTEGER ? readable(value) : ipv6Text(wide);

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
  return argument.kind === 'integer' ? formatInteger(argument) : argument.text;
}
