/** Hashes, by the hash unit of the RPB, into the low half of a register. */
import type { Register } from '../description.js';
import { FIVE_TUPLE, HASHED_FIELDS, type HashedFields } from '../headers.js';
import { hashedWord } from '../known-word.js';
import { list } from '../p4-text.js';
import { effects, type FieldHashInput, type InstructionFamily, stepWords } from './instruction.js';
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

/** Of some fields of the packet. */
export interface FieldHash {
  readonly kind: 'field_hash';
  readonly input: FieldHashInput;
  readonly into: 'har' | 'mar';
}

const FIELD_HASH_NAMES: Readonly<Record<FieldHashInput, string>> = {
  src: 'hash_src',
  dst: 'hash_dst',
  'src, dst': 'hash_src_dst',
};
export const FIELD_HASH_INPUTS: readonly FieldHashInput[] = ['src', 'dst', 'src, dst'];

/** The action that hashes a list of fields into a register. */
export const hashOfFields = (input: HashedFields, into: 'har' | 'mar'): Hash | FieldHash =>
  input === '5-tuple' ? hash(input, into) : { kind: 'field_hash', input, into };

export const FIELD_HASH: InstructionFamily<FieldHash> = {
  kind: 'field_hash',
  group: 'extended',
  title: 'Hashes of addresses',
  heading: 'Hashes of one or both addresses into the low half of har or mar.',
  members: (['har', 'mar'] as const).flatMap((into) =>
    FIELD_HASH_INPUTS.map((input): FieldHash => ({ kind: 'field_hash', input, into })),
  ),
  inlines: false,
  name: ({ input, into }) => `${FIELD_HASH_NAMES[input]}${into === 'mar' ? '_mem' : ''}`,
  parameters: () => [],
  effects: ({ input, into }) =>
    effects({
      changes: [into],
      discards: into === 'mar' ? ['mar'] : [],
      address: 'hash',
      hashes: { input, into },
      readsFields: HASHED_FIELDS[input],
    }),
  known: (state, { into }) => withRegister(state, into, hashedWord(state.registers[into])),
  words: ({ input, into }, { memory }) =>
    into === 'mar'
      ? stepWords('address', 'HASH_FIELDS_MEM', memory, ...input.split(', '))
      : stepWords('address', 'HASH_FIELDS', ...input.split(', ')),
  p4: ({ input, into }, _parameters, names) =>
    list(
      `${names.registers[into]}[15:0] = ${names.fieldHash(input)}.get({`,
      HASHED_FIELDS[input].map((field) => names.expression(field)),
      '});',
    ),
  summary: ({ input, into }) =>
    `${into}[15:0] = h(${HASHED_FIELDS[input].join(', ')}), by the hash unit of the RPB; addresses of IPv6 are folded, and what the packet lacks is 0`,
};
