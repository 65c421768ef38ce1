/** Signature help: the parameters of the primitive, filter or condition at an offset. */
import { argumentKind, PRIMITIVES, type PrimitiveRow } from '../language/primitives.js';
import { isInComment } from './comments.js';
import type { ServiceDocument } from './document.js';
import { MATCH_PARTS } from './structure.js';

export interface SignatureHelp {
  /** `EXTRACT(field, register)`. */
  readonly label: string;
  /** What it does, as a formula. */
  readonly summary: string;
  /** Stretches of the label, one for each parameter. */
  readonly parameters: readonly (readonly [start: number, end: number])[];
  /** From 0; not less than the number of parameters where too many are written. */
  readonly active: number;
}

/** Undefined outside parentheses and angle brackets. */
export function signatureHelpAt(document: ServiceDocument, offset: number): SignatureHelp | undefined {
  if (isInComment(document.comments, document.text, offset)) return undefined;
  const place = document.placeAt(offset);
  if (place.kind === 'argument') {
    const row = PRIMITIVES.get(place.callee.text);
    if (row === undefined || row.arguments.length === 0) return undefined;
    return {
      ...signature(`${row.name}(`, row.arguments, ')'),
      summary: row.summary,
      active: activeArgument(row, place.index),
    };
  }
  if (place.kind !== 'match') return undefined;
  const isFilter = place.of === 'program';
  const subject = isFilter ? 'field' : 'register';
  return {
    ...signature('<', [subject, 'value', 'mask'], '>'),
    summary: `${subject} & mask = value`,
    active: MATCH_PARTS.indexOf(place.part),
  };
}

/** Fields that are hashed are one parameter. */
const activeArgument = (row: PrimitiveRow, index: number): number =>
  argumentKind(row, index) === 'fields' ? row.arguments.length - 1 : index;

function signature(
  before: string,
  names: readonly string[],
  after: string,
): Pick<SignatureHelp, 'label' | 'parameters'> {
  const parameters: (readonly [number, number])[] = [];
  let label = before;
  for (const name of names) {
    if (parameters.length > 0) label += ', ';
    parameters.push([label.length, label.length + name.length]);
    label += name;
  }
  return { label: label + after, parameters };
}
