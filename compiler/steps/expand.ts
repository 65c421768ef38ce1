/**
 * Statements → steps: pseudo primitives become primitives, memory accesses get their offset step, hashes of addresses
 * their mask step. An expansion that needs a register takes a dead one; if none is dead, it saves and restores.
 */
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { AluOperation } from '../data-plane/instructions/arithmetic.js';
import { memoryOperation } from '../data-plane/instructions/memory.js';
import { type ActionEffect, directEffect, effectsOf } from '../data-plane/instructions/table.js';
import type { Span } from '../language/diagnostics.js';
import { type ArgumentKind, PRIMITIVES, type PrimitiveName } from '../language/primitives.js';
import type { PrimitiveStatement, Statement } from '../language/program.js';
import { liveness, type RegisterSet } from './liveness.js';
import { type CaseStep, EMPTY_TREE, type Step, type StepParameter, type StepTree } from './steps.js';

/** The step tree of a program's statements. */
export function expand(statements: readonly Statement[]): StepTree {
  return expandFrom(statements, 0, liveness(statements).after);
}

/** @param after the registers that live after each statement of the whole list */
function expandFrom(statements: readonly Statement[], start: number, after: readonly RegisterSet[]): StepTree {
  const steps: Step[] = [];
  for (let i = start; i < statements.length; i++) {
    const statement = statements[i] as Statement;
    if (statement.kind === 'branch') {
      const cases = statement.cases.map(
        ({ conditions, body }): CaseStep => ({ kind: 'enter', conditions, body: expand(body) }),
      );
      const otherwise = expandFrom(statements, i + 1, after);
      return { steps, branch: { cases, fallback: undefined, otherwise, spans: [statement.span] } };
    }
    steps.push(...expandPrimitive(statement, after[i] ?? new Set()));
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

  /** ~register, with a register that holds all ones. */
  invert(register: Register, allOnes: Register): this {
    return this.alu('xor', register, allOnes);
  }
}

const INTEGERS: readonly ArgumentKind[] = ['integer', 'port'];

/** Whether a statement has an integer, which the action that does it alone takes for its parameter. */
const takesInteger = ({ primitive }: PrimitiveStatement): boolean =>
  PRIMITIVES.get(primitive)?.arguments.some((kind) => INTEGERS.includes(kind)) === true;

const constant = (value: number): StepParameter => ({ kind: 'constant', value: value >>> 0 });

function expandPrimitive(statement: PrimitiveStatement, liveAfter: RegisterSet): readonly Step[] {
  const { primitive, span, memory = '', integer } = statement;
  const [a = 'har', b = 'har'] = statement.registers;
  const to = new Expansion(span, statement.memory);
  const alone = directEffect({ ...statement, field: statement.field?.name ?? '' });
  if (alone !== undefined) {
    return to.action(alone, ...(takesInteger(statement) ? [constant(integer)] : [])).steps;
  }
  const salu = memoryOperation(primitive);
  if (salu !== undefined) {
    const { pair, flag } = salu;
    return to.action({ kind: 'offset' }, { kind: 'base', memory }, constant(flag)).action({ kind: 'salu', pair }).steps;
  }
  switch (primitive) {
    case 'HASH_5_TUPLE_MEM':
    case 'HASH_MEM':
      return to
        .action({ kind: 'hash', input: primitive === 'HASH_MEM' ? 'har' : '5-tuple', into: 'mar' })
        .action({ kind: 'mask' }, { kind: 'sizeMask', memory }).steps;
    case 'NOP':
      return [{ kind: 'nop', spans: [span] }];
    case 'MOVE':
      return to.load(a, 0).alu('add', a, b).steps;
    case 'EQUAL':
      return to.alu('xor', a, b).steps;
    case 'SGT':
      return to.alu('min', a, b).alu('xor', a, b).steps;
    case 'SLT':
      return to.alu('max', a, b).alu('xor', a, b).steps;
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

/** Pseudo primitives that need a register beside their operands. */
function expandWithScratch(statement: PrimitiveStatement, liveAfter: RegisterSet, to: Expansion): readonly Step[] {
  const { primitive, registers, integer } = statement;
  const [a = 'har', b = 'har'] = registers;
  const free = REGISTERS.filter((register) => !registers.includes(register));
  const dead = free.find((register) => !liveAfter.has(register));
  const scratch = dead ?? free[0] ?? 'har';
  if (dead === undefined) to.action({ kind: 'backup' });
  const operation = WITH_CONSTANT[primitive];
  if (operation !== undefined) {
    to.load(scratch, primitive === 'SUBI' ? -integer : integer).alu(operation, a, scratch);
  } else {
    to.load(scratch, ALL_ONES).invert(a, scratch);
    // a - b = ~(~a + b): two steps less than negating b and back, with the same effect on all registers.
    if (primitive === 'SUB') to.alu('add', a, b).invert(a, scratch);
  }
  if (dead === undefined) to.action({ kind: 'recover', register: scratch });
  return to.steps;
}
