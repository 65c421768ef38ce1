/** What a filter compares: a field, or the words of a field that no number holds. */
import { and48 } from '../data-plane/bits.js';
import type { DataPlane, Field } from '../data-plane/data-plane.js';
import { wordsOf } from '../data-plane/ipv6-text.js';
import { must } from '../data-plane/must.js';
import type { FieldMatch } from './program.js';
import type { Integer, MatchSyntax } from './syntax.js';

/** All bits of an integer. */
export const exactValue = ({ value, wide }: Integer): bigint => wide ?? BigInt(value);

/** The comparisons of a filter; of a wide field those of all its words, the most significant first. */
export function fieldMatches({ value, mask }: MatchSyntax, field: Field, dataPlane: DataPlane): FieldMatch[] {
  const words = dataPlane.wordsOf(field);
  if (words.length === 1) return [{ field, value: and48(value.value, mask.value), mask: mask.value }];
  const values = wordsOf(exactValue(value), field.width);
  const masks = wordsOf(exactValue(mask), field.width);
  return words.map((word, i) => {
    const wordMask = must(masks[i], 'word of a mask');
    return { field: word, value: and48(must(values[i], 'word of a value'), wordMask), mask: wordMask };
  });
}

/** The field that says which protocol a packet has behind its addresses, by version of IP. */
const PROTOCOL_FIELDS = ['hdr.ipv4.protocol', 'hdr.ipv6.next_header'];

/** The field that a port of TCP or UDP says something about: that of the first version of IP that the filters allow. */
export function protocolField(filters: readonly FieldMatch[], dataPlane: DataPlane): Field {
  const fields = PROTOCOL_FIELDS.filter((name) => dataPlane.fields.has(name)).map((name) => dataPlane.field(name));
  const isPossible = (field: Field): boolean =>
    dataPlane.filterTables.some(
      ({ keys }) => keys.includes(field) && filters.every((filter) => keys.includes(filter.field)),
    );
  return must(fields.find(isPossible) ?? fields[0], 'field of the protocol');
}
