/**
 * Handles of entries: numbers for a table and a key, assigned on request. An entry keeps its
 * handle while it is changed, and gets the same one if it is deleted and inserted again.
 */
import { type EntryKey, entryIdentity } from '../../compiler/index.js';

export class EntryHandles {
  private readonly byIdentity = new Map<string, number>();
  /** Keys by handle - 1. */
  private readonly keys: EntryKey[] = [];

  of(entry: EntryKey): number {
    const identity = entryIdentity(entry);
    const known = this.byIdentity.get(identity);
    if (known !== undefined) return known;
    const { table, key, priority } = entry;
    const handle = this.keys.push({ table, key, priority });
    this.byIdentity.set(identity, handle);
    return handle;
  }

  /** The key of a handle; undefined for one that was not assigned for this table. */
  keyOf(table: string, handle: number): EntryKey | undefined {
    const key = this.keys[handle - 1];
    return key?.table === table ? key : undefined;
  }
}
