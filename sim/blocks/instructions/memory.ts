/** The stateful ALUs: one access to one word per packet and pass; flag 0 picks the first operation, 1 the second. */
import type { SaluPair } from '../../../compiler/index.js';
import { SAR } from '../phv.js';
import type { CodeOperands, CodeWriter, Meaning, Operation, Stores } from './meaning.js';

/** m += sar or m -= sar; sar = new m */
export function saluAddSub(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  memory[at] = (memory[at] as number) + (flag === 0 ? sar : -sar);
  registers[SAR] = memory[at] as number;
}

/** m &= sar; sar = new m; or sar, m = m, m | sar: OR gives the old value. */
export function saluAndOr(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  const old = memory[at] as number;
  if (flag === 0) {
    memory[at] = old & sar;
    registers[SAR] = old & sar;
  } else {
    memory[at] = old | sar;
    registers[SAR] = old;
  }
}

/** sar = m, or m = sar */
export function saluReadWrite(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  if (flag === 0) registers[SAR] = memory[at] as number;
  else memory[at] = registers[SAR] as number;
}

/** m = max(m, sar); sar = new m; the flag is ignored. */
export function saluMax(memory: Uint32Array, at: number, _flag: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  if (sar > (memory[at] as number)) memory[at] = sar;
  registers[SAR] = memory[at] as number;
}

type SaluName = 'saluAddSub' | 'saluAndOr' | 'saluReadWrite' | 'saluMax';

/** What a stateful ALU does with the word at an index of the memory. */
type Alu = (memory: Uint32Array, at: number, flag: number, registers: Uint32Array) => void;

/** @param code of sar, the flag and the word `M[at]` @param stores whether it stores; always if it is left out */
const salu = (
  name: SaluName,
  alu: Alu,
  code: (sar: string, flag: () => string) => string,
  stores: Stores = () => true,
): Operation<SaluName> => ({
  name,
  reaches: 'memory',
  stores,
  run: (unit, { rpb, isGuarded }, phv) =>
    alu(unit.words, unit.accessed(isGuarded, rpb, phv), phv.saluFlag, phv.registers),
  code(operands, to) {
    const at = wordCode(operands, to);
    const sar = to.write('sar');
    return `${at}\n${code(sar, () => to.read('flag'))}`;
  },
});

/** Statements that find the word; of a pair the low one. */
export function wordCode({ isGuarded }: CodeOperands, to: CodeWriter): string {
  const guard = isGuarded
    ? `E.guard(${to.intrinsic('programId')}, ${to.constant('rpb')}, ${to.read('address')});\n`
    : '';
  return `${guard}const at = ${wordIndexCode(to)};`;
}

/** An expression: the index of the packet's word in the memory of all RPBs. */
export function wordIndexCode(to: CodeWriter): string {
  const address = to.read('address');
  const inside = to.arraySize > to.addressMask ? address : `${address} % ${to.arraySize}`;
  const words = to.arrayWords === 1 ? `(${inside})` : `(${inside}) * ${to.arrayWords}`;
  return `${to.constant('registerArray')} + ${words} | 0`;
}

export const SALU: Meaning<'salu', SaluName> = {
  kind: 'salu',
  operations: [
    salu(
      'saluAddSub',
      saluAddSub,
      (sar, flag) => `${sar} = M[at] + (${flag()} === 0 ? ${sar} : -${sar} | 0) | 0;\nM[at] = ${sar};`,
    ),
    salu(
      'saluAndOr',
      saluAndOr,
      (sar, flag) =>
        `const was = M[at];\nif (${flag()} === 0) { ${sar} &= was; M[at] = ${sar}; } else { M[at] = was | ${sar}; ${sar} = was; }`,
    ),
    salu(
      'saluReadWrite',
      saluReadWrite,
      (sar, flag) => `if (${flag()} === 0) ${sar} = M[at]; else M[at] = ${sar};`,
      (_memory, _at, phv) => phv.saluFlag !== 0,
    ),
    salu(
      'saluMax',
      saluMax,
      (sar) => `if (${sar} >>> 0 > M[at] >>> 0) M[at] = ${sar};\nelse ${sar} = M[at];`,
      (memory, at, { registers }) => (registers[SAR] as number) > (memory[at] as number),
    ),
  ],
  decode: ({ pair }) => ({ operation: OPERATION_OF[pair] }),
};

const OPERATION_OF: Readonly<Record<SaluPair, SaluName>> = {
  add_sub: 'saluAddSub',
  and_or: 'saluAndOr',
  read_write: 'saluReadWrite',
  max: 'saluMax',
};
