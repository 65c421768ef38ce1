/** The initialisation block: default forwarding and the filters, in the order of the description. */
import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import { type MatchTable, matchTables } from '../data-plane/tables.js';
import { ARRIVAL_PORT, EGRESS_PORT } from './actions.js';
import type { PacketFields } from './fields.js';
import { localName, tableDeclaration } from './table.js';
import { type Block, braces, comment, declaration, renderBlocks, spaced } from './text.js';

export const INIT_PARAMETERS = ['inout header_t hdr', 'in ingress_intrinsic_metadata_t ig_intr_md'] as const;

export function initFile(dataPlane: DataPlane, fields: PacketFields): string {
  const tables = matchTables(dataPlane);
  const filters = dataPlane.filterTables.map(({ table, requires }) => {
    return { table: find(tables, table), name: localName(table), header: dataPlane.headers[requires]?.name ?? '' };
  });
  const { programIdBits } = dataPlane.description.state;
  const body = spaced([
    forwardAction('forward', `bit<${dataPlane.description.ports.width}> port`, 'port'),
    [
      ...comment('A program may still forward the packet; otherwise it ends behind the ingress.'),
      ...forwardAction(localName(FIXED_NAMES.forwardDrop), '', 'NO_PORT'),
    ],
    braces(`action ${localName(FIXED_NAMES.setProgram)}(bit<${programIdBits}> ${FIXED_NAMES.programParameter})`, [
      `hdr.meta.id.flow_id = ${FIXED_NAMES.programParameter};`,
    ]),
    tableDeclaration(find(tables, FIXED_NAMES.forwardTable), fields),
    ...filters.map(({ table }) => tableDeclaration(table, fields, { isDefaultFixed: true })),
    braces('apply', applyBody(filters, dataPlane)),
  ]);
  return renderBlocks([
    ...comment('The initialisation block: which program a packet runs, and where it goes if none forwards it.'),
    ...declaration('control InitBlock', INIT_PARAMETERS, body),
  ]);
}

function find(tables: readonly MatchTable[], name: string): MatchTable {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

const forwardAction = (name: string, parameters: string, port: string): Block[] =>
  braces(`action ${name}(${parameters})`, [`${EGRESS_PORT} = ${port};`, `${ARRIVAL_PORT} = ig_intr_md.ingress_port;`]);

interface Filter {
  readonly name: string;
  /** The header that a packet must have. */
  readonly header: string;
}

/** A recirculated packet has its program already. */
const applyBody = (filters: readonly Filter[], dataPlane: DataPlane): Block[] =>
  braces('if (ig_intr_md.ingress_port != RECIRCULATION_PORT)', [
    `${localName(FIXED_NAMES.forwardTable)}.apply();`,
    ...comment('The first table that matches, of those whose header the packet has.'),
    ...filterChain(filters, headerSets(dataPlane)),
  ]);

/**
 * One branch for each kind of packet: what decides whether a table is looked up is then known before, and the miss of
 * one leads to the next in the same stage. A table stands in several branches, of which a packet takes one.
 *
 * @param kinds the sets of headers that a packet may have here
 */
function filterChain(filters: readonly Filter[], kinds: readonly ReadonlySet<string>[]): Block[] {
  const [first, ...rest] = filters;
  if (first === undefined) return [];
  const having = kinds.filter((kind) => kind.has(first.header));
  const lacking = kinds.filter((kind) => !kind.has(first.header));
  if (having.length === 0) return filterChain(rest, lacking);
  const then = filterChain(rest, having);
  const lookUp = then.length === 0 ? [`${first.name}.apply();`] : braces(`if (${first.name}.apply().miss)`, then);
  if (lacking.length === 0) return lookUp;
  const otherwise = filterChain(rest, lacking);
  const condition = `if (hdr.${first.header}.isValid()) {`;
  if (otherwise.length === 0) return [condition, lookUp, '}'];
  const [head, ...tail] = otherwise;
  if (typeof head === 'string' && head.startsWith('if (hdr.')) return [condition, lookUp, `} else ${head}`, ...tail];
  return [condition, lookUp, '} else {', otherwise, '}'];
}

/** The sets of headers that packets have: those of every way from the parser's start that ends somewhere. */
function headerSets({ description: { parser } }: DataPlane): readonly ReadonlySet<string>[] {
  const waysFrom = (state: string, before: readonly string[]): ReadonlySet<string>[] => {
    const { extract = [], select } = parser.states[state] ?? {};
    const here = [...before, ...extract];
    return [new Set(here), ...(select?.next ?? []).flatMap((edge) => waysFrom(edge.state, here))];
  };
  return waysFrom(parser.start, []);
}
