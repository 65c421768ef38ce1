/** A change of what a program is on a switch: from one document to another, or from or to nothing, all or not at all. */
import {
  type CaseChange,
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
   * How many operations may be made before there is no way back: one that was interrupted earlier is undone, one that
   * came so far is brought to its end.
   */
  readonly turn: number;
}

export type Transaction = Steps &
  (
    | { readonly kind: 'deploy'; readonly after: CompiledProgram }
    | { readonly kind: 'revoke'; readonly before: CompiledProgram }
    | { readonly kind: 'replace'; readonly before: CompiledProgram; readonly after: CompiledProgram }
    /** @param during all entries that are there at some time */
    | {
        readonly kind: 'cases';
        readonly before: CompiledProgram;
        readonly after: CompiledProgram;
        readonly during: readonly TableEntry[];
      }
  );

/** Which of its two states a transaction has led to. */
export type Outcome = 'before' | 'after';

export function deployTransaction(after: CompiledProgram): Transaction {
  const operations = installOperations(after);
  return { kind: 'deploy', program: after.program, operations, turn: operations.length, after };
}

/** There is no way back once memory is reset. */
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
 * The new version comes in beside the old one, then packets turn to it with one filter, then the old one goes. Blocks of
 * memory that both have stay as they are.
 */
export function replaceTransaction(before: CompiledProgram, after: CompiledProgram): Transaction {
  const isFilter = ({ action }: TableEntry): boolean => action === FIXED_NAMES.setProgram;
  const isEntryChange = (operation: Operation): boolean => 'entry' in operation && isFilter(operation.entry);
  const come = installOperations(after).filter((operation) => !isEntryChange(operation));
  const turn = turnFilters(before.entries.filter(isFilter), after.entries.filter(isFilter));
  const going = { ...before, memories: before.memories.filter((block) => !hasBlock(after, block)) };
  const go = revokeOperations(going).filter((operation) => !isEntryChange(operation));
  return {
    kind: 'replace',
    program: after.program,
    operations: [...come, ...turn, ...go],
    turn: come.length + turn.length,
    before,
    after,
  };
}

/** Whether a program has just this block of memory. */
export const hasBlock = ({ memories }: CompiledProgram, { name, rpb, base, buckets }: MemoryBlock): boolean =>
  memories.some(
    (other) => other.name === name && other.rpb === rpb && other.base === base && other.buckets === buckets,
  );

/** A filter of the same key gets another program id, which no packet sees half of; others come before the old ones go. */
function turnFilters(before: readonly TableEntry[], after: readonly TableEntry[]): Operation[] {
  const keyOf = ({ table, priority, key }: TableEntry): string => JSON.stringify([table, priority, key]);
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const come = after.map((entry): Operation => {
    const same = old.get(keyOf(entry));
    old.delete(keyOf(entry));
    return same === undefined ? { kind: 'insertEntry', entry } : { kind: 'replaceEntry', before: same, entry };
  });
  return [...come, ...[...old.values()].map((entry): Operation => ({ kind: 'deleteEntry', entry }))];
}

/** The blocks that a transaction resets. */
export function resetBlocks({ operations }: Transaction): readonly (Operation & { readonly kind: 'resetMemory' })[] {
  return operations.flatMap((operation) => (operation.kind === 'resetMemory' ? [operation] : []));
}
