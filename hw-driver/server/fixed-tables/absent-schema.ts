/** Tables of multicast and mirroring, which the emulated switch does not have. They are empty and refuse entries. */
import type { FieldType, FixedField, FixedTable } from './fixed-schema.js';

const one = (id: number, name: string, type: FieldType): FixedField => ({ id, name, type });
const list = (id: number, name: string, type: FieldType): FixedField => ({ id, name, type, repeated: true });
const needed = (field: FixedField): FixedField => ({ ...field, mandatory: true });

const pre = (place: number, name: string, size: number, key: FixedField, data: readonly FixedField[]): FixedTable => {
  return {
    id: 0xff020000 + place,
    name: `$pre.${name}`,
    type: `Pre${name.replace(/^./, (c) => c.toUpperCase())}`,
    size,
    keys: [key],
    data,
  };
};

const L1 = 'L1_XID';
const REPLICATION = [
  pre(1, 'mgid', 2 ** 16, one(1, '$MGID', 'uint16'), [
    list(1, '$MULTICAST_NODE_ID', 'uint32'),
    list(2, `$MULTICAST_NODE_${L1}_VALID`, 'bool'),
    list(3, `$MULTICAST_NODE_${L1}`, 'uint16'),
    list(4, '$MULTICAST_ECMP_ID', 'uint32'),
    list(5, `$MULTICAST_ECMP_${L1}_VALID`, 'bool'),
    list(6, `$MULTICAST_ECMP_${L1}`, 'uint16'),
  ]),
  pre(2, 'node', 2 ** 24, one(1, '$MULTICAST_NODE_ID', 'uint32'), [
    needed(one(1, '$MULTICAST_RID', 'uint16')),
    needed(list(2, '$MULTICAST_LAG_ID', 'uint8')),
    needed(list(3, '$DEV_PORT', 'uint32')),
  ]),
  pre(3, 'ecmp', 2 ** 24, one(1, '$MULTICAST_ECMP_ID', 'uint32'), [needed(list(1, '$MULTICAST_NODE_ID', 'uint32'))]),
  pre(4, 'lag', 255, one(1, '$MULTICAST_LAG_ID', 'uint8'), [
    list(1, '$DEV_PORT', 'uint32'),
    one(2, '$MULTICAST_LAG_REMOTE_MSB_COUNT', 'uint32'),
    one(3, '$MULTICAST_LAG_REMOTE_LSB_COUNT', 'uint32'),
  ]),
  pre(5, 'prune', 288, one(1, '$MULTICAST_L2_XID', 'uint16'), [needed(list(1, '$DEV_PORT', 'uint32'))]),
  pre(6, 'port', 288, one(1, '$DEV_PORT', 'uint32'), [
    one(1, '$MULTICAST_BACKUP_PORT', 'uint32'),
    one(2, '$MULTICAST_FORWARD_STATE', 'bool'),
    one(3, '$MULTICAST_CLEAR_FAST_FAILOVER', 'bool'),
    one(4, '$COPY_TO_CPU_PORT_ENABLE', 'bool'),
  ]),
];

/** Fields with consecutive ids. */
const numbered = (first: number, fields: readonly (readonly [name: string, type: FieldType, choices?: string[]])[]) =>
  fields.map(([name, type, choices], i): FixedField => {
    return { id: first + i, name, type, ...(choices === undefined ? {} : { choices }) };
  });

const MIRROR: FixedTable = {
  id: 0xff040001,
  name: '$mirror.cfg',
  type: 'MirrorCfg',
  size: 1024,
  keys: [one(1, '$sid', 'uint16')],
  actions: [
    {
      id: 1,
      name: '$coalescing',
      data: [
        { ...one(1, '$internal_header', 'bytes'), width: 128 },
        one(2, '$internal_header_length', 'uint32'),
        one(3, '$timeout_usec', 'uint32'),
        one(4, '$extract_len', 'uint32'),
      ],
    },
    { id: 2, name: '$normal', data: [] },
  ],
  data: numbered(5, [
    ['$session_enable', 'bool'],
    ['$direction', 'string', ['INGRESS', 'EGRESS', 'BOTH']],
    ['$ucast_egress_port', 'uint32'],
    ['$ucast_egress_port_valid', 'bool'],
    ['$egress_port_queue', 'uint32'],
    ['$ingress_cos', 'uint32'],
    ['$packet_color', 'string', ['GREEN', 'YELLOW', 'RED']],
    ['$level1_mcast_hash', 'uint32'],
    ['$level2_mcast_hash', 'uint32'],
    ['$mcast_grp_a', 'uint16'],
    ['$mcast_grp_a_valid', 'bool'],
    ['$mcast_grp_b', 'uint16'],
    ['$mcast_grp_b_valid', 'bool'],
    ['$mcast_l1_xid', 'uint16'],
    ['$mcast_l2_xid', 'uint16'],
    ['$mcast_rid', 'uint16'],
    ['$icos_for_copy_to_cpu', 'uint32'],
    ['$copy_to_cpu', 'bool'],
    ['$max_pkt_len', 'uint16'],
  ]),
};

/** The tables with the reason why they refuse entries. */
export const ABSENT: readonly { readonly table: FixedTable; readonly reason: string }[] = [
  ...REPLICATION.map((table) => ({ table, reason: 'the emulated switch has no multicast' })),
  { table: MIRROR, reason: 'the emulated switch has no mirroring' },
];
