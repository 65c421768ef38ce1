/**
 * Statements → steps: pseudo primitives become primitives, memory accesses get an offset step, hashes of addresses
 * a mask step. An expansion that needs a register takes a dead one; if none is dead, it saves and restores one.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { AluOperation } from '../data-plane/instructions/arithmetic.js';
import { memoryOperation } from '../data-plane/instructions/memory.js';
import { type ActionEffect, actionName, directEffect, effectsOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import type { Span } from '../language/diagnostics.js';
import { type ArgumentKind, PRIMITIVES, type PrimitiveName } from '../language/primitives.js';
import type { PrimitiveStatement, Statement } from '../language/program.js';
import { liveness, type RegisterSet } from './liveness.js';
import { type CaseStep, EMPTY_TREE, type Step, type StepParameter, type StepTree } from './steps.js';

/**
 * The tree of steps of a program's statements.
 * @param dataPlane its actions can implement pseudo primitives in one step
 */
export function expand(statements: readonly Statement[], dataPlane: DataPlane): StepTree {
  return expandFrom(statements, 0, liveness(statements).after, dataPlane);
}

/** @param after the registers that are live after each statement of the whole list */
function expandFrom(
  statements: readonly Statement[],
  start: number,
  after: readonly RegisterSet[],
  dataPlane: DataPlane,
): StepTree {
  const steps: Step[] = [];
  for (let i = start; i < statements.length; i++) {
    const statement = must(statements[i], 'statement of a list');
    if (statement.kind === 'branch') {
      const cases = statement.cases.map(
        ({ conditions, body }): CaseStep => ({ kind: 'enter', conditions, body: expand(body, dataPlane) }),
      );
      const otherwise = expandFrom(statements, i + 1, after, dataPlane);
      return { steps, branch: { cases, fallback: undefined, otherwise, spans: [statement.span] } };
    }
    const alone = oneAction(statement, dataPlane);
    steps.push(...(alone ?? expandPrimitive(statement, must(after[i], 'registers live after a statement'))));
  }
  return { ...EMPTY_TREE, steps };
}

const ALL_ONES = 0xffffffff;

/** Builds the steps of one statement. */
class Expansion {
  readonly steps: Step[] = [];

  constructor(
    private readonly span: Span,
    private readonly memory: string | undefined,
  ) {}

  action(effect: ActionEffect, ...parameters: StepParameter[]): this {
    const memory = effectsOf(effect).address === undefined ? undefined : this.memory;
    this.steps.push({ kind: 'action', effect, parameters, memory, spans: [this.span] });
    return this;
  }

  load(register: Register, value: number): this {
    return this.action({ kind: 'loadImmediate', register }, constant(value));
  }

  alu(operation: AluOperation, destination: Register, source: Register): this {
    return this.action({ kind: 'alu', operation, destination, source });
  }

  /** ~register, by a register with all ones. */
  invert(register: Register, allOnes: Register): this {
    return this.alu('xor', register, allOnes);
  }
}

const INTEGERS: readonly ArgumentKind[] = ['integer', 'port'];

/**
 * The step of a statement that one action implements; its parameter is the statement's integer, if it has one. A pseudo
 * primitive is implemented in this way only if the data plane has the action.
 */
function oneAction(statement: PrimitiveStatement, dataPlane: DataPlane): readonly Step[] | undefined {
  const row = must(PRIMITIVES.get(statement.primitive), 'row of a primitive');
  const effect = directEffect({ ...statement, field: statement.field?.name });
  if (effect === undefined) return undefined;
  if (row.pseudo && !dataPlane.rpbsWith(actionName(effect)).includes(1)) return undefined;
  const parameters = row.arguments.some((kind) => INTEGERS.includes(kind)) ? [constant(statement.integer)] : [];
  return new Expansion(statement.span, statement.memory).action(effect, ...parameters).steps;
}

const constant = (value: number): StepParameter => ({ kind: 'constant', value: value >>> 0 });

function expandPrimitive(statement: PrimitiveStatement, liveAfter: RegisterSet): readonly Step[] {
  const { primitive, span } = statement;
  const to = new Expansion(span, statement.memory);
  const memory = (): string => must(statement.memory, `memory of ${primitive}`);
  const register = (i: 0 | 1): Register => must(statement.registers[i], `register ${i + 1} of ${primitive}`);
  const salu = memoryOperation(primitive);
  if (salu !== undefined) {
    const { pair, flag } = salu;
    return to
      .action({ kind: 'offset' }, { kind: 'base', memory: memory() }, constant(flag))
      .action({ kind: 'salu', pair }).steps;
  }
  switch (primitive) {
    case 'HASH_5_TUPLE_MEM':
    case 'HASH_MEM':
      return to
        .action({ kind: 'hash', input: primitive === 'HASH_MEM' ? 'har' : '5-tuple', into: 'mar' })
        .action({ kind: 'mask' }, { kind: 'sizeMask', memory: memory() }).steps;
    case 'NOP':
      return [{ kind: 'nop', spans: [span] }];
    case 'MOVE':
      return to.load(register(0), 0).alu('add', register(0), register(1)).steps;
    case 'EQUAL':
      return to.alu('xor', register(0), register(1)).steps;
    case 'SGT':
      return to.alu('min', register(0), register(1)).alu('xor', register(0), register(1)).steps;
    case 'SLT':
      return to.alu('max', register(0), register(1)).alu('xor', register(0), register(1)).steps;
    default:
      return expandWithScratch(statement, liveAfter, to);
  }
}

const WITH_CONSTANT: Partial<Record<PrimitiveName, AluOperation>> = {
  ADDI: 'add',
  SUBI: 'add',
  ANDI: 'and',
  ORI: 'or',
  XORI: 'xor',
};

/** Expands pseudo primitives that need a register beside their operands. */
function expandWithScratch(statement: PrimitiveStatement, liveAfter: RegisterSet, to: Expansion): readonly Step[] {
  const { primitive, registers, integer } = statement;
  const a = must(registers[0], `register 1 of ${primitive}`);
  const free = REGISTERS.filter((register) => !registers.includes(register));
  const dead = free.find((register) => !liveAfter.has(register));
  const scratch = dead ?? must(free[0], `register beside those of ${primitive}`);
  if (dead === undefined) to.action({ kind: 'backup' });
  const operation = WITH_CONSTANT[primitive];
  if (operation !== undefined) {
    to.load(scratch, primitive === 'SUBI' ? -integer : integer).alu(operation, a, scratch);
  } else {
    to.load(scratch, ALL_ONES).invert(a, scratch);
    // a - b = ~(~a + b): two steps fewer than negating b and back, with the same effect on all registers.
    if (primitive === 'SUB') to.alu('add', a, must(registers[1], `register 2 of ${primitive}`)).invert(a, scratch);
  }
  if (dead === undefined) to.action({ kind: 'recover', register: scratch });
  return to.steps;
}
