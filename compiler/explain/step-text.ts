/** Steps and conditions as text for users, in the words of the language where it has one. */

import { readable } from '../data-plane/bits.js';
import type { StepText } from '../data-plane/instructions/instruction.js';
import { familyOf } from '../data-plane/instructions/table.js';
import type { Condition, Memory } from '../language/program.js';
import { conditionText } from '../passes/print/words.js';
import type { ActionStep } from '../steps/steps.js';

/** Memories, or their blocks, by name. */
export const byName = <M extends { readonly name: string }>(memories: readonly M[]): ReadonlyMap<string, M> =>
  new Map(memories.map((memory) => [memory.name, memory]));

/** @param memories by name @param flags those that offset steps before an access may have set */
export function stepText(
  { instruction: { effect }, parameters, memory = '' }: ActionStep,
  memories: ReadonlyMap<string, Memory>,
  flags: readonly number[],
): StepText {
  const constant = parameters[0]?.kind === 'constant' ? readable(parameters[0].value) : '';
  const size = memories.get(memory)?.buckets;
  const sizeMask = size === undefined ? '' : readable(size - 1);
  return familyOf(effect).words(effect, { constant, memory, sizeMask, flags });
}

export const callText = (verb: string, operands: readonly string[]): string =>
  operands.length === 0 ? verb : `${verb}(${operands.join(', ')})`;

/** `sar = 1, mar & 0xff = 3`; empty for an entry that always matches. */
export const conditionsText = (conditions: readonly Condition[]): string =>
  conditions
    .filter(({ mask }) => mask !== 0)
    .map(conditionText)
    .join(', ');
