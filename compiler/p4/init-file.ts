/** The init block: default forwarding, and the filters in the order of the description. */
import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import { type FilterStep, filterOrder } from '../data-plane/filter-order.js';
import { type Block, braces, comment, declaration, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { type MatchTable, matchTables } from '../data-plane/tables.js';
import { ARRIVAL_PORT, EGRESS_PORT } from './actions.js';
import type { PacketFields } from './fields.js';
import { nowhere } from './header-file.js';
import { localName, tableDeclaration } from './table.js';

export const INIT_PARAMETERS = ['inout header_t hdr', 'in ingress_intrinsic_metadata_t ig_intr_md'] as const;

export function initFile(dataPlane: DataPlane, fields: PacketFields): string {
  const tables = matchTables(dataPlane);
  const filters = dataPlane.filterTables.map(({ table }) => find(tables, table));
  const { programIdBits } = dataPlane.description.state;
  const body = spaced([
    forwardAction('forward', `bit<${dataPlane.description.ports.width}> port`, 'port'),
    [
      ...comment(
        dataPlane.discardPort === undefined
          ? 'A program may still forward the packet; otherwise it ends after the ingress.'
          : 'A program may still forward the packet; otherwise it ends after the egress of the discard port.',
      ),
      ...forwardAction(localName(FIXED_NAMES.forwardDrop), '', nowhere(dataPlane)),
    ],
    braces(`action ${localName(FIXED_NAMES.setProgram)}(bit<${programIdBits}> ${FIXED_NAMES.programParameter})`, [
      `hdr.meta.id.flow_id = ${FIXED_NAMES.programParameter};`,
    ]),
    tableDeclaration(find(tables, FIXED_NAMES.forwardTable), fields),
    ...filters.map((table) => tableDeclaration(table, fields)),
    braces('apply', applyBody(dataPlane)),
  ]);
  return renderBlocks([
    ...comment('The init block: sets the program of a packet, and its default forwarding.'),
    ...declaration('control InitBlock', INIT_PARAMETERS, body),
  ]);
}

function find(tables: readonly MatchTable[], name: string): MatchTable {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`there is no table ${name}`);
  return table;
}

const forwardAction = (name: string, parameters: string, port: string): Block[] =>
  braces(`action ${name}(${parameters})`, [`${EGRESS_PORT} = ${port};`, `${ARRIVAL_PORT} = ig_intr_md.ingress_port;`]);

/** Only for packets that are not recirculated: those have their program already. */
const applyBody = (dataPlane: DataPlane): Block[] =>
  braces('if (ig_intr_md.ingress_port != RECIRCULATION_PORT)', [
    `${localName(FIXED_NAMES.forwardTable)}.apply();`,
    ...comment('The first matching table, of those whose header the packet has.'),
    ...lookUps(filterOrder(dataPlane)),
  ]);

function lookUps(step: FilterStep | undefined): Block[] {
  if (step === undefined) return [];
  if (step.kind === 'lookUp') {
    const then = lookUps(step.onMiss);
    const apply = `${localName(step.table)}.apply()`;
    return then.length === 0 ? [`${apply};`] : braces(`if (${apply}.miss)`, then);
  }
  const otherwise = lookUps(step.lacking);
  const condition = `if (hdr.${step.header}.isValid()) {`;
  const having = lookUps(step.having);
  if (otherwise.length === 0) return [condition, having, '}'];
  const [head, ...tail] = otherwise;
  if (step.lacking?.kind === 'choice') return [condition, having, `} else ${String(head)}`, ...tail];
  return [condition, having, '} else {', otherwise, '}'];
}
