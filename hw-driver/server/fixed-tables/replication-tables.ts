/** $pre.mgid and $pre.node on an emulated switch: a group has nodes, which are there before it. */
import { status } from '@grpc/grpc-js';
import type { MulticastGroup, ReplicationNode } from '../../../compiler/index.js';
import { type Switch, TargetError } from '../../../sim/index.js';
import { PRE_MGID, PRE_NODE } from '../../bfruntime/group-codec.js';
import * as wire from '../../bfruntime/messages.js';
import { RpcError } from '../../bfruntime/rpc-error.js';
import type { Undo } from '../write-updates.js';
import { decodeKey, decodeLists, encodeEntry, type FixedValue } from './field-values.js';
import type { FixedTable } from './fixed-schema.js';
import { MGID, NODE } from './replication-schema.js';

const unsupported = (message: string): RpcError => new RpcError(status.UNIMPLEMENTED, message);
const invalid = (message: string): RpcError => new RpcError(status.INVALID_ARGUMENT, message);

export class ReplicationTables {
  private readonly nodes = new Map<number, ReplicationNode>();
  /** By group: its nodes, in order. */
  private readonly groups = new Map<number, readonly number[]>();

  constructor(private readonly emulator: Switch) {
    for (const { id, nodes } of emulator.groups()) {
      for (const node of nodes) this.nodes.set(node.id, node);
      this.groups.set(
        id,
        nodes.map((node) => node.id),
      );
    }
  }

  /**
   * Makes one update.
   * @returns a function that undoes it
   * @throws {TargetError} {@link RpcError}, and changes nothing
   */
  update(table: FixedTable, type: number, message: wire.TableEntry): Undo {
    const isThere = message.key != null && this.isThere(table, message);
    switch (type) {
      case wire.UPDATE.delete:
        return this.deleteEntries(table, message);
      case wire.UPDATE.insert:
        if (isThere) throw new TargetError('already-exists', `${table.name} has this entry already`);
        return this.put(table, message);
      case wire.UPDATE.modify:
        if (!isThere) throw new TargetError('not-found', `${table.name} has no such entry`);
        return this.put(table, message);
      case wire.UPDATE.insertOrModify:
        return this.put(table, message);
      default:
        throw unsupported(`${table.name} does not take updates of type ${type}`);
    }
  }

  /** Removes all groups and nodes. */
  clear(): void {
    for (const id of [...this.groups.keys()]) this.putGroup(id, undefined);
    this.nodes.clear();
  }

  isThere(table: FixedTable, message: wire.TableEntry): boolean {
    return this.entries(table).has(idIn(table, message));
  }

  usage(table: FixedTable): number {
    return this.entries(table).size;
  }

  /** @throws {TargetError} {@link RpcError} */
  *read(table: FixedTable, message: wire.TableEntry): Generator<wire.Entity> {
    const ids = message.key ? [idIn(table, message)] : [...this.entries(table).keys()].sort((a, b) => a - b);
    for (const id of ids) {
      if (!this.entries(table).has(id)) throw new TargetError('not-found', `${table.name} has no entry ${id}`);
      yield encodeEntry(table, message, [id], ({ id: field }) => this.valueOf(table, id, field));
    }
  }

  private entries(table: FixedTable): ReadonlyMap<number, unknown> {
    return table === NODE ? this.nodes : this.groups;
  }

  private valueOf(table: FixedTable, id: number, field: number): FixedValue | readonly FixedValue[] {
    if (table === NODE) {
      const node = this.node(id);
      if (field === PRE_NODE.replicationId) return node.replicationId;
      return field === PRE_NODE.ports ? node.ports : [];
    }
    const nodes = this.nodesOf(id);
    switch (field) {
      case PRE_MGID.nodes:
        return nodes;
      case PRE_MGID.nodeExclusionValid:
        return nodes.map(() => false);
      case PRE_MGID.nodeExclusion:
        return nodes.map(() => 0);
      default:
        return [];
    }
  }

