/** Steps and conditions as a user reads them: in the words of the language, where it has a word. */

import type { SaluPair } from '../data-plane/actions.js';
import { readable } from '../data-plane/bits.js';
import type { Condition, Memory } from '../language/program.js';
import type { ActionStep } from '../steps/steps.js';

/** What boxes of one colour have in common; closed. */
export type StepCategory = 'header' | 'register' | 'address' | 'memory' | 'forwarding' | 'branch';

export interface StepText {
  readonly category: StepCategory;
  readonly verb: string;
  readonly operands: readonly string[];
}

/** The primitives of a pair, by the flag of the offset step. */
const MEMORY_VERBS: Record<SaluPair, readonly [string, string]> = {
  add_sub: ['MEMADD', 'MEMSUB'],
  and_or: ['MEMAND', 'MEMOR'],
  read_write: ['MEMREAD', 'MEMWRITE'],
  max: ['MEMMAX', 'MEMMAX'],
};

/** @param flags of the offset steps that may come before an access */
export function stepText(
  { effect, parameters, memory = '' }: ActionStep,
  memories: readonly Memory[],
  flags: readonly number[],
): StepText {
  const constant = parameters[0]?.kind === 'constant' ? readable(parameters[0].value) : '';
  const text = (category: StepCategory, verb: string, ...operands: string[]): StepText => ({
    category,
    verb,
    operands,
  });
  switch (effect.kind) {
    case 'extract':
      return text('header', 'EXTRACT', effect.field, effect.register);
    case 'modify':
      return text('header', 'MODIFY', effect.field, effect.register);
    case 'hash': {
      const verb = effect.input === '5-tuple' ? 'HASH_5_TUPLE' : 'HASH';
      return effect.into === 'mar' ? text('address', `${verb}_MEM`, memory) : text('address', verb);
    }
    case 'mask':
      return text(
        'address',
        'MASK',
        memory,
        readable((memories.find(({ name }) => name === memory)?.buckets ?? 1) - 1),
      );
    case 'offset':
      return text('address', 'OFFSET', memory);
    case 'salu': {
      const verbs = new Set(flags.map((flag) => MEMORY_VERBS[effect.pair][flag === 0 ? 0 : 1]));
      return text('memory', [...verbs].sort().join('/') || MEMORY_VERBS[effect.pair].join('/'), memory);
    }
    case 'loadImmediate':
      return text('register', 'LOADI', effect.register, constant);
    case 'alu':
      return text('register', effect.operation.toUpperCase(), effect.destination, effect.source);
    case 'backup':
      return text('register', 'BACKUP');
    case 'recover':
      return text('register', 'RESTORE', effect.register);
    case 'forward':
      return text('forwarding', 'FORWARD', constant);
    case 'return':
    case 'drop':
    case 'report':
      return text('forwarding', effect.kind.toUpperCase());
    case 'setBranch':
      return text('branch', 'BRANCH');
  }
}

export const callText = (verb: string, operands: readonly string[]): string =>
  operands.length === 0 ? verb : `${verb}(${operands.join(', ')})`;

/** `sar = 1, mar & 0xff = 3`; nothing for an entry that always matches. */
export function conditionsText(conditions: readonly Condition[]): string {
  return conditions
    .filter(({ mask }) => mask !== 0)
    .map(({ register, value, mask }) =>
      mask === 0xffffffff
        ? `${register} = ${readable(value)}`
        : `${register} & ${hexadecimal(mask)} = ${hexadecimal(value)}`,
    )
    .join(', ');
}

const hexadecimal = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);

/** Whole numbers as ranges: 1-3, 5. */
export function rangesText(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** `1 entry`, `2,816 entries`. */
export function counted(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : /(ch|ss)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
