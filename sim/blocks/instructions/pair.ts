/** The stateful ALU of an array of pairs: one access to one pair of words per packet and pass, low word first. */
import { HAR, SAR } from '../phv.js';
import type { Meaning } from './meaning.js';
import { wordCode } from './memory.js';

/** A free pair, or that of the key har, gets the key and adds sar; another one gives its key in har. */
export function saluCas(memory: Uint32Array, at: number, registers: Uint32Array): void {
  const [har, low] = [registers[HAR] as number, memory[at] as number];
  if (low === har || low === 0) {
    memory[at] = har;
    memory[at + 1] = (memory[at + 1] as number) + (registers[SAR] as number);
    registers[HAR] = 0;
  } else registers[HAR] = low;
  registers[SAR] = memory[at + 1] as number;
}

export const PAIR: Meaning<'pair', 'saluCas'> = {
  kind: 'pair',
  operations: [
    {
      name: 'saluCas',
      reaches: 'memory',
      stores: (memory, at, { registers }) => memory[at] === 0 || memory[at] === registers[HAR],
      run: (unit, { rpb, isGuarded }, phv) => saluCas(unit.words, unit.accessed(isGuarded, rpb, phv), phv.registers),
      code(operands, to) {
        const at = wordCode(operands, to);
        const [key, add] = [to.read('har'), to.read('sar')];
        const lines = [
          at,
          `const key = ${key}, add = ${add}, low = M[at];`,
          'let high = M[at + 1 | 0];',
          'const isOurs = low === key || low === 0;',
          'if (isOurs) { M[at] = key; high = high + add | 0; M[at + 1 | 0] = high; }',
        ];
        const [har, sar] = [to.write('har'), to.write('sar')];
        return [...lines, `${har} = isOurs ? 0 : low; ${sar} = high;`].join('\n');
      },
    },
  ],
  decode: () => ({ operation: 'saluCas' }),
};
