/** Comments of a text, which the lexer skips. */
import type { Token } from '../language/lexer.js';
import type { TextRange } from './text-lines.js';

export interface Comment extends TextRange {
  /** `//` or `#` to the end of the line, or `/*` to its end. */
  readonly kind: 'line' | 'block';
}

const COMMENT = /(?:\/\/|#)[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** In the order of the text. @param tokens of the text, closed by an `end` token */
export function commentsOf(text: string, tokens: readonly Token[]): Comment[] {
  const comments: Comment[] = [];
  let at = 0;
  for (const { span } of tokens) {
    for (const { 0: comment, index } of text.slice(at, span.start).matchAll(COMMENT)) {
      const kind = comment.startsWith('/*') ? 'block' : 'line';
      comments.push({ kind, start: at + index, end: at + index + comment.length });
    }
    at = span.end;
  }
  return comments;
}

/** Whether a character typed at this offset becomes part of a comment. */
export function isInComment(comments: readonly Comment[], text: string, offset: number): boolean {
  return comments.some(({ kind, start, end }) => {
    if (offset <= start) return false;
    const isOpen = kind === 'line' || !text.slice(start, end).endsWith('*/');
    return isOpen ? offset <= end : offset < end;
  });
}
