/** Allocators of users: a module whose default export is one, or a function of settings that gives one. */

import { thrownText } from '../../../compiler/data-plane/thrown-text.js';
import {
  type Allocator,
  AllocatorError,
  type AllocatorSettings,
  checkedAllocator,
  type GuardedCall,
} from '../../../compiler/index.js';
import { UsageError } from './command-line.js';
import { callWithin, defaultExportOf } from './user-modules.js';

/**
 * The allocator of a module as its author wrote it, for {@link guardedAllocator}.
 * @param path relative to the working directory
 * @param seconds for the function of settings, where the module has one
 * @throws {UsageError} for a module that cannot be loaded or exports something else
 */
export async function allocatorOfModule(
  path: string,
  settings: AllocatorSettings,
  seconds: number,
): Promise<Allocator> {
  const exported = await defaultExportOf(path, seconds);
  if (typeof exported === 'function') return allocatorIn(madeBy(exported, path, settings, seconds), path);
  if (Object.values(settings).some((setting) => setting !== undefined)) {
    throw new UsageError(`${path} takes no settings: its default export is no function of them`);
  }
  return allocatorIn(exported, path);
}

/**
 * An allocator of a user that cannot change its arguments, whose results are checked against the rules of placement, and
 * that is ended after a time limit.
 * @param label names it in errors
 * @param seconds for each placement
 */
export const guardedAllocator = (allocator: Allocator, label: string, seconds: number): Allocator =>
  checkedAllocator(allocator, label, placementCall(seconds));

/** Calls `place` of an allocator under a time limit. @param seconds for each placement */
export const placementCall =
  (seconds: number): GuardedCall =>
  (label, run) =>
    callWithin(seconds, run, () => noAnswer(label, seconds));

const noAnswer = (label: string, seconds: number): AllocatorError =>
  new AllocatorError(label, 'no-answer', `did not return from place() within ${seconds} s`);

function madeBy(make: unknown, path: string, settings: AllocatorSettings, seconds: number): unknown {
  const late = (): Error => new UsageError(`the default export of ${path} did not return within ${seconds} s`);
  try {
    return callWithin(seconds, () => (make as (settings: AllocatorSettings) => unknown)(settings), late);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the default export of ${path} threw ${thrownText(error)}`, { cause: error });
  }
}

/** @throws {UsageError} naming what is missing */
function allocatorIn(made: unknown, path: string): Allocator {
  const wrong = (what: string): UsageError =>
    new UsageError(`${path} is no allocator: ${what}, where { name, place(problem, free) } was expected`);
  if (typeof made !== 'object' || made === null) throw wrong(`it gives ${made === null ? 'null' : `a ${typeof made}`}`);
  if ('then' in made && typeof made.then === 'function') throw wrong('it gives a promise');
  const { name, place } = made as Partial<Allocator>;
  if (typeof name !== 'string' || name === '') throw wrong('it has no name');
  if (typeof place !== 'function') throw wrong('it has no function place');
  return made as Allocator;
}
