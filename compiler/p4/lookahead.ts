/**
 * Lookahead of the parser before it extracts a header: whether the header is valid (IPv4's version and length), and the
 * values of fields that it copies.
 */
import type { DataPlane, HeaderField } from '../data-plane/data-plane.js';
import type { ParserStateDescription } from '../data-plane/description.js';
import { NoP4Source } from './unsupported.js';

export interface Copy {
  readonly field: HeaderField;
  /** Never 0, the initial value of metadata. */
  readonly value: number;
}

export interface Lookahead {
  /** Number of bits, from the start of the header. */
  readonly bits: number;
  /** Patterns of valid headers (value &&& mask in P4), with the copies for each. */
  readonly cases: readonly { readonly pattern: string; readonly copies: readonly Copy[] }[];
  /** The different lists of copies. */
  readonly copyStates: readonly (readonly Copy[])[];
}

/** Maximum width of a match of the parser: four bytes. */
const MAX_BITS = 32;

interface Condition {
  readonly field: HeaderField;
  readonly values: readonly Pattern[];
  readonly isCopied: boolean;
}

interface Pattern {
  readonly value: number;
  /** Number of low bits of the field that match anything. */
  readonly openBits: number;
}

/** Undefined for a state whose first header is always valid and has no copied field. @throws {NoP4Source} */
export function lookahead(
  name: string,
  { extract: [header = ''] }: ParserStateDescription,
  dataPlane: DataPlane,
  copied: readonly HeaderField[],
): Lookahead | undefined {
  const { valid = [] } = dataPlane.description.headers[header] ?? {};
  const conditions: Condition[] = [
    ...valid.map(({ field, minimum, maximum }): Condition => {
      const whole = dataPlane.headerField(`hdr.${header}.${field}`);
      return { field: whole, values: patternsOf(minimum, maximum), isCopied: false };
    }),
    ...copied
      .filter((field) => dataPlane.headers[field.header]?.name === header)
      .map((field): Condition => ({ field, values: allValues(field.width), isCopied: true })),
  ];
  if (conditions.length === 0) return undefined;
  const bits = Math.ceil(Math.max(...conditions.map(({ field }) => field.bitOffset + field.width)) / 8) * 8;
  if (bits > MAX_BITS)
    throw new NoP4Source(
      dataPlane.name,
      `parser state ${name} needs a lookahead of ${bits} bits, and the maximum is ${MAX_BITS}`,
    );
  const cases = combinations(conditions, bits);
  const copyStates = new Map(cases.map(({ copies }) => [copies.map(({ value }) => value).join(), copies]));
  return { bits, cases, copyStates: [...copyStates.values()].filter((copies) => copies.length > 0) };
}

function combinations(conditions: readonly Condition[], bits: number): Lookahead['cases'] {
  let cases: { value: number; mask: number; copies: readonly Copy[] }[] = [{ value: 0, mask: 0, copies: [] }];
  for (const { field, values, isCopied } of conditions) {
    const scale = 2 ** (bits - field.bitOffset - field.width);
    cases = cases.flatMap(({ value, mask, copies }) =>
      values.map((pattern) => ({
        value: value + pattern.value * scale,
        mask: mask + (2 ** field.width - 2 ** pattern.openBits) * scale,
        copies: isCopied && pattern.value !== 0 ? [...copies, { field, value: pattern.value }] : copies,
      })),
    );
  }
  const digits = bits / 4;
  const text = (value: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
  return cases.map(({ value, mask, copies }) => ({ pattern: `${text(value)} &&& ${text(mask)}`, copies }));
}

const allValues = (width: number): Pattern[] =>
  Array.from({ length: 2 ** width }, (_, value) => ({ value, openBits: 0 }));

/** A range as the fewest patterns with masked low bits. */
function patternsOf(minimum: number, maximum: number): Pattern[] {
  const patterns: Pattern[] = [];
  for (let value = minimum; value <= maximum; ) {
    let openBits = 0;
    while (value % 2 ** (openBits + 1) === 0 && value + 2 ** (openBits + 1) - 1 <= maximum) openBits++;
    patterns.push({ value, openBits });
    value += 2 ** openBits;
  }
  return patterns;
}
