/** The tables of the replication engine: groups, nodes, and what the emulated switch has nothing of. */
import { PRE_MGID, PRE_NODE } from '../../bfruntime/group-codec.js';
import type { FieldType, FixedField, FixedTable } from './fixed-schema.js';

const one = (id: number, name: string, type: FieldType): FixedField => ({ id, name, type });
const list = (id: number, name: string, type: FieldType): FixedField => ({ id, name, type, repeated: true });
const needed = (field: FixedField): FixedField => ({ ...field, mandatory: true });

const pre = (id: number, name: string, size: number, key: FixedField, data: readonly FixedField[]): FixedTable => {
  return {
    id,
    name: `$pre.${name}`,
    type: `Pre${name.replace(/^./, (c) => c.toUpperCase())}`,
    size,
    keys: [key],
    data,
  };
};

/** The id of a table by its place. */
const at = (place: number): number => PRE_MGID.id + place - 1;

export const MGID = pre(PRE_MGID.id, 'mgid', 2 ** 16, one(PRE_MGID.key, '$MGID', 'uint16'), [
  list(PRE_MGID.nodes, '$MULTICAST_NODE_ID', 'uint32'),
  list(PRE_MGID.nodeExclusionValid, '$MULTICAST_NODE_L1_XID_VALID', 'bool'),
  list(PRE_MGID.nodeExclusion, '$MULTICAST_NODE_L1_XID', 'uint16'),
  list(PRE_MGID.ecmp, '$MULTICAST_ECMP_ID', 'uint32'),
  list(PRE_MGID.ecmpExclusionValid, '$MULTICAST_ECMP_L1_XID_VALID', 'bool'),
  list(PRE_MGID.ecmpExclusion, '$MULTICAST_ECMP_L1_XID', 'uint16'),
]);

export const NODE = pre(PRE_NODE.id, 'node', 2 ** 24, one(PRE_NODE.key, '$MULTICAST_NODE_ID', 'uint32'), [
  needed(one(PRE_NODE.replicationId, '$MULTICAST_RID', 'uint16')),
  needed(list(PRE_NODE.lags, '$MULTICAST_LAG_ID', 'uint8')),
  needed(list(PRE_NODE.ports, '$DEV_PORT', 'uint32')),
]);

/** Groups and their nodes. */
export const REPLICATION_TABLES: readonly FixedTable[] = [MGID, NODE];

/** Tables of ECMP, link aggregation and pruning of copies. */
export const ABSENT_REPLICATION: readonly FixedTable[] = [
  pre(at(3), 'ecmp', 2 ** 24, one(1, '$MULTICAST_ECMP_ID', 'uint32'), [
    needed(list(1, '$MULTICAST_NODE_ID', 'uint32')),
  ]),
  pre(at(4), 'lag', 255, one(1, '$MULTICAST_LAG_ID', 'uint8'), [
    list(1, '$DEV_PORT', 'uint32'),
    one(2, '$MULTICAST_LAG_REMOTE_MSB_COUNT', 'uint32'),
    one(3, '$MULTICAST_LAG_REMOTE_LSB_COUNT', 'uint32'),
  ]),
  pre(at(5), 'prune', 288, one(1, '$MULTICAST_L2_XID', 'uint16'), [needed(list(1, '$DEV_PORT', 'uint32'))]),
  pre(at(6), 'port', 288, one(1, '$DEV_PORT', 'uint32'), [
    one(1, '$MULTICAST_BACKUP_PORT', 'uint32'),
    one(2, '$MULTICAST_FORWARD_STATE', 'bool'),
    one(3, '$MULTICAST_CLEAR_FAST_FAILOVER', 'bool'),
    one(4, '$COPY_TO_CPU_PORT_ENABLE', 'bool'),
  ]),
];
