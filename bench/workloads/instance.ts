/** Instances of a program: its text with another name, filter, memory sizes and cases. */
import {
  type Annotation,
  bitsToTell,
  type CaseSyntax,
  type DataPlane,
  Diagnostics,
  formatRenamed,
  formatSource,
  type Integer,
  lex,
  type MatchSyntax,
  parse,
  type SourceFile,
  type Span,
  type StatementSyntax,
} from '../../compiler/index.js';
import type { MarkedField } from './instance-marks.js';

/** What instances of a program have in common. */
export interface InstanceKind {
  /** Buckets of each memory; undefined keeps the sizes. */
  readonly buckets: number | undefined;
  readonly elastic: 'cached keys' | 'server ports' | undefined;
  readonly cases: number;
  /** Ports of the servers of a load balancer. The first is used where no case matches, so there is one more than cases. */
  readonly serverPorts: readonly number[];
  /** Index of the program in the file. */
  readonly index: number;
}

export interface InstanceOptions extends InstanceKind {
  readonly name: string;
  /** Replaces the filter on its field; undefined keeps the filters. */
  readonly filter: MarkedField | undefined;
}

/** The syntax tree of a text; its errors are reported when the instance's text is compiled. */
export function syntaxOf(source: string): SourceFile {
  const diagnostics = new Diagnostics();
  return parse(lex(source, diagnostics), diagnostics);
}

/** Text of an instance: one program in plain P4runpro. */
export const instanceSource = (file: SourceFile, { name, filter, ...kind }: InstanceOptions): string =>
  instanceTexts(file, kind)(name, filter);

/** Texts of instances, by their name and filter. What they have in common is printed once. */
export function instanceTexts(
  file: SourceFile,
  kind: InstanceKind,
): (name: string, filter: MarkedField | undefined) => string {
  const program = file.programs[kind.index % Math.max(1, file.programs.length)];
  if (program === undefined) return () => formatSource(file);
  const body = withCases(program.body, kind);
  const used = new Set(memoryNames(body));
  const annotations = file.annotations
    .filter(({ name }) => file.programs.length === 1 || used.has(name.text))
    .map((annotation) => resized(annotation, kind));
  const text = formatRenamed(annotations, body);
  return (name, filter) => text(name, withFilter(program.filters, filter));
}

const NOWHERE: Span = { start: 0, end: 0, line: 1, column: 1 };
const integer = (value: number | bigint): Integer =>
  typeof value === 'number' ? { value, span: NOWHERE } : { value: Number(value), wide: value, span: NOWHERE };

function withFilter(filters: readonly MatchSyntax[], mark: MarkedField | undefined): readonly MatchSyntax[] {
  if (mark === undefined) return filters;
  const own: MatchSyntax = {
    subject: { text: mark.field, span: NOWHERE },
    value: integer(mark.value),
    mask: integer(mark.mask),
    span: NOWHERE,
  };
  // Filters on the field, or on a word of it.
  const replaced = ({ subject: { text } }: MatchSyntax): boolean =>
    text === mark.field || text.startsWith(`${mark.field}[`);
  return [...filters.filter((filter) => !replaced(filter)), own];
}

function resized(annotation: Annotation, { buckets, elastic, cases }: InstanceKind): Annotation {
  if (buckets === undefined) return annotation;
  const needed = elastic === 'cached keys' ? cachedKeys(cases) : 1;
  return { ...annotation, buckets: integer(Math.max(buckets, 2 ** bitsToTell(needed))) };
}

function* memoryNames(statements: readonly StatementSyntax[]): Generator<string> {
  for (const statement of statements) {
    if (statement.kind === 'branch') for (const { body } of statement.cases) yield* memoryNames(body);
    else for (const argument of statement.arguments) if (argument.kind === 'name') yield argument.text;
  }
}

/** The paper has two elastic cases (read and write) for each key; here one case holds both. */
export const cachedKeys = (cases: number): number => Math.max(1, Math.floor(cases / 2));
/** Ports of servers, one for each elastic case: usable egress ports from 0 on. */
export function serverPorts(cases: number, dataPlane: DataPlane): readonly number[] {
  const ports = Array.from({ length: 2 ** dataPlane.description.ports.width }, (_, port) => port);
  return ports.filter((port) => dataPlane.inwardPort(port) === undefined).slice(0, Math.max(2, cases));
}
/** The first key word of cached key n; the second is 0. */
export const cachedKey = (n: number): number => 0x8888 + n;

/** The first BRANCH of the program with the requested number of cases. */
function withCases(body: readonly StatementSyntax[], options: InstanceKind): readonly StatementSyntax[] {
  const { elastic, cases, serverPorts } = options;
  if (elastic === undefined) return body;
  const at = body.findIndex(({ kind }) => kind === 'branch');
  return body.map((statement, i) => {
    if (i !== at || statement.kind !== 'branch') return statement;
    return {
      ...statement,
      cases: elastic === 'cached keys' ? keyCases(statement.cases, cases) : portCases(statement.cases, serverPorts),
    };
  });
}

/** A copy of the first case for each key, with the key's word and bucket; the other cases stay. */
function keyCases(template: readonly CaseSyntax[], cases: number): CaseSyntax[] {
  const [first, ...others] = template;
  if (first === undefined) return [];
  const forKey = (n: number): CaseSyntax => ({
    ...first,
    conditions: first.conditions.map((condition) =>
      condition.value.value === cachedKey(0) ? { ...condition, value: integer(cachedKey(n)) } : condition,
    ),
    body: first.body.map((statement) => withArgument(statement, 'LOADI', n)),
  });
  return [...Array.from({ length: cachedKeys(cases) }, (_, n) => forKey(n)), ...others];
}

/** One case for each server port except the first, which is used where no case matches. */
function portCases(template: readonly CaseSyntax[], [, ...ports]: readonly number[]): CaseSyntax[] {
  const [first] = template;
  if (first === undefined) return [];
  return ports.map((port) => {
    return {
      ...first,
      conditions: first.conditions.map((condition) => ({ ...condition, value: integer(port) })),
      body: first.body.map((statement) => withArgument(statement, 'FORWARD', port)),
    };
  });
}

/** The statement with another integer argument, if it has this primitive. */
function withArgument(statement: StatementSyntax, primitive: string, value: number): StatementSyntax {
  if (statement.kind === 'branch' || statement.name.text !== primitive) return statement;
  return {
    ...statement,
    arguments: statement.arguments.map((argument) => (argument.kind === 'integer' ? { ...argument, value } : argument)),
  };
}
