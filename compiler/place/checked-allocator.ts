/** Allocators of users: their results are checked against the rules of placement, and they cannot change their arguments. */
import { DomainError } from '../data-plane/domain-error.js';
import { thrownText, valueText } from '../data-plane/thrown-text.js';
import type { Allocator, FreeResources, PlacementResult, Shortage } from './allocator.js';
import { chain } from './chain.js';
import { brokenRule, PLACEMENT_RULES, type PlacementRule } from './placement-rules.js';
import type { PlacementProblem, PlacementRow } from './problem.js';
import { isTrusted, trustedAllocator } from './trusted-allocators.js';

/** The fault of an allocator; closed. */
export type AllocatorFault =
  | PlacementRule
  /** It returned neither a placement nor a shortage. */
  | 'no-result'
  | 'promise'
  | 'threw'
  | 'no-answer'
  | 'changed-arguments';

/** An allocator broke a rule; nothing is installed. */
export class AllocatorError extends DomainError {
  override readonly name = 'AllocatorError';
  readonly ends = 'bad-input';

  constructor(
    /** Its name, or the module that it came from. */
    readonly allocator: string,
    readonly code: AllocatorFault,
    what: string,
    cause?: unknown,
  ) {
    super(`allocator ${allocator} ${what}`, cause === undefined ? undefined : { cause });
  }
}

const CAUSES: readonly Shortage['cause'][] = ['no-such-action', 'entries', 'memory', 'too-long', 'shared-rpb'];

/**
 * What an allocator returned, once it keeps the rules.
 * @param name of the allocator, for errors
 * @throws {AllocatorError}
 */
function checkedResult(name: string, result: unknown, problem: PlacementProblem, free: FreeResources): PlacementResult {
  const wrong = (what: string): AllocatorError => new AllocatorError(name, 'no-result', what);
  if (typeof result !== 'object' || result === null) {
    throw wrong(
      `returned ${valueText(result)}, where { kind: 'placed', placement } or { kind: 'doesNotFit', shortage } was expected`,
    );
  }
  if ('then' in result && typeof result.then === 'function') {
    // Nobody awaits it: a later rejection must not end the process.
    Promise.resolve(result).catch(() => undefined);
    throw new AllocatorError(name, 'promise', 'returned a promise: place() has to return the placement itself');
  }
  const { kind, placement, by, shortage } = result as Partial<Record<string, unknown>>;
  if (kind === 'doesNotFit') return { kind, shortage: checkedShortage(shortage, problem, wrong) };
  if (kind !== 'placed') throw wrong(`returned kind ${valueText(kind)}, where 'placed' or 'doesNotFit' was expected`);
  if (by !== undefined && by !== 'row')
    throw wrong(`returned by: ${valueText(by)}, where 'row' or nothing was expected`);
  if (!Array.isArray(placement)) throw wrong(`returned placement ${valueText(placement)}, where an array was expected`);
  const tree = by === 'row' ? problem.tree : chain(problem.rows);
  const broken = brokenRule({ ...problem, tree }, placement, free);
  if (broken !== undefined) {
    throw new AllocatorError(
      name,
      broken.rule,
      `breaks the rule that ${PLACEMENT_RULES[broken.rule]}: ${broken.message}`,
    );
  }
  return by === 'row' ? { kind, placement, by } : { kind, placement };
}

function checkedShortage(
  shortage: unknown,
  { tree }: PlacementProblem,
  wrong: (what: string) => AllocatorError,
): Shortage {
  const { row, cause } = shortage as Partial<Shortage>;
  if (row === undefined || !Number.isInteger(row) || row < -1 || row >= tree.length) {
    const last = tree.length - 1;
    throw wrong(
      `returned shortage.row ${valueText(row)}, where the number of a row from 0 to ${last} was expected, or -1 if none was reached`,
    );
  }
  if (cause === undefined || !CAUSES.includes(cause)) {
    throw wrong(`returned shortage.cause ${valueText(cause)}, where one of ${CAUSES.join(', ')} was expected`);
  }
  return { row, cause };
}

