/** Header fields of a packet by name, and a comparison of two packets. */
import type { HeaderField } from '../../../compiler/data-plane/data-plane.js';
import { must } from '../../../compiler/data-plane/must.js';
import { type DataPlane, fieldText } from '../../../compiler/index.js';
import { fieldAccess, InterpretedParser, Phv, readField } from '../../../sim/index.js';

/** Fields of the packet's headers in the order of the description, and the payload as hexadecimal. */
export function packetFields(dataPlane: DataPlane, bytes: Uint8Array): Map<string, string> {
  const phv = new Phv(dataPlane.headers.length);
  phv.begin(bytes, 0, bytes.length, 0);
  new InterpretedParser(dataPlane).parse(phv);
  const fields = new Map<string, string>();
  for (const field of dataPlane.layoutFields) {
    const start = phv.headerStart[field.header] ?? -1;
    if (start < 0) continue;
    fields.set(field.name, valueText(field, bytes, start));
  }
  const headersEnd = Math.max(
    0,
    ...dataPlane.headers.map(({ index, bytes: length }) => {
      const start = phv.headerStart[index] ?? -1;
      return start < 0 ? 0 : start + length;
    }),
  );
  fields.set('payload', hex(bytes.subarray(headersEnd)));
  return fields;
}

/** A value in the notation of packet traces. @param start index of the header's first byte */
function valueText(field: HeaderField, bytes: Uint8Array, start: number): string {
  if (field.width <= 32) return fieldText(field.name, readField(fieldAccess(field), bytes, start));
  const first = start + field.bitOffset / 8;
  const digits = hex(bytes.subarray(first, first + field.width / 8));
  return fieldText(field.name, BigInt(`0x${digits}`));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The fields in which two packets differ, as a table; `—` for a field that one lacks. */
export function fieldDifferences(dataPlane: DataPlane, expected: Uint8Array, actual: Uint8Array): string[] {
  const left = packetFields(dataPlane, expected);
  const right = packetFields(dataPlane, actual);
  const names = [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
  const rows = [
    ['field', 'expected', 'actual'],
    ...names.map((name) => [name, left.get(name) ?? '—', right.get(name) ?? '—']),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => must(row[column], 'cell of a row').length)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
