/** Findings of a text for an editor. */
import type { Diagnostic, DiagnosticCode } from '../language/diagnostics.js';
import { MAX_TEXT_LENGTH, type ServiceDocument } from './document.js';
import type { TextRange } from './text-lines.js';

export interface Finding {
  readonly range: TextRange;
  readonly code: DiagnosticCode | 'text-too-large';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** How to correct it. */
  readonly hint: string | undefined;
}

/** In text order; at most as many of one kind as the compiler keeps. */
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

/** A finding with a range of at least one character, if the text has one, so that an editor can mark it. */
export function findingOf({ span, code, severity, message, hint }: Diagnostic, length: number): Finding {
  const end = Math.min(Math.max(span.end, span.start + 1), length);
  const start = Math.min(span.start, Math.max(0, end - 1));
  return { range: { start, end }, code, severity, message, hint };
}
