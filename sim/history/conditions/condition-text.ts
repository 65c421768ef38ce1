/**
 * Conditions as text, as a person types them:
 *
 *     condition  = part { "or" part }
 *     part       = term { "and" term }
 *     term       = "not" term | "(" condition ")" | single
 *     single     = "program" ("=" | "!=") (NAME | "none")
 *                | "verdict" ("=" | "!=") VERDICT
 *                | ("port" | "passes") comparison NUMBER
 *                | "<" FIELD "," VALUE "," MASK ">"
 *                | word comparison NUMBER
 *                | "writes" NAME "." MEMORY [ "[" BUCKET "]" [ ".lo" | ".hi" ] ] [ comparison NUMBER ]
 *                | ("har" | "sar" | "mar") comparison NUMBER ("before" | "after") NAME ":" LINE
 *                | "runs" NAME ":" LINE
 *                | "hits" NAME "#" ENTRY
 *     word       = NAME "." MEMORY "[" BUCKET "]" [ ".lo" | ".hi" ]
 *     comparison = "=" | "!=" | "<" | "<=" | ">" | ">="
 *
 * Numbers are decimal, hexadecimal (0x) or addresses (10.0.0.1), of up to 32 bits. Lines and entries count from 1.
 */
import { PACKET_VERDICTS } from '../packet-outcome.js';
import { COMPARISONS, type Compared, type Condition, type NamedWords } from './condition.js';
import { ConditionError } from './condition-error.js';
import { type ConditionToken, conditionTokens } from './condition-tokens.js';

/** @throws {ConditionError} with the place where the text goes wrong */
export const parseCondition = (text: string): Condition => new ConditionParser(conditionTokens(text)).all();

const REGISTERS = ['har', 'sar', 'mar'] as const;
/** Brackets within each other take stack, and nobody means more of them. */
const MAX_DEPTH = 100;
const LAST_WORD = 2 ** 32 - 1;