  private node(id: number): ReplicationNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new TargetError('not-found', `${NODE.name} has no node ${id}`);
    return node;
  }

  private nodesOf(group: number): readonly number[] {
    const nodes = this.groups.get(group);
    if (nodes === undefined) throw new TargetError('not-found', `${MGID.name} has no group ${group}`);
    return nodes;
  }

  private put(table: FixedTable, message: wire.TableEntry): Undo {
    const id = idIn(table, message);
    const given = decodeLists(table, message);
    return table === NODE ? this.putNode(id, given) : this.putGroup(id, nodesIn(given, this.groups.get(id)));
  }

  private putNode(id: number, given: ReadonlyMap<string, readonly FixedValue[]>): Undo {
    const before = this.nodes.get(id);
    const rid = given.get('$MULTICAST_RID')?.[0] ?? before?.replicationId;
    const ports = given.get('$DEV_PORT')?.map(Number) ?? before?.ports;
    if (rid === undefined || ports === undefined)
      throw invalid('$MULTICAST_RID and $DEV_PORT are needed to add a node');
    if ((given.get('$MULTICAST_LAG_ID')?.length ?? 0) > 0) throw unsupported('the emulated switch has no $pre.lag');
    const after: ReplicationNode = { id, replicationId: Number(rid), ports };
    this.emulator.tables.replication.checkNode(after);
    return this.changeNode(id, before, after);
  }

  /** The group of the node gets its new ports at once. */
  private changeNode(id: number, before: ReplicationNode | undefined, after: ReplicationNode | undefined): Undo {
    const group = [...this.groups].find(([, nodes]) => nodes.includes(id))?.[0];
    if (group === undefined) {
      this.setNode(id, after);
      return () => this.setNode(id, before);
    }
    if (after === undefined) throw invalid(`node ${id} is in group ${group}`);
    const replace = (node: ReplicationNode | undefined): void => {
      this.emulator.apply({ kind: 'deleteGroup', group: this.built(group) });
      const old = this.nodes.get(id);
      this.setNode(id, node);
      try {
        this.emulator.apply({ kind: 'insertGroup', group: this.built(group) });
      } catch (error) {
        this.setNode(id, old);
        this.emulator.apply({ kind: 'insertGroup', group: this.built(group) });
        throw error;
      }
    };
    replace(after);
    return () => replace(before);
  }

  private setNode(id: number, node: ReplicationNode | undefined): void {
    if (node === undefined) this.nodes.delete(id);
    else this.nodes.set(id, node);
  }

  private built(group: number): MulticastGroup {
    return { id: group, nodes: this.nodesOf(group).map((id) => this.node(id)) };
  }

  private putGroup(id: number, nodes: readonly number[] | undefined): Undo {
    const before = this.groups.get(id);
    const set = (list: readonly number[] | undefined): void => {
      const now = this.groups.get(id);
      const group = list && { id, nodes: list.map((node) => this.node(node)) };
      if (now !== undefined) this.emulator.apply({ kind: 'deleteGroup', group: this.built(id) });
      try {
        if (group !== undefined) this.emulator.apply({ kind: 'insertGroup', group });
      } catch (error) {
        if (now !== undefined) this.emulator.apply({ kind: 'insertGroup', group: this.built(id) });
        throw error;
      }
      if (list === undefined) this.groups.delete(id);
      else this.groups.set(id, list);
    };
    set(nodes);
    return () => set(before);
  }

  private deleteEntries(table: FixedTable, message: wire.TableEntry): Undo {
    const ids = message.key ? [idIn(table, message)] : [...this.entries(table).keys()];
    const undos: Undo[] = [];
    try {
      for (const id of ids) {
        if (!this.entries(table).has(id)) throw new TargetError('not-found', `${table.name} has no entry ${id}`);
        undos.push(table === NODE ? this.changeNode(id, this.nodes.get(id), undefined) : this.putGroup(id, undefined));
      }
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    }
    return () => {
      for (const undo of undos.reverse()) undo();
    };
  }
}

const idIn = (table: FixedTable, message: wire.TableEntry): number => Number(decodeKey(table, message)[0]);

/** @throws {RpcError} for what the emulated switch does not have */
function nodesIn(
  given: ReadonlyMap<string, readonly FixedValue[]>,
  before: readonly number[] | undefined,
): readonly number[] {
  const nodes = given.get('$MULTICAST_NODE_ID')?.map(Number) ?? before ?? [];
  for (const name of ['$MULTICAST_NODE_L1_XID_VALID', '$MULTICAST_NODE_L1_XID']) {
    const list = given.get(name);
    if (list !== undefined && list.length !== nodes.length) {
      throw invalid(`${name} has ${list.length} values for ${nodes.length} nodes`);
    }
  }
  if (given.get('$MULTICAST_NODE_L1_XID_VALID')?.includes(true)) {
    throw unsupported('the emulated switch excludes no copies by $MULTICAST_NODE_L1_XID');
  }
  if ((given.get('$MULTICAST_ECMP_ID')?.length ?? 0) > 0) throw unsupported('the emulated switch has no $pre.ecmp');
  return nodes;
}
