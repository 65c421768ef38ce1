/**
 * The packet replication engine of the traffic manager: groups of nodes, each of which has a replication id and ports.
 * A packet to a group is copied to each port of each node, by the order of the nodes in the group, then by port.
 */
import type { DataPlane, MulticastGroup, ReplicationNode } from '../../compiler/index.js';
import { TargetError } from '../target/target.js';

/** What a packet to a group becomes, by the number of the copy. */
export interface CopyList {
  readonly ports: Uint16Array;
  readonly replicationIds: Uint16Array;
}

export class ReplicationEngine {
  /** By number of the group. */
  private readonly lists: (CopyList | undefined)[] = [];
  private readonly groups = new Map<number, MulticastGroup>();
  /** Nodes of all groups. */
  private readonly nodes = new Map<number, MulticastGroup>();

  constructor(private readonly dataPlane: DataPlane) {}

  /** All groups, by number. */
  list(): MulticastGroup[] {
    return [...this.groups.values()].sort((a, b) => a.id - b.id);
  }

  /** The copies of a packet to a group; undefined if the group is not there. */
  copies(group: number): CopyList | undefined {
    return this.lists[group];
  }

  /** @throws {TargetError} */
  insert(group: MulticastGroup): void {
    const limits = this.dataPlane.description.replication;
    if (limits === undefined) {
      throw new TargetError('unknown-table', `data plane '${this.dataPlane.name}' has no multicast groups`);
    }
    const { id, nodes } = group;
    requireNumber(id, 1, limits.groups, 'group');
    if (this.groups.has(id)) throw new TargetError('already-exists', `there is a group ${id} already`);
    const own = new Set<number>();
    for (const node of nodes) {
      this.checkNode(node);
      const user = this.nodes.get(node.id);
      if (user !== undefined) throw new TargetError('already-exists', `group ${user.id} has node ${node.id} already`);
      if (own.has(node.id)) throw new TargetError('already-exists', `group ${id} has node ${node.id} twice`);
      own.add(node.id);
    }
    if (this.nodes.size + own.size > limits.nodes) {
      throw new TargetError('no-space', `there is room for ${limits.nodes} nodes of groups`);
    }
    const list = copyList(group);
    if (list.ports.length > limits.copies) {
      throw new TargetError('no-space', `group ${id} has ${list.ports.length} ports; ${limits.copies} are the maximum`);
    }
    for (const node of own) this.nodes.set(node, group);
    this.groups.set(id, group);
    this.lists[id] = list;
  }

  /** @throws {TargetError} for a node that no group could have */
  checkNode({ id, replicationId, ports }: ReplicationNode): void {
    requireNumber(id, 0, MAX_NODE_ID, 'node');
    requireNumber(replicationId, 0, MAX_REPLICATION_ID, 'replication id');
    for (const port of ports) this.requirePort(port);
    if (new Set(ports).size < ports.length) throw new TargetError('already-exists', `node ${id} has a port twice`);
  }

  /** @throws {TargetError} */
  delete({ id }: Pick<MulticastGroup, 'id'>): void {
    const group = this.groups.get(id);
    if (group === undefined) throw new TargetError('not-found', `there is no group ${id}`);
    for (const node of group.nodes) this.nodes.delete(node.id);
    this.groups.delete(id);
    this.lists[id] = undefined;
  }

  private requirePort(port: number): void {
    requireNumber(port, 0, 2 ** this.dataPlane.description.ports.width - 1, 'port');
    const inward = this.dataPlane.inwardPort(port);
    if (inward !== undefined) {
      throw new TargetError('out-of-range', `port ${port} is the ${inward} port, by which no copy leaves`);
    }
  }
}

const MAX_NODE_ID = 2 ** 32 - 1;
const MAX_REPLICATION_ID = 2 ** 16 - 1;

function requireNumber(value: number, from: number, to: number, what: string): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new TargetError('out-of-range', `${what} ${value}: ${what}s are numbered from ${from} to ${to}`);
}

function copyList({ nodes }: MulticastGroup): CopyList {
  const all = nodes.flatMap(({ replicationId, ports }) =>
    [...ports].sort((a, b) => a - b).map((port) => ({ replicationId, port })),
  );
  return {
    ports: Uint16Array.from(all, ({ port }) => port),
    replicationIds: Uint16Array.from(all, ({ replicationId }) => replicationId),
  };
}
