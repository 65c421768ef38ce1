/**
 * JavaScript for entries of a program. What differs between instances of a program, where its steps and memories lie, is
 * left open as constants: instances of one shape share one function, so that a switch of thousands of programs runs hot
 * code.
 */

import { type DataPlane, must } from '../../../compiler/for-switches.js';
import type { ActionUnit } from '../../blocks/actions.js';
import { HASH_ROWS, type HashUnit } from '../../blocks/hash.js';
import type { FieldOperands } from '../../blocks/instructions/field-operands.js';
import {
  type CodeWriter,
  type ConstantSource,
  type Intrinsic,
  REGISTER_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import { OPCODE, OPERATIONS } from '../../blocks/instructions/table.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import { randomSite } from '../../blocks/random-numbers.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';

/** What the code of all programs of a switch is written with. */
export interface SwitchContext extends Pick<CodeWriter, 'fields' | 'endpoints' | 'cpuPort' | 'addressMask'> {
  /** By RPB index. */
  readonly hashes: readonly HashUnit[];
  /** By RPB index: buckets, and where its register array starts in the memory of the switch. */
  readonly arraySizes: readonly number[];
  /** Words in a bucket of each array. */
  readonly arrayWords: readonly number[];
  readonly arrayStarts: readonly number[];
}

export function switchContext(
  { description, rpbs }: DataPlane,
  { hashes }: ActionUnit,
  memory: RegisterArrays,
  { fields, endpoints }: FieldOperands,
): SwitchContext {
  return {
    fields,
    endpoints,
    hashes,
    cpuPort: description.ports.cpu,
    addressMask: 2 ** description.state.addressBits - 1,
    arraySizes: rpbs.map(({ buckets }) => buckets),
    arrayWords: rpbs.map(({ words }) => words),
    arrayStarts: rpbs.map(({ index }) => memory.index(index, 0)),
  };
}

/** What the code of one program is written with. */
export interface ProgramContext extends SwitchContext {
  /** Whether the program's memory accesses are checked, since they are not proven to lie within its blocks. */
  readonly isGuarded: boolean;
  /** All that a packet of the program can have. */
  readonly branchIds: readonly number[];
}

/** Code with its open constants. */
export interface OpenCode {
  /** The body of a function of K and k: the constants of all programs, and where this program's row starts. */
  readonly body: string;
  readonly constants: readonly OpenConstant[];
}

/** A constant of an entry, or a number that is the same for all programs of one {@link shapeKey}. */
export type OpenConstant = number | { readonly source: ConstantSource; readonly entry: RpbEntry };

/** The value of a constant for an entry. */
export function constantOf(
  source: ConstantSource,
  { rpb, pass, instruction }: RpbEntry,
  { arrayStarts }: SwitchContext,
): number {
  switch (source) {
    case 'rpb':
      return rpb;
    case 'site':
      return randomSite(pass, rpb);
    case 'hashTables':
      return rpb * HASH_ROWS;
    case 'registerArray':
      return must(arrayStarts[rpb], 'start of a register array');
    case 'immediate':
      return instruction.immediate;
  }
}

/** The value of an open constant. */
export const openValue = (constant: OpenConstant, context: SwitchContext): number =>
  typeof constant === 'number' ? constant : constantOf(constant.source, constant.entry, context);

/** Entries in the order in which packets meet them. */
export const inOrder = (entries: readonly RpbEntry[]): RpbEntry[] =>
  [...entries].sort((a, b) => a.pass - b.pass || a.rpb - b.rpb || a.priority - b.priority || a.sequence - b.sequence);

/** Entries by pass and RPB. @param sorted by {@link inOrder} */
export function cellsOf(sorted: readonly RpbEntry[]): RpbEntry[][] {
  const cells: RpbEntry[][] = [];
  for (const entry of sorted) {
    const last = cells.at(-1);
    if (last?.[0]?.pass === entry.pass && last[0].rpb === entry.rpb) last.push(entry);
    else cells.push([entry]);
  }
  return cells;
}

/** The variables that an RPB can set, and those that it sets for every packet. */
export interface CellEffect {
  readonly possible: ReadonlySet<Variable>;
  readonly always: readonly Variable[];
}

/** Writes statements, and notes which variables they read and set. */
export class CellWriter implements CodeWriter {
  readonly fields;
  readonly endpoints;
  readonly cpuPort;
  readonly addressMask;
  readonly lines: string[] = [];
  readonly used = new Set<Variable>();
  readonly written = new Set<Variable>();
  private readonly writtenNow = new Set<Variable>();
  /** Variables whose value is known here. */
  private readonly known: Map<Variable, number>;
  readonly intrinsics = new Set<Intrinsic>();
  readonly headers = new Set<number>();
  /** That of the operation whose code is written. */
  private entry: RpbEntry | undefined;

  /**
   * @param firstConstant where the constants lie in the program's row
   * @param headerName an expression: where a header starts
   * @param constants to which those of this code are added
   * @param known values of variables before the code
   */
  constructor(
    private readonly context: ProgramContext,
    private readonly firstConstant: number,
    private readonly headerName: (index: number) => string,
    readonly constants: OpenConstant[] = [],
    known: ReadonlyMap<Variable, number> = new Map(),
  ) {
    this.known = new Map(known);
    this.fields = context.fields;
    this.endpoints = context.endpoints;
    this.cpuPort = context.cpuPort;
    this.addressMask = context.addressMask;
  }

  /** A writer that starts where this one is, with constants of its own unless it is given some. */
  fork(constants: OpenConstant[] = []): CellWriter {
    return new CellWriter(this.context, this.firstConstant, this.headerName, constants, this.known);
  }

  /** The first entry of an RPB that matches runs. */
  cell(entries: readonly RpbEntry[], action = (entry: RpbEntry): string => this.action(entry)): CellEffect {
    const before = new Map(this.known);
    const possible = new Set<Variable>();
    const certain: ReadonlySet<Variable>[] = [];
    let isFirst = true;
    let isComplete = false;
    for (const entry of entries) {
      this.restore(before);
      const condition = this.condition(entry);
      if (condition === 'false') continue;
      this.writtenNow.clear();
      const block = `{\n${action(entry)}\n}`;
      for (const name of this.writtenNow) possible.add(name);
      certain.push(new Set(this.writtenNow));
      isComplete = condition === 'true';
      const start = isFirst ? '' : 'else ';
      this.lines.push(isComplete ? `${start}${block}` : `${start}if (${condition}) ${block}`);
      if (isComplete) break;
      isFirst = false;
    }
    if (certain.length !== 1 || !isComplete) {
      this.restore(before);
      for (const name of possible) this.known.delete(name);
    }
    const [first] = certain;
    const always =
      isComplete && first !== undefined ? [...first].filter((name) => certain.every((set) => set.has(name))) : [];
    return { possible, always };
  }

  private restore(known: ReadonlyMap<Variable, number>): void {
    this.known.clear();
    for (const [name, value] of known) this.known.set(name, value);
  }

  read(name: Variable): string {
    const value = this.known.get(name);
    if (value !== undefined) return String(value);
    this.used.add(name);
    return name;
  }

  write(name: Variable): string {
    this.used.add(name);
    this.written.add(name);
    this.writtenNow.add(name);
    this.known.delete(name);
    return name;
  }

  assign(name: Variable, value: number): string {
    this.write(name);
    this.known.set(name, value);
    return `${name} = ${value};`;
  }

  intrinsic(name: Intrinsic): string {
    this.intrinsics.add(name);
    return name;
  }

  header(index: number): string {
    this.headers.add(index);
    return this.headerName(index);
  }

  get hash(): HashUnit {
    return must(this.context.hashes[this.entryNow.rpb], 'hash unit of an RPB');
  }

  get arrayWords(): number {
    return must(this.context.arrayWords[this.entryNow.rpb], 'words in a bucket of a register array');
  }

  get arraySize(): number {
    return must(this.context.arraySizes[this.entryNow.rpb], 'size of a register array');
  }

  constant(source: ConstantSource): string {
    return this.open({ source, entry: this.entryNow });
  }

  /** An expression of a constant. */
  open(constant: OpenConstant): string {
    this.constants.push(constant);
    return `K[k + ${this.firstConstant + this.constants.length - 1} | 0]`;
  }

  private get entryNow(): RpbEntry {
    return must(this.entry, 'entry whose code is written');
  }

  /** Code for an operation on what an entry has. */
  about(entry: RpbEntry, write: () => string): string {
    this.entry = entry;
    return write();
  }

  /** An expression, `true` or `false` if it is known. */
  condition({ branchValue, branchMask, match }: RpbEntry): string {
    const known = this.known.get('branch');
    const branchIds = known === undefined ? this.context.branchIds : [known];
    const taken = branchIds.filter((id) => (id & branchMask) === branchValue);
    if (taken.length === 0) return 'false';
    const parts: string[] = [];
    if (taken.length < branchIds.length) {
      const branch = this.read('branch');
      parts.push(taken.length === 1 ? `${branch} === ${taken[0]}` : `(${branch} & ${branchMask}) === ${branchValue}`);
    }
    for (const [i, [value, mask]] of match.entries()) {
      if (mask === 0) continue;
      const register = this.read(must(REGISTER_VARIABLES[i], 'register of a match'));
      parts.push(mask === 0xffffffff ? `${register} === ${value | 0}` : `(${register} & ${mask | 0}) === ${value | 0}`);
    }
    return parts.length === 0 ? 'true' : parts.join(' && ');
  }

  /** Statements. */
  action(entry: RpbEntry): string {
    const { instruction } = entry;
    if (instruction.opcode === OPCODE.none) return '';
    const { isGuarded } = this.context;
    const operation = must(OPERATIONS[instruction.opcode], 'operation of an opcode');
    return this.about(entry, () => operation.code({ ...instruction, isGuarded }, this));
  }
}
