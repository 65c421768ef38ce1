/** Table entries as text: a line for each, in the order of installation. */

import { ones, readable } from '../../data-plane/bits.js';
import { counted } from '../../data-plane/counting.js';
import { type DataPlane, RPB_KEYS } from '../../data-plane/data-plane.js';
import { REGISTERS } from '../../data-plane/description.js';
import type { ActionArgument, CompiledProgram, KeyField, TableEntry } from '../../link/compiled-program.js';
import { matchText } from './words.js';

/** The entries by table; key fields that match anything are left out. */
export function entriesText({ program, programId, passes, entries }: CompiledProgram, dataPlane: DataPlane): string[] {
  let table = '';
  return [
    `program ${program}: id ${programId}, ${counted(passes, 'pass')}`,
    ...entries.flatMap((entry) => {
      const head = entry.table === table ? [] : [entry.table];
      table = entry.table;
      return [...head, `  ${entryText(entry, dataPlane)}`];
    }),
  ];
}

function entryText({ key, priority, action, parameters }: TableEntry, dataPlane: DataPlane): string {
  const fields = key.flatMap((field) => keyText(field, dataPlane) ?? []);
  const values = parameters.map(({ name, value }: ActionArgument) => `${name} ${readable(value)}`);
  const call = `${lastWord(action)}${values.length === 0 ? '' : `(${values.join(', ')})`}`;
  return `priority ${priority}: ${fields.join(', ') || 'any packet'}: ${call}`;
}

function keyText(field: KeyField, dataPlane: DataPlane): string | undefined {
  const name = lastWord(field.name);
  if (field.match === 'exact') return `${name} = ${readable(field.value)}`;
  if (field.mask === 0) return undefined;
  return matchText(name, field.value, field.mask, ones(widthOf(field.name, dataPlane)));
}

/** Width of a key field in bits. */
function widthOf(name: string, dataPlane: DataPlane): number {
  if (name === RPB_KEYS.branch) return dataPlane.description.state.branchIdBits;
  return REGISTER_KEYS.includes(name) ? REGISTER_BITS : dataPlane.field(name).width;
}

const REGISTER_KEYS: readonly string[] = REGISTERS.map((register) => RPB_KEYS[register]);
const REGISTER_BITS = 32;

/** A key or action without the block of the pipeline, which the name of the table has. */
const lastWord = (name: string): string => name.replace(/^(hdr\.meta|Switch(In|E)gress)\.(\w+\.)*/, '');