class ConditionParser {
  private next = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly ConditionToken[]) {}

  all(): Condition {
    const condition = this.condition();
    if (this.token.kind !== 'end') this.refuse("'and', 'or' or the end");
    return condition;
  }

  private get token(): ConditionToken {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] ?? END;
  }

  private condition(): Condition {
    return this.list('or', 'any', () => this.list('and', 'all', () => this.term()));
  }

  private list(word: 'and' | 'or', kind: 'all' | 'any', item: () => Condition): Condition {
    const first = item();
    const of = [first];
    while (this.takes(word)) of.push(item());
    return of.length === 1 ? first : { kind, of };
  }

  private term(): Condition {
    if (++this.depth > MAX_DEPTH) this.refuse(`at most ${MAX_DEPTH} conditions within each other`);
    const term = this.takesNot() ? ({ kind: 'negation', of: this.term() } as const) : this.bracketed();
    this.depth--;
    return term;
  }

  /** A program may have this name, as in `not.m[0] = 1`. */
  private takesNot(): boolean {
    return this.tokens[this.next + 1]?.text !== '.' && this.takes('not');
  }

  private bracketed(): Condition {
    if (!this.takes('(')) return this.single();
    const condition = this.condition();
    this.expect(')');
    return condition;
  }

  private single(): Condition {
    const { kind, text } = this.token;
    if (kind === 'filter') {
      this.next++;
      return { kind: 'filter', filter: text };
    }
    if (kind !== 'name') this.refuse('a condition');
    // The name of a program may be one of these words.
    if (this.tokens[this.next + 1]?.text === '.') return this.word();
    this.next++;
    switch (text) {
      case 'program':
        return this.isOrNot(this.equality(), { kind: 'program', program: this.programOrNone() });
      case 'verdict':
        return this.isOrNot(this.equality(), { kind: 'verdict', verdict: this.verdict() });
      case 'port':
      case 'passes':
        return { kind: text, ...this.compared() };
      case 'writes': {
        const words = this.words();
        return { kind: 'writes', words, written: this.comparison() === undefined ? undefined : this.compared() };
      }
      case 'runs':
        return { kind: 'line', ...this.line() };
      case 'hits': {
        const program = this.name('the name of a program');
        this.expect('#');
        return { kind: 'entry', program, entry: this.number('the number of an entry', 1) };
      }
      default:
        return this.register(text);
    }
  }

  private register(text: string): Condition {
    const register = REGISTERS.find((name) => name === text);
    if (register === undefined) {
      this.next--;
      this.refuse(
        'program, verdict, port, passes, writes, runs, hits, a register, a word PROGRAM.MEMORY[BUCKET] or a filter',
      );
    }
    const compared = this.compared();
    const when = this.takes('before') ? 'before' : 'after';
    if (when === 'after') this.expect('after', "'before' or 'after'");
    return { kind: 'register', register, when, ...this.line(), ...compared };
  }

  private word(): Condition {
    const { program, memory, bucket, half } = this.words();
    if (bucket === undefined) return this.refuse("'[' and the number of a bucket");
    return { kind: 'word', words: { program, memory, bucket, half }, ...this.compared() };
  }

  private words(): NamedWords {
    const program = this.name('the name of a program');
    this.expect('.');
    const memory = this.name('the name of a memory');
    if (!this.takes('[')) return { program, memory, bucket: undefined, half: undefined };
    const bucket = this.number('the number of a bucket', 0);
    this.expect(']');
    if (!this.takes('.')) return { program, memory, bucket, half: undefined };
    const half = this.takes('lo') ? 'lo' : 'hi';
    if (half === 'hi') this.expect('hi', "'lo' or 'hi'");
    return { program, memory, bucket, half };
  }

  private line(): { program: string; line: number } {
    const program = this.name('the name of a program');
    this.expect(':');
    return { program, line: this.number('the number of a line', 1) };
  }

  private programOrNone(): string | null {
    const name = this.name('the name of a program, or none');
    return name === 'none' ? null : name;
  }

  private verdict() {
    const verdict = PACKET_VERDICTS.find((each) => each === this.token.text);
    if (verdict === undefined) return this.refuse(`one of ${PACKET_VERDICTS.join(', ')}`);
    this.next++;
    return verdict;
  }

  private equality(): boolean {
    const isEqual = this.takes('=');
    if (!isEqual) this.expect('!=', "'=' or '!='");
    return isEqual;
  }

  private isOrNot(is: boolean, condition: Condition): Condition {
    return is ? condition : { kind: 'negation', of: condition };
  }

  private comparison() {
    return COMPARISONS.find((each) => each === this.token.text);
  }

  private compared(): Compared {
    const comparison = this.comparison();
    if (comparison === undefined) return this.refuse('a comparison: =, !=, <, <=, > or >=');
    this.next++;
    return { comparison, value: this.number('a number', 0) };
  }

  private number(what: string, least: number): number {
    const { kind, text } = this.token;
    const value = kind === 'number' ? numberOf(text) : undefined;
    if (value === undefined || value < least || value > LAST_WORD)
      return this.refuse(`${what}, from ${least} to 2^32 - 1`);
    this.next++;
    return value;
  }

  private name(what: string): string {
    const { kind, text } = this.token;
    if (kind !== 'name') this.refuse(what);
    this.next++;
    return text;
  }

  private takes(text: string): boolean {
    const { token } = this;
    const isThere = token.text === text && (token.kind === 'sign' || token.kind === 'name');
    if (isThere) this.next++;
    return isThere;
  }

  private expect(text: string, what = `'${text}'`): void {
    if (!this.takes(text)) this.refuse(what);
  }

  private refuse(expected: string): never {
    const { kind, text, at } = this.token;
    const found = kind === 'end' ? 'the end' : `'${text}'`;
    throw new ConditionError(
      'not-a-condition',
      `character ${at + 1}: found ${found}, where ${expected} is expected`,
      at,
    );
  }
}

const END: ConditionToken = { kind: 'end', text: '', at: 0 };

/** Undefined for an address of which a part is above 255. */
function numberOf(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  const [first] = parts;
  if (parts.length === 1) return first;
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** The text of a condition, which {@link parseCondition} reads as the same condition. */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.map(bracketedText).join(condition.kind === 'all' ? ' and ' : ' or ');
    case 'negation':
      return `not ${bracketedText(condition.of)}`;
    case 'program':
      return `program = ${condition.program === null ? 'none' : condition.program}`;
    case 'verdict':
      return `verdict = ${condition.verdict}`;
    case 'port':
    case 'passes':
      return `${condition.kind} ${comparedText(condition)}`;
    case 'filter':
      return condition.filter;
    case 'word':
      return `${wordsText(condition.words)} ${comparedText(condition)}`;
    case 'writes': {
      const { words, written } = condition;
      return `writes ${wordsText(words)}${written === undefined ? '' : ` ${comparedText(written)}`}`;
    }
    case 'register': {
      const { register, when, program, line } = condition;
      return `${register} ${comparedText(condition)} ${when} ${program}:${line}`;
    }
    case 'line':
      return `runs ${condition.program}:${condition.line}`;
    case 'entry':
      return `hits ${condition.program}#${condition.entry}`;
  }
}

const comparedText = ({ comparison, value }: Compared): string => `${comparison} ${value}`;

const wordsText = ({ program, memory, bucket, half }: NamedWords): string =>
  `${program}.${memory}${bucket === undefined ? '' : `[${bucket}]`}${half === undefined ? '' : `.${half}`}`;

const bracketedText = (condition: Condition): string =>
  condition.kind === 'all' || condition.kind === 'any' ? `(${formatCondition(condition)})` : formatCondition(condition);
