/**
 * JavaScript for the entries of a program in one gress of one pass. What differs between instances of a program, where
 * its steps and memories lie, is left open as constants: instances of one shape share one function, so that a switch of
 * thousands of programs runs hot code.
 */

import { appendTo } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/index.js';
import {
  type CodeWriter,
  REGISTER_VARIABLES,
  SAVED_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import { OPCODE, OPERATIONS } from '../../blocks/instructions/table.js';
import type { RpbEntry } from '../../blocks/program-code.js';

/** Inputs of code generation from the switch. */
export interface CodeContext extends Omit<CodeWriter, 'read' | 'write' | 'constant'> {
  /** Whether the program's memory accesses are checked, since they are not proven to lie within its blocks. */
  readonly isGuarded: boolean;
}

/** Code with its open constants. */
export interface SegmentCode {
  /** The body of a function of (P, K, k): the PHV, the constants of all programs, and where this program's start. */
  readonly body: string;
  readonly constants: readonly number[];
}

/** @param entries of one pass and gress @param branchIds all that a packet of the program can have */
export function segmentCode(
  entries: readonly RpbEntry[],
  branchIds: readonly number[],
  context: CodeContext,
  firstConstant: number,
): SegmentCode {
  const writer = new SegmentWriter(context, branchIds, firstConstant);
  const sorted = [...entries].sort((a, b) => a.rpb - b.rpb || a.priority - b.priority || a.sequence - b.sequence);
  const byRpb = new Map<number, RpbEntry[]>();
  for (const entry of sorted) appendTo(byRpb, entry.rpb, entry);
  for (const cell of byRpb.values()) writer.cell(cell);
  return writer.finish();
}

class SegmentWriter implements CodeWriter {
  readonly fields;
  readonly cpuPort;
  readonly addressMask;
  readonly arraySizes;
  readonly arrayStarts;
  private readonly lines: string[] = [];
  private readonly constants: number[] = [];
  private readonly used = new Set<string>();

  constructor(
    private readonly context: CodeContext,
    private readonly branchIds: readonly number[],
    private readonly firstConstant: number,
  ) {
    this.fields = context.fields;
    this.cpuPort = context.cpuPort;
    this.addressMask = context.addressMask;
    this.arraySizes = context.arraySizes;
    this.arrayStarts = context.arrayStarts;
  }

  /** The first entry that matches runs. */
  cell(entries: readonly RpbEntry[]): void {
    let isFirst = true;
    for (const entry of entries) {
      const condition = this.condition(entry);
      if (condition === 'false') continue;
      const block = `{\n${this.action(entry)}\n}`;
      if (condition === 'true') {
        this.lines.push(isFirst ? block : `else ${block}`);
        return;
      }
      this.lines.push(`${isFirst ? '' : 'else '}if (${condition}) ${block}`);
      isFirst = false;
    }
  }

  finish(): SegmentCode {
    const has = (name: string): boolean => this.used.has(name);
    const load = (name: string, from: string): string[] => (has(name) ? [`let ${name} = ${from};`] : []);
    const store = (name: string, to: string): string[] => (has(`${name}!`) ? [`${to} = ${name};`] : []);
    const places = [...REGISTER_VARIABLES, ...SAVED_VARIABLES];
    const body = [
      "'use strict';",
      'const B = P.bytes, R = P.registers, H = P.headerStart;',
      ...places.flatMap((name, i) => load(name, `R[${i}] | 0`)),
      ...load('branch', 'P.branch'),
      ...load('address', 'P.physicalAddress'),
      ...load('flag', 'P.saluFlag'),
      ...this.lines,
      ...places.flatMap((name, i) => store(name, `R[${i}]`)),
      ...store('branch', 'P.branch'),
      ...store('address', 'P.physicalAddress'),
      ...store('flag', 'P.saluFlag'),
    ].join('\n');
    return { body, constants: this.constants };
  }

  read(name: Variable): string {
    this.used.add(name);
    return name;
  }

  write(name: Variable): string {
    this.used.add(name);
    this.used.add(`${name}!`);
    return name;
  }

  constant(value: number): string {
    this.constants.push(value);
    return `K[k + ${this.firstConstant + this.constants.length - 1}]`;
  }

  private condition({ branchValue, branchMask, match }: RpbEntry): string {
    const taken = this.branchIds.filter((id) => (id & branchMask) === branchValue);
    if (taken.length === 0) return 'false';
    const parts: string[] = [];
    if (taken.length < this.branchIds.length) {
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
