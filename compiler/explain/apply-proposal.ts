/** Changes of a text that proposals are, as edits of it: comments and layout of the rest stay. */
import { Diagnostics, type Span } from '../language/diagnostics.js';
import { lex, type Token } from '../language/lexer.js';
import { parse } from '../language/parser.js';
import type { ProgramSyntax, SourceFile, StatementSyntax } from '../language/syntax.js';
import { isDecision } from './forward-first.js';
import type { Proposal } from './proposals.js';

/** A part of the text and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text with a proposal carried out.
 * @param program its name in the text
 * @param proposal one that was made for this text
 * @returns undefined for proposals that change no text (recirculations, priorities, revocations), or another text
 */
export function applyProposal(text: string, program: string, proposal: Proposal): string | undefined {
  const diagnostics = new Diagnostics();
  const tokens = lex(text, diagnostics);
  const file = parse(tokens, diagnostics);
  const found = file.programs.find(({ name }) => name.text === program);
  const edits = found && editsOf(proposal, { text, tokens, file, program: found });
  if (edits === undefined || edits.length === 0) return undefined;
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((changed, { start, end, text: by }) => changed.slice(0, start) + by + changed.slice(end), text);
}

interface ProgramText {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly file: SourceFile;
  readonly program: ProgramSyntax;
}

function editsOf(proposal: Proposal, of: ProgramText): readonly Edit[] | undefined {
  switch (proposal.kind) {
    case 'smaller-memory':
      return proposal.memories.flatMap(({ name, to }) => {
        const annotation = of.file.annotations.find((each) => each.name.text === name);
        return annotation === undefined ? [] : [{ ...placeOf(annotation.buckets.span), text: String(to) }];
      });
    case 'fewer-cases':
      return withoutCases(proposal, of);
    case 'forward-first':
      return movedStatement(proposal.primitive, proposal.line, of);
    case 'more-recirculations':
    case 'more-switches':
    case 'filter-priority':
    case 'revoke':
      return undefined;
  }
}

const placeOf = ({ start, end }: Span): { start: number; end: number } => ({ start, end });

/** All lists of statements, of bodies of cases too. */
const listsIn = (body: readonly StatementSyntax[]): (readonly StatementSyntax[])[] => [
  body,
  ...body.flatMap((statement) =>
    statement.kind === 'branch' ? statement.cases.flatMap((each) => listsIn(each.body)) : [],
  ),
];

function withoutCases(
  { line, from, to, memories }: Proposal & { readonly kind: 'fewer-cases' },
  { text, tokens, file, program }: ProgramText,
): readonly Edit[] | undefined {
  const statements = listsIn(program.body).flat();
  const branch = statements.find(
    (each) => each.kind === 'branch' && each.span.line === line && each.cases.length === from,
  );
  if (branch?.kind !== 'branch') return undefined;
  const dropped = branch.cases.slice(to).map(({ span }): Edit => {
    return { start: beforeSpace(text, span.start), end: endOfBody(tokens, span.end), text: '' };
  });
  const unused = file.annotations.filter(({ name }) => memories.includes(name.text));
  return [
    ...dropped,
    ...unused.map(({ span }): Edit => ({ start: span.start, end: afterLine(text, span.end), text: '' })),
  ];
}

/** Where the body ends that opens at the first brace behind a place. */
function endOfBody(tokens: readonly Token[], from: number): number {
  let depth = 0;
  let end = from;
  for (const { text, span } of tokens) {
    if (span.start < from) continue;
    end = span.end;
    if (text === '{') depth++;
    if (text === '}') depth--;
    if (text === '}' && depth === 0) break;
  }
  return end;
}

function movedStatement(primitive: string, line: number, { text, program }: ProgramText): readonly Edit[] | undefined {
  for (const list of listsIn(program.body)) {
    const from = list.findIndex(
      (each) => each.kind === 'primitive' && each.name.text === primitive && each.span.line === line,
    );
    const to = list.slice(0, from).findLastIndex(staysBefore) + 1;
    const [moved, target] = [list[from], list[to]];
    if (moved === undefined || target === undefined || from === to) continue;
    const { end } = moved.span;
    const before = text.slice(0, target.span.start);
    const indent = before.slice(before.search(/[ \t]*$/));
    return [
      { start: beforeSpace(text, moved.span.start), end, text: '' },
      {
        start: target.span.start,
        end: target.span.start,
        text: `${text.slice(moved.span.start, end)}\n${indent}`,
      },
    ];
  }
  return undefined;
}

const staysBefore = (statement: StatementSyntax): boolean =>
  statement.kind === 'branch' || isDecision(statement.name.text);

/** Where the white space before a place begins. */
const beforeSpace = (text: string, at: number): number => text.slice(0, at).trimEnd().length;

/** The beginning of the next line. */
function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
