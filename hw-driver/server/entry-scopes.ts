/**
 * Which pipes share the entries of a table, as clients set it. The emulated switch has one pipe, so all scopes come to the
 * same: a read returns what was set.
 */
import { status } from '@grpc/grpc-js';
import type * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';

const ALL = { predef: 0 } as const;
const ONE_FOR_ALL: wire.EntryScope = { gress_scope: ALL, pipe_scope: ALL, prsr_scope: ALL };

export class EntryScopes {
  /** By table id. */
  private readonly scopes = new Map<number, wire.EntryScope>();

  /** @returns what takes it back @throws {RpcError} for another attribute */
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

/** What was set in it, and no defaults: of a mode's two fields only one may be sent. */
function scopeIn({ entry_scope }: wire.TableAttribute): wire.EntryScope {
  if (entry_scope) return Object.fromEntries(Object.entries(entry_scope).map(([name, mode]) => [name, { ...mode }]));
  throw new RpcError(status.UNIMPLEMENTED, 'EntryScope is the attribute that there is');
}
