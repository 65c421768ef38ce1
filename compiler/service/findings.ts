/** What is wrong with a text, as its editor shows it. */
import type { Diagnostic, DiagnosticCode } from '../language/diagnostics.js';
import { MAX_TEXT_LENGTH, type ServiceDocument } from './document.js';
import type { TextRange } from './text-lines.js';

export interface Finding {
  readonly range: TextRange;
  readonly code: DiagnosticCode | 'text-too-large';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/** In the order of the text; of one kind at most those that the compiler keeps. */
export function findingsOf(document: ServiceDocument): Finding[] {
  if (document.isTooLarge) return [tooLarge(document)];
  return document.analysis.diagnostics.map((diagnostic) => findingOf(diagnostic, document.text.length));
}

function tooLarge({ text }: ServiceDocument): Finding {
  const size = `the text has ${text.length.toLocaleString('en')} characters`;
  return {
    range: { start: 0, end: 1 },
    code: 'text-too-large',
    severity: 'error',
    message: `${size}, at most ${MAX_TEXT_LENGTH.toLocaleString('en')} are read`,
    hint: 'divide it into several files',
  };
}

/** A finding covers at least one character where the text has one, so that an editor can mark it. */
export function findingOf({ span, code, severity, message, hint }: Diagnostic, length: number): Finding {
  const end = Math.min(Math.max(span.end, span.start + 1), length);
  const start = Math.min(span.start, Math.max(0, end - 1));
  return { range: { start, end }, code, severity, message, hint };
}
