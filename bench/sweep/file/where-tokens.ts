/** The words of a `where` expression, with their places. */
import { DomainError } from '../../../compiler/index.js';

export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** From 0. */
  readonly at: number;
}

/** Something wrong with an expression. */
export class WhereError extends DomainError {
  override readonly name = 'WhereError';
  readonly code = 'not-a-condition';
  readonly ends = 'bad-input';

  constructor(
    /** Place in the expression, from 0. */
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const SIGNS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!', '+', '-', '*', '/', '%', '(', ')'] as const;
const PATTERN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'([^']*)'|([A-Za-z_]\w*)|(&&|\|\||[=!<>]=|[<>!+\-*/%()]))/y;

/** Longer expressions are refused: nobody writes them by hand. */
export const MAX_WHERE_CHARACTERS = 4096;

/** @throws {WhereError} */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_WHERE_CHARACTERS) {
    const [found, most] = [text.length, MAX_WHERE_CHARACTERS].map((count) => count.toLocaleString('en-US'));
    throw new WhereError(0, `the expression has ${found} characters, and at most ${most} are read`);
  }
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const start = PATTERN.lastIndex;
    const match = PATTERN.exec(text);
    if (match === null) {
      const rest = text.slice(start).trimStart();
      const at = text.length - rest.length;
      if (rest === '') break;
      throw new WhereError(at, wrongCharacter(rest));
    }
    const [whole, number, quoted, name, sign] = match;
    const at = start + whole.length - whole.trimStart().length;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function wrongCharacter(rest: string): string {
  if (rest.startsWith("'")) return "a text is not closed: a ' is missing";
  const first = rest.charAt(0);
  const near: Readonly<Record<string, string>> = { '=': '==', '&': '&&', '|': '||', '"': "'" };
  const hint = near[first] === undefined ? `known signs are ${SIGNS.join(' ')}` : `did you mean ${near[first]}?`;
  return `found ${first}, which means nothing here (${hint})`;
}
