/**
 * `where` expressions: which cells of a grid are run. Numbers, texts in single quotes, names of parameters; `||`, `&&`,
 * `!`, comparisons, `+ - * / %`, parentheses, as in JavaScript. Types are checked before any cell is looked at.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { nameHint } from '../../../hw-driver/network/index.js';
import type { ParameterValue } from './parameters.js';
import { type Token, tokensOf, WhereError } from './where-tokens.js';

type Kind = 'number' | 'text' | 'truth';
type Value = ParameterValue | boolean;
type Values = (name: string) => ParameterValue;

interface Term {
  readonly kind: Kind;
  readonly at: number;
  readonly value: (of: Values) => Value;
}

/** Whether a cell with these values of its parameters is run. */
export type Where = (of: Values) => boolean;

/** Parentheses and signs in each other. */
const MAX_DEPTH = 100;

const KIND_TEXT: Readonly<Record<Kind, string>> = { number: 'a number', text: 'a text', truth: 'a condition' };

/** @param kinds of the names that may stand in the expression @throws {WhereError} */
export function whereOf(text: string, kinds: ReadonlyMap<string, 'number' | 'text'>): Where {
  const term = new Parser(tokensOf(text), kinds).whole();
  return (of) => term.value(of) === true;
}

class Parser {
  private next = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly kinds: ReadonlyMap<string, 'number' | 'text'>,
  ) {}

  whole(): Term {
    const term = this.truth(this.either());
    if (this.token.kind !== 'end') throw new WhereError(this.token.at, `found ${shown(this.token)}, expected the end`);
    return term;
  }

  private get token(): Token {
    return must(this.tokens[Math.min(this.next, this.tokens.length - 1)], 'word of an expression');
  }

  /** The sign that stands here, if it is one of these; it is then passed. */
  private sign(...signs: readonly string[]): string | undefined {
    const { kind, text } = this.token;
    if (kind !== 'sign' || !signs.includes(text)) return undefined;
    this.next++;
    return text;
  }

  private either(): Term {
    let left = this.both();
    while (this.sign('||') !== undefined) {
      const [a, b] = [this.truth(left), this.truth(this.both())];
      left = { kind: 'truth', at: a.at, value: (of) => a.value(of) === true || b.value(of) === true };
    }
    return left;
  }

  private both(): Term {
    let left = this.comparison();
    while (this.sign('&&') !== undefined) {
      const [a, b] = [this.truth(left), this.truth(this.comparison())];
      left = { kind: 'truth', at: a.at, value: (of) => a.value(of) === true && b.value(of) === true };
    }
    return left;
  }

  private comparison(): Term {
    const left = this.sum();
    const { at } = this.token;
    const sign = this.sign('==', '!=', '<', '<=', '>', '>=');
    if (sign === undefined) return left;
    const right = this.sum();
    if (left.kind !== right.kind) {
      throw new WhereError(at, `${sign} compares ${KIND_TEXT[left.kind]} with ${KIND_TEXT[right.kind]}`);
    }
    if (left.kind === 'truth') throw new WhereError(at, `${sign} compares two conditions: combine them by && or ||`);
    if (left.kind === 'text' && sign !== '==' && sign !== '!=') {
      throw new WhereError(at, `${sign} compares two texts, which are compared by == and != only`);
    }
    const compare = COMPARISONS[sign];
    if (compare === undefined) throw new Error(`no comparison ${sign}`);
    return { kind: 'truth', at: left.at, value: (of) => compare(left.value(of), right.value(of)) };
  }

  private sum(): Term {
    return this.arithmetic(['+', '-'], () => this.arithmetic(['*', '/', '%'], () => this.unary()));
  }

  private arithmetic(signs: readonly string[], operand: () => Term): Term {
    let left = operand();
    for (let sign = this.sign(...signs); sign !== undefined; sign = this.sign(...signs)) {
      const [a, b] = [this.number(left), this.number(operand())];
      const compute = OPERATIONS[sign];
      if (compute === undefined) throw new Error(`no operation ${sign}`);
      left = { kind: 'number', at: a.at, value: (of) => compute(Number(a.value(of)), Number(b.value(of))) };
    }
    return left;
  }

  private unary(): Term {
    const { at } = this.token;
    if (++this.depth > MAX_DEPTH) throw new WhereError(at, `more than ${MAX_DEPTH} parentheses or signs in each other`);
    try {
      const sign = this.sign('!', '-');
      if (sign === undefined) return this.primary();
      const inner = sign === '!' ? this.truth(this.unary()) : this.number(this.unary());
      return sign === '!'
        ? { kind: 'truth', at, value: (of) => inner.value(of) !== true }
        : { kind: 'number', at, value: (of) => -Number(inner.value(of)) };
    } finally {
      this.depth--;
    }
  }

  private primary(): Term {
    const { token } = this;
    const { kind, text, at } = token;
    if (this.sign('(') !== undefined) {
      const inner = this.either();
      if (this.sign(')') === undefined) {
        throw new WhereError(this.token.at, `found ${shown(this.token)}, expected ) for the ( at ${at + 1}`);
      }
      return inner;
    }
    if (kind === 'sign' || kind === 'end') {
      throw new WhereError(at, `found ${shown(token)}, expected a number, a 'text', or a name`);
    }
    this.next++;
    if (kind === 'number') {
      const value = Number(text);
      return { kind, at, value: () => value };
    }
    if (kind === 'text') return { kind, at, value: () => text };
    const own = this.kinds.get(text);
    if (own !== undefined) return { kind: own, at, value: (of) => of(text) };
    throw new WhereError(at, `there is no parameter ${text} (${nameHint(text, [...this.kinds.keys()])})`);
  }

  private truth(term: Term): Term {
    if (term.kind === 'truth') return term;
    throw new WhereError(term.at, `found ${KIND_TEXT[term.kind]}, expected a condition, as in memory <= 4096`);
  }

  private number(term: Term): Term {
    if (term.kind === 'number') return term;
    throw new WhereError(term.at, `found ${KIND_TEXT[term.kind]}, expected a number`);
  }
}

const shown = ({ kind, text }: Token): string =>
  kind === 'end' ? 'the end' : kind === 'text' ? `the text '${text}'` : text;

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
