/** Moves between registers and fields: of headers, or of intrinsic metadata. */
import type { Register } from '../description.js';
import { compactFieldName, type DirectStatement, effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export interface Extract {
  readonly kind: 'extract';
  readonly field: string;
  readonly register: Register;
}

export interface Modify {
  readonly kind: 'modify';
  readonly field: string;
  readonly register: Register;
}

const nameOf = ({ kind, field, register }: Extract | Modify): string =>
  `${kind}_${compactFieldName(field)}_${register}`;

/** @returns field and register of an action `kind_field_register`, if the data plane has the field */
function parsed<Kind extends 'extract' | 'modify'>(
  kind: Kind,
  name: string,
  fieldByCompactName: ReadonlyMap<string, string>,
): { readonly kind: Kind; readonly field: string; readonly register: Register } | undefined {
  const parts = /^(extract|modify)_([a-z0-9]+)_(har|sar|mar)$/.exec(name);
  const field = parts?.[1] === kind ? fieldByCompactName.get(parts[2] as string) : undefined;
  return field === undefined ? undefined : { kind, field, register: parts?.[3] as Register };
}

function direct<Kind extends 'extract' | 'modify'>(
  kind: Kind,
  { primitive, field, registers: [register] }: DirectStatement,
): { readonly kind: Kind; readonly field: string; readonly register: Register } | undefined {
  if (primitive !== kind.toUpperCase() || field === undefined || register === undefined) return undefined;
  return { kind, field, register };
}

export const EXTRACT: InstructionFamily<Extract> = {
  kind: 'extract',
  group: 'header',
  title: 'Fields into registers',
  heading: 'Header fields and intrinsic ones into registers.',
  members: [],
  inlines: true,
  name: nameOf,
  parse: (name, fields) => parsed('extract', name, fields),
  parameters: () => [],
  effects: ({ field, register }) => effects({ writes: [register], moves: { field, to: 'register' } }),
  direct: (statement) => direct('extract', statement),
  known: (state, { register }, _values, extracted) => withRegister(state, register, extracted),
  words: ({ field, register }) => stepWords('header', 'EXTRACT', field, register),
  p4: ({ field, register }, _parameters, names) => [`${names.registers[register]} = ${names.registerValue(field)};`],
  summary: ({ field, register }) => `${register} = ${field}, zero-extended; 0 if the packet lacks the header`,
};

export const MODIFY: InstructionFamily<Modify> = {
  kind: 'modify',
  group: 'header',
  title: 'Registers into fields',
  heading: 'Registers into header fields.',
  members: [],
  inlines: true,
  name: nameOf,
  parse: (name, fields) => parsed('modify', name, fields),
  parameters: () => [],
  effects: ({ field, register }) => effects({ reads: [register], moves: { field, to: 'header' } }),
  direct: (statement) => direct('modify', statement),
  known: (state) => state,
  words: ({ field, register }) => stepWords('header', 'MODIFY', field, register),
  p4: ({ field, register }, _parameters, names) => names.writeField(field, names.registers[register]),
  summary: ({ field, register }) =>
    `${field} = ${register}, cut to the field's width; nothing if the packet lacks the header`,
};
