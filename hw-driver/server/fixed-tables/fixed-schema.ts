/**
 * Tables that every Tofino has beside those of its program, in the non-P4 part of bf-rt.json. Names, ids
 * and types are the interface of p4lang/open-p4studio (bf_rt_port, bf_rt_pre, bf_rt_mirror for a Tofino 1; Apache-2.0).
 */

/** The type of a value in messages: text, truth value or number; numbers are sent as bytes, except `float`. */
export type FieldType = 'string' | 'bool' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'int32' | 'float' | 'bytes';

export interface FixedField {
  readonly id: number;
  readonly name: string;
  readonly type: FieldType;
  /** Width of `bytes`, in bits. */
  readonly width?: number;
  /** The possible values of a `string`; the first is the default. */
  readonly choices?: readonly string[];
  /** The default value. */
  readonly fallback?: number | boolean;
  readonly readOnly?: true;
  readonly repeated?: true;
  readonly mandatory?: true;
}

export interface FixedTable {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly keys: readonly FixedField[];
  readonly data: readonly FixedField[];
  readonly actions?: readonly { readonly id: number; readonly name: string; readonly data: readonly FixedField[] }[];
}

/** The non-P4 part of bf-rt.json. */
export function fixedJson(tables: readonly FixedTable[]): string {
  return JSON.stringify({ schema_version: '1.0.0', tables: tables.map(tableJson), learn_filters: [] });
}

function tableJson({ name, id, type, size, keys, data, actions }: FixedTable) {
  return {
    name,
    id,
    table_type: type,
    size,
    annotations: [],
    depends_on: [],
    key: keys.map((key) => ({ ...fieldJson(key), mandatory: true, match_type: 'Exact' })),
    ...(actions === undefined
      ? {}
      : { action_specs: actions.map((action) => ({ ...action, data: action.data.map(dataJson) })) }),
    data: data.map(dataJson),
    supported_operations: [],
    attributes: [],
  };
}

const dataJson = (field: FixedField) => ({
  mandatory: field.mandatory === true,
  read_only: field.readOnly === true,
  singleton: fieldJson(field),
});

function fieldJson({ id, name, type, width, choices, fallback, repeated }: FixedField) {
  return {
    id,
    name,
    repeated: repeated === true,
    annotations: [],
    type: {
      type,
      ...(width === undefined ? {} : { width }),
      ...(choices === undefined ? {} : { choices }),
      ...(fallback === undefined ? {} : { default_value: fallback }),
    },
  };
}
