/** Hashes, which replace the low half of a register. */
import { HAR, MAR } from '../phv.js';
import type { Meaning, Operation, RegisterVariable } from './meaning.js';

const HIGH_HALF = 0xffff0000;

/** @param value 16 bits */
export function setLowHalf(registers: Uint32Array, register: number, value: number): void {
  registers[register] = ((registers[register] as number) & HIGH_HALF) | value;
}

const tupleInto = <Name extends string>(name: Name, register: number, variable: RegisterVariable): Operation<Name> => ({
  name,
  run: (unit, { rpb }, phv) => setLowHalf(phv.registers, register, unit.hashTuple(rpb, phv)),
  code({ rpb }, to) {
    const into = to.write(variable);
    return `${into} = ${into} & -65536 | E.hashTuple(${to.constant(rpb)}, P);`;
  },
});

const wordInto = <Name extends string>(name: Name, register: number, variable: RegisterVariable): Operation<Name> => ({
  name,
  run: (unit, { rpb }, { registers }) => setLowHalf(registers, register, unit.hashWord(rpb, registers[HAR] as number)),
  code({ rpb }, to) {
    const from = to.read('har');
    const into = to.write(variable);
    return `${into} = ${into} & -65536 | E.hashWord(${to.constant(rpb)}, ${from});`;
  },
});

type HashName = 'hashTupleHar' | 'hashRegisterHar' | 'hashTupleMar' | 'hashRegisterMar';

export const HASH: Meaning<'hash', HashName> = {
  kind: 'hash',
  operations: [
    tupleInto('hashTupleHar', HAR, 'har'),
    wordInto('hashRegisterHar', HAR, 'har'),
    tupleInto('hashTupleMar', MAR, 'mar'),
    wordInto('hashRegisterMar', MAR, 'mar'),
  ],
  decode: ({ input, into }) => ({
    operation: `hash${input === '5-tuple' ? 'Tuple' : 'Register'}${into === 'har' ? 'Har' : 'Mar'}`,
  }),
};
