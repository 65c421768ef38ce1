/** Placed rows → table entries and the compiled program. */

import {
  COMPILED_PROGRAM_SCHEMA,
  type CompiledProgram,
  type KeyField,
  type MemoryBlock,
  type PlacedStep,
  type TableEntry,
} from './compiled-program.js';
import { actionName } from './data-plane/actions.js';
import { type DataPlane, FIXED_NAMES, RPB_KEYS, type Rpb } from './data-plane/data-plane.js';
import type { Register } from './data-plane/description.js';
import type { Condition, Program } from './program.js';
import type { BranchStep, Step, StepParameter, StepTree } from './steps.js';

export interface EmitInput {
  readonly program: Program;
  readonly sourceHash: string;
  readonly tree: StepTree;
  readonly dataPlane: DataPlane;
  readonly programId: number;
  /** Logical RPB by depth - 1. */
  readonly placement: readonly number[];
  readonly memories: readonly MemoryBlock[];
  readonly filterPriority: number;
}

/** How many branch ids a tree needs: one for the root and one per case. */
export function branchIdsNeeded(tree: StepTree): number {
  return 1 + (tree.branch === undefined ? 0 : casesBelow(tree.branch));
}

function casesBelow({ cases, otherwise }: BranchStep): number {
  return cases.reduce((sum, { body }) => sum + branchIdsNeeded(body), branchIdsNeeded(otherwise) - 1);
}

export function passesOf(placement: readonly number[], dataPlane: DataPlane): number {
  return Math.max(1, Math.ceil((placement.at(-1) ?? 0) / dataPlane.rpbCount));
}

/** The compiled program. Assumes that everything was allocated to fit. */
export function emit(input: EmitInput): CompiledProgram {
  const { program, dataPlane, placement } = input;
  const emission = new Emission(input);
  emission.tree(input.tree, 1, 0);
  const passes = passesOf(placement, dataPlane);
  return {
    schema: COMPILED_PROGRAM_SCHEMA,
    program: program.name,
    sourceHash: input.sourceHash,
    dataPlane: { name: dataPlane.name, hash: dataPlane.hash },
    programId: input.programId,
    passes,
    placement: emission.placed,
    memories: input.memories,
    entries: [
      ...emission.entries,
      ...recirculationEntries(input.programId, passes),
      filterEntry(program, input.programId, input.filterPriority),
    ],
  };
}

class Emission {
  readonly entries: TableEntry[] = [];
  readonly placed: PlacedStep[] = [];
  private nextBranch = 1;

  constructor(private readonly input: EmitInput) {}

  tree({ steps, branch }: StepTree, start: number, branchId: number): void {
    let depth = start;
    for (const step of steps) this.step(step, depth++, branchId);
    if (branch === undefined) return;
    const { rpb, pass } = this.place(depth);
    this.note(branch.span, 'branch', depth, branchId);
    const ids = branch.cases.map(() => this.nextBranch++);
    for (const [i, { conditions }] of branch.cases.entries()) {
      this.entries.push({
        table: rpb.table,
        key: this.key(branchId, pass, conditions),
        priority: i,
        action: `${rpb.control}.${actionName({ kind: 'setBranch' })}`,
        parameters: [{ name: 'branch_id', value: ids[i] ?? 0 }],
      });
    }
    for (const [i, { body }] of branch.cases.entries()) this.tree(body, depth + 1, ids[i] ?? 0);
    this.tree(branch.otherwise, depth + 1, branchId);
  }

  private step(step: Step, depth: number, branchId: number): void {
    if (step.kind === 'nop') {
      this.note(step.span, 'nop', depth, branchId);
      return;
    }
    const { rpb, pass } = this.place(depth);
    const name = actionName(step.effect);
    const action = rpb.actions.get(name);
    if (action === undefined) throw new Error(`RPB ${rpb.number} has no action ${name}`);
    this.note(step.span, name, depth, branchId);
    this.entries.push({
      table: rpb.table,
      key: this.key(branchId, pass, []),
      priority: 0,
      action: `${rpb.control}.${name}`,
      parameters: action.parameters.map((parameter, i) => ({
        name: parameter.name,
        value: this.parameter(step.parameters[i]),
      })),
    });
  }

