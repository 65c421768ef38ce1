/** Allocators by the names that the commands take. */
import { type Allocator, f1, f2, f3, greedyAllocator, hierarchical } from '../compiler/index.js';
import { UsageError } from './command-line.js';

export const ALLOCATOR_NAMES = ['f1', 'f2', 'f3', 'hierarchical'] as const;
export type AllocatorName = (typeof ALLOCATOR_NAMES)[number];

/** @param weights `a,b` of a · last - b · first; f1 only @throws {UsageError} */
export function allocatorByName(name: AllocatorName, weights: string | undefined): Allocator {
  if (weights !== undefined && name !== 'f1') throw new UsageError(`--weights belongs to f1, not to ${name}`);
  switch (name) {
    case 'f1':
      return greedyAllocator(f1(...parseWeights(weights)));
    case 'f2':
      return greedyAllocator(f2);
    case 'f3':
      return greedyAllocator(f3);
    case 'hierarchical':
      return greedyAllocator(hierarchical);
  }
}

function parseWeights(text: string | undefined): [number, number] | [] {
  if (text === undefined) return [];
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [last = Number.NaN, first = Number.NaN] = values;
  // With a greater weight on the first RPB the cost would fall as programs move back: no optimum to speak of.
  if (values.length !== 2 || !(last > 0) || !(first >= 0)) {
    throw new UsageError(`--weights takes two numbers a,b with a > 0 and b >= 0, not '${text}'`);
  }
  return [last, first];
}
