/**
 * Handles of entries: numbers that stand for a table and a key, given out when somebody asks for one. An entry keeps its
 * handle while it is changed, and has it again if it is taken out and put back.
 */
import { type EntryKey, entryIdentity } from '../../compiler/index.js';

export class EntryHandles {
  private readonly byIdentity = new Map<string, number>();
  /** By handle, from 1. */
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

  /** Undefined for a handle that was not given out for this table. */
  keyOf(table: string, handle: number): EntryKey | undefined {
    const key = this.keys[handle - 1];
    return key?.table === table ? key : undefined;
  }
}
