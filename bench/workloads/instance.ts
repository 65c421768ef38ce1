/** Instances of a program: its text with a name, a filter, memory sizes and cases of its own. */
import {
  type Annotation,
  bitsToTell,
  type CaseSyntax,
  type DataPlane,
  Diagnostics,
  formatSource,
  type Integer,
  lex,
  type MatchSyntax,
  type ProgramSyntax,
  parse,
  type SourceFile,
  type Span,
  type StatementSyntax,
} from '../../compiler/index.js';
import type { MarkedField } from './instance-marks.js';

export interface InstanceOptions {
  readonly name: string;
  /** Replaces the filter on its field; undefined leaves the filters as they are. */
  readonly filter: MarkedField | undefined;
  /** Buckets of each memory; undefined leaves the sizes as they are. */
  readonly buckets: number | undefined;
  readonly elastic: 'cached keys' | 'server ports' | undefined;
  readonly cases: number;
  /** Where the servers of a load balancer are, one more than there are cases for ports; the first is what it does otherwise. */
  readonly serverPorts: readonly number[];
  /** Which program of the file. */
  readonly index: number;
}

/** The tree of a text; what is wrong with it is found when the instance's text is compiled. */
export function syntaxOf(source: string): SourceFile {
  const diagnostics = new Diagnostics();
  return parse(lex(source, diagnostics), diagnostics);
}

/** Plain P4runpro: one program, as if a user had written it for this instance. */
export function instanceSource(file: SourceFile, options: InstanceOptions): string {
  const program = file.programs[options.index % Math.max(1, file.programs.length)];
  if (program === undefined) return formatSource(file);
  const named: ProgramSyntax = {
    ...program,
    name: { ...program.name, text: options.name },
    filters: withFilter(program.filters, options.filter),
    body: withCases(program.body, options),
  };
  const used = new Set(memoryNames(named.body));
  const annotations = file.annotations
    .filter(({ name }) => file.programs.length === 1 || used.has(name.text))
    .map((annotation) => resized(annotation, options));
  return formatSource({ annotations, programs: [named] });
}

const NOWHERE: Span = { start: 0, end: 0, line: 1, column: 1 };
const integer = (value: number): Integer => ({ value, span: NOWHERE });

function withFilter(filters: readonly MatchSyntax[], mark: MarkedField | undefined): readonly MatchSyntax[] {
  if (mark === undefined) return filters;
  const own: MatchSyntax = {
    subject: { text: mark.field, span: NOWHERE },
    value: integer(mark.value),
    mask: integer(mark.mask),
    span: NOWHERE,
  };
  return [...filters.filter(({ subject }) => subject.text !== mark.field), own];
}

function resized(annotation: Annotation, { buckets, elastic, cases }: InstanceOptions): Annotation {
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

/** Two elastic cases of the paper, read and write, serve one key; here they are one case around a common pair. */
export const cachedKeys = (cases: number): number => Math.max(1, Math.floor(cases / 2));
/** Ports of servers, one for each elastic case: from 0 on, those that packets can leave by. */
export function serverPorts(cases: number, dataPlane: DataPlane): readonly number[] {
  const ports = Array.from({ length: 2 ** dataPlane.description.ports.width }, (_, port) => port);
  return ports.filter((port) => dataPlane.inwardPort(port) === undefined).slice(0, Math.max(2, cases));
}
/** The first key word of cached key n; the second is 0. */
export const cachedKey = (n: number): number => 0x8888 + n;

/** The first BRANCH of the program with the number of cases asked for. */
function withCases(body: readonly StatementSyntax[], options: InstanceOptions): readonly StatementSyntax[] {
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

/** Per key the first case of the text, with the key's word and bucket; the cases behind it stay. */
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

/** One case per server port but the first: that is what the program does otherwise. */
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

/** The statement with another integer argument, if it is this primitive. */
function withArgument(statement: StatementSyntax, primitive: string, value: number): StatementSyntax {
  if (statement.kind === 'branch' || statement.name.text !== primitive) return statement;
  return {
    ...statement,
    arguments: statement.arguments.map((argument) => (argument.kind === 'integer' ? { ...argument, value } : argument)),
  };
}
