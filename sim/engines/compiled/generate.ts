/**
 * JavaScript for the entries of a program in one gress of one pass. What differs between instances of a program, where
 * its steps and memories lie, is left open as constants: instances of one shape share one function, so that a switch of
 * thousands of programs runs hot code.
 */

import type { FieldOperands } from '../../blocks/instructions.js';
import { INTRINSIC, OPCODES, type Opcode } from '../../blocks/instructions.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import { isWholeBytes, modifyCode, readCode } from './field-code.js';

/** What code generation has to know of the switch. */
export interface CodeContext {
  readonly operands: FieldOperands;
  readonly cpuPort: number;
  /** Addresses wrap here; a power of two less one. */
  readonly addressMask: number;
  /** By RPB index: buckets, and where its register array starts in the memory of the switch. */
  readonly arraySizes: readonly number[];
  readonly arrayStarts: readonly number[];
  /** Whether the program's memory accesses are looked at, as they are not proven to keep to its blocks. */
  readonly isGuarded: boolean;
}

/** Code with its open constants. */
export interface SegmentCode {
  /** The body of a function of (P, K, k): the PHV, the constants of all programs, and where this program's start. */
  readonly body: string;
  readonly constants: readonly number[];
}

const REGISTERS = ['har', 'sar', 'mar'] as const;
const SAVED = ['har0', 'sar0', 'mar0'] as const;

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
  for (const entry of sorted) byRpb.set(entry.rpb, [...(byRpb.get(entry.rpb) ?? []), entry]);
  for (const cell of byRpb.values()) writer.cell(cell);
  return writer.finish();
}

class SegmentWriter {
  private readonly lines: string[] = [];
  private readonly constants: number[] = [];
  private readonly used = new Set<string>();

  constructor(
    private readonly context: CodeContext,
    private readonly branchIds: readonly number[],
    private readonly firstConstant: number,
  ) {}

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
    const places = [...REGISTERS, ...SAVED];
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

  private read(name: string): string {
    this.used.add(name);
    return name;
  }

  private write(name: string): string {
    this.used.add(name);
    this.used.add(`${name}!`);
    return name;
  }

