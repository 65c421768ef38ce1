/**
 * JavaScript for entries of a program. What differs between instances of a program, where its steps and memories lie, is
 * left open as constants: instances of one shape share one function, so that a switch of thousands of programs runs hot
 * code.
 */

import { type DataPlane, must } from '../../../compiler/index.js';
import type { ActionUnit } from '../../blocks/actions.js';
import type { FieldOperands } from '../../blocks/instructions/field-operands.js';
import {
  type CodeWriter,
  type Intrinsic,
  REGISTER_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import { OPCODE, OPERATIONS } from '../../blocks/instructions/table.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';

/** What the code of all programs of a switch is written with. */
export type SwitchContext = Omit<CodeWriter, 'read' | 'write' | 'intrinsic' | 'header' | 'constant'>;

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
  readonly constants: readonly number[];
}

/** Entries by pass and RPB, in the order in which packets meet them. */
export function cellsOf(entries: readonly RpbEntry[]): RpbEntry[][] {
  const sorted = [...entries].sort(
    (a, b) => a.pass - b.pass || a.rpb - b.rpb || a.priority - b.priority || a.sequence - b.sequence,
  );
  const cells: RpbEntry[][] = [];
  for (const entry of sorted) {
    const last = cells.at(-1);
    if (last?.[0]?.pass === entry.pass && last[0].rpb === entry.rpb) last.push(entry);
    else cells.push([entry]);
  }
  return cells;
}

/** Writes statements, and notes which variables they read and set. */
export class CellWriter implements CodeWriter {
  readonly fields;
  readonly endpoints;
  readonly hashes;
  readonly cpuPort;
  readonly addressMask;
  readonly arraySizes;
  readonly arrayStarts;
  readonly lines: string[] = [];
  readonly constants: number[] = [];
  readonly used = new Set<Variable>();
  readonly written = new Set<Variable>();
  private readonly writtenByCell = new Set<Variable>();
  readonly intrinsics = new Set<Intrinsic>();
  readonly headers = new Set<number>();

  /**
   * @param firstConstant where the constants lie in the program's row
   * @param headerName an expression: where a header starts
   */
  constructor(
    private readonly context: ProgramContext,
    private readonly firstConstant: number,
    private readonly headerName: (index: number) => string,
  ) {
    this.fields = context.fields;
    this.endpoints = context.endpoints;
    this.hashes = context.hashes;
    this.cpuPort = context.cpuPort;
    this.addressMask = context.addressMask;
    this.arraySizes = context.arraySizes;
    this.arrayStarts = context.arrayStarts;
  }

  /** The first entry of an RPB that matches runs. @returns the variables that entries set */
  cell(entries: readonly RpbEntry[]): ReadonlySet<Variable> {
    this.writtenByCell.clear();
    let isFirst = true;
    for (const entry of entries) {
      const condition = this.condition(entry);
      if (condition === 'false') continue;
      const block = `{\n${this.action(entry)}\n}`;
      if (condition === 'true') {
        this.lines.push(isFirst ? block : `else ${block}`);
        break;
      }
      this.lines.push(`${isFirst ? '' : 'else '}if (${condition}) ${block}`);
      isFirst = false;
    }
    return this.writtenByCell;
  }

  read(name: Variable): string {
    this.used.add(name);
    return name;
  }

  write(name: Variable): string {
    this.used.add(name);
    this.written.add(name);
    this.writtenByCell.add(name);
    return name;
  }

  intrinsic(name: Intrinsic): string {
    this.intrinsics.add(name);
    return name;
  }

  header(index: number): string {
    this.headers.add(index);
    return this.headerName(index);
  }

  constant(value: number): string {
    this.constants.push(value);
    return `K[k + ${this.firstConstant + this.constants.length - 1} | 0]`;
  }

  private condition({ branchValue, branchMask, match }: RpbEntry): string {
    const { branchIds } = this.context;
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

  private action({ rpb, instruction }: RpbEntry): string {
    if (instruction.opcode === OPCODE.none) return '';
    const { isGuarded } = this.context;
    return must(OPERATIONS[instruction.opcode], 'operation of an opcode').code(
      { ...instruction, rpb, isGuarded },
      this,
    );
  }
}
