/** What the compiler has to say about a user's text: data with positions, and its rendering. */

/** A stretch of source text: offsets in UTF-16 units, line and column from 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** Every kind of finding, closed; each has a golden test of its own. */
export const DIAGNOSTIC_CODES = {
  'unexpected-character': 'error',
  'unterminated-comment': 'error',
  'bad-integer': 'error',
  syntax: 'error',
  'no-program': 'error',
  'unknown-primitive': 'error',
  'wrong-argument-count': 'error',
  'wrong-argument-kind': 'error',
  'equal-registers': 'error',
  'unknown-field': 'error',
  'field-too-wide': 'error',
  'no-header-action': 'error',
  'unknown-memory': 'error',
  'duplicate-memory': 'error',
  'unused-memory': 'error',
  'shared-memory': 'error',
  'bad-memory-size': 'error',
  'duplicate-program': 'error',
  'field-not-filterable': 'error',
  'mixed-paths': 'error',
  'path-not-executed': 'error',
  'duplicate-filter': 'error',
  'contradicting-protocol': 'error',
  'value-too-wide': 'error',
  'mask-too-wide': 'error',
  'value-outside-mask': 'warning',
  'duplicate-condition': 'error',
  'port-out-of-range': 'error',
  'unreachable-case': 'warning',
  'unreachable-statement': 'warning',
  'register-not-set': 'warning',
  'header-not-guaranteed': 'warning',
} as const satisfies Record<string, 'error' | 'warning'>;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/** Collects findings; later ones never hide earlier ones. */
export class Diagnostics {
  private readonly list: Diagnostic[] = [];

  report(code: DiagnosticCode, span: Span, message: string, hint?: string): void {
    this.list.push({ code, severity: DIAGNOSTIC_CODES[code], message, span, hint });
  }

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  /** In the order of the text. */
  sorted(): Diagnostic[] {
    return [...this.list].sort((a, b) => a.span.start - b.span.start || a.code.localeCompare(b.code, 'en'));
  }
}

/**
 * A finding as text:
 *
 *     cache.p4runpro:7:5: error[unknown-primitive]: there is no primitive EXTRAKT
 *       7 |     EXTRAKT(hdr.l5.op, har);
 *         |     ^^^^^^^
 *       hint: did you mean EXTRACT?
 */
export function renderDiagnostic(diagnostic: Diagnostic, file: string, source: string): string {
  const { line, column, start, end } = diagnostic.span;
  const text = source.split(/\r\n|\n|\r/)[line - 1] ?? '';
  const gutter = String(line).length + 2;
  const room = Math.max(1, text.length - column + 1);
  const underline = '^'.repeat(Math.max(1, Math.min(end - start, room)));
  const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  const lines = [
    `${file}:${line}:${column}: ${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `${String(line).padStart(gutter)} | ${text}`,
    `${' '.repeat(gutter)} | ${indent}${underline}`,
  ];
  if (diagnostic.hint !== undefined) lines.push(`${' '.repeat(gutter)} hint: ${diagnostic.hint}`);
  return lines.join('\n');
}

/** The candidate nearest to a misspelt word, if any is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // The distance is at least the difference in length; this keeps words of any length cheap.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