  private constant(value: number): string {
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
      const register = this.read(REGISTERS[i] ?? 'har');
      parts.push(mask === 0xffffffff ? `${register} === ${value | 0}` : `(${register} & ${mask | 0}) === ${value | 0}`);
    }
    return parts.length === 0 ? 'true' : parts.join(' && ');
  }

  private action({ rpb, instruction }: RpbEntry): string {
    const { first, second, immediate, flag } = instruction;
    const opcode = OPCODES[instruction.opcode] as Opcode;
    const register = (index: number): 'har' | 'sar' | 'mar' => REGISTERS[index] ?? 'har';
    switch (opcode) {
      case 'setBranch':
        return `${this.write('branch')} = ${immediate};`;
      case 'hashTupleHar':
      case 'hashTupleMar': {
        const into = this.write(opcode === 'hashTupleHar' ? 'har' : 'mar');
        return `${into} = ${into} & -65536 | E.hashTuple(${this.constant(rpb)}, P);`;
      }
      case 'hashRegisterHar':
      case 'hashRegisterMar': {
        const from = this.read('har');
        const into = this.write(opcode === 'hashRegisterHar' ? 'har' : 'mar');
        return `${into} = ${into} & -65536 | E.hashWord(${this.constant(rpb)}, ${from});`;
      }
      case 'mask':
        return `${this.write('mar')} &= ${immediate | 0};`;
      case 'offset':
        return [
          `${this.write('address')} = ${this.read('mar')} + ${this.constant(immediate)} & ${this.context.addressMask};`,
          `${this.write('flag')} = ${flag};`,
        ].join('\n');
      case 'saluAddSub':
      case 'saluAndOr':
      case 'saluReadWrite':
      case 'saluMax':
        return this.salu(opcode, rpb);
      case 'loadImmediate':
        return `${this.write(register(first))} = ${immediate | 0};`;
      case 'add':
      case 'and':
      case 'or':
      case 'xor': {
        const sign = { add: '+', and: '&', or: '|', xor: '^' }[opcode];
        const into = this.write(register(first));
        return `${into} = ${into} ${sign} ${this.read(register(second))} | 0;`;
      }
      case 'max':
      case 'min': {
        const [into, from] = [this.write(register(first)), this.read(register(second))];
        return `if (${from} >>> 0 ${opcode === 'max' ? '>' : '<'} ${into} >>> 0) ${into} = ${from};`;
      }
      case 'backup':
        return SAVED.map((saved, i) => `${this.write(saved)} = ${this.read(REGISTERS[i] ?? 'har')};`).join('\n');
      case 'recover':
        return `${this.write(register(first))} = ${this.read(SAVED[first] ?? 'har0')};`;
      case 'extract':
        return this.extract(first, this.write(register(second)));
      case 'extractIntrinsic':
        return `${this.write(register(second))} = ${intrinsicCode(first)};`;
      case 'modify':
        return this.modify(first, this.read(register(second)));
      case 'return':
        return 'E.returnToSender(P);';
      case 'forward':
        return `P.egressPort = ${immediate};`;
      case 'drop':
        return 'P.dropped = true;';
      case 'report':
        return `P.egressPort = ${this.context.cpuPort};`;
      case 'none':
        return '';
    }
  }

  private salu(opcode: 'saluAddSub' | 'saluAndOr' | 'saluReadWrite' | 'saluMax', rpb: number): string {
    const size = this.context.arraySizes[rpb] ?? 1;
    const address = this.read('address');
    const inside = size > this.context.addressMask ? address : `${address} % ${size}`;
    const guard = this.context.isGuarded ? `E.guard(P.programId, ${this.constant(rpb)}, ${address});\n` : '';
    const at = `${guard}const at = ${this.constant(this.context.arrayStarts[rpb] ?? 0)} + ${inside};`;
    switch (opcode) {
      case 'saluAddSub': {
        const [sar, flag] = [this.write('sar'), this.read('flag')];
        return `${at}\nM[at] = M[at] + (${flag} === 0 ? ${sar} : -${sar});\n${sar} = M[at] | 0;`;
      }
      case 'saluAndOr': {
        const [sar, flag] = [this.write('sar'), this.read('flag')];
        return `${at}\nconst was = M[at] | 0;\nif (${flag} === 0) { ${sar} &= was; M[at] = ${sar}; } else { M[at] = was | ${sar}; ${sar} = was; }`;
      }
      case 'saluReadWrite': {
        const [sar, flag] = [this.write('sar'), this.read('flag')];
        return `${at}\nif (${flag} === 0) ${sar} = M[at] | 0; else M[at] = ${sar};`;
      }
      case 'saluMax': {
        const sar = this.write('sar');
        return `${at}\nif (${sar} >>> 0 > M[at]) M[at] = ${sar};\n${sar} = M[at] | 0;`;
      }
    }
  }

  private extract(operand: number, into: string): string {
    const { access } = this.field(operand);
    return `const h = H[${access.header}]; ${into} = h < 0 ? 0 : ${readCode(access, 'h')} | 0;`;
  }

  private modify(operand: number, value: string): string {
    const field = this.field(operand);
    if (!isWholeBytes(field.access)) return `E.modify(${operand}, P, ${value} >>> 0);`;
    return `const h = H[${field.access.header}];\nif (h >= 0) {\n${modifyCode(field, 'h', value)}\n}`;
  }

  private field(operand: number) {
    const field = this.context.operands.fields[operand];
    if (field === undefined) throw new Error(`no field of operand ${operand}`);
    return field;
  }
}

function intrinsicCode(field: number): string {
  switch (field) {
    case INTRINSIC.dequeueDelta:
      return 'P.dequeueDelta | 0';
    case INTRINSIC.queueDepth:
      return 'P.queueDepth | 0';
    default:
      return 'P.ingressPort';
  }
}
