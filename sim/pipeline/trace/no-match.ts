/** The hint that a program matched no packet. */
import { withAddresses } from '../../../compiler/data-plane/field-text.js';
import { fieldText, maskText, type Program } from '../../../compiler/index.js';

/** One sentence, with the filter as in the program's text. */
export function noMatchText({ name, filters }: Program): string {
  const matches = filters.map(({ field, value, mask }) => ({ name: field.name, value, mask }));
  const texts = withAddresses(matches).map((match) =>
    'address' in match
      ? `<${match.name}, ${match.address}>`
      : `<${match.name}, ${fieldText(match.name, match.value)}, ${maskText(match.name, match.mask)}>`,
  );
  return `no packet matched the filter of ${name}: ${texts.join(', ')}`;
}
