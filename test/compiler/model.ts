/**
 * The meaning of programs, written a second time and as plainly as can be: statements by the definitions of the
 * language, step trees and compiled documents by the definitions of the data plane. All hash units are one function
 * here, so that a program's effects do not depend on its placement.
 */

import type { HashedFields } from '../../compiler/data-plane/headers.js';
import { must } from '../../compiler/data-plane/must.js';
import type {
  ActionEffect,
  CompiledProgram,
  DataPlane,
  PrimitiveStatement,
  Statement,
  TableEntry,
} from '../../compiler/index.js';
import { FIXED_NAMES, RPB_KEYS } from '../../compiler/index.js';
import type { Step, StepTree } from '../../compiler/steps/steps.js';

export type RegisterName = 'har' | 'sar' | 'mar';

/** All that a packet and the memories show of a run. */
export interface Run {
  readonly registers: Record<RegisterName, number>;
  /** Writes to header fields and forwarding decisions, in order. */
  readonly log: string[];
  dropped: boolean;
  /** Values of header fields, if not those that all runs have. */
  readonly fields?: (name: string) => number;
  /** By memory and bucket; buckets that hold 0 are absent. */
  readonly memory: Map<string, number>;
}

const FIVE_TUPLE_HASH = 0xbeef;
/** The hash of a list of fields: any fixed function of it will do. */
const fieldHash = (fields: HashedFields): number =>
  fields === '5-tuple' ? FIVE_TUPLE_HASH : (fields.length * 0x1357) & 0xffff;
/** Random numbers are one number here. */
const RANDOM = 0x5bd1e995;
const hash = (value: number): number => (Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 8) & 0xffff;

export const newRun = (registers: Readonly<Record<RegisterName, number>>): Run => ({
  registers: { ...registers },
  log: [],
  dropped: false,
  memory: new Map(),
});

/** A field's value: any fixed function of its name will do. */
const fieldValue = (field: string): number => Math.imul(field.length, 0x9e3779b1) >>> 0;

/** The result of a comparison of runs: what is the same for equal programs. */
export const observed = ({ log, dropped, memory }: Run): unknown => ({
  log: log.filter((line) => !dropped || !line.startsWith('port')),
  dropped,
  memory: [...memory].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1)),
});

const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

const arithmetic = (operation: string, a: number, b: number): number => {
  const operate = ARITHMETIC[operation];
  if (operate === undefined) throw new Error(`the model has no operation ${operation}`);
  return operate(a, b) >>> 0;
};

/** What a memory primitive leaves in memory and in sar. */
const MEMORY: Record<string, (old: number, sar: number) => readonly [memory: number, sar: number]> = {
  MEMADD: (old, sar) => [(old + sar) >>> 0, (old + sar) >>> 0],
  MEMSUB: (old, sar) => [(old - sar) >>> 0, (old - sar) >>> 0],
  MEMAND: (old, sar) => [(old & sar) >>> 0, (old & sar) >>> 0],
  MEMOR: (old, sar) => [(old | sar) >>> 0, old],
  MEMREAD: (old) => [old, old],
  MEMWRITE: (_old, sar) => [sar, sar],
  MEMMAX: (old, sar) => [Math.max(old, sar), Math.max(old, sar)],
};

function access(run: Run, memory: string, bucket: number, name: string): void {
  const key = `${memory}[${bucket}]`;
  const [value, sar] = MEMORY[name]?.(run.memory.get(key) ?? 0, run.registers.sar) ?? [0, 0];
  run.memory.set(key, value);
  run.registers.sar = sar;
}

/** What MEMCAS does to a pair: its low word is the key, its high one the sum. */
function compareAndSwap({ memory: words, registers }: Run, memory: string, bucket: number): void {
  const [low, high] = [`${memory}[${bucket}].lo`, `${memory}[${bucket}].hi`];
  const key = words.get(low) ?? 0;
  if (key === 0 || key === registers.har) {
    words.set(low, registers.har);
    words.set(high, ((words.get(high) ?? 0) + registers.sar) >>> 0);
    registers.har = 0;
  } else registers.har = key;
  registers.sar = words.get(high) ?? 0;
}

/** What a statement does beside memory, hashes and plain ALU primitives, by the table of the language. */
const PSEUDO: Record<string, (a: number, b: number, i: number) => number> = {
  LOADI: (_a, _b, i) => i,
  MOVE: (_a, b) => b,
  ADDI: (a, _b, i) => a + i,
  SUBI: (a, _b, i) => a - i,
  ANDI: (a, _b, i) => a & i,
  ORI: (a, _b, i) => a | i,
  XORI: (a, _b, i) => a ^ i,
  NOT: (a) => ~a,
  EQUAL: (a, b) => a ^ b,
  SGT: (a, b) => Math.min(a, b) ^ b,
  SLT: (a, b) => Math.max(a, b) ^ b,
  SUB: (a, b) => a - b,
};

