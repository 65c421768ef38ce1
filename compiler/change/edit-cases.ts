/** Changes of a source text case by case; all other text stays as its author wrote it. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { type Diagnostic, Diagnostics, type Span } from '../language/diagnostics.js';
import { lex, type Token } from '../language/lexer.js';
import { parse } from '../language/parser.js';
import type { CaseSyntax, MatchSyntax, ProgramSyntax, StatementSyntax } from '../language/syntax.js';
import { analyse } from '../passes/compile.js';

/** The cases of one BRANCH of a text, and where they stand. */
export interface BranchText {
  readonly line: number;
  readonly cases: readonly CaseText[];
}

export interface CaseText {
  readonly syntax: CaseSyntax;
  /** From `case` to behind its closing brace. */
  readonly start: number;
  readonly end: number;
}

/** All BRANCHes of a program of a text that can be parsed, in the order in which they stand. */
export function branchTexts(source: string, program: string): BranchText[] {
  const tokens = lex(source, new Diagnostics());
  const { programs } = parse(tokens, new Diagnostics());
  const found = programs.find(({ name }) => name.text === program);
  return found === undefined ? [] : branchesIn(found.body, tokens).sort((a, b) => a.line - b.line);
}

function branchesIn(statements: readonly StatementSyntax[], tokens: readonly Token[]): BranchText[] {
  return statements.flatMap((statement): BranchText[] => {
    if (statement.kind !== 'branch') return [];
    const cases = statement.cases.map((syntax) => ({ syntax, start: syntax.span.start, end: endOf(syntax, tokens) }));
    const nested = statement.cases.flatMap(({ body }) => branchesIn(body, tokens));
    return [{ line: statement.span.line, cases }, ...nested];
  });
}

/** Behind the brace that closes a case. */
function endOf({ span }: CaseSyntax, tokens: readonly Token[]): number {
  let open = 0;
  for (const { text, span: at } of tokens) {
    if (at.start < span.end) continue;
    if (text === '{') open++;
    if (text === '}' && --open === 0) return at.end;
  }
  throw new Error('a case that was parsed has its closing brace');
}

export interface InsertedCase {
  readonly source: string;
  /** What is wrong with the case, with places in its own text; the new source holds no error if this has none. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts a case into a BRANCH.
 * @param before the case that it comes before; behind the last if left out
 */
export function insertCase(
  source: string,
  branch: BranchText,
  text: string,
  dataPlane: DataPlane,
  before?: CaseText,
): InsertedCase {
  const syntaxErrors = caseSyntaxErrors(text);
  const last = branch.cases.at(-1);
  if (syntaxErrors.length > 0 || last === undefined) return { source, diagnostics: syntaxErrors };
  const indent = indentAt(source, (before ?? last).start);
  const at = before?.start ?? last.end;
  const lead = before === undefined ? `\n${indent}` : '';
  const inserted = source.slice(0, at) + lead + text + (before === undefined ? '' : `\n${indent}`) + source.slice(at);
  const start = at + lead.length;
  const { diagnostics } = analyse(inserted, dataPlane);
  const isInside = ({ span }: Diagnostic): boolean => span.start >= start && span.start < start + text.length;
  return {
    source: inserted,
    diagnostics: diagnostics
      .filter((finding) => isInside(finding) || finding.severity === 'error')
      .map((finding) => findingIn(text, start, finding)),
  };
}

/** The text without a case, and the space before it. */
export function removeCase(source: string, { start, end }: CaseText): string {
  const before = source.slice(0, start);
  const space = before.slice(before.search(/[ \t\r\n]*$/));
  const lines = before.slice(0, before.length - space.length).split('\n');
  // A line comment ends with its line.
  const isBehindComment = /\/\/|#/.test(must(lines.at(-1), 'last line'));
  return source.slice(0, isBehindComment ? start : start - space.length) + source.slice(end);
}

/** Conditions as `case(…)` has them, a body behind them or not; undefined if the text is none. */
export function caseConditions(text: string): readonly MatchSyntax[] | undefined {
  const whole = text.includes('{') ? text : `${text} { }`;
  return parsedCase(whole).program?.body.flatMap((statement) =>
    statement.kind === 'branch' ? (statement.cases[0]?.conditions ?? []) : [],
  );
}

const BEFORE = 'program p(<f.f, 0, 0>) { BRANCH: ';

function parsedCase(text: string): { readonly program: ProgramSyntax | undefined; readonly diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics();
  const { programs } = parse(lex(`${BEFORE}${text}\n; }`, diagnostics), diagnostics);
  const [program, ...others] = diagnostics.hasErrors ? [] : programs;
  const [only, ...more] = program?.body ?? [];
  const isOne = others.length === 0 && more.length === 0 && only?.kind === 'branch' && only.cases.length === 1;
  return { program: isOne ? program : undefined, diagnostics };
}

/** What keeps a text from being one case, with places in it. */
function caseSyntaxErrors(text: string): Diagnostic[] {
  const { program, diagnostics } = parsedCase(text);
  const found = diagnostics.sorted().map((finding) => findingIn(text, BEFORE.length, finding));
  if (found.length > 0 || program !== undefined) return found;
  const message = 'expected one case';
  const hint = 'case(<register, value, mask>) { statements }';
  return [{ code: 'syntax', severity: 'error', message, span: spanIn(text, 0, text.length), hint, fix: undefined }];
}

/** A finding about a program as one about a part of its text, that begins at an offset. */
function findingIn(text: string, at: number, finding: Diagnostic): Diagnostic {
  const { span, fix } = finding;
  const isInside = fix !== undefined && fix.start >= at && fix.end <= at + text.length;
  return {
    ...finding,
    span: spanIn(text, span.start - at, span.end - at),
    // What would change the text around it is no change of the part.
    fix: isInside ? { ...fix, start: fix.start - at, end: fix.end - at } : undefined,
  };
}

/** A stretch of a text by its offsets, which are cut to it. */
function spanIn(text: string, from: number, to: number): Span {
  const start = Math.max(0, Math.min(from, text.length));
  const lines = text.slice(0, start).split('\n');
  return {
    start,
    end: Math.max(start, Math.min(to, text.length)),
    line: lines.length,
    column: must(lines.at(-1), 'last line').length + 1,
  };
}

/** White space up to the first word of the line; as wide as what stands before, if a word does. */
function indentAt(source: string, start: number): string {
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return line.replaceAll(/[^\t]/g, ' ');
}
