/**
 * The stateful ALU of an array of pairs: two words of 32 bits, of which the low one is a key and the high one a sum. It
 * takes two operands and gives two results, which a Tofino 2 can and a Tofino 1 cannot (one output word).
 */
import { UNKNOWN_WORD } from '../known-word.js';
import { braces } from '../p4-text.js';
import { effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export interface Pair {
  readonly kind: 'pair';
}

/** The one action of an array of pairs. */
export const PAIR_ACTION = 'salu_cas';

export const PAIR: InstructionFamily<Pair> = {
  kind: 'pair',
  group: 'extended',
  title: 'Memory of pairs',
  heading: 'Memory of pairs: a key and a sum at the address.',
  members: [{ kind: 'pair' }],
  inlines: false,
  name: () => PAIR_ACTION,
  parameters: () => [],
  effects: () => effects({ reads: ['har', 'sar'], writes: ['har', 'sar'], address: 'access' }),
  known: (state) => withRegister(withRegister(state, 'har', UNKNOWN_WORD), 'sar', UNKNOWN_WORD),
  words: (_effect, { memory }) => stepWords('memory', 'MEMCAS', memory),
  p4: (_effect, _parameters, { registers: { har, sar }, address }) => [
    `${har} = cas_alu.execute((bit<16>)${address}, ${sar});`,
  ],
  p4Alu: (_effect, { registers: { har, sar } }) => ({
    name: 'cas_alu',
    results: 2,
    body: [
      ...braces(
        `if (bucket.lo == ${har} || bucket.lo == 0)`,
        [`bucket.lo = ${har};`, `bucket.hi = bucket.hi + ${sar};`, 'result = 0;'],
        '} else {',
      ),
      ['result = bucket.lo;'],
      '}',
      'total = bucket.hi;',
    ],
  }),
  summary: () =>
    'of the pair m at the address: if m.lo = har or m.lo = 0, then m.lo = har, m.hi += sar, har = 0; otherwise har = m.lo; then sar = m.hi',
};
