/** Text → tokens. */
import { must } from '../data-plane/must.js';
import type { Advice, Diagnostics, Span } from './diagnostics.js';
import { operatorAdvice } from './habits.js';
import { type Prefix, plainInteger, readInteger } from './integers.js';
import { memoryIndex } from './memory-index.js';
import { CLASS, classesOf, integerEnd, lineCommentEnd, mayBeginAddress, spaceEnd, wordEnd } from './plain-text.js';

export type Token = (
  | { readonly kind: 'name'; readonly text: string }
  /** Names joined by dots; one of several words of a field by its index. */
  | { readonly kind: 'field'; readonly text: string }
  | {
      readonly kind: 'integer';
      readonly value: number;
      /** Of an IPv6 address: all its bits, of which `value` has the order of magnitude. */
      readonly wide?: bigint;
      /** Of an address with a prefix length. */
      readonly prefix?: Prefix;
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
    // Ethernet addresses and negative numbers are reported as wholes.
    /((?=:{0,2}[0-9A-Fa-f])(?:[0-9A-Fa-f]{0,8}:){2,7}[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:\/(?:[0-9]{1,3}|(?![/*])))?(?![\w.])|::(?:\/(?:[0-9]{1,3}|(?![/*])))?(?![\w:])|[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}(?![\w:])|(?=:{0,2}[0-9A-Fa-f])[0-9A-Fa-f]{0,8}(?::[0-9A-Fa-f]{0,8}){2,8}(?:\/(?:[0-9]{1,3}|(?![/*])))?(?!\w)|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\/(?:[0-9]{1,3}|(?![/*]))(?![\w.])|-?[0-9][0-9A-Za-z_.]*)/,
    /([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+\[[0-9]+\]|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)/,
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
export const lex = (source: string, diagnostics: Diagnostics): Token[] => new Lexer(source, diagnostics).tokens();

class Lexer {
  private readonly found: Token[] = [];
  private at: number;
  private line = 1;
  private lineStart = 0;
  private isBehindStray = false;

  constructor(
    private readonly source: string,
    private readonly diagnostics: Diagnostics,
  ) {
    this.at = source.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  }

  tokens(): Token[] {
    const { source } = this;
    while (this.at < source.length) {
      const code = source.charCodeAt(this.at);
      const classes = classesOf(code);
      if ((classes & CLASS.space) !== 0) this.at = spaceEnd(source, this.at);
      else if ((classes & CLASS.lineEnd) !== 0) this.skipLineEnd(code);
      else {
        const end = this.plainEnd(code, classes);
        if (end > this.at) this.at = end;
        else this.other();
      }
    }
    this.add({ kind: 'end', text: '', span: this.spanTo(this.at) });
    return this.found;
  }

  private spanTo(end: number): Span {
    const { at, line, lineStart } = this;
    return { start: at, end, line, column: at - lineStart + 1 };
  }

  private add(token: Token): void {
    this.found.push(this.isBehindStray ? { ...token, isBehindStray: true } : token);
    this.isBehindStray = false;
  }

  private skipLineEnd(code: number): void {
    this.at += code === CARRIAGE_RETURN && this.source.charCodeAt(this.at + 1) === LINE_FEED ? 2 : 1;
    this.line++;
    this.lineStart = this.at;
  }

  /** Adds the token here. @returns its end, or that of a comment; where it stands, if it takes an expression to tell */
  private plainEnd(code: number, classes: number): number {
    const { source, at } = this;
    if ((classes & CLASS.letter) !== 0) {
      const end = wordEnd(source, at);
      if (end > at) this.add(wordToken(source.slice(at, end), this.spanTo(end)));
      return end;
    }
    if ((classes & CLASS.digit) !== 0) {
      const end = integerEnd(source, at);
      if (end > at) this.add(integerToken(source.slice(at, end), this.spanTo(end), this.diagnostics));
      return end;
    }
    const text = MARKS[code];
    if (text === undefined) return lineCommentEnd(source, at);
    if (text === ':' && mayBeginAddress(source, at)) return at;
    this.add({ kind: 'punctuation', text, span: this.spanTo(at + 1) });
    return at + 1;
  }

  /** What no look at a few characters tells. */
  private other(): void {
    const { source, diagnostics, at } = this;
    TOKEN.lastIndex = at;
    const [text, skipped, number, word] = TOKEN.exec(source) ?? [];
    if (skipped !== undefined) {
      this.skip(skipped);
    } else if (text !== undefined) {
      const here = this.spanTo(at + text.length);
      if (number !== undefined) this.add(integerToken(number, here, diagnostics));
      else if (word !== undefined) this.add(wordToken(word, here));
      else this.add({ kind: 'punctuation', text: text as Punctuation, span: here });
      this.at += text.length;
    } else if (source.startsWith('/*', at)) {
      const message = 'this comment is never closed';
      diagnostics.report('unterminated-comment', this.spanTo(at + 2), message, closing(source, at));
      this.at = source.length;
    } else if (!this.skipIndex()) {
      this.unexpected();
    }
  }

  private skip(text: string): void {
    if (text.includes('\n') || text.includes('\r')) {
      for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) {
        this.line++;
        this.lineStart = this.at + lineEnd.index + lineEnd[0].length;
      }
    }
    this.at += text.length;
  }

  /** The index of a memory that is written as an array. */
  private skipIndex(): boolean {
    const { source, at } = this;
    const index = source[at] === '[' ? memoryIndex(source, at, this.found) : undefined;
    if (index === undefined) return false;
    const span = this.spanTo(source.indexOf(']', at) + 1);
    this.diagnostics.report('unexpected-character', span, index.message, index.hint);
    this.found.length -= index.leftOut;
    this.isBehindStray = true;
    this.skip(source.slice(at, index.end));
    return true;
  }

  private unexpected(): void {
    const { source, at } = this;
    UNEXPECTED.lastIndex = at;
    const characters = UNEXPECTED.exec(source)?.[0] ?? source.charAt(at);
    const [message, hint] = unexpected(characters);
    this.diagnostics.report('unexpected-character', this.spanTo(at + characters.length), message, () =>
      hint === undefined ? operatorAdvice(source, at, characters) : hint,
    );
    this.isBehindStray = true;
    this.at += characters.length;
  }
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

const wordToken = (text: string, span: Span): Token => ({ kind: text.includes('.') ? 'field' : 'name', text, span });

function integerToken(text: string, span: Span, diagnostics: Diagnostics): Token {
  const plain = plainInteger(text);
  if (plain !== undefined) return { kind: 'integer', value: plain, text, span };
  const { fault, ...read } = readInteger(text, span);
  if (fault !== undefined) diagnostics.report('bad-integer', span, fault.message, fault.hint);
  return { kind: 'integer', ...read, text, span };
}
