/**
 * Statements → steps: pseudo primitives become primitives, memory accesses get an offset step, hashes of addresses
 * a mask step. An expansion that needs a register takes a dead one; if none is dead, it saves and restores one.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { AluOperation } from '../data-plane/instructions/arithmetic.js';
import { hashOfFields } from '../data-plane/instructions/hash.js';
import { memoryOperation } from '../data-plane/instructions/memory.js';
import { type ActionEffect, type Instruction, instructionOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { NumberPairs } from '../data-plane/number-pairs.js';
import type { Span } from '../language/diagnostics.js';
import { PRIMITIVES, type PrimitiveName } from '../language/primitives.js';
import type { PrimitiveStatement, Statement } from '../language/program.js';
import { comparedBy, isLive, liveBefore, type RegisterBits } from './liveness.js';
import { type ActionStep, type CaseStep, NO_STEPS, type Step, type StepParameter, type StepTree } from './steps.js';

/**
 * The tree of steps of a program's statements.
 * @param dataPlane its actions can implement pseudo primitives in one step
 */
export const expand = (statements: readonly Statement[], dataPlane: DataPlane): StepTree =>
  new Expander(dataPlane).body(statements).tree;

/** A tree, and the registers live in front of it. */
interface Expanded {
  readonly tree: StepTree;
  readonly live: RegisterBits;
}

/** Expands the statements of one program. */
class Expander {
  private readonly identities = new StepIdentities();

  constructor(private readonly dataPlane: DataPlane) {}

  /** From the end, as the registers that are live decide about expansions. */
  body(statements: readonly Statement[]): Expanded {
    let live: RegisterBits = 0;
    let tree: StepTree = { steps: NO_STEPS, branch: undefined };
    /** Last step first. */
    let reversed: Step[] = [];
    for (let i = statements.length - 1; i >= 0; i--) {
      const statement = must(statements[i], 'statement of a list');
      if (statement.kind === 'primitive') {
        const steps = this.primitive(statement, live);
        for (let k = steps.length - 1; k >= 0; k--) reversed.push(must(steps[k], 'step'));
        live = liveBefore(statement, live);
        continue;
      }
      const otherwise: StepTree = { steps: reversed.reverse(), branch: tree.branch };
      const cases: CaseStep[] = [];
      for (const { conditions, body } of statement.cases) {
        const inside = this.body(body);
        live |= inside.live | comparedBy(conditions);
        cases.push({ kind: 'enter', conditions, body: inside.tree });
      }
      tree = { steps: NO_STEPS, branch: { cases, fallback: undefined, otherwise, spans: [statement.span] } };
      reversed = [];
    }
    return { tree: { steps: reversed.reverse(), branch: tree.branch }, live };
  }

  private primitive(statement: PrimitiveStatement, liveAfter: RegisterBits): readonly Step[] {
    const { primitive, registers, field, memory, span, integer } = statement;
    const to = new Expansion(span, memory, this.identities);
    const instruction = this.dataPlane.directInstruction(primitive, registers, field);
    if (instruction === undefined || !this.isDirect(primitive, instruction)) {
      return expandPrimitive(statement, liveAfter, to);
    }
    return to.instruction(instruction, WITH_INTEGER.has(primitive) ? [constant(integer)] : NO_PARAMETERS).steps;
  }

  /** Whether a statement becomes the one action that implements it: a pseudo primitive if the data plane has it. */
  private isDirect(primitive: PrimitiveName, { name }: Instruction): boolean {
    return PRIMITIVES.get(primitive)?.pseudo !== true || this.dataPlane.rpbsWith(name).includes(1);
  }
}

/** Primitives with an integer, port or group as argument. */
const WITH_INTEGER: ReadonlySet<string> = new Set(
  [...PRIMITIVES.values()].flatMap((row) =>
    row.arguments.some((kind) => kind === 'integer' || kind === 'port' || kind === 'group') ? [row.name] : [],
  ),
);

const ALL_ONES = 0xffffffff;
const NO_PARAMETERS: readonly StepParameter[] = [];

/** Numbers of steps by what they do. */
class StepIdentities {
  private readonly pairs = new NumberPairs();
  private readonly memories = new Map<string, number>();

  of(instruction: Instruction, parameters: readonly StepParameter[], memory: string | undefined): number {
    const isAccess = instruction.effects.address === 'access' && memory !== undefined;
    let identity = this.pairs.of(instruction.number, isAccess ? this.memoryNumber(memory) : NO_MEMORY);
    for (const parameter of parameters) {
      const value = parameter.kind === 'constant' ? parameter.value : this.memoryNumber(parameter.memory);
      // A mask by the size of a memory is none by a constant that is the number of the memory.
      if (parameter.kind === 'sizeMask') identity = this.pairs.of(~identity, OF_MEMORY);
      // Inverted, it is the number of no instruction.
      identity = this.pairs.of(~identity, value);
    }
    return identity;
  }

