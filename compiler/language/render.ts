/** Findings as text, for people: with the line they speak of. However hostile the text, the output stays readable. */
import { addTo, counted } from '../data-plane/counting.js';
import { DIAGNOSTIC_CODES, type Diagnostic, type DiagnosticCode } from './diagnostics.js';

/** Findings of a text that are printed; the others are counted. */
const MAX_PRINTED = 20;
/** Columns of a line that are shown; the finding lies within. */
const LINE_WINDOW = 160;
/** Of them, those before the finding where the line has to be cut. */
const COLUMNS_BEFORE = 40;

/** Findings of one text, with how many of each kind are not among them. */
export interface Findings {
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly unlisted: ReadonlyMap<DiagnosticCode, number>;
}

/**
 * All findings in the order of the text, one below the other with an empty line between; of more than twenty, errors
 * before warnings, and a line that counts the others. Empty without findings.
 */
export function renderDiagnostics({ diagnostics, unlisted }: Findings, file: string, source: string): string {
  const errorsFirst = [...diagnostics].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const printed = new Set(errorsFirst.slice(0, MAX_PRINTED));
  const omitted = new Map(unlisted);
  for (const { code } of errorsFirst.slice(MAX_PRINTED)) addTo(omitted, code);
  const texts = diagnostics
    .filter((diagnostic) => printed.has(diagnostic))
    .map((diagnostic) => renderDiagnostic(diagnostic, file, source));
  if (omitted.size > 0) texts.push(`${file}: ${omittedText(omitted)}`);
  return texts.join('\n\n');
}

function omittedText(omitted: ReadonlyMap<DiagnosticCode, number>): string {
  const count = [...omitted.values()].reduce((sum, each) => sum + each, 0);
  const kinds = [...omitted].map(([code, each]) => `${grouped(each)} ${DIAGNOSTIC_CODES[code]}[${code}]`);
  return `and ${counted(count, 'more finding')}: ${kinds.join(', ')}`;
}

const grouped = (count: number): string => count.toLocaleString('en-US');

/**
 * A finding as text:
 *
 *     cache.p4runpro:7:5: error[unknown-primitive]: there is no primitive EXTRAKT
 *       7 |     EXTRAKT(hdr.l5.op, har);
 *         |     ^^^^^^^
 *       hint: did you mean EXTRACT?
 *
 * A long line is cut on both sides; control characters, which a terminal would obey, are shown as `\ufffd`.
 */
export function renderDiagnostic(diagnostic: Diagnostic, file: string, source: string): string {
  const { line, column, start, end } = diagnostic.span;
  const { before, marked, after } = windowOf(source, start, column, end);
  const gutter = String(line).length + 2;
  const indent = before.replaceAll(/[^\t]/g, ' ');
  const lines = [
    `${file}:${line}:${column}: ${diagnostic.severity}[${diagnostic.code}]: ${harmless(diagnostic.message)}`,
    `${String(line).padStart(gutter)} | ${before}${marked}${after}`,
    `${' '.repeat(gutter)} | ${indent}${'^'.repeat(Math.max(1, marked.length))}`,
  ];
  if (diagnostic.hint !== undefined) lines.push(`${' '.repeat(gutter)} hint: ${harmless(diagnostic.hint)}`);
  return lines.join('\n');
}

/** What is shown of the line that a finding begins in, cut at the finding's ends. */
function windowOf(source: string, start: number, column: number, end: number) {
  const lineStart = start - column + 1;
  // Only as much is looked at as can be shown: lines may have a million columns.
  const reach = Math.min(source.length, start + LINE_WINDOW);
  const lineBreak = /[\r\n]/.exec(source.slice(start, reach));
  const lineEnd = lineBreak === null ? reach : start + lineBreak.index;
  const fits = lineEnd - lineStart <= LINE_WINDOW && (lineBreak !== null || reach === source.length);
  const from = fits ? lineStart : Math.max(lineStart, start - COLUMNS_BEFORE);
  const to = fits ? lineEnd : Math.min(lineEnd, from + LINE_WINDOW);
  const markedTo = Math.max(start, Math.min(end, to));
  const isCut = to < lineEnd || (lineBreak === null && reach < source.length);
  return {
    before: (from > lineStart ? '…' : '') + harmless(source.slice(from, start)),
    marked: harmless(source.slice(start, markedTo)),
    after: harmless(source.slice(markedTo, to)) + (isCut ? '…' : ''),
  };
}

/** Text without what moves a terminal's cursor or turns the direction of writing around; tabs stay. */
const harmless = (text: string): string => text.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd');
