/** What the compiler has to say about a user's text: data with positions, and its rendering. */
import { must } from '../data-plane/must.js';

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
  'reserved-name': 'error',
  'unknown-primitive': 'error',
  'wrong-argument-count': 'error',
  'wrong-argument-kind': 'error',
  'equal-registers': 'error',
  'unknown-field': 'error',
  'field-too-wide': 'error',
  'no-header-action': 'error',
  'header-may-change': 'error',
  'no-action': 'error',
  'unknown-memory': 'error',
  'wrong-memory-kind': 'error',
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
  'prefix-of-other-width': 'error',
  'value-outside-mask': 'warning',
  'duplicate-condition': 'error',
  'port-out-of-range': 'error',
  'port-leads-nowhere': 'error',
  'group-out-of-range': 'error',
  'memory-behind-multicast': 'error',
  'path-too-long': 'error',
  'address-not-bounded': 'error',
  'address-out-of-range': 'error',
  'unreachable-case': 'warning',
  'unreachable-statement': 'warning',
  'no-join': 'warning',
  'not-forwarded': 'warning',
  'register-not-set': 'warning',
  'random-of-no-bits': 'warning',
  'header-not-guaranteed': 'warning',
} as const satisfies Record<string, 'error' | 'warning'>;

/** Kind of a finding. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

/** A change of the text that a hint names: what an editor offers to do. */
export interface Fix {
  /** What it does, in the imperative. */
  readonly title: string;
  /** The stretch that is replaced, as offsets in UTF-16 units; empty where text is put in. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A finding about a text, with its place, message and hint. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The change that the hint names, where one change mends it. */
  readonly fix: Fix | undefined;
}

/** A hint and the change that it names. */
export interface Advice {
  readonly hint: string;
  readonly fix: Fix;
}

/** Findings of one kind that are kept with their places; the others are counted. */
const MAX_KEPT = 100;

/** Hints that take a search are made for findings that are kept only. */
type Hint = string | Advice | undefined | (() => string | Advice | undefined);

/** Collects findings, each once; later ones never hide earlier ones, except those of one kind beyond the first hundred. */
export class Diagnostics {
  private list: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private readonly counts = new Map<DiagnosticCode, number>();

  report(code: DiagnosticCode, span: Span, message: string, hint?: Hint): void {
    const count = this.counts.get(code) ?? 0;
    if (count < MAX_KEPT) {
      const text = croppedWords(message);
      const identity = `${code} ${span.start} ${span.end} ${text}`;
      if (this.seen.has(identity)) return;
      this.seen.add(identity);
      const given = typeof hint === 'function' ? hint() : hint;
      const advice = typeof given === 'string' ? { hint: given, fix: undefined } : given;
      this.list.push({
        code,
        severity: DIAGNOSTIC_CODES[code],
        message: text,
        span,
        hint: advice && croppedWords(advice.hint),
        fix: advice?.fix,
      });
    }
    this.counts.set(code, count + 1);
  }

  /** Takes back the kept findings of one kind in a stretch of the text, which another finding explains. */
  retract(code: DiagnosticCode, { start, end }: Pick<Span, 'start' | 'end'>): void {
    const left = this.counts.get(code);
    if (left === undefined) return;
    const kept = this.list.filter((one) => one.code !== code || one.span.start < start || one.span.start >= end);
    if (kept.length === this.list.length) return;
    const count = left - (this.list.length - kept.length);
    if (count === 0) this.counts.delete(code);
    else this.counts.set(code, count);
    this.list = kept;
  }

  has(code: DiagnosticCode): boolean {
    return this.counts.has(code);
  }

  get hasErrors(): boolean {
    return this.errorCount > 0;
  }

  /** Those that are not kept included. */
  get errorCount(): number {
    let errors = 0;
    for (const [code, count] of this.counts) if (DIAGNOSTIC_CODES[code] === 'error') errors += count;
    return errors;
  }

  /** In the order of the text. */
  sorted(): Diagnostic[] {
    return [...this.list].sort((a, b) => a.span.start - b.span.start || a.code.localeCompare(b.code, 'en'));
  }

  /** How many findings of each kind there were beside those that are kept. */
  unlisted(): ReadonlyMap<DiagnosticCode, number> {
    return new Map([...this.counts].flatMap(([code, count]) => (count > MAX_KEPT ? [[code, count - MAX_KEPT]] : [])));
  }
}

/** Asks whether another word was meant, and puts it in place of what the span covers. */
export const didYouMean = (text: string, { start, end }: Pick<Span, 'start' | 'end'>): Advice => ({
  hint: `did you mean ${text}?`,
  fix: { title: `replace by ${text}`, start, end, text },
});

/** A text with a fix applied. */
export const applyFix = (source: string, { start, end, text }: Fix): string =>
  source.slice(0, start) + text + source.slice(end);

/** What of a user's word is repeated in a message. */
const MAX_WORD_CHARACTERS = 60;
const LONG_WORDS = new RegExp(`\\S{${MAX_WORD_CHARACTERS + 1},}`, 'g');

const croppedWords = (text: string): string =>
  text.length <= MAX_WORD_CHARACTERS
    ? text
    : text.replaceAll(LONG_WORDS, (word) => `${word.slice(0, MAX_WORD_CHARACTERS - 1)}…`);

/** A text may declare many thousands of names; the first ones are compared. */
const MAX_CANDIDATES = 1000;

/** The candidate nearest to a misspelt word, if any is near enough to be meant; of the first thousand. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (compared++ === MAX_CANDIDATES) break;
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

/** Letters put in, left out or changed, and neighbours that changed places. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = must(previous[j - 1], 'distance') + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(substituted, must(previous[j], 'distance') + 1, must(current[j - 1], 'distance') + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, must(beforePrevious[j - 2], 'distance') + 1);
      }
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return must(previous[b.length], 'distance');
}