  private place(depth: number): { rpb: Rpb; pass: number } {
    const { placement, dataPlane } = this.input;
    const logical = (placement[depth - 1] ?? 1) - 1;
    return {
      rpb: dataPlane.rpb((logical % dataPlane.rpbCount) + 1),
      pass: Math.floor(logical / dataPlane.rpbCount),
    };
  }

  private parameter(parameter: StepParameter | undefined): number {
    if (parameter === undefined) return 0;
    if (parameter.kind === 'constant') return parameter.value;
    if (parameter.kind === 'sizeMask') {
      // Known even of a memory that is only hashed for and never accessed, which has no block.
      const memory = this.input.program.memories.find(({ name }) => name === parameter.memory);
      if (memory === undefined) throw new Error(`program ${this.input.program.name} has no memory ${parameter.memory}`);
      return memory.buckets - 1;
    }
    const block = this.input.memories.find(({ name }) => name === parameter.memory);
    if (block === undefined) throw new Error(`memory ${parameter.memory} has no block`);
    return block.base;
  }

  private key(branchId: number, pass: number, conditions: readonly Condition[]): KeyField[] {
    const { dataPlane, programId } = this.input;
    const { state } = dataPlane.description;
    const registers = ['mar', 'sar', 'har'] as const satisfies readonly Register[];
    return [
      { name: RPB_KEYS.program, match: 'exact', value: programId },
      state.branchMatch === 'exact'
        ? { name: RPB_KEYS.branch, match: 'exact', value: branchId }
        : { name: RPB_KEYS.branch, match: 'ternary', value: branchId, mask: 2 ** state.branchIdBits - 1 },
      { name: RPB_KEYS.recirculation, match: 'exact', value: pass },
      ...registers.map((register): KeyField => {
        const condition = conditions.find((candidate) => candidate.register === register);
        return {
          name: RPB_KEYS[register],
          match: 'ternary',
          value: condition?.value ?? 0,
          mask: condition?.mask ?? 0,
        };
      }),
    ];
  }

  private note(span: { line: number; column: number }, action: string, depth: number, branch: number): void {
    const { rpb, pass } = this.place(depth);
    this.placed.push({ line: span.line, column: span.column, action, depth, branch, rpb: rpb.number, pass });
  }
}

/** A program of p passes has p entries: first, middle …, last; one of a single pass none. */
function recirculationEntries(programId: number, passes: number): TableEntry[] {
  if (passes === 1) return [];
  return Array.from({ length: passes }, (_, pass) => ({
    table: FIXED_NAMES.recirculationTable,
    key: [
      { name: RPB_KEYS.program, match: 'exact', value: programId },
      { name: RPB_KEYS.recirculation, match: 'exact', value: pass },
    ],
    priority: 0,
    action:
      pass === 0
        ? FIXED_NAMES.firstRecirculate
        : pass === passes - 1
          ? FIXED_NAMES.lastRecirculate
          : FIXED_NAMES.middleRecirculate,
    parameters: [],
  }));
}

/** The filter entry of a program: every key of the table, open where the program says nothing. */
export function filterEntry(program: Program, programId: number, priority: number): TableEntry {
  return {
    table: program.filterTable.table,
    key: program.filterTable.keys.map((field): KeyField => {
      const filter = program.filters.find((candidate) => candidate.field === field);
      return { name: field.name, match: 'ternary', value: filter?.value ?? 0, mask: filter?.mask ?? 0 };
    }),
    priority,
    action: FIXED_NAMES.setProgram,
    parameters: [{ name: FIXED_NAMES.programParameter, value: programId }],
  };
}