/** Calls a function of a user, for example under a time limit. @throws {AllocatorError} 'no-answer' */
export type GuardedCall = (allocator: string, run: () => unknown) => unknown;

/**
 * The same allocator, which sees copies that it cannot change, and whose every answer is checked.
 * @param label what errors call it
 * @param call how it is called: directly unless said otherwise
 */
export function checkedAllocator(
  allocator: Allocator,
  label: string = allocator.name,
  call: GuardedCall = (_, run) => run(),
): Allocator {
  return trustedAllocator({
    name: allocator.name,
    ...(allocator.isSlow === undefined ? {} : { isSlow: allocator.isSlow }),
    place(problem, free) {
      const shown = readOnlyProblem(problem);
      const result = answerOf(label, call, () => plainAnswer(allocator.place(shown.problem, readOnlyResources(free))));
      const changed = shown.changedRow();
      if (changed !== undefined) {
        const what = `changes where row ${changed + 1} is allowed, and may only read it`;
        throw new AllocatorError(label, 'changed-arguments', what);
      }
      return checkedResult(label, result, problem, free);
    },
  });
}

/** An allocator as `allocate` uses it: the project's own as it is, any other checked. */
export const guarded = (allocator: Allocator): Allocator =>
  isTrusted(allocator) ? allocator : checkedAllocator(allocator);

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.every((value, i) => value === b[i]);

/** A copy of an answer, as its getters are code of the user too, and it must not change after the check. */
function plainAnswer(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || 'then' in answer) return answer;
  const { kind, placement, by, shortage } = answer as Partial<Record<string, unknown>>;
  const { row, cause } = typeof shortage === 'object' && shortage !== null ? (shortage as Partial<Shortage>) : {};
  return { kind, placement: Array.isArray(placement) ? [...placement] : placement, by, shortage: { row, cause } };
}

function answerOf(label: string, call: GuardedCall, run: () => unknown): unknown {
  try {
    return call(label, run);
  } catch (error) {
    if (error instanceof AllocatorError) throw error;
    const isWrite =
      error instanceof TypeError && /read.only|not extensible|Cannot delete|only a getter/.test(error.message);
    if (isWrite) {
      const what = `changes what it was given, and may only read it: ${thrownText(error)}`;
      throw new AllocatorError(label, 'changed-arguments', what, error);
    }
    throw new AllocatorError(label, 'threw', `threw ${thrownText(error)}`, error);
  }
}

/** The same problem, frozen; typed arrays, which cannot be frozen, are copies, and a row whose copy was changed is found. */
function readOnlyProblem(problem: PlacementProblem) {
  const copies: { readonly row: number; readonly kept: Uint8Array; readonly given: Uint8Array }[] = [];
  const frozen = <Row extends PlacementRow>(rows: readonly Row[]): readonly Row[] =>
    Object.freeze(
      rows.map((each, row) => {
        const given = each.allowed.slice();
        copies.push({ row, kept: each.allowed, given });
        const memories = Object.freeze(each.memories.map((memory) => Object.freeze({ ...memory })));
        return Object.freeze({ ...each, allowed: given, memories });
      }),
    );
  let rows: readonly PlacementRow[] | undefined;
  const shown: PlacementProblem = Object.freeze({
    rpbCount: problem.rpbCount,
    logicalRpbs: problem.logicalRpbs,
    tree: frozen(problem.tree),
    get rows() {
      rows ??= frozen(problem.rows);
      return rows;
    },
  });
  return { problem: shown, changedRow: () => copies.find(({ kept, given }) => !isEqual(given, kept))?.row };
}

/** What is free at this moment, as numbers that cannot be changed. */
function readOnlyResources(free: FreeResources): FreeResources {
  const numbers = (values: ArrayLike<number>): readonly number[] => Object.freeze(Array.from(values));
  return Object.freeze({
    entries: numbers(free.entries),
    totalEntries: numbers(free.totalEntries),
    buckets: numbers(free.buckets),
    totalBuckets: numbers(free.totalBuckets),
    fitsMemory: (rpb: number, buckets: readonly number[]) => free.fitsMemory(rpb, buckets),
  });
}