function executePrimitive(statement: PrimitiveStatement, run: Run, buckets: ReadonlyMap<string, number>): void {
  const { primitive, registers, integer, field, memory = '' } = statement;
  const [first = 'har', second = 'har'] = registers;
  const values = run.registers;
  const size = buckets.get(memory) ?? 0;
  const intoLow = (old: number, low: number): number => ((old & 0xffff0000) | low) >>> 0;
  if (MEMORY[primitive] !== undefined) return access(run, memory, (values.mar & 0xffff) >>> 0, primitive);
  const pseudo = PSEUDO[primitive];
  if (pseudo !== undefined) {
    values[first] = pseudo(values[first], values[second], integer) >>> 0;
    return;
  }
  switch (primitive) {
    case 'EXTRACT':
      values[first] = fieldValue(field?.name ?? '');
      return;
    case 'MODIFY':
      run.log.push(`${field?.name} = ${values[first]}`);
      return;
    case 'RANDOM':
      values[first] = (RANDOM & integer) >>> 0;
      return;
    case 'HASH_5_TUPLE':
      values.har = intoLow(values.har, FIVE_TUPLE_HASH);
      return;
    case 'HASH':
      values.har = intoLow(values.har, hash(values.har));
      return;
    case 'HASH_5_TUPLE_MEM':
      values.mar = FIVE_TUPLE_HASH & (size - 1);
      return;
    case 'HASH_MEM':
      values.mar = hash(values.har) & (size - 1);
      return;
    case 'HASH_FIELDS':
      values.har = intoLow(values.har, fieldHash(must(statement.hashed, 'hashed fields')));
      return;
    case 'HASH_FIELDS_MEM':
      values.mar = fieldHash(must(statement.hashed, 'hashed fields')) & (size - 1);
      return;
    case 'MEMCAS':
      return compareAndSwap(run, memory, (values.mar & 0xffff) >>> 0);
    case 'FORWARD':
      run.log.push(`port ${integer}`);
      return;
    case 'MULTICAST':
      run.log.push(`group ${integer}`);
      return;
    case 'RETURN':
      run.log.push('swap', 'port back');
      return;
    case 'REPORT':
      run.log.push('port cpu');
      return;
    case 'DROP':
      run.dropped = true;
      return;
    case 'NOP':
      return;
    default:
      values[first] = arithmetic(primitive.toLowerCase(), values[first], values[second]);
  }
}

/** Runs the statements of a program. */
export function executeStatements(
  statements: readonly Statement[],
  run: Run,
  buckets: ReadonlyMap<string, number>,
): void {
  for (const statement of statements) {
    if (statement.kind === 'primitive') {
      executePrimitive(statement, run, buckets);
      continue;
    }
    const taken = statement.cases.find(({ conditions }) =>
      conditions.every(({ register, value, mask }) => (run.registers[register] & mask) >>> 0 === value),
    );
    if (taken !== undefined) return executeStatements(taken.body, run, buckets);
  }
}

/** What the data plane carries beside the registers. */
interface PipeState {
  saved: Record<RegisterName, number>;
  address: number;
  flag: number;
}

const newPipe = (): PipeState => ({ saved: { har: 0, sar: 0, mar: 0 }, address: 0, flag: 0 });

const SALU: Record<string, readonly [flag0: string, flag1: string]> = {
  add_sub: ['MEMADD', 'MEMSUB'],
  and_or: ['MEMAND', 'MEMOR'],
  read_write: ['MEMREAD', 'MEMWRITE'],
  max: ['MEMMAX', 'MEMMAX'],
};

/** One action. @param memoryAt the memory and bucket at a physical address */
function executeEffect(
  effect: ActionEffect,
  parameters: readonly number[],
  run: Run,
  pipe: PipeState,
  memoryAt: (address: number) => readonly [memory: string, bucket: number],
): void {
  const values = run.registers;
  const [first = 0, second = 0] = parameters;
  switch (effect.kind) {
    case 'hash': {
      const low = effect.input === 'har' ? hash(values.har) : FIVE_TUPLE_HASH;
      values[effect.into] = ((values[effect.into] & 0xffff0000) | low) >>> 0;
      return;
    }
    case 'field_hash':
      values[effect.into] = ((values[effect.into] & 0xffff0000) | fieldHash(effect.input)) >>> 0;
      return;
    case 'pair':
      return compareAndSwap(run, ...memoryAt(pipe.address));
    case 'random':
      values[effect.register] = RANDOM;
      return;
    case 'mask':
      values.mar = (values.mar & first) >>> 0;
      return;
    case 'offset':
      pipe.address = (values.mar + first) & 0xffff;
      pipe.flag = second;
      return;
    case 'salu':
      return access(run, ...memoryAt(pipe.address), SALU[effect.pair]?.[pipe.flag === 0 ? 0 : 1] ?? '');
    case 'loadImmediate':
      values[effect.register] = first;
      return;
    case 'alu':
      values[effect.destination] = arithmetic(effect.operation, values[effect.destination], values[effect.source]);
      return;
    case 'backup':
      pipe.saved = { ...values };
      return;
    case 'recover':
      values[effect.register] = pipe.saved[effect.register];
      return;
    case 'extract':
      values[effect.register] = (run.fields ?? fieldValue)(effect.field);
      return;
    case 'modify':
      run.log.push(`${effect.field} = ${values[effect.register]}`);
      return;
    case 'forward':
      run.log.push(`port ${first}`);
      return;
    case 'multicast':
      run.log.push(`group ${first}`);
      return;
    case 'return':
      run.log.push('swap', 'port back');
      return;
    case 'report':
      run.log.push('port cpu');
      return;
    case 'drop':
      run.dropped = true;
      return;
    case 'setBranch':
      throw new Error('the caller sets the branch');
  }
}

