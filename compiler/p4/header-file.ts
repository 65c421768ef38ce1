/** Headers, the carried state, metadata and constants. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { type Block, braces, comment, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { type StateField, stateFields } from '../data-plane/state-fields.js';
import { copyName, type PacketFields } from './fields.js';
import { keptFields } from './kept-fields.js';
import { optionHeaders } from './options.js';
import { residuals } from './residuals.js';

export function headerFile(dataPlane: DataPlane, fields: PacketFields): string {
  const { ports } = dataPlane.description;
  return renderBlocks(
    spaced([
      comment('Headers of packets, the state that a packet carries, and metadata.'),
      [
        `const PortId_t RECIRCULATION_PORT = ${ports.recirculation};`,
        `const PortId_t CPU_PORT = ${ports.cpu};`,
        ...(fields.hasGroups ? [`const PortId_t INVALID_PORT = ${2 ** ports.width - 1};`] : []),
        ...nowherePort(dataPlane),
      ],
      ...pairStruct(dataPlane),
      ...packetHeaders(dataPlane, fields),
      ...stateHeader(dataPlane),
      headerStruct(dataPlane, fields),
      metadata(dataPlane, fields, 'ingress'),
      metadata(dataPlane, fields, 'egress'),
    ]),
  );
}

/** The constant for the port of unforwarded packets. */
export const nowhere = ({ discardPort }: DataPlane): string => (discardPort === undefined ? 'NO_PORT' : 'DISCARD_PORT');

function nowherePort(dataPlane: DataPlane): Block[] {
  const { discardPort, description } = dataPlane;
  const [why, port] =
    discardPort === undefined
      ? ['Not a port of the chip: the traffic manager drops packets to it.', 2 ** description.ports.width - 1]
      : ['Unforwarded packets pass the egress of this port and end there.', discardPort];
  return [...comment(why), `const PortId_t ${nowhere(dataPlane)} = ${port};`];
}

const fieldLine = (name: string, width: number): string => `bit<${width}> ${name};`;

function packetHeaders(dataPlane: DataPlane, fields: PacketFields): Block[][] {
  const headers = [...fields.headers].map(([header, list]) =>
    braces(
      `header ${header}_h`,
      list.map(({ name, width }) => fieldLine(name, width)),
    ),
  );
  const options = optionHeaders(dataPlane);
  if (options.length === 0) return headers;
  const option = [...comment('One word of IPv4 options.'), ...braces('header option_h', [fieldLine('word', 32)])];
  return [...headers, option];
}

/** The type of a bucket with two words. */
export const PAIR_TYPE = 'pair_t';

function pairStruct({ rpbs }: DataPlane): Block[][] {
  if (rpbs.every(({ words }) => words === 1)) return [];
  return [
    [...comment('A bucket of an array of pairs.'), ...braces(`struct ${PAIR_TYPE}`, ['bit<32> lo;', 'bit<32> hi;'])],
  ];
}

/** The carried state, with a struct for each part, so that keys have the names of the control interface. */
function stateHeader(dataPlane: DataPlane): Block[][] {
  const state = stateFields(dataPlane);
  const parts = [...new Set(state.map(({ part }) => part))];
  const structs = parts.map((part) =>
    braces(`struct ${STRUCT[part]}`, state.filter((field) => field.part === part).map(stateLine)),
  );
  const header = [
    ...comment('The state that a packet carries from ingress to egress, and through the recirculation port.'),
    ...braces(
      'header state_h',
      parts.map((part) => `${STRUCT[part]} ${part};`),
    ),
  ];
  return [...structs, header];
}

const STRUCT: Readonly<Record<StateField['part'], string>> = {
  reg: 'register_t',
  id: 'id_t',
  param: 'parameter_t',
  rec: 'recirculation_t',
};

const stateLine = ({ name, width, isPadding }: StateField): string =>
  `${isPadding === true ? '@padding ' : ''}${fieldLine(name, width)}`;

function headerStruct(dataPlane: DataPlane, fields: PacketFields): Block[] {
  const headers = [...new Set(emitOrder(dataPlane))].map((name) => {
    return optionHeaders(dataPlane).includes(name) ? `option_h ${name};` : `${name}_h ${name};`;
  });
  const pragmas = (['ingress', 'egress'] as const).flatMap((gress) =>
    keptFields(dataPlane, fields, gress).map((field) => `@pa_no_overlay("${gress}", "${field}")`),
  );
  const why = comment(
    'Headers that exclude one another share containers, except for these fields: fields of missing headers must read as 0,',
    'and writes to them must have no effect.',
  );
  return [...why, ...pragmas, ...braces('struct header_t', ['state_h meta;', ...headers])];
}

/** Headers in the order of the packet; IPv4 options follow their header. */
export function emitOrder(dataPlane: DataPlane): readonly string[] {
  return dataPlane.headers.flatMap(({ name, description }) =>
    description.lengthWords === undefined ? [name] : [name, ...optionHeaders(dataPlane)],
  );
}

function metadata(dataPlane: DataPlane, fields: PacketFields, gress: Gress): Block[] {
  const copies = fields.copiedFields(gress).map((field) => fieldLine(copyName(field), 32));
  const sums = residuals(dataPlane, gress).flatMap(({ header, zeroMeansNone }) => [
    fieldLine(`${header}_residual`, 16),
    ...(zeroMeansNone ? [`bool ${header}_has_checksum;`] : []),
  ]);
  return braces(`struct ${gress}_metadata_t`, [...copies, ...sums]);
}