  private memoryNumber(memory: string): number {
    const known = this.memories.get(memory);
    if (known !== undefined) return known;
    const number = this.memories.size;
    this.memories.set(memory, number);
    return number;
  }
}

const NO_MEMORY = -1;
const OF_MEMORY = 0;

/** Builds the steps of one statement. */
class Expansion {
  readonly steps: ActionStep[] = [];

  constructor(
    private readonly span: Span,
    private readonly memory: string | undefined,
    private readonly identities: StepIdentities,
  ) {}

  instruction(instruction: Instruction, parameters: readonly StepParameter[]): this {
    const memory = instruction.effects.address === undefined ? undefined : this.memory;
    const identity = this.identities.of(instruction, parameters, memory);
    this.steps.push({ kind: 'action', instruction, parameters, memory, spans: [this.span], identity });
    return this;
  }

  action(effect: ActionEffect, ...parameters: StepParameter[]): this {
    return this.instruction(instructionOf(effect), parameters);
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

const constant = (value: number): StepParameter & { readonly kind: 'constant' } => ({
  kind: 'constant',
  value: value >>> 0,
});

function expandPrimitive(statement: PrimitiveStatement, liveAfter: RegisterBits, to: Expansion): readonly Step[] {
  const { primitive, span } = statement;
  const memory = (): string => must(statement.memory, 'memory of a primitive');
  const register = (i: 0 | 1): Register => must(statement.registers[i], 'register of a primitive');
  const salu = memoryOperation(primitive);
  if (salu !== undefined) {
    const { pair, flag } = salu;
    return to
      .action({ kind: 'offset' }, { kind: 'base', memory: memory() }, constant(flag))
      .action({ kind: 'salu', pair }).steps;
  }
  switch (primitive) {
    case 'RANDOM':
      return expandRandom(statement, liveAfter, to);
    case 'MEMCAS':
      return to.action({ kind: 'offset' }, { kind: 'base', memory: memory() }, constant(0)).action({ kind: 'pair' })
        .steps;
    case 'HASH_FIELDS':
      return to.action(hashOfFields(must(statement.hashed, 'fields of a hash'), 'har')).steps;
    case 'HASH_FIELDS_MEM':
      return to
        .action(hashOfFields(must(statement.hashed, 'fields of a hash'), 'mar'))
        .action({ kind: 'mask' }, { kind: 'sizeMask', memory: memory() }).steps;
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

/** All bits take one step; mar has an action that masks it; other registers are masked by a register with the mask. */
function expandRandom(statement: PrimitiveStatement, liveAfter: RegisterBits, to: Expansion): readonly Step[] {
  const register = must(statement.registers[0], 'register of a primitive');
  const mask = constant(statement.integer);
  if (mask.value === 0) return to.load(register, 0).steps;
  if (mask.value === ALL_ONES) return to.action({ kind: 'random', register }).steps;
  if (register !== 'mar') return expandWithScratch(statement, liveAfter, to);
  return to.action({ kind: 'random', register }).action({ kind: 'mask' }, mask).steps;
}

const WITH_CONSTANT: Partial<Record<PrimitiveName, AluOperation>> = {
  ADDI: 'add',
  SUBI: 'add',
  ANDI: 'and',
  ORI: 'or',
  XORI: 'xor',
  RANDOM: 'and',
};

/** Expands pseudo primitives that need a register beside their operands. */
function expandWithScratch(statement: PrimitiveStatement, liveAfter: RegisterBits, to: Expansion): readonly Step[] {
  const { primitive, registers, integer } = statement;
  const a = must(registers[0], 'register of a primitive');
  const free = REGISTERS.filter((register) => !registers.includes(register));
  const dead = free.find((register) => !isLive(register, liveAfter));
  const scratch = dead ?? must(free[0], 'register beside those of a primitive');
  if (dead === undefined) to.action({ kind: 'backup' });
  const operation = WITH_CONSTANT[primitive];
  if (primitive === 'RANDOM') to.action({ kind: 'random', register: a });
  if (operation !== undefined) {
    to.load(scratch, primitive === 'SUBI' ? -integer : integer).alu(operation, a, scratch);
  } else {
    to.load(scratch, ALL_ONES).invert(a, scratch);
    // a - b = ~(~a + b): two steps fewer than negating b and back, with the same effect on all registers.
    if (primitive === 'SUB') to.alu('add', a, must(registers[1], 'register of a primitive')).invert(a, scratch);
  }
  if (dead === undefined) to.action({ kind: 'recover', register: scratch });
  return to.steps;
}