function executeStep(step: Step, run: Run, pipe: PipeState, buckets: ReadonlyMap<string, number>): void {
  if (step.kind === 'nop') return;
  const parameters = step.parameters.map((parameter) => {
    if (parameter.kind === 'constant') return parameter.value;
    return parameter.kind === 'base' ? 0 : (buckets.get(parameter.memory) ?? 0) - 1;
  });
  executeEffect(step.instruction.effect, parameters, run, pipe, (address) => [step.memory ?? '', address]);
}

/** Runs a tree of steps; every memory begins at address 0 of an RPB of its own. */
export function executeTree(tree: StepTree, run: Run, buckets: ReadonlyMap<string, number>, pipe = newPipe()): void {
  for (const step of tree.steps) executeStep(step, run, pipe, buckets);
  if (tree.branch === undefined) return;
  const taken = tree.branch.cases.find(({ conditions }) =>
    conditions.every(({ register, value, mask }) => (run.registers[register] & mask) >>> 0 === value),
  );
  const inline = taken === undefined ? tree.branch.fallback : taken.kind === 'inline' ? taken.step : undefined;
  if (inline !== undefined) executeStep(inline, run, pipe, buckets);
  executeTree(taken?.kind === 'enter' ? taken.body : tree.branch.otherwise, run, buckets, pipe);
}

/**
 * Runs a compiled document: RPB by RPB and pass by pass, by its entries alone. An access outside the program's own
 * blocks throws, and so does one behind a drop that took the packet out of the pipe.
 */
export function executeDocument(document: CompiledProgram, dataPlane: DataPlane, run: Run): void {
  const pipe = newPipe();
  let branch = 0;
  for (let pass = 0; pass < document.passes; pass++) {
    for (const rpb of dataPlane.rpbs) {
      const state = { program: document.programId, branch, recirculation: pass, ...run.registers };
      const entry = entriesOf(document, rpb.table).find(({ key }) => key.every((field) => matches(field, state)));
      if (entry === undefined) continue;
      const effect = rpb.actions.get(entry.action.slice(rpb.control.length + 1))?.effect;
      if (effect === undefined) throw new Error(`RPB ${rpb.number} has no action ${entry.action}`);
      const parameters = entry.parameters.map(({ value }) => value);
      if (effect.kind === 'setBranch') branch = parameters[0] ?? 0;
      else {
        if ((effect.kind === 'salu' || effect.kind === 'pair') && run.dropped)
          throw new Error('a memory access behind a drop');
        executeEffect(effect, parameters, run, pipe, (address) => memoryAt(document, rpb.number, address));
      }
    }
  }
}

const tables = new WeakMap<CompiledProgram['entries'], Map<string, TableEntry[]>>();

/** The entries of a table in the order of their priorities. */
function entriesOf({ entries }: CompiledProgram, table: string): readonly TableEntry[] {
  let byTable = tables.get(entries);
  if (byTable === undefined) {
    byTable = new Map();
    for (const entry of [...entries].sort((a, b) => a.priority - b.priority)) {
      byTable.set(entry.table, [...(byTable.get(entry.table) ?? []), entry]);
    }
    tables.set(entries, byTable);
  }
  return byTable.get(table) ?? [];
}

const KEY_NAMES = new Map(Object.entries(RPB_KEYS).map(([short, name]) => [name as string, short]));

function matches(field: CompiledProgram['entries'][number]['key'][number], state: Record<string, number>): boolean {
  const value = state[KEY_NAMES.get(field.name) ?? ''] ?? 0;
  return field.match === 'exact' ? value === field.value : (value & field.mask) >>> 0 === field.value;
}

function memoryAt(document: CompiledProgram, rpb: number, address: number): readonly [string, number] {
  const block = document.memories.find(
    (candidate) => candidate.rpb === rpb && address >= candidate.base && address < candidate.base + candidate.buckets,
  );
  if (block === undefined) throw new Error(`RPB ${rpb}: address ${address} is not the program's`);
  return [block.name, address - block.base];
}

/** Whether an entry is a filter. */
export const isFilterEntry = ({ action }: { readonly action: string }): boolean => action === FIXED_NAMES.setProgram;
