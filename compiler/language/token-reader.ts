/** A list of tokens, read from left to right: what a parser asks of it, and how it goes on behind a fault. */
import type { Advice, Diagnostics, Span } from './diagnostics.js';
import type { Punctuation, Token } from './lexer.js';

/**
 * Thrown to the nearest place that can go on; never leaves the parser. One serves all: what is wrong has been reported,
 * and a stack trace for each costs more than the parsing of a text that has many.
 */
class SyntaxFault extends Error {}
const SYNTAX_FAULT = new SyntaxFault();

/** Faults beyond which the rest of a text is not read: it is no program. */
const MAX_FAULTS = 10_000;

/** From the start of one span to the end of another. */
export const between = (from: Span, to: Span): Span => ({ ...from, end: Math.max(from.end, to.end) });

/** Methods that report are given a hint, which may be a change of the text. */
export class TokenReader {
  private at = 0;
  /** The token there. */
  private token: Token;
  private faults = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly diagnostics: Diagnostics,
  ) {
    this.token = this.tokenAt(0);
  }

  /** The next token to be taken. */
  get current(): Token {
    return this.token;
  }

  /** The one behind it. */
  get next(): Token {
    return this.tokenAt(this.at + 1);
  }

  private tokenAt(at: number): Token {
    const token = this.tokens[at] ?? (at < 0 ? this.tokens[0] : this.tokens.at(-1));
    if (token === undefined) throw new Error('a token list ends with an end token');
    return token;
  }

  take(): Token {
    const { token } = this;
    this.moveTo(this.at + 1);
    return token;
  }

  private moveTo(at: number): void {
    this.at = at;
    this.token = this.tokenAt(at);
  }

  isPunctuation(text: Punctuation, token = this.current): boolean {
    return token.kind === 'punctuation' && token.text === text;
  }

  isName(text: string, token = this.current): boolean {
    return token.kind === 'name' && token.text === text;
  }

  /** Whether something is missing in front of the current token that stood at the end of an earlier line. */
  get beginsLine(): boolean {
    return this.at > 0 && this.current.span.line > this.tokenAt(this.at - 1).span.line;
  }

  /** The place behind the last token that was taken: one character wide, and empty as offsets. */
  get behindLast(): Span {
    const { start, end, line, column } = this.tokenAt(this.at - 1).span;
    return { start: end, end, line, column: column + end - start };
  }

  /** The current token in words. */
  get found(): string {
    const { kind, text } = this.current;
    return kind === 'end' ? 'the end of the file' : `'${text}'`;
  }

  /** Reports what was expected in place of the current token, and gives up this part of the text. */
  fail(expected: string, hint?: string | Advice): never {
    return this.refuse(this.current.span, `${expected}, found ${this.found}`, hint);
  }

  /** Reports a fault, and gives up this part of the text. */
  refuse(span: Span, message: string, hint?: string | Advice): never {
    // Beside characters that are no token, those are the fault, and they have been reported.
    const isExplained = this.current.isBehindStray === true || this.next.isBehindStray === true;
    if (!isExplained) this.diagnostics.report('syntax', span, message, hint);
    throw SYNTAX_FAULT;
  }

  /** Reports a fault that does not hinder reading on. */
  note(span: Span, message: string, hint?: string | Advice): void {
    this.diagnostics.report('syntax', span, message, hint);
  }

  /** Reports the prefix length of an address where it does not stand for value and mask. */
  refusePrefix(token: Token): void {
    if (token.kind !== 'integer' || token.prefix === undefined) return;
    const { start, end } = token.span;
    const text = token.text.slice(0, token.text.indexOf('/'));
    const fix = { title: `write ${text}`, start, end, text };
    const message = `'${token.text}' is a value and a mask, and may stand alone behind a field or register`;
    this.note(token.span, message, { hint: `without the length: ${text}`, fix });
  }

  /** Reports a stretch as a whole, in place of what was found in it while its tokens were read. */
  noteWhole(span: Span, message: string, hint: string): void {
    const { end } = this.tokenAt(this.at - 1).span;
    for (const code of ['unexpected-character', 'bad-integer'] as const) {
      this.diagnostics.retract(code, { start: span.start, end });
    }
    this.note(span, message, hint);
  }

  /** Whether the token third from the current one is `<` or `>`: that of `if (sar > 1)` is. */
  get comparesSize(): boolean {
    const third = this.tokenAt(this.at + 3);
    return this.isPunctuation('(', this.next) && (this.isPunctuation('<', third) || this.isPunctuation('>', third));
  }

  /** Reports that something is missing behind the last token. Reading goes on as if it were there. */
  missing(text: Punctuation): Span {
    const place = this.behindLast;
    this.note(place, `expected '${text}', found ${this.found}`, {
      hint: `write '${text}' here`,
      fix: { title: `insert '${text}'`, start: place.start, end: place.end, text },
    });
    return place;
  }

  punctuation(text: Punctuation, hint?: string | Advice): Span {
    if (!this.isPunctuation(text)) this.fail(`expected '${text}'`, hint);
    return this.take().span;
  }

  /** @param recover is called where the action failed, to skip what it could not read */
  recovering(action: () => void, recover: () => void): void {
    try {
      action();
    } catch (error) {
      if (error !== SYNTAX_FAULT) throw error;
      if (++this.faults > MAX_FAULTS) this.moveTo(this.tokens.length - 1);
      recover();
    }
  }

  skipTo(stop: () => boolean): void {
    while (this.current.kind !== 'end' && !stop()) this.take();
  }

  /** To behind the next `;` of this body or the block that ends the statement, or before the `}` that ends the body. */
  skipStatement(isEnd: () => boolean = () => this.isName('program')): void {
    let depth = 0;
    while (this.current.kind !== 'end' && !isEnd()) {
      if (depth === 0 && this.isPunctuation('}')) return;
      const { text } = this.take();
      if (text === '{') depth++;
      if (text === '}') depth--;
      if (depth === 0 && (text === ';' || (text === '}' && !this.continuesStatement))) return;
    }
  }

  /** Whether what stands behind a block belongs to the same statement. */
  private get continuesStatement(): boolean {
    return this.isPunctuation(';') || this.isName('case');
  }
}
