/**
 * The structure of a text by its tokens: one walk that continues after every error gives each token a place. Features
 * that have to work on an incomplete line use it, as the parser has no tree there.
 */
import type { Span } from '../language/diagnostics.js';
import type { Token } from '../language/lexer.js';
import { PRIMITIVES } from '../language/primitives.js';

/** The syntactic place of a token. */
export type Place =
  /** Outside programs: an annotation or a program. */
  | { readonly kind: 'top-level' }
  | { readonly kind: 'memory-name' }
  /** The word `pair` before the name. */
  | { readonly kind: 'memory-kind' }
  | { readonly kind: 'memory-size' }
  | { readonly kind: 'program-name' }
  /** Between the matches of a program or case: a parenthesis, a comma, or `<`. */
  | { readonly kind: 'matches'; readonly of: MatchOwner; readonly earlier: readonly string[] }
  /** Inside `<subject, value, mask>`. */
  | {
      readonly kind: 'match';
      readonly of: MatchOwner;
      readonly part: MatchPart;
      readonly subject: string | undefined;
      /** Subjects of the matches before it. */
      readonly earlier: readonly string[];
    }
  /** The brace that opens the body of a program or case. */
  | { readonly kind: 'body' }
  | { readonly kind: 'statement' }
  /** After the name of a primitive or its arguments. */
  | { readonly kind: 'call-end'; readonly callee: Token }
  | {
      readonly kind: 'argument';
      readonly callee: Token;
      /** From 0. */
      readonly index: number;
      /** The arguments before it. */
      readonly earlier: readonly string[];
    }
  /** After BRANCH. */
  | { readonly kind: 'branch' }
  /** After the body of a case: another case, or `;`. */
  | { readonly kind: 'case-end' };

export type MatchOwner = 'program' | 'case';
export type MatchPart = 'subject' | 'value' | 'mask';
export const MATCH_PARTS: readonly MatchPart[] = ['subject', 'value', 'mask'];

/** A program or case. */
export interface Block {
  readonly kind: MatchOwner;
  /** The word `program` or `case`. */
  readonly head: Span;
  /** The name of a program, if it has one. */
  name: Token | undefined;
  /** The opening brace; undefined if it is missing. */
  open: Span | undefined;
  /** The closing brace; undefined if it is missing. */
  close: Span | undefined;
  /** The end of the head, before the body. */
  headEnd: number;
  /** The cases inside. */
  readonly inner: Block[];
}

export interface Structure {
  readonly tokens: readonly Token[];
  /** By token: its own place. A primitive at the start of a line always begins a statement. */
  readonly places: readonly Place[];
  /** By token: the place after it. */
  readonly behind: readonly Place[];
  readonly programs: readonly Block[];
}

/** Maximum number of earlier matches or arguments that a place lists. */
const MAX_EARLIER = 32;

export const TOP_LEVEL: Place = { kind: 'top-level' };
const STATEMENT: Place = { kind: 'statement' };
const BODY: Place = { kind: 'body' };
const BRANCH: Place = { kind: 'branch' };
const CASE_END: Place = { kind: 'case-end' };

/** @param tokens of a text, closed by an `end` token */
export function structureOf(tokens: readonly Token[]): Structure {
  const walk = new Walk();
  const places: Place[] = [];
  const behind: Place[] = [];
  let line = 0;
  for (const [i, token] of tokens.entries()) {
    if (token.span.line > line) walk.beginLine(token, tokens[i + 1]);
    line = token.span.line;
    if (walk.place.kind === 'memory-name' && token.text === 'pair' && tokens[i + 1]?.kind === 'name') {
      places.push({ kind: 'memory-kind' });
      behind.push(walk.place);
      continue;
    }
    places.push(walk.place);
    walk.take(token);
    behind.push(walk.place);
  }
  return { tokens, places, behind, programs: walk.programs };
}

class Walk {
  place: Place = TOP_LEVEL;
  readonly programs: Block[] = [];
  /** The program that contains the token. */
  private program: Block | undefined;
  /** The open blocks, and the program or case whose body comes next. */
  private readonly open: Block[] = [];
  private next: Block | undefined;

  /** A primitive, or a word before `(`, at the start of a line begins a statement, also after an incomplete one. */
  beginLine({ kind, text }: Token, next: Token | undefined): void {
    if (kind !== 'name' || this.open.length === 0) return;
    if (text === 'case' || text === 'program') return;
    if (PRIMITIVES.has(text) || text === 'BRANCH' || next?.text === '(') this.place = STATEMENT;
  }

