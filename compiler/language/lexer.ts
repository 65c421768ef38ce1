/** Text → tokens. */
import { must } from '../data-plane/must.js';
import type { Advice, Diagnostics, Span } from './diagnostics.js';
import { operatorAdvice } from './habits.js';
import { plainInteger, readInteger } from './integers.js';
import { memoryIndex } from './memory-index.js';
import {
  integerEnd,
  isDigit,
  isLetter,
  isLineEnd,
  isSpace,
  lineCommentEnd,
  mayBeginAddress,
  wordEnd,
} from './plain-text.js';

export type Token = (
  | { readonly kind: 'name'; readonly text: string }
  /** Names joined by dots. */
  | { readonly kind: 'field'; readonly text: string }
  | {
      readonly kind: 'integer';
      readonly value: number;
      /** Of an address with a prefix length, which is reported. */
      readonly mask?: number;
      readonly text: string;
    }
  | { readonly kind: 'punctuation'; readonly text: Punctuation }
  | { readonly kind: 'end'; readonly text: '' }
) & {
  readonly span: Span;
  /** Characters that belong to no token stand in front of it, and are reported. */
  readonly isBehindStray?: true;
};

/** One token or what is between tokens, by the group that matched; most are found by their characters before. */
const TOKEN = new RegExp(
  [
    // White space and comments; one that is never closed is no token.
    /([ \t\r\n\f\v]+|(?:\/\/|#)[^\n\r]*|\/\*[\s\S]*?\*\/)/,
    // Ethernet and IPv6 addresses, IPv4 addresses with a prefix length and negative numbers are reported as wholes.
    /([0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}(?![\w:])|(?=:{0,2}[0-9A-Fa-f])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\/[0-9]{1,3})?(?!\w)|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\/[0-9]{1,2}(?![\w.])|-?[0-9][0-9A-Za-z_.]*)/,
    /([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)/,
    /([(){}<>,;:@])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const PUNCTUATION = ['(', ')', '{', '}', '<', '>', ',', ';', ':', '@'] as const;
export type Punctuation = (typeof PUNCTUATION)[number];

/** By character code. */
const MARKS: readonly (Punctuation | undefined)[] = Array.from({ length: 128 }, (_, code) =>
  PUNCTUATION.find((mark) => mark.charCodeAt(0) === code),
);

/** Characters that begin no token, one after another. */
const UNEXPECTED = /(?:[^ \t\r\n\f\v0-9A-Za-z(){}<>,;:@/#]|\/(?![/*]))+/uy;
/** A text may begin with it. */
const BYTE_ORDER_MARK = '\ufeff';

/** The tokens of a text, closed by an `end` token; what is no token is reported and skipped. */
export function lex(source: string, diagnostics: Diagnostics): Token[] {
  const tokens: Token[] = [];
  let at = source.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  let line = 1;
  let lineStart = 0;
  let isBehindStray = false;

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
  const add = (token: Token): void => {
    tokens.push(isBehindStray ? { ...token, isBehindStray } : token);
    isBehindStray = false;
  };
  // Each gives the end of the token, or where it would stand, if it takes an expression to tell.
  const addPlainWord = (): number => {
    const end = wordEnd(source, at);
    if (end > at) add(wordToken(source.slice(at, end), span(end)));
    return end;
  };
  const addPlainInteger = (): number => {
    const end = integerEnd(source, at);
    if (end > at) add(integerToken(source.slice(at, end), span(end), source, diagnostics));
    return end;
  };
  const addPlainMark = (code: number): number | undefined => {
    const text = MARKS[code];
    if (text === undefined || (text === ':' && mayBeginAddress(source, at))) return undefined;
    add({ kind: 'punctuation', text, span: span(at + 1) });
    return at + 1;
  };
  /** The index of a memory that is written as an array. */
  const skipIndex = (): boolean => {
    const index = source[at] === '[' ? memoryIndex(source, at, tokens) : undefined;
    if (index === undefined) return false;
    diagnostics.report('unexpected-character', span(source.indexOf(']', at) + 1), index.message, index.hint);
    tokens.length -= index.leftOut;
    isBehindStray = true;
    skip(source.slice(at, index.end));
    return true;
  };

  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    if (isLineEnd(code)) {
      at += code === CARRIAGE_RETURN && source.charCodeAt(at + 1) === LINE_FEED ? 2 : 1;
      line++;
      lineStart = at;
      continue;
    }
    const end = isLetter(code)
      ? addPlainWord()
      : isDigit(code)
        ? addPlainInteger()
        : (addPlainMark(code) ?? lineCommentEnd(source, at));
    if (end > at) {
      at = end;
      continue;
    }
    TOKEN.lastIndex = at;
    const [text, skipped, number, word] = TOKEN.exec(source) ?? [];
    if (skipped !== undefined) {
      skip(skipped);
    } else if (text !== undefined) {
      const here = span(at + text.length);
      if (number !== undefined) add(integerToken(number, here, source, diagnostics));
      else if (word !== undefined) add(wordToken(word, here));
      else add({ kind: 'punctuation', text: text as Punctuation, span: here });
      at += text.length;
    } else if (source.startsWith('/*', at)) {
      diagnostics.report('unterminated-comment', span(at + 2), 'this comment is never closed', closing(source, at));
      at = source.length;
    } else if (!skipIndex()) {
      UNEXPECTED.lastIndex = at;
      const [characters = source.charAt(at)] = UNEXPECTED.exec(source) ?? [];
      const [message, hint] = unexpected(characters);
      const start = at;
      diagnostics.report('unexpected-character', span(at + characters.length), message, () =>
        hint === undefined ? operatorAdvice(source, start, characters) : hint,
      );
      isBehindStray = true;
      at += characters.length;
    }
  }
  add({ kind: 'end', text: '', span: span(at) });
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

/** Closes a comment at the end of its first line. */
function closing(source: string, at: number): Advice {
  LINE_END.lastIndex = at;
  const end = LINE_END.exec(source)?.index ?? source.length;
  return { hint: 'close it with */', fix: { title: 'close the comment', start: end, end, text: ' */' } };
}

const LINE_END = /[\r\n]|$/g;
/** What stands behind white space, for a look ahead of some characters. */
const NEXT = /[ \t\r\n]{0,80}([^ \t\r\n])/y;

const wordToken = (text: string, span: Span): Token => ({ kind: text.includes('.') ? 'field' : 'name', text, span });

function integerToken(text: string, span: Span, source: string, diagnostics: Diagnostics): Token {
  const plain = plainInteger(text);
  if (plain !== undefined) return { kind: 'integer', value: plain, text, span };
  NEXT.lastIndex = span.end;
  const { value, mask, fault } = readInteger(text, span, NEXT.exec(source)?.[1]);
  if (fault !== undefined) diagnostics.report('bad-integer', span, fault.message, fault.hint);
  return { kind: 'integer', value, ...(mask !== undefined && { mask }), text, span };
}
