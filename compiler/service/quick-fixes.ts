/** Quick fixes: the edits that findings propose. */
import type { ServiceDocument } from './document.js';
import { type Finding, findingOf } from './findings.js';
import type { TextEdit, TextRange } from './text-lines.js';

export interface QuickFix {
  /** A sentence in the imperative. */
  readonly title: string;
  readonly edit: TextEdit;
  /** The finding that it corrects. */
  readonly finding: Finding;
}

/** The fixes of findings that touch a range, in the order of the text. */
export function quickFixes(document: ServiceDocument, { start, end }: TextRange): QuickFix[] {
  if (document.isTooLarge) return [];
  return document.analysis.diagnostics.flatMap((diagnostic): QuickFix[] => {
    const { fix } = diagnostic;
    const finding = findingOf(diagnostic, document.text.length);
    if (fix === undefined || finding.range.end < start || finding.range.start > end) return [];
    return [{ title: fix.title, edit: { start: fix.start, end: fix.end, newText: fix.text }, finding }];
  });
}
