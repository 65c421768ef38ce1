/**
 * Incremental update of checksums: the parser subtracts from a checksum the fields that may change, which gives the
 * residual; the deparser adds their new values. So the payload is not needed, and an unchanged packet keeps its
 * checksum.
 */

import { checksumCoverage } from '../data-plane/checksums.js';
import type { DataPlane, HeaderField } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import { writtenFields } from './fields.js';
import { NoP4Source } from './unsupported.js';

export interface Residual {
  /** The header with the checksum. */
  readonly header: string;
  /** Fields that may change, by header, extended to whole 16-bit words. */
  readonly covered: readonly { readonly header: string; readonly fields: readonly HeaderField[] }[];
  /** Whether a checksum of 0 means that there is none, as in UDP. */
  readonly zeroMeansNone: boolean;
}

const HALF_WORD = 16;

/**
 * The checksums that a gress updates; empty where no covered field is written or the data plane does not update
 * checksums.
 */
export function residuals(dataPlane: DataPlane, gress: Gress): readonly Residual[] {
  if (!dataPlane.description.updatesChecksums) return [];
  const written = writtenFields(dataPlane, gress);
  const of = (header: string, kind: 'ipv4' | 'transport', only: readonly string[]): Residual => {
    const fields = written.filter((field) => isCovered(dataPlane, field, kind));
    const headers = [
      ...new Set(fields.map((field) => must(dataPlane.headers[field.header]?.name, `header of ${field.name}`))),
    ];
    const covered = headers
      .filter((name) => only.includes(name))
      .map((name) => {
        const mine = fields.filter((field) => dataPlane.headers[field.header]?.name === name);
        return { header: name, fields: halfWords(dataPlane, mine) };
      });
    return { header, covered, zeroMeansNone: header === 'udp' };
  };
  return [
    of('ipv4', 'ipv4', ['ipv4']),
    of('tcp', 'transport', ['ipv4', 'l4_port', 'tcp']),
    of('udp', 'transport', ['ipv4', 'l4_port', 'udp', 'l5']),
  ].filter(({ covered }) => covered.length > 0);
}

/** @throws {NoP4Source} for a field that a checksum adds twice: a checksum unit adds each container once */
function isCovered(dataPlane: DataPlane, field: HeaderField, kind: 'ipv4' | 'transport'): boolean {
  const { ipv4, transport } = checksumCoverage(dataPlane, field);
  if (kind === 'ipv4') return ipv4;
  if (transport === 2) throw new NoP4Source(dataPlane.name, `no checksum unit adds ${field.name} twice`);
  return transport === 1;
}

/** All fields of a header that share 16-bit words with these, in order. */
function halfWords(dataPlane: DataPlane, fields: readonly HeaderField[]): readonly HeaderField[] {
  const words = new Set(fields.flatMap((field) => wordsOf(field)));
  return dataPlane.layoutFields.filter(
    (field) => field.header === fields[0]?.header && wordsOf(field).some((word) => words.has(word)),
  );
}

function wordsOf({ bitOffset, width }: HeaderField): number[] {
  const first = Math.floor(bitOffset / HALF_WORD);
  const last = Math.floor((bitOffset + width - 1) / HALF_WORD);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
