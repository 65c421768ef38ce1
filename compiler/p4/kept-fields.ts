/**
 * Fields that must have containers of their own. Headers that exclude one another share containers otherwise: a field of
 * a header that a packet lacks then holds what another header has there, and is to read as 0; and what an action writes of
 * a header that a packet lacks would end up in one that it has.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import { copyName, extractedFields, type PacketFields, wholeField, writtenFields } from './fields.js';
import { residuals } from './residuals.js';

/** As the source names them: what EXTRACT, hashes, filters and checksums read in a gress, and what actions write there. */
export function keptFields(dataPlane: DataPlane, fields: PacketFields, gress: Gress): readonly string[] {
  const names = new Set([
    ...extractedFields(dataPlane, gress).map(({ name }) => name),
    ...hashedFields(dataPlane, gress),
    ...filterFields(dataPlane, gress),
    ...writtenFields(dataPlane, gress).map(({ name }) => name),
    ...checksumFields(dataPlane, gress),
  ]);
  const inOrder = [...dataPlane.fields.keys()].filter((name) => names.has(name));
  const ofHeaders = inOrder.map((name) => wholeField(fields.expression(name)));
  return [...new Set([...ofHeaders, ...metadataFields(dataPlane, fields, gress)])];
}

function hashedFields({ rpbs }: DataPlane, gress: Gress): readonly string[] {
  return rpbs
    .filter((rpb) => rpb.gress === gress)
    .flatMap(({ actions }) => [...actions.values()])
    .flatMap(({ effect }) => effectsOf(effect).readsFields);
}

/** Filters lie in ingress. */
const filterFields = ({ filterTables }: DataPlane, gress: Gress): readonly string[] =>
  gress === 'egress'
    ? []
    : filterTables.flatMap(({ keys }) => keys.flatMap(({ kind, name }) => (kind === 'header' ? [name] : [])));

/** What a checksum covers of other headers than its own; a packet may lack those. */
const checksumFields = (dataPlane: DataPlane, gress: Gress): readonly string[] =>
  residuals(dataPlane, gress).flatMap(({ header, covered }) =>
    covered.filter((part) => part.header !== header).flatMap((part) => part.fields.map(({ name }) => name)),
  );

/** What the parser sets for some packets, and all are asked for. */
function metadataFields(dataPlane: DataPlane, fields: PacketFields, gress: Gress): readonly string[] {
  const metadata = METADATA[gress];
  const optional = residuals(dataPlane, gress).filter(({ zeroMeansNone }) => zeroMeansNone);
  return [
    ...fields.copiedFields(gress).map((field) => `${metadata}.${copyName(field)}`),
    ...optional.map(({ header }) => `${metadata}.${header}_has_checksum`),
  ];
}

/** The metadata of each gress, as parsers, controls and deparsers name it. */
export const METADATA: Readonly<Record<Gress, string>> = { ingress: 'ig_md', egress: 'eg_md' };
