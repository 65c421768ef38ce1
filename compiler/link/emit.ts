/** Emission of the compiled program: table entries from placed rows. */

import { type Action, type DataPlane, FIXED_NAMES, RPB_KEYS, type Rpb } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import type { LogicalRpb } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Condition, Program } from '../language/program.js';
import type { BranchMatch } from '../rows/branch-ids.js';
import type { ProgramRows, RowEntry } from '../rows/rows.js';
import { entryInstruction } from '../rows/rows.js';
import type { StepParameter } from '../steps/steps.js';
import {
  type ActionArgument,
  type CompiledProgram,
  type KeyField,
  type MemoryBlock,
  type PlacedStep,
  schemaOf,
  type TableEntry,
} from './compiled-program.js';
import { hashUses } from './hash-uses.js';

export interface EmitInput {
  readonly program: Program;
  readonly sourceHash: string;
  readonly rows: ProgramRows;
  readonly dataPlane: DataPlane;
  readonly programId: number;
  /** Logical RPB by row. */
  readonly placement: readonly LogicalRpb[];
  readonly memories: readonly MemoryBlock[];
  readonly filterPriority: number;
}

/** Passes of a program; in a chain, which every packet of it passes to the end, the number of switches. */
export function passesOf(placement: readonly number[], dataPlane: DataPlane): number {
  if (dataPlane.switches > 1) return dataPlane.switches;
  let last = 1;
  for (const x of placement) if (x > last) last = x;
  return Math.ceil(last / dataPlane.rpbCount);
}

/** The compiled program of an allocation that fits. */
export function emit(input: EmitInput): CompiledProgram {
  const { program, dataPlane, placement, programId } = input;
  const { rows, origins, branchIds, rowOf } = input.rows;
  const places = rows.map((_, i) => dataPlane.placeOf(must(placement[i], 'placement of a row')));
  const passes = passesOf(placement, dataPlane);
  const memories: MemoryParameters = {
    sizeMasks: new Map(program.memories.map(({ name, buckets }) => [name, buckets - 1])),
    bases: new Map(input.memories.map(({ name, base }) => [name, base])),
  };
  const keys = new RpbKeys(programId, dataPlane);
  const entries: TableEntry[] = [];
  for (const [i, row] of rows.entries()) {
    const place = must(places[i], 'place of a row');
    for (const entry of row.entries) entries.push(rpbEntry(entry, place, keys, memories));
  }
  entries.push(
    ...recirculationEntries(programId, passes, dataPlane),
    filterEntry(program, programId, input.filterPriority),
  );
  const placed: PlacedStep[] = [];
  for (const { branch, depth, action, span } of origins) {
    const place = action === 'nop' ? undefined : places[rowOf(branch, depth)];
    if (place === undefined) continue;
    const { rpb, pass } = place;
    const id = must(branchIds[branch], 'ID of a branch');
    placed.push({ line: span.line, column: span.column, action, depth, branch: id, rpb: rpb.number, pass });
  }
  return {
    schema: schemaOf(dataPlane),
    program: program.name,
    sourceHash: input.sourceHash,
    dataPlane: { name: dataPlane.name, hash: dataPlane.hash },
    programId,
    passes,
    placement: placed,
    memories: input.memories,
    hashes: hashUses(program, placed, input.memories, dataPlane),
    entries,
  };
}

interface Place {
  readonly rpb: Rpb;
  readonly pass: number;
}

/** What parameters of actions say of memories, by name. */
interface MemoryParameters {
  /** Known even of a memory that is only hashed for and never accessed, which has no block. */
  readonly sizeMasks: ReadonlyMap<string, number>;
  readonly bases: ReadonlyMap<string, number>;
}

function rpbEntry(entry: RowEntry, { rpb, pass }: Place, keys: RpbKeys, memories: MemoryParameters): TableEntry {
  const { does, branch, conditions, priority } = entry;
  const values = does.kind === 'step' ? parameterValues(does.step.parameters, memories) : [does.id];
  const key = keys.of(pass, branch, conditions);
  return tableEntry(rpb, key, priority, entryInstruction(entry).name, values);
}

/** The parts of an entry of an RPB, without the names that the driver sends. */
export interface RpbEntryParts {
  readonly rpb: Rpb;
  readonly pass: number;
  readonly programId: number;
  readonly branch: BranchMatch;
  readonly conditions: readonly Condition[];
  readonly priority: number;
  /** Name of the action within its RPB. */
  readonly action: string;
  /** In the order of the action's parameters. */
  readonly values: readonly number[];
}

