/** Groups of the replication engine: state of a switch beside entries and memory, which no program owns. */

/** A node of a group: a copy to each of its ports, with its replication id. */
export interface ReplicationNode {
  /** Of all nodes of a switch, no two have one number. */
  readonly id: number;
  /** What the egress of the copies reads, 16 bits. */
  readonly replicationId: number;
  readonly ports: readonly number[];
}

/** A group of ports to which MULTICAST copies packets, by the order of nodes, then by port. */
export interface MulticastGroup {
  /** From 1. */
  readonly id: number;
  /** None: packets to the group are dropped. */
  readonly nodes: readonly ReplicationNode[];
}

/** A group with a node for each port, numbered with the first free numbers; replication ids count the ports from 0. */
export function groupOfPorts(id: number, ports: readonly number[], others: readonly MulticastGroup[]): MulticastGroup {
  const used = new Set(others.flatMap(({ nodes }) => nodes.map((node) => node.id)));
  let next = 0;
  const nodes = ports.map((port, replicationId) => {
    while (used.has(next)) next++;
    return { id: next++, replicationId, ports: [port] };
  });
  return { id, nodes };
}
