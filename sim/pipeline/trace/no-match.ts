/** The hint that a program matched no packet. */
import { fieldText, maskText, type Program } from '../../../compiler/index.js';

/** One sentence, with the filter as in the program's text. */
export function noMatchText({ name, filters }: Program): string {
  const texts = filters.map(
    ({ field, value, mask }) => `<${field.name}, ${fieldText(field.name, value)}, ${maskText(field.name, mask)}>`,
  );
  return `no packet matched the filter of ${name}: ${texts.join(', ')}`;
}
