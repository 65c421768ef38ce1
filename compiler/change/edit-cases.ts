/** Edits of a source case by case; all other text stays as it is. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { type Diagnostic, Diagnostics, type Span } from '../language/diagnostics.js';
import { lex, type Token } from '../language/lexer.js';
import { parse } from '../language/parser.js';
import type { CaseSyntax, MatchSyntax, ProgramSyntax, StatementSyntax } from '../language/syntax.js';
import { analyse } from '../passes/compile.js';

/** The cases of one BRANCH of a source, with their positions. */
export interface BranchText {
  readonly line: number;
  readonly cases: readonly CaseText[];
}

export interface CaseText {
  readonly syntax: CaseSyntax;
  /** Offsets of the `case` keyword and of the end of its closing brace. */
  readonly start: number;
  readonly end: number;
}

/** All BRANCHes of a program in a source without syntax errors, in source order. */
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

/** The offset after the brace that closes a case. */
function endOf({ span }: CaseSyntax, tokens: readonly Token[]): number {
  let open = 0;
  for (const { text, span: at } of tokens) {
    if (at.start < span.end) continue;
    if (text === '{') open++;
    if (text === '}' && --open === 0) return at.end;
  }
  throw new Error('a parsed case has no closing brace');
}

export interface InsertedCase {
  readonly source: string;
  /** Findings about the case, with positions in its own text; without an error here, the new source has none. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Inserts a case into a BRANCH.
 * @param before the case before which it is inserted; by default it becomes the last
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

/** The source without a case and the white space before it. */
export function removeCase(source: string, { start, end }: CaseText): string {
  const before = source.slice(0, start);
  const space = before.slice(before.search(/[ \t\r\n]*$/));
  const lines = before.slice(0, before.length - space.length).split('\n');
  // After a line comment the line break stays: it ends the comment.
  const isBehindComment = /\/\/|#/.test(must(lines.at(-1), 'last line'));
  return source.slice(0, isBehindComment ? start : start - space.length) + source.slice(end);
}

/** The conditions of `case(…)` with or without a body; undefined if the text is no case. */
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

/** The syntax errors of a text that has to be one case, with positions in it. */
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

/** A span of a text from offsets, which are limited to the text. */
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

/** White space as wide as the text in front of an offset in its line; tabs stay tabs. */
function indentAt(source: string, start: number): string {
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return line.replaceAll(/[^\t]/g, ' ');
}