export function rpbTableEntry(parts: RpbEntryParts, dataPlane: DataPlane): TableEntry {
  const key = new RpbKeys(parts.programId, dataPlane).of(parts.pass, parts.branch, parts.conditions);
  return tableEntry(parts.rpb, key, parts.priority, parts.action, parts.values);
}

function tableEntry(
  rpb: Rpb,
  key: readonly KeyField[],
  priority: number,
  name: string,
  values: readonly number[],
): TableEntry {
  const action = rpb.actions.get(name);
  if (action === undefined) throw new Error(`RPB ${rpb.number} has no action ${name}`);
  return { table: rpb.table, key, priority, action: action.control, parameters: argumentsOf(action, values) };
}

function argumentsOf({ parameters }: Action, values: readonly number[]): readonly ActionArgument[] {
  if (parameters.length === 0) return NO_ARGUMENTS;
  return parameters.map(({ name }, i) => ({ name, value: must(values[i], 'value of a parameter') }));
}

const NO_ARGUMENTS: readonly ActionArgument[] = [];

function parameterValues(parameters: readonly StepParameter[], memories: MemoryParameters): readonly number[] {
  if (parameters.length === 0) return NO_VALUES;
  return parameters.map((parameter) => parameterValue(parameter, memories));
}

const NO_VALUES: readonly number[] = [];

function parameterValue(parameter: StepParameter, { sizeMasks, bases }: MemoryParameters): number {
  if (parameter.kind === 'constant') return parameter.value;
  const known = (parameter.kind === 'sizeMask' ? sizeMasks : bases).get(parameter.memory);
  if (known === undefined) throw new Error(`memory ${parameter.memory} has no ${MISSING[parameter.kind]}`);
  return known;
}

const MISSING = { sizeMask: 'size', base: 'block' } as const;

/** The keys of entries of a program. What its entries have in common is one object. */
class RpbKeys {
  private readonly program: KeyField;
  private readonly isExact: boolean;
  /** By pass. */
  private readonly passes: KeyField[] = [];

  constructor(programId: number, { description }: DataPlane) {
    this.program = { name: RPB_KEYS.program, match: 'exact', value: programId };
    this.isExact = description.state.branchMatch === 'exact';
  }

  of(pass: number, { value, mask }: BranchMatch, conditions: readonly Condition[]): readonly KeyField[] {
    return [
      this.program,
      this.isExact
        ? { name: RPB_KEYS.branch, match: 'exact', value }
        : { name: RPB_KEYS.branch, match: 'ternary', value, mask },
      this.passKey(pass),
      registerKey('mar', conditions),
      registerKey('sar', conditions),
      registerKey('har', conditions),
    ];
  }

  private passKey(pass: number): KeyField {
    while (this.passes.length <= pass) {
      this.passes.push({ name: RPB_KEYS.recirculation, match: 'exact', value: this.passes.length });
    }
    return must(this.passes[pass], 'key of a pass');
  }
}

/** Most entries do not look at a register: one object serves them all. */
const ANY_VALUE: Readonly<Record<Register, KeyField>> = {
  mar: { name: RPB_KEYS.mar, match: 'ternary', value: 0, mask: 0 },
  sar: { name: RPB_KEYS.sar, match: 'ternary', value: 0, mask: 0 },
  har: { name: RPB_KEYS.har, match: 'ternary', value: 0, mask: 0 },
};

function registerKey(register: Register, conditions: readonly Condition[]): KeyField {
  for (const { register: compared, value, mask } of conditions) {
    if (compared === register) return { name: RPB_KEYS[register], match: 'ternary', value, mask };
  }
  return ANY_VALUE[register];
}

/**
 * The entries in the recirculation table: p for a program of p passes (first, middle …, last), none for a single pass.
 * In a chain each switch has one of them.
 */
export function recirculationEntries(programId: number, passes: number, dataPlane: DataPlane): TableEntry[] {
  if (passes === 1) return [];
  const tables = dataPlane.recirculationTables;
  return Array.from({ length: passes }, (_, pass) => ({
    table: must(tables[dataPlane.switches > 1 ? pass : 0], 'recirculation table'),
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

/** The filter entry of a program, with every key of the table; keys without a filter match anything. */
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
