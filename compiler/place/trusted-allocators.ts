/** The allocators whose answers are not checked each time: those of the project, which tests hold, and those under a guard. */
import type { Allocator } from './allocator.js';

const trusted = new WeakSet<Allocator>();

/** The same allocator, trusted from now on. */
export function trustedAllocator(allocator: Allocator): Allocator {
  trusted.add(allocator);
  return allocator;
}

export const isTrusted = (allocator: Allocator): boolean => trusted.has(allocator);
