/** Completion: the words and templates that are possible at an offset. */
import { isInComment } from './comments.js';
import type { CompletionItem } from './completion-item.js';
import {
  caseItem,
  matchItem,
  memoryItem,
  memorySizeItems,
  statementItems,
  topLevelItems,
} from './completion-snippets.js';
import { argumentItems, matchItems } from './completion-values.js';
import type { ServiceDocument } from './document.js';
import type { Place } from './structure.js';
import type { TextRange } from './text-lines.js';

export interface Completion {
  /** The word that an item replaces; an empty range if no word was begun. */
  readonly range: TextRange;
  /** In the order in which an editor should list them; not filtered by the word. */
  readonly items: readonly CompletionItem[];
}

/** No items in comments and where only punctuation can follow. */
export function completionAt(document: ServiceDocument, offset: number): Completion {
  const range = wordRange(document.text, offset);
  if (document.isTooLarge || isInComment(document.comments, document.text, offset)) return { range, items: [] };
  return { range, items: itemsAt(document, placeOf(document, range.start), range) };
}

/** The place for completion: at the start of a line a statement, also if the statement before it lacks its `;`. */
function placeOf(document: ServiceDocument, start: number): Place {
  const { text } = document;
  const place = document.placeAt(start);
  const lineStart = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  return place.kind === 'call-end' && text.slice(lineStart, start).trim() === '' ? { kind: 'statement' } : place;
}

/** Longer words are not completed. */
const MAX_WORD = 200;

function wordRange(text: string, offset: number): TextRange {
  const isPart = (at: number): boolean => at >= 0 && /[A-Za-z0-9_.]/.test(text.charAt(at));
  let start = offset;
  while (offset - start < MAX_WORD && isPart(start - 1)) start--;
  let end = offset;
  while (end - offset < MAX_WORD && isPart(end)) end++;
  return { start, end };
}

function itemsAt(document: ServiceDocument, place: Place, range: TextRange): readonly CompletionItem[] {
  switch (place.kind) {
    case 'top-level':
      return topLevelItems(document, range);
    case 'memory-name':
      return [memoryItem];
    case 'memory-size':
      return memorySizeItems(document.dataPlane);
    case 'matches':
      return matchItem(document, place, range);
    case 'match':
      return matchItems(document, place, range);
    case 'statement':
      return statementItems();
    case 'branch':
    case 'case-end':
      return [caseItem];
    case 'argument':
      return argumentItems(document, place, range);
    default:
      return [];
  }
}
