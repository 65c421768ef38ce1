/** Text → tokens. */
import { must } from '../data-plane/must.js';
import type { Diagnostics, Span } from './diagnostics.js';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly span: Span }
  /** Names joined by dots. */
  | { readonly kind: 'field'; readonly text: string; readonly span: Span }
  | { readonly kind: 'integer'; readonly value: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'punctuation'; readonly text: Punctuation; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

export type Punctuation = '(' | ')' | '{' | '}' | '<' | '>' | ',' | ';' | ':' | '@';

/** One token or what is between tokens, by the group that matched. */
const TOKEN = new RegExp(
  [
    // White space and comments; one that is never closed is no token.
    /([ \t\r\n\f\v]+|(?:\/\/|#)[^\n\r]*|\/\*[\s\S]*?\*\/)/,
    /([0-9][0-9A-Za-z_.]*)/,
    /([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)/,
    /([(){}<>,;:@])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

/** Characters that begin no token, one after another. */
const UNEXPECTED = /(?:[^ \t\r\n\f\v0-9A-Za-z(){}<>,;:@/#]|\/(?![/*]))+/uy;
/** A text may begin with it. */
const BYTE_ORDER_MARK = '\ufeff';

/** The largest integer that any field can hold: 48 bits. */
const MAX_INTEGER = 2 ** 48 - 1;

/** The tokens of a text, closed by an `end` token; what is no token is reported and skipped. */
export function lex(source: string, diagnostics: Diagnostics): Token[] {
  const tokens: Token[] = [];
  let at = source.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  let line = 1;
  let lineStart = 0;

  const span = (end: number): Span => ({ start: at, end, line, column: at - lineStart + 1 });
  const skip = (text: string): void => {
    if (text.includes('\n') || text.includes('\r')) {
      for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) {
        line++;
        lineStart = at + lineEnd.index + lineEnd[0].length;
      }
    }
    at += text.length;
  };

  while (at < source.length) {
    TOKEN.lastIndex = at;
    const [text, skipped, number, word] = TOKEN.exec(source) ?? [];
    if (skipped !== undefined) {
      skip(skipped);
    } else if (text !== undefined) {
      const here = span(at + text.length);
      if (number !== undefined) tokens.push(integerToken(number, here, diagnostics));
      else if (word !== undefined) tokens.push({ kind: word.includes('.') ? 'field' : 'name', text: word, span: here });
      else tokens.push({ kind: 'punctuation', text: text as Punctuation, span: here });
      at += text.length;
    } else if (source.startsWith('/*', at)) {
      diagnostics.report('unterminated-comment', span(at + 2), 'this comment is never closed', 'close it with */');
      at = source.length;
    } else {
      UNEXPECTED.lastIndex = at;
      const [characters = source.charAt(at)] = UNEXPECTED.exec(source) ?? [];
      diagnostics.report('unexpected-character', span(at + characters.length), ...unexpected(characters));
      at += characters.length;
    }
  }
  tokens.push({ kind: 'end', text: '', span: { start: at, end: at, line, column: at - lineStart + 1 } });
  return tokens;
}

/** Message and hint about characters that belong to no token. */
function unexpected(characters: string): [message: string, hint: string | undefined] {
  const code = must(characters.codePointAt(0), 'character');
  const first = String.fromCodePoint(code);
  const named = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const isSpace = /[\p{Z}\p{Cf}]/u.test(first);
  const what = isSpace
    ? `${SPACES.get(code) ?? 'invisible character'} (${named})`
    : /[\p{L}\p{N}\p{P}\p{S}]/u.test(first)
      ? `'${first}'`
      : `character ${named}`;
  const others = characters.length - first.length;
  return [
    others === 0 ? `unexpected ${what}` : `unexpected ${what} and ${others} more`,
    isSpace
      ? 'only space, tab and line breaks separate words; text copied from a page or PDF may hold others'
      : undefined,
  ];
}

const SPACES: ReadonlyMap<number, string> = new Map([
  [0xa0, 'no-break space'],
  [0x200b, 'zero-width space'],
  [0xfeff, 'byte order mark'],
]);

function integerToken(text: string, span: Span, diagnostics: Diagnostics): Token {
  const value = parseInteger(text);
  if (value === undefined) {
    diagnostics.report(
      'bad-integer',
      span,
      `'${text}' is not an integer`,
      'integers are decimal, 0x…, 0b…, or a dotted quad such as 10.0.0.1',
    );
  } else if (value > MAX_INTEGER) {
    diagnostics.report('bad-integer', span, `${text} is larger than any field (48 bits)`);
  }
  // A bad one counts as 0, which fits everywhere, so that it is reported once.
  return { kind: 'integer', value: value !== undefined && value <= MAX_INTEGER ? value : 0, text, span };
}

/** Decimal, 0x…, 0b… (either case) or a dotted quad; undefined for anything else. */
export function parseInteger(text: string): number | undefined {
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (quad !== null) {
    const bytes = quad.slice(1).map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
  }
  return /^(\d+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/.test(text) ? Number(text) : undefined;
}
