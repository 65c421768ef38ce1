/**
 * Formatting of a text: one statement per line, four spaces per level. Only white space changes, so words, comments and
 * the spelling of numbers are kept. Formatting is idempotent.
 */
import { must } from '../data-plane/must.js';
import type { DiagnosticCode } from '../language/diagnostics.js';
import type { ServiceDocument } from './document.js';
import { type Item, Layout } from './layout.js';
import type { TextEdit } from './text-lines.js';

/** A text with one of these errors is not formatted, as its structure is unknown. */
const UNREADABLE: readonly DiagnosticCode[] = ['syntax', 'unexpected-character', 'unterminated-comment'];

const BYTE_ORDER_MARK = '\ufeff';

/** The edits that format the text, in text order; none for a text with syntax errors. */
export function formattingEdits(document: ServiceDocument): TextEdit[] {
  const { text, analysis, isTooLarge } = document;
  if (isTooLarge || analysis.diagnostics.some(({ code }) => UNREADABLE.includes(code))) return [];
  const items = itemsOf(document);
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  let at = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const layout = new Layout(items);
  return items.flatMap(({ start, end }, i): TextEdit[] => {
    const space = text.slice(at, start);
    const edit = { start: at, end: start, newText: layout.space(i, space).replaceAll('\n', lineEnd) };
    at = end;
    return edit.newText === space ? [] : [edit];
  });
}

/** Tokens and comments in their order; the last is the `end` token. */
function itemsOf({ text, lines, structure: { tokens, places }, comments }: ServiceDocument): Item[] {
  const items: Item[] = [];
  let next = 0;
  for (const [i, token] of tokens.entries()) {
    const { start, end, line } = token.span;
    const place = must(places[i], 'place of a token');
    for (let comment = comments[next]; comment !== undefined && comment.start < start; comment = comments[++next]) {
      const kind = `${comment.kind}-comment` as const;
      const word = text.slice(comment.start, comment.end);
      items.push({
        text: word,
        kind,
        start: comment.start,
        end: comment.end,
        place,
        line: lines.lineAt(comment.start),
      });
    }
    items.push({ text: token.text, kind: token.kind, start, end, place, line: line - 1 });
  }
  return items;
}
