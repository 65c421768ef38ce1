/** Uniform random draws of programs for a workload, determined by the seed. */

import seedrandom from 'seedrandom';
import { must } from '../../compiler/data-plane/must.js';
import { isProgramKey, PAPER_KEYS, PROGRAM_KEYS, type ProgramKey } from './program-kind.js';

const MIXES: ReadonlyMap<string, readonly ProgramKey[]> = new Map<string, readonly ProgramKey[]>([
  ['mixed', ['cache', 'lb', 'hh']],
  ['all-mixed', PAPER_KEYS],
]);

/** Names of the workloads of the programs that ship. */
export const WORKLOAD_NAMES: readonly string[] = [...PROGRAM_KEYS, ...MIXES.keys()];

/** The keys that a workload draws from, or undefined for a name that is not one of {@link WORKLOAD_NAMES}. */
export const keysOfWorkload = (name: string): readonly ProgramKey[] | undefined =>
  isProgramKey(name) ? [name] : MIXES.get(name);

/** The key of the n-th arrival, from 0. */
export function drawnKeys<Key extends ProgramKey>(keys: readonly Key[], seed: string): (number: number) => Key {
  const random = seedrandom.alea(`${seed}/workload`);
  const drawn: Key[] = [];
  return (number) => {
    while (drawn.length <= number) drawn.push(must(keys[Math.floor(random() * keys.length)], 'key that was drawn'));
    return must(drawn[number], `key of arrival ${number}`);
  };
}
