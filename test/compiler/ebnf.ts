/** A reader of the EBNF that docs/LANGUAGE.md prints: random texts of a grammar, and whether words follow it. */
import fc from 'fast-check';
import { must } from '../../compiler/index.js';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'range'; readonly from: string; readonly to: string }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  /** From `least` times on; `most` is one or without bound. */
  | { readonly kind: 'repeat'; readonly part: Part; readonly most: number };

export type Grammar = ReadonlyMap<string, Part>;

/** @throws where the text is no EBNF, or a rule is missing */
export function readGrammar(text: string): Grammar {
  const tokens = [...text.matchAll(/"[^"]*"|\w+|[=;|{}[\]()…]|\S/g)].map(([token]) => token);
  let at = 0;
  const take = (wanted?: string): string => {
    const token = must(tokens[at++], 'token of a grammar');
    if (wanted !== undefined && token !== wanted) throw new Error(`expected ${wanted} in the grammar, found ${token}`);
    return token;
  };
  const choice = (): Part => {
    const parts = [sequence()];
    while (tokens[at] === '|') {
      take();
      parts.push(sequence());
    }
    return parts.length === 1 ? must(parts[0], 'part') : { kind: 'choice', parts };
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < tokens.length && !/^[|;\]})]$/.test(must(tokens[at], 'token'))) parts.push(item());
    return parts.length === 1 ? must(parts[0], 'part') : { kind: 'sequence', parts };
  };
  const enclosed = (end: string): Part => {
    const part = choice();
    take(end);
    return part;
  };
  const item = (): Part => {
    const token = take();
    if (token === '(') return enclosed(')');
    if (token === '[') return { kind: 'repeat', part: enclosed(']'), most: 1 };
    if (token === '{') return { kind: 'repeat', part: enclosed('}'), most: Number.POSITIVE_INFINITY };
    if (/^\w+$/.test(token)) return { kind: 'rule', name: token };
    if (!token.startsWith('"')) throw new Error(`${token} in the grammar`);
    const from = token.slice(1, -1);
    if (tokens[at] !== '…') return { kind: 'text', text: from };
    take();
    return { kind: 'range', from, to: take().slice(1, -1) };
  };
  const rules = new Map<string, Part>();
  while (at < tokens.length) {
    const name = take();
    take('=');
    rules.set(name, choice());
    take(';');
  }
  return rules;
}

const ruleOf = (grammar: Grammar, name: string): Part => must(grammar.get(name), `rule ${name} of the grammar`);

/** Rules of characters are written in capitals. */
const isLexical = (name: string): boolean => name === name.toUpperCase();

const MAX_DEPTH = 10;
const MAX_REPEATS = 3;

/** Lists of words that follow a rule; a lexical rule makes one word. @param refused words that no lexical rule may make */
export function wordsOf(
  grammar: Grammar,
  start: string,
  refused: ReadonlySet<string>,
): fc.Arbitrary<readonly string[]> {
  const made = new Map<string, fc.Arbitrary<readonly string[]>>();
  const ruleAt = (name: string, depth: number): fc.Arbitrary<readonly string[]> => {
    const key = `${name} ${depth}`;
    const known = made.get(key) ?? listOf(ruleOf(grammar, name), depth);
    made.set(key, known);
    return known;
  };
  const listOf = (part: Part, depth: number): fc.Arbitrary<readonly string[]> => {
    switch (part.kind) {
      case 'text':
        return fc.constant([part.text]);
      case 'range': {
        const first = part.from.charCodeAt(0);
        return fc.nat(part.to.charCodeAt(0) - first).map((offset) => [String.fromCharCode(first + offset)]);
      }
      case 'rule': {
        const words = fc.constant(null).chain(() => ruleAt(part.name, depth + 1));
        if (!isLexical(part.name)) return words;
        const joined = words.map((characters) => [characters.join('')]);
        return part.name === start || depth === 0
          ? joined
          : joined.filter(([word]) => !refused.has(must(word, 'word')));
      }
      case 'sequence':
        return fc.tuple(...part.parts.map((each) => listOf(each, depth))).map((lists) => lists.flat());
      case 'choice':
        // The first alternative of a statement does not nest.
        return depth > MAX_DEPTH
          ? listOf(must(part.parts[0], 'part'), depth)
          : fc.oneof(...part.parts.map((each) => listOf(each, depth)));
      case 'repeat':
        return depth > MAX_DEPTH
          ? fc.constant([])
          : fc
              .array(listOf(part.part, depth), { maxLength: Math.min(part.most, MAX_REPEATS) })
              .map((lists) => lists.flat());
    }
  };
  return listOf({ kind: 'rule', name: start }, 0);
}

