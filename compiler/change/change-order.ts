/**
 * The order in which a running program's entries change, so that every packet is treated entirely by the old program or
 * entirely by the new one: first new entries that no rule leads to yet, then case by case the rules that lead there,
 * then the removal of rules that lead to old entries and, after a drain, the old entries.
 *
 * Added cases are inserted from the first to the last of a BRANCH, removed ones are deleted from the last to the
 * first: so the first case that a packet matches decides between the old and the new program. A BRANCH
 * before another one gets its new cases first and loses its old ones last.
 */
import { entryIdentity, type TableEntry } from '../link/compiled-program.js';
import type { Operation } from '../link/operations.js';

/** A change of one rule of a BRANCH that packets meet, with its entries. */
export type Turn =
  | { readonly kind: 'move'; readonly insert: readonly TableEntry[]; readonly remove: readonly TableEntry[] }
  | { readonly kind: 'add'; readonly entry: TableEntry }
  | { readonly kind: 'replace'; readonly before: TableEntry; readonly after: TableEntry }
  | { readonly kind: 'remove'; readonly entries: readonly TableEntry[] };

/** The changes of the rules of one BRANCH, by priority. */
export interface BranchTurns {
  readonly turns: readonly Turn[];
  /** The maximum number of changing BRANCHes before this one on a path. */
  readonly level: number;
}

export interface ChangeParts {
  readonly before: readonly TableEntry[];
  readonly after: readonly TableEntry[];
  readonly branches: readonly BranchTurns[];
  /** Changes of the recirculation table before packets use more passes, and after none does. */
  readonly grow: readonly Operation[];
  readonly shrink: readonly Operation[];
}

export function changeOperations({ before, after, branches, grow, shrink }: ChangeParts): Operation[] {
  const operations = new OperationList(before);
  const turned = new Set(
    branches.flatMap(({ turns }) =>
      turns.flatMap((turn) => {
        if (turn.kind === 'add') return [textOf(turn.entry)];
        if (turn.kind === 'replace') return [textOf(turn.after)];
        return turn.kind === 'move' ? turn.insert.map(textOf) : [];
      }),
    ),
  );
  for (const entry of after) if (!turned.has(textOf(entry))) operations.insert(entry);
  operations.push(grow);
  const byLevel = [...branches].sort((a, b) => a.level - b.level);
  for (const { turns } of byLevel) {
    for (const turn of [...turns].reverse()) {
      if (turn.kind !== 'move') continue;
      for (const entry of turn.insert) operations.insert(entry);
      for (const entry of turn.remove) operations.delete(entry);
    }
  }
  for (const [i, { turns, level }] of byLevel.entries()) {
    // Packets that passed an earlier BRANCH before its change must not meet this one after its change.
    if (level > (byLevel[i - 1]?.level ?? level)) operations.push([{ kind: 'drain' }]);
    for (const turn of turns) if (turn.kind === 'add') operations.insert(turn.entry);
    for (const turn of turns) if (turn.kind === 'replace') operations.replace(turn.before, turn.after);
  }
  for (const { turns } of byLevel.reverse()) {
    for (const turn of [...turns].reverse()) {
      if (turn.kind === 'remove') for (const entry of turn.entries) operations.delete(entry);
    }
  }
  operations.finish(after, shrink);
  return operations.list;
}

const textOf = (entry: TableEntry): string =>
  `${entryIdentity(entry)} ${entry.action}(${entry.parameters.map(({ value }) => value).join()})`;

/** A list of operations, with the entries installed after them; an installed entry is not inserted again. */
class OperationList {
  readonly list: Operation[] = [];
  private readonly installed: Map<string, TableEntry>;

  constructor(before: readonly TableEntry[]) {
    this.installed = new Map(before.map((entry) => [textOf(entry), entry]));
  }

  push(operations: readonly Operation[]): void {
    this.list.push(...operations);
  }

  insert(entry: TableEntry): void {
    if (this.installed.has(textOf(entry))) return;
    this.installed.set(textOf(entry), entry);
    this.list.push({ kind: 'insertEntry', entry });
  }

  delete(entry: TableEntry): void {
    const installed = this.installed.get(textOf(entry));
    if (installed === undefined) return;
    this.installed.delete(textOf(entry));
    this.list.push({ kind: 'deleteEntry', entry: installed });
  }

  replace(before: TableEntry, after: TableEntry): void {
    const installed = this.installed.get(textOf(before));
    if (installed === undefined) throw new Error(`the entry to replace is not in ${before.table}`);
    this.installed.delete(textOf(before));
    this.installed.set(textOf(after), after);
    this.list.push({ kind: 'replaceEntry', before: installed, entry: after });
  }

  /** Deletes the entries that are not wanted any more, after a drain. */
  finish(after: readonly TableEntry[], shrink: readonly Operation[]): void {
    const wanted = new Set(after.map(textOf));
    const rest = [...this.installed.values()].filter((entry) => !wanted.has(textOf(entry)));
    if (rest.length > 0 || shrink.length > 0) this.list.push({ kind: 'drain' });
    for (const entry of rest) this.delete(entry);
    this.push(shrink);
  }
}
