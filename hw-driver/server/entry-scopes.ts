/**
 * The scope of the entries of a table, as set by clients: which pipes share them. In the emulated switch all pipes have
 * the same entries, so the scope has no effect; a read returns the last one set.
 */
import { status } from '@grpc/grpc-js';
import type * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';

const ALL = { predef: 0 } as const;
const ONE_FOR_ALL: wire.EntryScope = { gress_scope: ALL, pipe_scope: ALL, prsr_scope: ALL };

export class EntryScopes {
  /** Scopes by table id. */
  private readonly scopes = new Map<number, wire.EntryScope>();

  /** @returns a function that undoes it @throws {RpcError} for another attribute */
  set(attribute: wire.TableAttribute): () => void {
    const scope = scopeIn(attribute);
    const { table_id } = attribute;
    const before = this.scopes.get(table_id);
    this.scopes.set(table_id, scope);
    return () => void (before === undefined ? this.scopes.delete(table_id) : this.scopes.set(table_id, before));
  }

  /** @throws {RpcError} for another attribute */
  get(attribute: wire.TableAttribute): wire.TableAttribute {
    scopeIn(attribute);
    const { table_id } = attribute;
    return { table_id, entry_scope: this.scopes.get(table_id) ?? ONE_FOR_ALL };
  }

  clear(): void {
    this.scopes.clear();
  }
}

/** The fields that are set, without defaults, as only one of a mode's two fields may be sent. */
function scopeIn({ entry_scope }: wire.TableAttribute): wire.EntryScope {
  if (entry_scope) return Object.fromEntries(Object.entries(entry_scope).map(([name, mode]) => [name, { ...mode }]));
  throw new RpcError(status.UNIMPLEMENTED, 'EntryScope is the only supported attribute');
}