/** Whether words follow a rule. A lexical rule takes one word, by its characters. */
export function follows(
  grammar: Grammar,
  start: string,
  words: readonly string[],
  refused: ReadonlySet<string>,
): boolean {
  return new Matcher(grammar, words, refused).ends(ruleOf(grammar, start), 0).has(words.length);
}

class Matcher {
  constructor(
    private readonly grammar: Grammar,
    private readonly words: readonly string[],
    private readonly refused: ReadonlySet<string>,
  ) {}

  /** Where a part may end that begins at this word. */
  ends(part: Part, at: number): ReadonlySet<number> {
    switch (part.kind) {
      case 'text':
        return new Set(this.words[at] === part.text ? [at + 1] : []);
      case 'range': {
        const word = this.words[at];
        return new Set(word !== undefined && word.length === 1 && word >= part.from && word <= part.to ? [at + 1] : []);
      }
      case 'rule':
        return isLexical(part.name) ? this.wordEnds(part.name, at) : this.ends(ruleOf(this.grammar, part.name), at);
      case 'sequence': {
        let from: ReadonlySet<number> = new Set([at]);
        for (const each of part.parts) from = new Set([...from].flatMap((begin) => [...this.ends(each, begin)]));
        return from;
      }
      case 'choice':
        return new Set(part.parts.flatMap((each) => [...this.ends(each, at)]));
      case 'repeat': {
        const found = new Set([at]);
        let last: ReadonlySet<number> = found;
        for (let times = 0; times < part.most && last.size > 0; times++) {
          const next = [...last].flatMap((begin) => [...this.ends(part.part, begin)]).filter((end) => !found.has(end));
          for (const end of next) found.add(end);
          last = new Set(next);
        }
        return found;
      }
    }
  }

  private wordEnds(rule: string, at: number): ReadonlySet<number> {
    const word = this.words[at];
    if (word === undefined || this.refused.has(word)) return new Set();
    if (word.length === 1 && /\W/.test(word)) return new Set();
    const key = `${rule} ${word}`;
    const known = wordsThatFollow.get(this.grammar) ?? new Map<string, boolean>();
    wordsThatFollow.set(this.grammar, known);
    const isWord = known.get(key) ?? this.isWord(rule, word);
    known.set(key, isWord);
    return new Set(isWord ? [at + 1] : []);
  }

  private isWord(rule: string, word: string): boolean {
    const known = patterns.get(this.grammar) ?? new Map<string, RegExp>();
    patterns.set(this.grammar, known);
    const pattern = known.get(rule) ?? new RegExp(`^${patternOf(this.grammar, ruleOf(this.grammar, rule))}$`, 'u');
    known.set(rule, pattern);
    return pattern.test(word);
  }
}

/** Whether words follow lexical rules, by rule and word. */
const wordsThatFollow = new WeakMap<Grammar, Map<string, boolean>>();

/** By lexical rule: what its words match. */
const patterns = new WeakMap<Grammar, Map<string, RegExp>>();

/** The characters of what follows a part of a lexical rule, whose rules do not nest in themselves. */
function patternOf(grammar: Grammar, part: Part): string {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  switch (part.kind) {
    case 'text':
      return literal(part.text);
    case 'range':
      return `[${literal(part.from)}-${literal(part.to)}]`;
    case 'rule':
      return patternOf(grammar, ruleOf(grammar, part.name));
    case 'sequence':
      return part.parts.map((each) => patternOf(grammar, each)).join('');
    case 'choice':
      return `(?:${part.parts.map((each) => patternOf(grammar, each)).join('|')})`;
    case 'repeat':
      return `(?:${patternOf(grammar, part.part)})${part.most === 1 ? '?' : '*'}`;
  }
}
