/** White space between the tokens and comments of a text. */
import { must } from '../data-plane/must.js';
import type { Token } from '../language/lexer.js';
import type { Place } from './structure.js';
import type { TextRange } from './text-lines.js';

/** A token or comment, and what may stand in its place. */
export interface Item extends TextRange {
  readonly text: string;
  readonly kind: Token['kind'] | 'line-comment' | 'block-comment';
  /** For a comment, the place of the token after it. */
  readonly place: Place;
  /** From 0. */
  readonly line: number;
}

const INDENT = '    ';
/** A continued line is two levels deeper, to differ from a body. */
const CONTINUATION_LEVELS = 2;
const CONTINUED: readonly Place['kind'][] = [
  'matches',
  'match',
  'argument',
  'call-end',
  'body',
  'memory-name',
  'memory-size',
  'program-name',
];

const isComment = ({ kind }: Item): boolean => kind === 'line-comment' || kind === 'block-comment';
const isPunctuation = ({ kind, text }: Item, wanted: string): boolean => kind === 'punctuation' && text === wanted;

/** Computes the white space before each item; called once per item, in order. */
export class Layout {
  private level = 0;
  /** For each open body and BRANCH, the level outside of it. */
  private readonly open: { readonly kind: 'body' | 'branch'; readonly level: number; readonly isShort: boolean }[] = [];
  /** Starts of the braces of bodies that stay on one line. */
  private readonly short: ReadonlySet<number>;
  private isFirstOfLine = true;

  constructor(private readonly items: readonly Item[]) {
    this.short = shortBodies(items);
  }

  /** @param given the present white space before the item */
  space(i: number, given: string): string {
    const item = must(this.items[i], 'item');
    const previous = this.items[i - 1];
    if (isPunctuation(item, '}')) this.close('body');
    const space = previous === undefined ? '' : this.between(previous, item, given);
    this.isFirstOfLine = previous === undefined || space.includes('\n');
    if (!isComment(item)) this.enter(item);
    return space;
  }

  private enter(item: Item): void {
    if (isPunctuation(item, '{')) this.begin('body', this.short.has(item.start));
    else if (isPunctuation(item, ':') && item.place.kind === 'branch') this.begin('branch', false);
    else if (isPunctuation(item, ';') && item.place.kind === 'case-end') this.close('branch');
  }

  private begin(kind: 'body' | 'branch', isShort: boolean): void {
    this.open.push({ kind, level: this.level, isShort });
    this.level++;
  }

  private close(kind: 'body' | 'branch'): void {
    for (let last = this.open.pop(); last !== undefined; last = this.open.pop()) {
      this.level = last.level;
      if (last.kind === kind) return;
    }
  }

  private between(previous: Item, item: Item, given: string): string {
    if (item.kind === 'end') return '\n';
    const breaks = [...given.matchAll(/\r\n|\n|\r/g)].length;
    // A comment at the end of a line keeps its distance, as such comments are often aligned.
    if (isComment(item) && breaks === 0) return given === '' ? ' ' : given;
    if (!this.beginsLine(previous, item, breaks)) return isJoined(previous, item) ? '' : ' ';
    const levels = this.level + (CONTINUED.includes(item.place.kind) ? CONTINUATION_LEVELS : 0);
    return `${isApart(previous, item, breaks) ? '\n\n' : '\n'}${INDENT.repeat(levels)}`;
  }

  private beginsLine(previous: Item, item: Item, breaks: number): boolean {
    if (previous.kind === 'line-comment' || isComment(item)) return true;
    // A statement stays on the line of a comment that begins the line.
    if (previous.kind === 'block-comment' && (breaks > 0 || this.isFirstOfLine)) return breaks > 0;
    const isShort = this.open.at(-1)?.isShort === true;
    switch (item.place.kind) {
      case 'top-level':
        return true;
      case 'statement':
        return isPunctuation(item, '}') ? !this.short.has(item.start) : !isShort;
      case 'branch':
      case 'case-end':
        return item.text === 'case';
      case 'matches':
        return isPunctuation(item, '<') && breaks > 0;
      default:
        return false;
    }
  }
}

/** One empty line is kept; a program has an empty line before it, or before its comment. */
function isApart(previous: Item, item: Item, breaks: number): boolean {
  if (isPunctuation(item, '}') || isPunctuation(previous, '{')) return false;
  if (breaks > 1) return true;
  return item.kind === 'name' && item.text === 'program' && item.place.kind === 'top-level' && !isComment(previous);
}

const JOINED_BEFORE = [';', ',', ')', '>', ':'];
const JOINED_BEHIND = ['(', '<', '@'];

function isJoined(previous: Item, { kind, text, place }: Item): boolean {
  if (isComment(previous)) return false;
  if (kind === 'punctuation' && JOINED_BEFORE.includes(text)) return true;
  if (previous.kind === 'punctuation' && JOINED_BEHIND.includes(previous.text)) return true;
  return text === '(' && (place.kind === 'matches' || place.kind === 'call-end');
}

/** Offsets of the braces of bodies that are written in one line and have no BRANCH. */
function shortBodies(items: readonly Item[]): Set<number> {
  const short = new Set<number>();
  const open: Item[] = [];
  let lastBranch = -1;
  for (const item of items) {
    if (item.kind === 'name' && item.text === 'BRANCH') lastBranch = item.start;
    if (isPunctuation(item, '{')) open.push(item);
    if (!isPunctuation(item, '}')) continue;
    const opening = open.pop();
    if (opening === undefined || opening.line !== item.line || lastBranch > opening.start) continue;
    short.add(opening.start).add(item.start);
  }
  return short;
}
