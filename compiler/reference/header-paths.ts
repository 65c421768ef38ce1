/** Which packets have a header: the ways through the parser that lead to it, in words. */
import type { DataPlane } from '../data-plane/data-plane.js';

/** `all packets`, or `packets with hdr.ipv4.protocol 6`. @returns one text for each way into a parser state that takes the header */
export function headerConditions(header: string, dataPlane: DataPlane): readonly string[] {
  const { parser } = dataPlane.description;
  return Object.entries(parser.states).flatMap(([name, { extract }]) => {
    if (!extract.includes(header)) return [];
    if (name === parser.start) return ['all packets'];
    return [...waysInto(name, dataPlane)];
  });
}

/** One text for each state that leads to this one. */
function waysInto(state: string, { description: { parser } }: DataPlane): readonly string[] {
  return Object.values(parser.states).flatMap(({ select, only }) => {
    if (select === undefined) return [];
    const values = select.next
      .filter(({ state: next }) => next === state)
      .map(({ value }) => valueText(select.field, value));
    if (values.length === 0) return [];
    const condition = `packets with ${select.field} ${values.join(', ')}`;
    return [only === undefined ? condition : `${condition}, ${only.field} ${only.value}`];
  });
}

/** Ether types are written in hexadecimal. */
const valueText = (field: string, value: number): string =>
  field.endsWith('_type') ? `0x${value.toString(16).padStart(4, '0')}` : String(value);
