/**
 * What a primitive takes of a data plane: the steps of its expansion, and where each of them can lie. Computed by the
 * compiler's own expansion, for every choice of operands.
 */

import type { DataPlane, Field } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { HashedFields } from '../data-plane/headers.js';
import { must } from '../data-plane/must.js';
import { byName, callText, stepText } from '../explain/step-text.js';
import type { Span } from '../language/diagnostics.js';
import { HASHED_LISTS, hashedWords } from '../language/hashed-fields.js';
import { PRIMITIVES, type PrimitiveName, type PrimitiveRow } from '../language/primitives.js';
import type { PrimitiveStatement } from '../language/program.js';
import { expand } from '../steps/expand.js';
import type { Step } from '../steps/steps.js';
import { addressStepOf } from '../steps/steps.js';
import { rpbNumbersWith } from './places.js';

/** One step of an expansion. */
export interface StepUse {
  /** The step in the words of the language. */
  readonly text: string;
  /** Name of the action; undefined for a step that does nothing. */
  readonly action: string | undefined;
  /** Numbers of the RPBs that have the action, ascending; all for a step that does nothing. */
  readonly rpbs: readonly number[];
}

/** The primitive with certain operands. */
export interface PrimitiveVariant {
  /** As a program writes it. */
  readonly statement: string;
  readonly registers: readonly Register[];
  readonly field: Field | undefined;
  readonly hashed?: HashedFields | undefined;
  readonly steps: readonly StepUse[];
  /**
   * The steps where all other registers are still needed; equal to `steps` where the expansion takes no other register,
   * undefined where the data plane cannot save one.
   */
  readonly savingSteps: readonly StepUse[] | undefined;
}

export interface PrimitiveUse {
  readonly row: PrimitiveRow & { readonly name: PrimitiveName };
  /** Without those that the data plane has no actions for. */
  readonly variants: readonly PrimitiveVariant[];
}

/** What stands for the integer, the port and the memory in examples. */
export const EXAMPLE_INTEGER = 5;
export const EXAMPLE_MEMORY = { name: 'm', buckets: 256 } as const;

/** Table entries and RPBs of some steps: each that does something takes one of both. */
export const costOf = (steps: readonly StepUse[]): number => steps.filter(({ action }) => action !== undefined).length;

/** The uses of all primitives but BRANCH, in the order of the language. */
export const primitiveUses = (dataPlane: DataPlane): readonly PrimitiveUse[] =>
  [...PRIMITIVES.values()].map((row) => primitiveUse(row, dataPlane));

export function primitiveUse(row: PrimitiveUse['row'], dataPlane: DataPlane): PrimitiveUse {
  const variants = operandsOf(row, dataPlane).map((operands) => variantOf(row, operands, dataPlane));
  return { row, variants: variants.filter(({ steps }) => steps.every(({ rpbs }) => rpbs.length > 0)) };
}

/** `EXTRACT(field, register)`, `ADD(first, second)`, `DROP`: names as in the summary of the row. */
export function signatureOf({ name, arguments: kinds }: PrimitiveRow): string {
  const count = kinds.filter((kind) => kind === 'register').length;
  const places = ['first', 'second'];
  return callText(
    name,
    kinds.map((kind) => (kind === 'register' && count > 1 ? must(places.shift(), 'name of a register') : kind)),
  );
}

type Operands = Pick<PrimitiveStatement, 'registers' | 'field' | 'hashed'>;

/** All choices of registers and fields; equal registers are refused by the checker. */
function operandsOf(row: PrimitiveRow, dataPlane: DataPlane): readonly Operands[] {
  const count = row.arguments.filter((kind) => kind === 'register').length;
  const tuples: readonly (readonly Register[])[] =
    count === 0
      ? [[]]
      : count === 1
        ? REGISTERS.map((register) => [register])
        : REGISTERS.flatMap((first) => REGISTERS.filter((other) => other !== first).map((other) => [first, other]));
  if (row.arguments.includes('fields')) {
    return HASHED_LISTS.map((hashed) => ({ registers: [], field: undefined, hashed }));
  }
  if (!row.arguments.includes('field')) return tuples.map((registers) => ({ registers, field: undefined }));
  return [...dataPlane.fields.values()].flatMap((field) => tuples.map((registers) => ({ registers, field })));
}

const NOWHERE: Span = { start: 0, end: 0, line: 1, column: 1 };

function variantOf(
  row: PrimitiveUse['row'],
  { registers, field, hashed }: Operands,
  dataPlane: DataPlane,
): PrimitiveVariant {
  const statement: PrimitiveStatement = {
    kind: 'primitive',
    primitive: row.name,
    registers,
    field,
    memory: row.arguments.includes('memory') ? EXAMPLE_MEMORY.name : undefined,
    integer: EXAMPLE_INTEGER,
    hashed,
    span: NOWHERE,
  };
  const uses = (steps: readonly Step[]): readonly StepUse[] => {
    const flags = steps.flatMap(flagsOf);
    return steps.map((step) => stepUse(step, flags, dataPlane));
  };
  const [first, second] = [...REGISTERS.filter((register) => !registers.includes(register)), ...registers];
  const reader: PrimitiveStatement = {
    ...statement,
    primitive: 'XOR',
    registers: [must(first, 'register'), must(second, 'register')],
    field: undefined,
    memory: undefined,
    hashed: undefined,
  };
  // The statement behind it reads the other registers, so that none of them is free; its step is taken off.
  const saving = uses(expand([statement, reader], dataPlane).steps.slice(0, -1));
  return {
    statement: callText(row.name, argumentsOf(row, statement)),
    registers,
    field,
    hashed,
    steps: uses(expand([statement], dataPlane).steps),
    savingSteps: saving.every(({ rpbs }) => rpbs.length > 0) ? saving : undefined,
  };
}

function argumentsOf(row: PrimitiveRow, { registers, field, integer, hashed }: PrimitiveStatement): readonly string[] {
  const left = [...registers];
  return row.arguments.flatMap((kind) => {
    if (kind === 'fields') return hashedWords(must(hashed, `fields of ${row.name}`));
    if (kind === 'register') return must(left.shift(), `register of ${row.name}`);
    if (kind === 'field') return must(field, `field of ${row.name}`).name;
    return kind === 'memory' ? EXAMPLE_MEMORY.name : String(integer);
  });
}

/** The flag that an offset step sets: which operation of a stateful ALU the access behind it is. */
function flagsOf(step: Step): readonly number[] {
  if (step.kind === 'nop' || addressStepOf(step) !== 'offset') return [];
  const [, flag] = step.parameters;
  return flag?.kind === 'constant' ? [flag.value] : [];
}

function stepUse(step: Step, flags: readonly number[], dataPlane: DataPlane): StepUse {
  if (step.kind === 'nop') {
    return { text: 'NOP', action: undefined, rpbs: dataPlane.rpbs.map(({ number }) => number) };
  }
  const action = step.instruction.name;
  const { verb, operands } = stepText(step, byName([EXAMPLE_MEMORY]), flags);
  return { text: callText(verb, operands), action, rpbs: rpbNumbersWith(action, dataPlane) };
}
