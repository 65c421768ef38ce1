/**
 * Headers that a packet has or lacks by the value of a field. Where a program writes such a field, the parser of the
 * chip may find other headers in the egress and in later passes, so a statement behind it would depend on its RPB.
 */
import type { DataPlane, Field, HeaderField } from '../data-plane/data-plane.js';
import { HASHED_FIELDS } from '../data-plane/headers.js';
import { must } from '../data-plane/must.js';
import type { Diagnostics } from './diagnostics.js';
import { PRIMITIVES } from './primitives.js';
import type { PrimitiveStatement } from './program.js';

/** Headers by index that a packet may have got or lost on a path, each with the field that was written. */
export type ChangedHeaders = Map<number, Field>;

/** By name of a field of the layout: indices of the headers behind it. */
type Dependents = Map<string, Set<number>>;

const known = new WeakMap<DataPlane, Dependents>();
const NONE: ReadonlySet<number> = new Set();

/** Indices of the headers that the parser finds or not by the value of this field. */
export function headersBehind(dataPlane: DataPlane, field: HeaderField): ReadonlySet<number> {
  let dependents = known.get(dataPlane);
  if (dependents === undefined) {
    dependents = new Map();
    visit(dataPlane.description.parser.start, new Set(), dataPlane, dependents);
    known.set(dataPlane, dependents);
  }
  return dependents.get(dataPlane.layoutField(field).name) ?? NONE;
}

/** @param before fields that the parser has looked at on the way to a state */
function visit(name: string, before: ReadonlySet<string>, dataPlane: DataPlane, dependents: Dependents): void {
  const { headers, parser } = dataPlane.description;
  const { extract, only, select } = must(parser.states[name], `state ${name} of the parser`);
  const read = new Set(before);
  for (const header of extract) {
    const { valid, lengthWords } = must(headers[header], `header ${header}`);
    if (valid !== undefined) for (const { field } of valid) read.add(`hdr.${header}.${field}`);
    for (const field of read) dependOn(field, dataPlane.headerIndex(header), dependents);
    if (lengthWords !== undefined) read.add(`hdr.${header}.${lengthWords}`);
  }
  if (only !== undefined) read.add(only.field);
  if (select === undefined) return;
  read.add(select.field);
  for (const { state } of select.next) visit(state, read, dataPlane, dependents);
}

function dependOn(field: string, header: number, dependents: Dependents): void {
  const headers = dependents.get(field);
  if (headers === undefined) dependents.set(field, new Set([header]));
  else headers.add(header);
}

/** Refuses headers that a field decides on which was written before, and notes those that this statement decides on. */
export function reportChangedHeader(
  { primitive, field, hashed, span }: PrimitiveStatement,
  { dataPlane, diagnostics }: { readonly dataPlane: DataPlane; readonly diagnostics: Diagnostics },
  changed: ChangedHeaders,
): void {
  const { fields } = must(PRIMITIVES.get(primitive), 'row of a primitive');
  const names: readonly string[] = hashed === undefined ? fields : HASHED_FIELDS[hashed];
  const others = names.map((name) => dataPlane.field(name));
  for (const used of field === undefined ? others : [field, ...others]) {
    const written = used.kind === 'header' ? changed.get(used.header) : undefined;
    if (used.kind !== 'header' || written === undefined) continue;
    const header = must(dataPlane.headers[used.header], `header of ${used.name}`).name;
    diagnostics.report(
      'header-may-change',
      span,
      `${primitive} uses header ${header}, which a packet has or lacks by ${written.name}, and that was written before`,
      `write ${written.name} behind it`,
    );
    break;
  }
  if (primitive !== 'MODIFY' || field?.kind !== 'header') return;
  for (const header of headersBehind(dataPlane, field)) changed.set(header, field);
}
