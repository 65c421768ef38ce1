/** Hashes, by the hash unit of the RPB, into the low half of a register. */
import type { Register } from '../description.js';
import { FIVE_TUPLE } from '../headers.js';
import { hashedWord } from '../known-word.js';
import { list } from '../p4-text.js';
import { effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export interface Hash {
  readonly kind: 'hash';
  readonly input: '5-tuple' | 'har';
  readonly into: 'har' | 'mar';
}

const hash = (input: Hash['input'], into: Hash['into']): Hash => ({ kind: 'hash', input, into });

export const HASH: InstructionFamily<Hash> = {
  kind: 'hash',
  group: 'core',
  title: 'Hashes',
  heading: 'Hashes, of addresses, ports and protocol or of har, into the low half of har or mar.',
  members: [hash('5-tuple', 'har'), hash('har', 'har'), hash('5-tuple', 'mar'), hash('har', 'mar')],
  // Each RPB has its own hash function, so a hash has to be in the RPB of the memory that it addresses.
  inlines: false,
  name({ input, into }) {
    const name = input === '5-tuple' ? 'hash_5_tuple' : 'hash_customization';
    return into === 'mar' ? `${name}_mem` : name;
  },
  parameters: () => [],
  effects: ({ input, into }) =>
    effects({
      reads: input === 'har' ? ['har'] : [],
      changes: [into],
      // The mask that follows a hash of an address clears the upper half.
      discards: into === 'mar' ? ['mar'] : [],
      address: 'hash',
      hashes: { input, into },
      readsFields: input === '5-tuple' ? FIVE_TUPLE : [],
    }),
  direct({ primitive }) {
    if (primitive === 'HASH') return hash('har', 'har');
    return primitive === 'HASH_5_TUPLE' ? hash('5-tuple', 'har') : undefined;
  },
  known: (state, { into }) => withRegister(state, into, hashedWord(state.registers[into])),
  words({ input, into }, { memory }) {
    const verb = input === '5-tuple' ? 'HASH_5_TUPLE' : 'HASH';
    return into === 'mar' ? stepWords('address', `${verb}_MEM`, memory) : stepWords('address', verb);
  },
  p4({ input, into }, _parameters, names) {
    const unit = input === '5-tuple' ? names.tupleHash : names.registerHash;
    const hashed = input === '5-tuple' ? names.tuple() : [names.registers.har];
    return list(`${names.registers[into]}[15:0] = ${unit}.get({`, hashed, '});');
  },
  summary: ({ input, into }) => `${into satisfies Register}[15:0] = h(${input}), by the hash unit of the RPB`,
};
