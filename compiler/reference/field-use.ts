/** What can be done with a field on a data plane: filter, EXTRACT, MODIFY, hash. Computed from its description. */
import type { DataPlane, Field } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import { FIVE_TUPLE, IPV6_TUPLE } from '../data-plane/headers.js';
import { actionName } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { rpbNumbersWith } from './places.js';

/** A register that a field moves to or from, and the RPBs that can do it (numbers, ascending). */
export interface FieldMove {
  readonly register: Register;
  readonly rpbs: readonly number[];
}

export interface FieldUse {
  readonly field: Field;
  /** The header that it belongs to, by name; undefined for a field that the switch supplies. */
  readonly header: string | undefined;
  /** Other spellings, and what they say about the IP protocol. */
  readonly aliases: readonly { readonly spelling: string; readonly protocol: number | undefined }[];
  readonly extract: readonly FieldMove[];
  readonly modify: readonly FieldMove[];
  /** The paths of the filter tables that have it as a key, without those that no packet reaches. */
  readonly filters: readonly string[];
  /** Whether HASH_5_TUPLE takes it. */
  readonly isHashed: boolean;
}

/** The uses of all fields, in the order of the description. */
export const fieldUses = (dataPlane: DataPlane): readonly FieldUse[] =>
  [...dataPlane.fields.values()].map((field) => fieldUse(field, dataPlane));

export function fieldUse(field: Field, dataPlane: DataPlane): FieldUse {
  const moves = (kind: 'extract' | 'modify'): readonly FieldMove[] =>
    REGISTERS.flatMap((register) => {
      const rpbs = rpbNumbersWith(actionName({ kind, field: field.name, register }), dataPlane);
      return rpbs.length === 0 ? [] : [{ register, rpbs }];
    });
  const keys = dataPlane.wordsOf(field);
  return {
    field,
    header: field.kind === 'header' ? must(dataPlane.headers[field.header], `header of ${field.name}`).name : undefined,
    aliases: Object.entries(dataPlane.description.aliases).flatMap(([spelling, alias]) =>
      alias.field === field.name ? [{ spelling, protocol: alias.protocol }] : [],
    ),
    // Fields that fit no register have no actions.
    extract: moves('extract'),
    modify: moves('modify'),
    filters: dataPlane.filterTables
      .filter((table) => keys.every((key) => table.keys.includes(key)) && table.unreachable === undefined)
      .map(({ path }) => path),
    isHashed: FIVE_TUPLE.includes(field.name) || IPV6_TUPLE.includes(field.name),
  };
}
