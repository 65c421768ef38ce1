/** The address translation. */
import { MAR, type Phv } from '../phv.js';
import type { Meaning } from './meaning.js';

export function mask(registers: Uint32Array, bits: number): void {
  registers[MAR] = (registers[MAR] as number) & bits;
}

export const MASK: Meaning<'mask', 'mask'> = {
  kind: 'mask',
  operations: [
    {
      name: 'mask',
      reaches: 'variables',
      run: (_unit, { immediate }, { registers }) => mask(registers, immediate),
      code: ({ immediate }, to) => `${to.write('mar')} &= ${immediate | 0};`,
    },
  ],
  decode: () => ({ operation: 'mask' }),
};

export function offset(phv: Phv, base: number, flag: number, addressMask: number): void {
  phv.physicalAddress = ((phv.registers[MAR] as number) + base) & addressMask;
  phv.saluFlag = flag;
}

export const OFFSET: Meaning<'offset', 'offset'> = {
  kind: 'offset',
  operations: [
    {
      name: 'offset',
      reaches: 'variables',
      run: (unit, { immediate, flag }, phv) => offset(phv, immediate, flag, unit.addressMask),
      isOpen: true,
      code: ({ flag }, to) =>
        [
          `${to.write('address')} = ${to.read('mar')} + ${to.constant('immediate')} & ${to.addressMask};`,
          to.assign('flag', flag),
        ].join('\n'),
    },
  ],
  decode: () => ({ operation: 'offset' }),
};
