/** What is known of registers behind statements and conditions. */
import type { Field } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import type { KnownRegisters } from '../data-plane/instructions/packet-state.js';
import {
  addWords,
  andWords,
  constantWord,
  hashedWord,
  type KnownWord,
  matched,
  maxWords,
  minWords,
  notWord,
  orWords,
  subtractWords,
  UNKNOWN_WORD,
  unmatched,
  wordOfWidth,
  xorWords,
} from '../data-plane/known-word.js';
import { must } from '../data-plane/must.js';
import { PRIMITIVES, type PrimitiveName } from './primitives.js';
import { type Condition, type PrimitiveStatement, registersOf } from './program.js';

/** What EXTRACT can find. Readings of the queue may be given to the emulator in any size. */
export const extractedWord = (field: Field | undefined): KnownWord =>
  field === undefined || (field.kind === 'intrinsic' && field.gress === 'egress')
    ? UNKNOWN_WORD
    : wordOfWidth(field.width);

const withWord = ({ har, sar, mar }: KnownRegisters, register: Register, word: KnownWord): KnownRegisters => ({
  har: register === 'har' ? word : har,
  sar: register === 'sar' ? word : sar,
  mar: register === 'mar' ? word : mar,
});

/** What is known where all conditions hold; undefined if they never do. */
export function where(registers: KnownRegisters, conditions: readonly Condition[]): KnownRegisters | undefined {
  let inside = registers;
  for (const { register, value, mask } of conditions) {
    const known = matched(inside[register], value, mask);
    if (known === undefined) return undefined;
    inside = withWord(inside, register, known);
  }
  return inside;
}

/** What is known where some condition does not hold; undefined if they always do. */
export function whereNot(registers: KnownRegisters, conditions: readonly Condition[]): KnownRegisters | undefined {
  let only: KnownRegisters | undefined;
  for (const { register, value, mask } of conditions) {
    const known = unmatched(registers[register], value, mask);
    if (known === undefined) continue;
    // Of several conditions, any may be the one that does not hold.
    if (only !== undefined) return registers;
    only = withWord(registers, register, known);
  }
  return only;
}

/**
 * What is known behind a statement of what was known in front of it.
 * @param bucketsOf the size of a memory by name
 */
export function registersAfter(
  statement: PrimitiveStatement,
  state: KnownRegisters,
  bucketsOf: (memory: string) => number,
): KnownRegisters {
  const { primitive } = statement;
  const memory = (): string => must(statement.memory, 'memory of a primitive');
  if (PRIMITIVES.get(primitive)?.accessesMemory === true) {
    if (primitive === 'MEMWRITE') return state;
    const after = withWord(state, 'sar', UNKNOWN_WORD);
    return primitive === 'MEMCAS' ? withWord(after, 'har', UNKNOWN_WORD) : after;
  }
  switch (primitive) {
    case 'HASH':
    case 'HASH_5_TUPLE':
    case 'HASH_FIELDS':
      return withWord(state, 'har', hashedWord(state.har));
    case 'HASH_MEM':
    case 'HASH_5_TUPLE_MEM':
    case 'HASH_FIELDS_MEM':
      return withWord(state, 'mar', andWords(hashedWord(state.mar), constantWord(bucketsOf(memory()) - 1)));
    default: {
      const result = RESULTS[primitive];
      if (result === undefined) return state;
      const { first, second } = registersOf(statement);
      return withWord(state, first, result(state[first], state[second], statement));
    }
  }
}

type Result = (first: KnownWord, second: KnownWord, statement: PrimitiveStatement) => KnownWord;

const immediate = ({ integer }: PrimitiveStatement): KnownWord => constantWord(integer);

/** What a primitive on registers leaves in its first register. Those that are not here leave all as it is. */
const RESULTS: Partial<Record<PrimitiveName, Result>> = {
  EXTRACT: (_first, _second, { field }) => extractedWord(field),
  LOADI: (_first, _second, statement) => immediate(statement),
  RANDOM: (_first, _second, statement) => andWords(UNKNOWN_WORD, immediate(statement)),
  MOVE: (_first, second) => second,
  ADD: addWords,
  SUB: subtractWords,
  AND: andWords,
  OR: orWords,
  XOR: xorWords,
  MAX: maxWords,
  MIN: minWords,
  ADDI: (first, _second, statement) => addWords(first, immediate(statement)),
  SUBI: (first, _second, statement) => subtractWords(first, immediate(statement)),
  ANDI: (first, _second, statement) => andWords(first, immediate(statement)),
  ORI: (first, _second, statement) => orWords(first, immediate(statement)),
  XORI: (first, _second, statement) => xorWords(first, immediate(statement)),
  NOT: notWord,
  EQUAL: xorWords,
  SGT: (first, second) => xorWords(minWords(first, second), second),
  SLT: (first, second) => xorWords(maxWords(first, second), second),
};
