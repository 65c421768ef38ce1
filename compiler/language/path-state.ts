/**
 * What is known of a packet at a place of a program: registers and header fields, by the filters, the statements and the
 * conditions on the way. A field that was read and not written since holds what its register says.
 */

import { ones } from '../data-plane/bits.js';
import { type Field, overlap } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import { type KnownRegisters, ZERO_REGISTERS } from '../data-plane/instructions/packet-state.js';
import { DIFFERS_BY_PASS } from '../data-plane/intrinsics.js';
import {
  andWords,
  constantWord,
  joinWords,
  type KnownWord,
  matched,
  maxWords,
  UNKNOWN_WORD,
  wordOfWidth,
} from '../data-plane/known-word.js';
import { registersAfter, where, whereNot } from './known-registers.js';
import { PRIMITIVES, registersUsed } from './primitives.js';
import { type Condition, type FieldMatch, type PrimitiveStatement, registersOf } from './program.js';

interface KnownField {
  readonly field: Field;
  readonly word: KnownWord;
}

type Conditions = readonly Condition[];

export interface PathState {
  readonly registers: KnownRegisters;
  /** By name; fields of which nothing is known are missing. */
  readonly fields: ReadonlyMap<string, KnownField>;
  /** The field that a register holds, unless either was written since. */
  readonly origins: Readonly<Partial<Record<Register, Field>>>;
  /** Conditions that do not hold together; the last ones that were met. */
  readonly excluded: readonly Conditions[];
  /** The fields that were read on the way. */
  readonly read: ReadonlySet<Field>;
  /**
   * Bits of a packet were read again, in a part of a field too, after what was read first had been changed: how the two
   * go together is not followed.
   */
  readonly isDoubtful: boolean;
}

/** How many conditions that do not hold are remembered, so that no text takes time by its square. */
const MAX_EXCLUDED = 8;

/** Of a packet that the filters let through. */
export function stateBehind(filters: readonly FieldMatch[]): PathState {
  const fields = new Map<string, KnownField>();
  for (const { field, value, mask } of filters) {
    const word = field.width <= 32 ? matched(wordOfWidth(field.width), value, mask) : undefined;
    if (word !== undefined) fields.set(field.name, { field, word });
  }
  return { registers: ZERO_REGISTERS, fields, origins: {}, excluded: [], read: new Set(), isDoubtful: false };
}

/** Of the program that the statements belong to. */
export interface PathContext {
  /** The size of each memory by name. */
  readonly bucketsOf: (memory: string) => number;
  /** Indices of the headers that every packet has. */
  readonly guaranteed: ReadonlySet<number>;
}

export function stateAfter(statement: PrimitiveStatement, state: PathState, context: PathContext): PathState {
  const { primitive, field } = statement;
  if (primitive === 'MODIFY' && field !== undefined) return modified(statement, field, state, context);
  if (primitive === 'RETURN') return withoutFields(state, ({ kind }) => kind === 'header');
  const row = PRIMITIVES.get(primitive);
  const changed = row === undefined ? [] : registersUsed([...row.writes, ...row.changes], statement.registers);
  if (changed.length === 0) return state;
  if (primitive === 'EXTRACT' && field !== undefined) return extracted(statement, field, state);
  const kept = withoutRegisters(state, changed);
  const registers = registersAfter(statement, state.registers, context.bucketsOf);
  return { ...kept, registers: { ...registers, sar: sarAfter(statement, state, registers.sar) } };
}

/** A memory holds any number, but what comes of it and sar can be less. */
function sarAfter({ primitive }: PrimitiveStatement, { registers }: PathState, otherwise: KnownWord): KnownWord {
  if (primitive === 'MEMAND') return andWords(UNKNOWN_WORD, registers.sar);
  return primitive === 'MEMMAX' ? maxWords(UNKNOWN_WORD, registers.sar) : otherwise;
}

