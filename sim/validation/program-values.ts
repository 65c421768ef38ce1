/** What a program compares with and works on: the values that make its cases match. */
import type { Case, Condition, Program, Register, Statement } from '../../compiler/index.js';
import { below, CORNERS, chance, oneOf, type Random, randomWord } from './random.js';

export interface ProgramValues {
  readonly conditions: readonly Condition[];
  readonly cases: readonly Case[];
  /** Registers that a header field is extracted into, by the field's name. */
  readonly extracts: ReadonlyMap<string, ReadonlySet<Register>>;
  readonly integers: readonly number[];
  /** Words of the smallest memory; 1 if there is none. */
  readonly leastBuckets: number;
  /** Names of the fields that it reads or writes. */
  readonly fields: ReadonlySet<string>;
}

export function valuesOf(program: Program): ProgramValues {
  const cases: Case[] = [];
  const extracts = new Map<string, Set<Register>>();
  const integers = new Set<number>();
  const fields = new Set<string>();
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'branch') {
        for (const item of statement.cases) {
          cases.push(item);
          visit(item.body);
        }
        continue;
      }
      const { primitive, field, integer, registers } = statement;
      if (integer !== 0) integers.add(integer);
      if (field === undefined) continue;
      fields.add(field.name);
      const into = primitive === 'EXTRACT' ? registers[0] : undefined;
      if (into !== undefined) extracts.set(field.name, (extracts.get(field.name) ?? new Set()).add(into));
    }
  };
  visit(program.body);
  return {
    conditions: cases.flatMap(({ conditions }) => conditions),
    cases,
    extracts,
    integers: [...integers],
    leastBuckets: program.memories.length === 0 ? 1 : Math.min(...program.memories.map(({ buckets }) => buckets)),
    fields,
  };
}

/** A value that meets a condition, or would with one more or less: what a counter holds before it is reached. */
export function valueFor(random: Random, { value, mask }: Pick<Condition, 'value' | 'mask'>): number {
  const free = chance(random, 0.5) ? 0 : randomWord(random);
  const met = (value | (free & ~mask)) >>> 0;
  const kind = random();
  if (kind < 0.05) return (met ^ (1 << below(random, 32))) >>> 0;
  if (kind < 0.2) return (met + 1) >>> 0;
  return kind < 0.45 ? (met - 1) >>> 0 : met;
}

/** A word that may matter to the program. */
export function wordFor(random: Random, values: ProgramValues): number {
  const kind = random();
  if (kind < 0.35 && values.conditions.length > 0) return valueFor(random, oneOf(random, values.conditions));
  if (kind < 0.5 && values.integers.length > 0) {
    return valueFor(random, { value: oneOf(random, values.integers), mask: 0xffffffff });
  }
  if (kind < 0.75) return oneOf(random, CORNERS);
  return randomWord(random);
}
