/** Elements of SVG documents as text. */
import { must } from '../../data-plane/must.js';

export type Attributes = Readonly<Record<string, string | number>>;

/**
 * Escapes text for the content or an attribute of an element; control characters, which XML does not allow, become `?`.
 */
export const escapeXml = (text: string): string =>
  [...text]
    .map((letter) => {
      const code = must(letter.codePointAt(0), 'code point of a letter');
      if ((code < 32 && code !== 9 && code !== 10) || (code >= 0xd800 && code <= 0xdfff)) return '?';
      return ESCAPES[letter] ?? letter;
    })
    .join('');

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** @param content escaped already */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escapeXml(value)}"`)
    .join('');
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

export const text = (x: number, y: number, content: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeXml(content));

/** A length as text, rounded to tenths. */
function rounded(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no length`);
  return String(Math.round(value * 10) / 10);
}
