/** The words of a condition's text. */
import { ConditionError } from './condition-error.js';

export interface ConditionToken {
  readonly kind: 'name' | 'number' | 'sign' | 'filter' | 'end';
  readonly text: string;
  /** Of its first character, from 0. */
  readonly at: number;
}

const SPACE = /\s*/y;
const PATTERNS = [
  { kind: 'number', pattern: /\d+(?:\.\d+){3}(?![\w.])|0[xX][0-9a-fA-F]+(?!\w)|\d+(?!\w)/y },
  { kind: 'name', pattern: /[A-Za-z_][\w-]*/y },
  { kind: 'sign', pattern: /!=|<=|>=|[=<>()[\].:#]/y },
] as const;

/** A filter stands where a condition begins; elsewhere `<` compares. */
const FILTER = /<\s*[A-Za-z][^<>]*>/y;

/** @throws {ConditionError} at a character that begins no word */
export function conditionTokens(text: string): ConditionToken[] {
  const tokens: ConditionToken[] = [];
  let at = 0;
  for (;;) {
    at += lengthAt(SPACE, text, at);
    if (at === text.length) return [...tokens, { kind: 'end', text: '', at }];
    const token = tokenAt(text, at);
    if (token === undefined) {
      throw new ConditionError(
        'not-a-condition',
        `character ${at + 1}: '${text[at]}' begins no word of a condition`,
        at,
      );
    }
    tokens.push(token);
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): ConditionToken | undefined {
  const filter = lengthAt(FILTER, text, at);
  if (filter > 0) return { kind: 'filter', text: text.slice(at, at + filter), at };
  for (const { kind, pattern } of PATTERNS) {
    const length = lengthAt(pattern, text, at);
    if (length > 0) return { kind, text: text.slice(at, at + length), at };
  }
  return undefined;
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? 0 : found[0].length;
}