function extracted(statement: PrimitiveStatement, field: Field, state: PathState): PathState {
  const { first } = registersOf(statement);
  const holder = REGISTERS.find((register) => state.origins[register]?.name === field.name);
  if (holder === first) return state;
  const kept = withoutRegisters(state, [first]);
  const word = state.fields.get(field.name)?.word ?? wordOfWidth(field.width);
  const registers = { ...state.registers, [first]: word };
  const isStable = !DIFFERS_BY_PASS.has(field.name);
  const ofHolder = kept.excluded.filter((conditions) => conditions.every(({ register }) => register === holder));
  return {
    ...kept,
    registers,
    origins: isStable ? { ...kept.origins, [first]: field } : kept.origins,
    excluded: [
      ...kept.excluded,
      ...ofHolder.map((conditions) => conditions.map((each) => ({ ...each, register: first }))),
    ],
    read: new Set([...state.read, field]),
    isDoubtful: state.isDoubtful || (holder === undefined && [...state.read].some((other) => overlap(field, other))),
  };
}

function modified(statement: PrimitiveStatement, field: Field, state: PathState, context: PathContext): PathState {
  const written = andWords(state.registers[registersOf(statement).first], constantWord(ones(field.width)));
  // A field of a header that the packet lacks reads as 0.
  const isThere = field.kind === 'header' && context.guaranteed.has(field.header);
  const word = isThere ? written : joinWords(written, constantWord(0));
  const others = withoutFields(state, (other) => overlap(field, other));
  return { ...others, fields: new Map([...others.fields, [field.name, { field, word }]]) };
}

function withoutFields(state: PathState, isWritten: (field: Field) => boolean): PathState {
  const fields = new Map([...state.fields].filter(([, { field }]) => !isWritten(field)));
  return { ...state, fields, origins: originsWhere(state, (field) => !isWritten(field)) };
}

function withoutRegisters(state: PathState, changed: readonly Register[]): PathState {
  const isOfOthers = (conditions: Conditions): boolean =>
    conditions.every(({ register }) => !changed.includes(register));
  const origins = originsWhere(state, (_field, register) => !changed.includes(register));
  return { ...state, origins, excluded: state.excluded.filter(isOfOthers) };
}

function originsWhere({ origins }: PathState, keeps: (field: Field, register: Register) => boolean) {
  const kept: Partial<Record<Register, Field>> = {};
  for (const register of REGISTERS) {
    const field = origins[register];
    if (field !== undefined && keeps(field, register)) kept[register] = field;
  }
  return kept;
}

/** What is known where all conditions hold; undefined if they never do. */
export function stateWhere(state: PathState, conditions: Conditions): PathState | undefined {
  const registers = where(
    state.registers,
    conditions.flatMap((condition) => ofEqual(state, condition)),
  );
  return registers && learnt(state, registers);
}

/** The condition on its register and on those that hold the same field. */
const ofEqual = ({ origins }: PathState, condition: Condition): Condition[] => {
  const name = origins[condition.register]?.name;
  const others = REGISTERS.filter(
    (other) => other !== condition.register && name !== undefined && origins[other]?.name === name,
  );
  return [condition, ...others.map((register) => ({ ...condition, register }))];
};

/** What is known where some condition does not hold; undefined if they always do. */
export function stateWhereNot(state: PathState, conditions: Conditions): PathState | undefined {
  const registers = whereNot(state.registers, conditions);
  if (registers === undefined) return undefined;
  return learnt({ ...state, excluded: [...state.excluded.slice(1 - MAX_EXCLUDED), conditions] }, registers);
}

/**
 * What a condition says of a register holds for the field in it, and for others that hold the same field; undefined if it
 * leaves only what was excluded.
 */
function learnt(state: PathState, learntRegisters: KnownRegisters): PathState | undefined {
  const registers = { ...learntRegisters };
  for (const conditions of state.excluded) {
    const rest = whereNot(registers, conditions);
    if (rest === undefined) return undefined;
    Object.assign(registers, rest);
  }
  const fields = new Map(state.fields);
  for (const register of REGISTERS) {
    const field = state.origins[register];
    if (field === undefined || registers[register] === state.registers[register]) continue;
    const word = registers[register];
    fields.set(field.name, { field, word });
    for (const other of REGISTERS) if (state.origins[other]?.name === field.name) registers[other] = word;
  }
  return { ...state, registers, fields };
}
