/** The recirculation block, which sends a packet to the recirculation port or to its egress port. */
import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import { type Block, braces, comment, declaration, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { matchTables } from '../data-plane/tables.js';
import { EGRESS_PORT, GROUP } from './actions.js';
import type { PacketFields } from './fields.js';
import { localName, tableDeclaration } from './table.js';

export const RECIRCULATION_PARAMETERS = [
  'inout header_t hdr',
  'inout ingress_intrinsic_metadata_for_tm_t ig_tm_md',
] as const;

export const RECIRCULATION_FLAG = 'hdr.meta.rec.recirculation_flag';
const UNICAST_PORT = 'ig_tm_md.ucast_egress_port';
const MULTICAST_GROUP = 'ig_tm_md.mcast_grp_a';

export function recirculationFile(dataPlane: DataPlane, fields: PacketFields): string {
  const table = matchTables(dataPlane).find(({ name }) => name === FIXED_NAMES.recirculationTable);
  if (table === undefined) throw new Error(`there is no table ${FIXED_NAMES.recirculationTable}`);
  const again = `${UNICAST_PORT} = RECIRCULATION_PORT;`;
  const leave = [`${UNICAST_PORT} = ${EGRESS_PORT};`, ...(fields.hasGroups ? [`${MULTICAST_GROUP} = ${GROUP};`] : [])];
  const action = (name: string, statements: readonly string[]): Block[] =>
    braces(`action ${localName(name)}()`, statements);
  const body = spaced([
    action(FIXED_NAMES.firstRecirculate, [`${RECIRCULATION_FLAG} = 1;`, again]),
    action(FIXED_NAMES.middleRecirculate, [again]),
    action(FIXED_NAMES.lastRecirculate, [`${RECIRCULATION_FLAG} = 0;`, ...leave]),
    action(FIXED_NAMES.setEgressPort, leave),
    tableDeclaration(table, fields),
    braces('apply', [`${localName(table.name)}.apply();`]),
  ]);
  return renderBlocks([
    ...comment(
      'The recirculation block. A program of p passes has p entries: first, middle ones, last; one of a single pass has',
      'none. A dropped packet ends here, on any port.',
    ),
    ...declaration('control RecirculationBlock', RECIRCULATION_PARAMETERS, body),
  ]);
}