  take(token: Token): void {
    if (token.kind === 'name' && token.text === 'program') this.beginProgram(token);
    else if (token.kind === 'punctuation') this.punctuation(token);
    else if (token.kind === 'name' && token.text === 'case' && this.program !== undefined) this.beginCase(token);
    else if (token.kind !== 'end') this.word(token);
  }

  private beginProgram(token: Token): void {
    this.open.length = 0;
    this.next = { kind: 'program', head: token.span, name: undefined, ...unopened(token.span.end) };
    this.program = this.next;
    this.programs.push(this.next);
    this.place = { kind: 'program-name' };
  }

  private beginCase({ span }: Token): void {
    this.next = { kind: 'case', head: span, name: undefined, ...unopened(span.end) };
    (this.open.at(-1) ?? this.program)?.inner.push(this.next);
    this.place = { kind: 'matches', of: 'case', earlier: [] };
  }

  /** Names, fields and integers. */
  private word(token: Token): void {
    const { place } = this;
    switch (place.kind) {
      case 'memory-name':
        this.place = { kind: 'memory-size' };
        return;
      case 'memory-size':
        this.place = this.base();
        return;
      case 'program-name':
        if (this.next !== undefined) this.next.name = token;
        this.lengthenHead(token.span);
        this.place = { kind: 'matches', of: 'program', earlier: [] };
        return;
      case 'match':
        if (place.part === 'subject') this.place = { ...place, subject: token.text };
        break;
      case 'argument':
        this.place = { ...place, earlier: [...place.earlier.slice(0, Math.min(place.index, MAX_EARLIER)), token.text] };
        return;
      case 'statement':
      case 'case-end':
        this.place = token.text === 'BRANCH' ? BRANCH : { kind: 'call-end', callee: token };
        return;
      default:
    }
    this.lengthenHead(token.span);
  }

  private lengthenHead({ end }: Span): void {
    if (this.next !== undefined) this.next.headEnd = end;
  }

  private punctuation({ text, span }: Token): void {
    const { place } = this;
    if (text === '@') this.place = { kind: 'memory-name' };
    else if (text === '{') this.openBody(span);
    else if (text === '}') this.closeBody(span);
    else if (text === ';') this.place = this.base();
    else if (place.kind === 'match' || place.kind === 'matches') this.inMatches(place, text, span);
    else if (text === '(' && place.kind === 'call-end')
      this.place = { ...place, kind: 'argument', index: 0, earlier: [] };
    else if (place.kind === 'argument') {
      if (text === ',') this.place = { ...place, index: place.index + 1 };
      else if (text === ')') this.place = { kind: 'call-end', callee: place.callee };
    }
  }

  private inMatches(place: Place & { kind: 'match' | 'matches' }, text: string, span: Span): void {
    this.lengthenHead(span);
    const { of, earlier } = place;
    if (text === ')') this.place = BODY;
    else if (text === '<') this.place = { kind: 'match', of, part: 'subject', subject: undefined, earlier };
    else if (place.kind === 'match' && text === ',') {
      const part = MATCH_PARTS[MATCH_PARTS.indexOf(place.part) + 1];
      this.place = part === undefined ? { kind: 'matches', of, earlier } : { ...place, part };
    } else if (place.kind === 'match' && text === '>') {
      const { subject } = place;
      this.place = {
        kind: 'matches',
        of,
        earlier: subject === undefined ? earlier : [...earlier.slice(0, MAX_EARLIER), subject],
      };
    }
  }

  private openBody(span: Span): void {
    const outer = this.open.at(-1);
    if (this.next !== undefined) {
      this.next.open = span;
      this.open.push(this.next);
    } else if (outer !== undefined) {
      // A brace without a head: its cases belong to the block around it.
      this.open.push({ ...outer });
    }
    this.next = undefined;
    this.place = this.base();
  }

  private closeBody(span: Span): void {
    const block = this.open.pop();
    if (block !== undefined) block.close = span;
    this.next = undefined;
    if (this.open.length === 0) this.program = undefined;
    this.place = block?.kind === 'case' && this.open.length > 0 ? CASE_END : this.base();
  }

  private base(): Place {
    return this.open.length === 0 ? TOP_LEVEL : STATEMENT;
  }
}

const unopened = (headEnd: number): Pick<Block, 'open' | 'close' | 'headEnd' | 'inner'> => ({
  open: undefined,
  close: undefined,
  headEnd,
  inner: [],
});
