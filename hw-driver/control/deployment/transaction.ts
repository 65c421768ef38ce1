/**
 * Transactions: the change of one program on a switch from one compiled program to another, or from or to none,
 * completely or not at all.
 */
import type { CaseChange } from '../../../compiler/change/change-cases.js';
import {
  type CompiledProgram,
  FIXED_NAMES,
  installOperations,
  type MemoryBlock,
  type Operation,
  revokeOperations,
  type TableEntry,
} from '../../../compiler/index.js';

interface Steps {
  readonly program: string;
  readonly operations: readonly Operation[];
  /**
   * The commit point, as a number of operations: a transaction that was interrupted after fewer is undone, one that was
   * interrupted later is completed. Journals have it by this name.
   */
  readonly turn: number;
}

export type Transaction = Steps &
  (
    | { readonly kind: 'deploy'; readonly after: CompiledProgram }
    | { readonly kind: 'revoke'; readonly before: CompiledProgram }
    | { readonly kind: 'replace'; readonly before: CompiledProgram; readonly after: CompiledProgram }
    /** `during`: all entries that the switch has at any time of the change. */
    | {
        readonly kind: 'cases';
        readonly before: CompiledProgram;
        readonly after: CompiledProgram;
        readonly during: readonly TableEntry[];
      }
  );

/** The state to which a transaction led: that before it (undone) or that after it (completed). */
export type Outcome = 'before' | 'after';

export function deployTransaction(after: CompiledProgram): Transaction {
  const operations = installOperations(after);
  return { kind: 'deploy', program: after.program, operations, turn: operations.length, after };
}

/** The commit point is the first reset of memory, which cannot be undone. */
export function revokeTransaction(before: CompiledProgram): Transaction {
  const operations = revokeOperations(before);
  const turn = operations.length - before.memories.length;
  return { kind: 'revoke', program: before.program, operations, turn, before };
}

export function casesTransaction(before: CompiledProgram, { compiled, operations, during }: CaseChange): Transaction {
  return {
    kind: 'cases',
    program: before.program,
    operations,
    turn: operations.length,
    before,
    after: compiled,
    during,
  };
}

/**
 * Inserts the entries of the new version beside the old one, then replaces the filters, then removes the old version.
 * Blocks of memory that both have keep their contents.
 */
export function replaceTransaction(before: CompiledProgram, after: CompiledProgram): Transaction {
  const isFilter = ({ action }: TableEntry): boolean => action === FIXED_NAMES.setProgram;
  const isEntryChange = (operation: Operation): boolean => 'entry' in operation && isFilter(operation.entry);
  const inserted = installOperations(after).filter((operation) => !isEntryChange(operation));
  const commit = replaceFilters(before.entries.filter(isFilter), after.entries.filter(isFilter));
  const old = { ...before, memories: before.memories.filter((block) => !hasBlock(after, block)) };
  const removed = revokeOperations(old).filter((operation) => !isEntryChange(operation));
  return {
    kind: 'replace',
    program: after.program,
    operations: [...inserted, ...commit, ...removed],
    turn: inserted.length + commit.length,
    before,
    after,
  };
}

/** Whether a program has exactly this block of memory. */
export const hasBlock = ({ memories }: CompiledProgram, { name, rpb, base, buckets }: MemoryBlock): boolean =>
  memories.some(
    (other) => other.name === name && other.rpb === rpb && other.base === base && other.buckets === buckets,
  );

/**
 * Replaces the program id in filters with an equal key, which is atomic for packets; inserts other filters before the
 * old ones are deleted.
 */
function replaceFilters(before: readonly TableEntry[], after: readonly TableEntry[]): Operation[] {
  const keyOf = ({ table, priority, key }: TableEntry): string => JSON.stringify([table, priority, key]);
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const inserted = after.map((entry): Operation => {
    const same = old.get(keyOf(entry));
    old.delete(keyOf(entry));
    return same === undefined ? { kind: 'insertEntry', entry } : { kind: 'replaceEntry', before: same, entry };
  });
  return [...inserted, ...[...old.values()].map((entry): Operation => ({ kind: 'deleteEntry', entry }))];
}

/** The blocks that a transaction resets. */
export function resetBlocks({ operations }: Transaction): readonly (Operation & { readonly kind: 'resetMemory' })[] {
  return operations.flatMap((operation) => (operation.kind === 'resetMemory' ? [operation] : []));
}
