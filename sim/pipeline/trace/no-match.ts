/** What to say where a program saw no packet at all. */
import type { Program } from '../../../compiler/index.js';
import { fieldText, maskText } from './field-text.js';

/** A sentence with the filter as its text has it. */
export function noMatchText({ name, filters }: Program): string {
  const texts = filters.map(
    ({ field, value, mask }) => `<${field.name}, ${fieldText(field.name, value)}, ${maskText(field.name, mask)}>`,
  );
  return `no packet matched the filter of ${name}: ${texts.join(', ')}`;
}
