/** The fields of HASH_FIELDS: a list that some hash takes. */
import type { HashedFields } from '../data-plane/headers.js';
import { textOf } from './argument-habits.js';
import type { Diagnostics } from './diagnostics.js';
import { HASHED_LISTS, HASHED_WORDS, hashedFields, hashedWords, nearestList } from './hashed-fields.js';
import type { PrimitiveRow } from './primitives.js';
import type { StatementSyntax } from './syntax.js';
import { wrongKind } from './wrong-kind.js';

type PrimitiveSyntax = StatementSyntax & { kind: 'primitive' };

/** The lists of fields that some hash takes, as a hint. */
export const fieldLists = ({ name }: PrimitiveRow): string =>
  `${name} takes ${HASHED_LISTS.map((list) => `(${hashedWords(list).join(', ')})`).join(', ')}`;

/** @param from the place of the first of the fields among the arguments */
export function checkHashedFields(
  { arguments: all, span }: PrimitiveSyntax,
  from: number,
  row: PrimitiveRow,
  diagnostics: Diagnostics,
): HashedFields | undefined {
  const given = all.slice(from);
  const words = given.map((argument) => (argument.kind === 'name' ? argument.text : ''));
  const hashed = hashedFields(words);
  if (hashed !== undefined) return hashed;
  const other = given.find((argument) => argument.kind !== 'name' || !HASHED_WORDS.includes(argument.text));
  if (other !== undefined) {
    return wrongKind(other, 'a field of the 5-tuple', row, diagnostics, () => fieldLists(row));
  }
  diagnostics.report('wrong-argument-kind', span, 'no hash takes these fields in this order', () => {
    const meant = nearestList(words);
    if (meant === undefined) return undefined;
    const fixed = [...all.slice(0, from).map(textOf), ...hashedWords(meant)];
    const text = `${row.name}(${fixed.join(', ')});`;
    return { hint: `write ${text}`, fix: { title: `write ${text}`, start: span.start, end: span.end, text } };
  });
  return undefined;
}
