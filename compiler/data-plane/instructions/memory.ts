/**
 * Stateful ALUs, which work on one word of memory and sar. The flag of the offset step selects the first (0) or second
 * operation.
 */
import { UNKNOWN_WORD } from '../known-word.js';
import { type Block, braces } from '../p4-text.js';
import { effects, type InstructionFamily, type P4Names, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export const SALU_PAIRS = ['add_sub', 'and_or', 'read_write', 'max'] as const;
/** The pairs of operations of stateful ALUs. */
export type SaluPair = (typeof SALU_PAIRS)[number];

export interface Salu {
  readonly kind: 'salu';
  readonly pair: SaluPair;
}

interface PairRow {
  /** The primitives of its operations, by the flag. */
  readonly primitives: readonly [string, string];
  readonly secondStores: boolean;
  /** The body of the RegisterAction: statements on `word` and sar; `result` goes to sar. */
  p4(names: P4Names): readonly Block[];
  readonly summary: string;
}

const PAIRS: Readonly<Record<SaluPair, PairRow>> = {
  add_sub: {
    primitives: ['MEMADD', 'MEMSUB'],
    secondStores: false,
    p4: ({ registers: { sar }, flag }) => [
      ...braces(`if (${flag} == 0)`, [`word = word + ${sar};`], '} else {'),
      [`word = word - ${sar};`],
      '}',
      'result = word;',
    ],
    summary: 'flag 0: m += sar; flag 1: m -= sar; then sar = m',
  },
  and_or: {
    primitives: ['MEMAND', 'MEMOR'],
    secondStores: false,
    p4: ({ registers: { sar }, flag }) => [
      ...braces(`if (${flag} == 0)`, [`word = word & ${sar};`, 'result = word;'], '} else {'),
      ['result = word;', `word = word | ${sar};`],
      '}',
    ],
    summary: 'flag 0: m &= sar, sar = m; flag 1: m |= sar, sar = what m was',
  },
  read_write: {
    primitives: ['MEMREAD', 'MEMWRITE'],
    secondStores: true,
    p4: ({ registers: { sar }, flag }) => [...braces(`if (${flag} == 1)`, [`word = ${sar};`]), 'result = word;'],
    summary: 'flag 0: sar = m; flag 1: m = sar',
  },
  max: {
    primitives: ['MEMMAX', 'MEMMAX'],
    secondStores: false,
    p4: ({ registers: { sar } }) => [...braces(`if (${sar} > word)`, [`word = ${sar};`]), 'result = word;'],
    summary: 'm = max(m, sar), unsigned; sar = m',
  },
};

/** The pair and the flag that implement a memory primitive; undefined for other primitives. */
export function memoryOperation(primitive: string): { readonly pair: SaluPair; readonly flag: 0 | 1 } | undefined {
  for (const pair of SALU_PAIRS) {
    const [first, second] = PAIRS[pair].primitives;
    if (primitive === first) return { pair, flag: 0 };
    if (primitive === second) return { pair, flag: 1 };
  }
  return undefined;
}

const aluName = (pair: SaluPair): string => `${pair}_alu`;

export const SALU: InstructionFamily<Salu> = {
  kind: 'salu',
  group: 'core',
  title: 'Memory',
  heading: 'Memory: the word at the address, by one of the pairs above.',
  members: SALU_PAIRS.map((pair) => ({ kind: 'salu', pair })),
  inlines: false,
  name: ({ pair }) => `salu_${pair}`,
  parameters: () => [],
  effects({ pair }) {
    const { secondStores } = PAIRS[pair];
    // The address is not in a register. Every pair reads sar in both operations, except the one that may store it.
    return effects({ reads: secondStores ? [] : ['sar'], writes: ['sar'], address: 'access', secondStores });
  },
  known: (state, { pair }) =>
    PAIRS[pair].secondStores && state.flag.min > 0 ? state : withRegister(state, 'sar', UNKNOWN_WORD),
  words({ pair }, { memory, flags }) {
    const { primitives } = PAIRS[pair];
    const verbs = new Set(flags.map((flag) => primitives[flag === 0 ? 0 : 1]));
    return stepWords('memory', [...verbs].sort().join('/') || primitives.join('/'), memory);
  },
  p4: ({ pair }, _parameters, names) => [
    `${names.registers.sar} = ${aluName(pair)}.execute((bit<16>)${names.address});`,
  ],
  p4Alu: ({ pair }, names) => ({ name: aluName(pair), results: 1, body: PAIRS[pair].p4(names) }),
  summary: ({ pair }) => PAIRS[pair].summary,
};
