/** Semantic tokens: the kind of each word, for example memory, register or primitive. */
import type { Token } from '../language/lexer.js';
import { PRIMITIVES } from '../language/primitives.js';
import { KEYWORDS } from '../language/reserved-words.js';
import type { ServiceDocument } from './document.js';
import { isRegister, nameUses } from './names.js';
import type { TextRange } from './text-lines.js';

export const SEMANTIC_TOKEN_KINDS = [
  'keyword',
  'primitive',
  'program',
  'memory',
  'register',
  'field',
  'number',
  'comment',
] as const;
export type SemanticTokenKind = (typeof SEMANTIC_TOKEN_KINDS)[number];

export interface SemanticToken extends TextRange {
  readonly kind: SemanticTokenKind;
  readonly isDeclaration: boolean;
}

/** In text order, without punctuation and unknown words. A comment may span several lines. */
export function semanticTokens(document: ServiceDocument): SemanticToken[] {
  const names = new Map(nameUses(document).map((use) => [use.range.start, use]));
  const words = document.structure.tokens.flatMap((token): SemanticToken[] => {
    const { start, end } = token.span;
    const use = names.get(start);
    const kind = use?.kind ?? kindOf(token);
    return kind === undefined ? [] : [{ start, end, kind, isDeclaration: use?.isDeclaration === true }];
  });
  const comments = document.comments.map(({ start, end }): SemanticToken => {
    return { start, end, kind: 'comment', isDeclaration: false };
  });
  return [...words, ...comments].sort((a, b) => a.start - b.start);
}

function kindOf({ kind, text }: Token): SemanticTokenKind | undefined {
  if (kind === 'field') return 'field';
  if (kind === 'integer') return 'number';
  if (kind !== 'name') return undefined;
  if (KEYWORDS.includes(text)) return 'keyword';
  if (PRIMITIVES.has(text)) return 'primitive';
  return isRegister(text) ? 'register' : undefined;
}
