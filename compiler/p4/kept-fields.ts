/**
 * Fields that must have separate containers. Otherwise headers that exclude one another share containers: a field of
 * a missing header would have the value of another header's field instead of 0, and a write to a field of
 * a missing header would change another header.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import { copyName, extractedFields, type PacketFields, wholeField, writtenFields } from './fields.js';
import { residuals } from './residuals.js';

/**
 * The P4 names of the fields that EXTRACT, hashes, filters and checksums read in a gress, and that actions write there.
 */
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

/** Filters are in ingress. */
const filterFields = ({ filterTables }: DataPlane, gress: Gress): readonly string[] =>
  gress === 'egress'
    ? []
    : filterTables.flatMap(({ keys }) => keys.flatMap(({ kind, name }) => (kind === 'header' ? [name] : [])));

/** Fields that a checksum covers in other headers than its own, which a packet may lack. */
const checksumFields = (dataPlane: DataPlane, gress: Gress): readonly string[] =>
  residuals(dataPlane, gress).flatMap(({ header, covered }) =>
    covered.filter((part) => part.header !== header).flatMap((part) => part.fields.map(({ name }) => name)),
  );

/** Metadata that the parser sets for some packets and that is read for all. */
function metadataFields(dataPlane: DataPlane, fields: PacketFields, gress: Gress): readonly string[] {
  const metadata = METADATA[gress];
  const optional = residuals(dataPlane, gress).filter(({ zeroMeansNone }) => zeroMeansNone);
  return [
    ...fields.copiedFields(gress).map((field) => `${metadata}.${copyName(field)}`),
    ...optional.map(({ header }) => `${metadata}.${header}_has_checksum`),
  ];
}

/** The name of the metadata of each gress in parsers, controls and deparsers. */
export const METADATA: Readonly<Record<Gress, string>> = { ingress: 'ig_md', egress: 'eg_md' };
