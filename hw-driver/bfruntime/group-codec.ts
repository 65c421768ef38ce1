/**
 * Multicast groups as entries of the tables of the replication engine ($pre.mgid and $pre.node): a group lists its nodes,
 * a node has a replication id and ports. Ids are those of the public interface, see server/fixed-tables/fixed-schema.ts.
 */
import type { MulticastGroup, ReplicationNode } from '../../compiler/index.js';
import { TargetError } from '../../sim/index.js';
import * as wire from './messages.js';
import { bytesToValue, valueToBytes } from './values.js';

export const PRE_MGID = {
  id: 0xff020001,
  key: 1,
  nodes: 1,
  nodeExclusionValid: 2,
  nodeExclusion: 3,
  ecmp: 4,
  ecmpExclusionValid: 5,
  ecmpExclusion: 6,
} as const;
export const PRE_NODE = { id: 0xff020002, key: 1, replicationId: 1, lags: 2, ports: 3 } as const;

const GROUP_BITS = 16;
const NODE_BITS = 32;
const REPLICATION_ID_BITS = 16;

const key = (value: number, bits: number): NonNullable<wire.TableEntry['key']> => ({
  fields: [{ field_id: PRE_NODE.key, exact: { value: bytes(value, bits) } }],
});

/** @throws {TargetError} for a number of more bits */
function bytes(value: number, bits: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new TargetError('out-of-range', `a number of a group or node has ${bits} bits, which ${value} does not fit`);
  }
  return valueToBytes(value, bits);
}

const entry = (type: number, table_entry: wire.TableEntry): wire.Update => ({ type, entity: { table_entry } });

/** The nodes first, as a group names them. @throws {TargetError} out-of-range */
export function insertGroupUpdates({ id, nodes }: MulticastGroup): wire.Update[] {
  const none = nodes.map(() => 0);
  return [
    ...nodes.map(({ id: node, replicationId, ports }) =>
      entry(wire.UPDATE.insert, {
        table_id: PRE_NODE.id,
        key: key(node, NODE_BITS),
        data: {
          fields: [
            { field_id: PRE_NODE.replicationId, stream: bytes(replicationId, REPLICATION_ID_BITS) },
            { field_id: PRE_NODE.lags, int_arr_val: { val: [] } },
            { field_id: PRE_NODE.ports, int_arr_val: { val: ports } },
          ],
        },
      }),
    ),
    entry(wire.UPDATE.insert, {
      table_id: PRE_MGID.id,
      key: key(id, GROUP_BITS),
      data: {
        fields: [
          { field_id: PRE_MGID.nodes, int_arr_val: { val: nodes.map((node) => node.id) } },
          { field_id: PRE_MGID.nodeExclusionValid, bool_arr_val: { val: none.map(() => false) } },
          { field_id: PRE_MGID.nodeExclusion, int_arr_val: { val: none } },
        ],
      },
    }),
  ];
}

/** The group first, so that no group names a node that is gone. */
export const deleteGroupUpdates = ({ id, nodes }: MulticastGroup): wire.Update[] => [
  entry(wire.UPDATE.delete, { table_id: PRE_MGID.id, key: key(id, GROUP_BITS) }),
  ...nodes.map((node) => entry(wire.UPDATE.delete, { table_id: PRE_NODE.id, key: key(node.id, NODE_BITS) })),
];

/** What reads all groups and nodes. */
export const readGroupsEntities: readonly wire.Entity[] = [PRE_MGID, PRE_NODE].map(({ id }) => ({
  table_entry: { table_id: id, table_flags: { from_hw: false } },
}));

/** The groups in answers to {@link readGroupsEntities}, by number. @throws {TargetError} for answers that are none */
export function groupsIn(entities: readonly wire.Entity[]): MulticastGroup[] {
  const nodes = new Map<number, ReplicationNode>();
  const lists = new Map<number, readonly number[]>();
  for (const { table_entry: read } of entities) {
    if (!read) continue;
    const keyBits = read.table_id === PRE_MGID.id ? GROUP_BITS : NODE_BITS;
    const id = bytesToValue(read.key?.fields[0]?.exact?.value ?? NO_BYTES, keyBits);
    if (id === undefined) throw new TargetError('wrong-width', 'the switch says no number of a group or node');
    const field = (field_id: number) => read.data?.fields.find((one) => one.field_id === field_id);
    if (read.table_id === PRE_MGID.id) lists.set(id, numbersIn(field(PRE_MGID.nodes)));
    if (read.table_id !== PRE_NODE.id) continue;
    const rid = bytesToValue(field(PRE_NODE.replicationId)?.stream ?? NO_BYTES, REPLICATION_ID_BITS);
    if (rid === undefined) throw new TargetError('wrong-width', `the switch says no replication id of node ${id}`);
    nodes.set(id, { id, replicationId: rid, ports: numbersIn(field(PRE_NODE.ports)) });
  }
  const nodeOf = (id: number): ReplicationNode => {
    const node = nodes.get(id);
    if (node === undefined)
      throw new TargetError('not-found', `the switch has no node ${id}, which a group of it names`);
    return node;
  };
  return [...lists].sort(([a], [b]) => a - b).map(([id, list]) => ({ id, nodes: list.map(nodeOf) }));
}

/** The numbers of a list; empty lists may be left out. */
const numbersIn = (field: wire.DataField | undefined): readonly number[] => field?.int_arr_val?.val ?? [];

const NO_BYTES = new Uint8Array(0);
