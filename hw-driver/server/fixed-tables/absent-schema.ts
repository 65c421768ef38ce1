/** Tables of mirroring and of parts of multicast that the emulated switch does not have: empty, they refuse entries. */
import type { FieldType, FixedField, FixedTable } from './fixed-schema.js';
import { ABSENT_REPLICATION, REPLICATION_TABLES } from './replication-schema.js';

const one = (id: number, name: string, type: FieldType): FixedField => ({ id, name, type });
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

export interface AbsentTable {
  readonly table: FixedTable;
  /** Why it refuses entries. */
  readonly reason: string;
}

const absent = (tables: readonly FixedTable[], what: string): AbsentTable[] =>
  tables.map((table) => ({ table, reason: `the emulated switch has no ${what}` }));

/** @param hasGroups whether the data plane of the switch has multicast groups */
export const absentTables = (hasGroups: boolean): readonly AbsentTable[] => [
  ...(hasGroups
    ? absent(ABSENT_REPLICATION, 'ECMP, link aggregation or pruning of copies')
    : absent([...REPLICATION_TABLES, ...ABSENT_REPLICATION], 'multicast')),
  ...absent([MIRROR], 'mirroring'),
];
