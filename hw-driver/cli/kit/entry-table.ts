/** Table entries as rows for people: short names of tables and actions, fields in the notation of their values. */

import {
  type AddressMatch,
  fieldText,
  maskText,
  numberText,
  withAddresses,
} from '../../../compiler/data-plane/field-text.js';
import { must } from '../../../compiler/data-plane/must.js';
import { wrap } from '../../../compiler/explain/text-wrap.js';
import { type DataPlane, type KeyField, RPB_KEYS, type TableEntry } from '../../../compiler/index.js';

/** The columns that {@link entryCells} fills. */
export const ENTRY_COLUMNS = ['table', 'priority', 'action', 'matches'] as const;

/** What an entry matches stands last, as it may be long. */
export function entryCells(entry: TableEntry, dataPlane: DataPlane): string[] {
  const rpb = dataPlane.rpbs.find(({ table }) => table === entry.table);
  const parameters = entry.parameters.map(({ value }) => parameterText(value)).join(', ');
  const fields = entry.key
    // The program stands in a column of its own, and an open field says nothing.
    .filter((field) => field.name !== RPB_KEYS.program && (field.match === 'exact' || field.mask !== 0));
  const conditions = withAddresses(fields).map((field) =>
    'address' in field ? addressText(field) : conditionText(field, widthOf(field.name, dataPlane)),
  );
  return [
    rpb === undefined ? lastWord(entry.table) : `RPB ${rpb.number}`,
    String(entry.priority),
    `${lastWord(entry.action)}(${parameters})`,
    conditions.join(', '),
  ];
}

/** Ports, buckets and counts are below it; larger parameters are addresses, masks or bits of other fields. */
const DECIMAL_BELOW = 2 ** 16;

const parameterText = (value: number): string => (value < DECIMAL_BELOW ? String(value) : numberText(value));

const lastWord = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const STATE_NAMES: ReadonlyMap<string, string> = new Map([
  [RPB_KEYS.recirculation, 'pass'],
  [RPB_KEYS.branch, 'branch'],
  [RPB_KEYS.har, 'har'],
  [RPB_KEYS.sar, 'sar'],
  [RPB_KEYS.mar, 'mar'],
]);

/** An address, with the length of its prefix if it is one. */
const addressText = ({ name, address, isWhole }: AddressMatch): string =>
  `${name}=${isWhole ? address.slice(0, address.indexOf('/')) : address}`;

function conditionText(field: KeyField, width: number | undefined): string {
  const state = STATE_NAMES.get(field.name);
  const value = state === undefined ? fieldText(field.name, field.value) : numberText(field.value);
  const name = state ?? field.name;
  if (field.match === 'exact' || (width !== undefined && field.mask === 2 ** width - 1)) return `${name}=${value}`;
  const mask = state === undefined ? maskText(field.name, field.mask) : numberText(field.mask);
  return `${name}=${value}/${mask}`;
}

/** The width of a key field in bits; undefined for one that the data plane does not have. */
function widthOf(name: string, dataPlane: DataPlane): number | undefined {
  const { branchIdBits } = dataPlane.description.state;
  if (name === RPB_KEYS.branch) return branchIdBits;
  if (STATE_NAMES.has(name)) return 32;
  return dataPlane.filterTables.flatMap(({ keys }) => keys).find((key) => key.name === name)?.width;
}

/**
 * Rows under their head, in columns as wide as their longest cell; the last column is broken between words where it would
 * pass the width.
 * @param width in columns
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) =>
    all.reduce((widest, row) => Math.max(widest, must(row[i], 'cell of a row').length), 0),
  );
  const lastColumn = head.length - 1;
  return all
    .flatMap((row) => {
      const before = row.slice(0, lastColumn).map((cell, i) => cell.padEnd(must(widths[i], 'width of a column')));
      const first = [...before, ''].join('  ');
      return wrap(must(row[lastColumn], 'last cell of a row'), width, first, ' '.repeat(first.length));
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
