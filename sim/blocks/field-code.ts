/** JavaScript for reading and writing header fields where they lie. D is a DataView of the bytes. */
import type { WritableField } from './deparser.js';
import type { FieldAccess } from './header-fields.js';

const at = (start: string, offset: number): string => (offset === 0 ? start : `${start} + ${offset} | 0`);

/** The bytes of a field as an integer of 32 bits. @param start an expression: where its header starts */
function bytesCode({ byteOffset, byteCount }: FieldAccess, start: string): string {
  switch (byteCount) {
    case 1:
      return `D.getUint8(${at(start, byteOffset)})`;
    case 2:
      return `D.getUint16(${at(start, byteOffset)})`;
    case 3:
      return `(D.getUint16(${at(start, byteOffset)}) << 8 | D.getUint8(${at(start, byteOffset + 2)}))`;
    case 4:
      return `D.getInt32(${at(start, byteOffset)})`;
    default:
      throw new Error('a field across five bytes');
  }
}

/** Statements that write the bytes of a field. @param value an expression: an integer of 32 bits */
function writeBytesCode({ byteOffset, byteCount }: FieldAccess, start: string, value: string): string {
  switch (byteCount) {
    case 1:
      return `D.setUint8(${at(start, byteOffset)}, ${value});`;
    case 2:
      return `D.setUint16(${at(start, byteOffset)}, ${value});`;
    case 3:
      return `D.setUint16(${at(start, byteOffset)}, ${value} >>> 8); D.setUint8(${at(start, byteOffset + 2)}, ${value});`;
    default:
      return `D.setInt32(${at(start, byteOffset)}, ${value});`;
  }
}

const allBits = ({ byteCount }: FieldAccess): number => 2 ** (8 * byteCount) - 1;

/** The field's value as a 32-bit integer. @param start an expression: where its header starts */
export function readCode(access: FieldAccess, start: string): string {
  const { shift, mask } = access;
  const word = bytesCode(access, start);
  return shift === 0 && mask === allBits(access) ? word : `(${word} >>> ${shift} & ${mask | 0})`;
}

/** The sum of the 16-bit words that the bytes of a field are part of, as a checksum adds them. */
function sumCode({ byteOffset, byteCount }: FieldAccess, word: string): string {
  if (byteOffset % 2 === 0 && byteCount === 2) return word;
  if (byteOffset % 2 === 0 && byteCount === 4) return `(${word} >>> 16) + (${word} & 65535)`;
  return Array.from({ length: byteCount }, (_, i) => {
    const byte = `(${word} >>> ${8 * (byteCount - 1 - i)} & 255)`;
    return (byteOffset + i) % 2 === 0 ? `(${byte} << 8)` : byte;
  }).join(' + ');
}

/**
 * Statements that write a field within a word and compute the change of the sum of its 16-bit words, as modifyField does.
 * @param value an expression: an integer of 32 bits
 * @param changed statements for a field that has changed, with `delta`
 */
export function modifyCode({ access }: WritableField, start: string, value: string, changed: string): string {
  const { shift, mask } = access;
  const bits = mask << shift;
  const isWhole = shift === 0 && mask === allBits(access);
  const moved = shift === 0 ? value : `${value} << ${shift}`;
  const part = bits === -1 ? `${moved} | 0` : `${moved} & ${bits}`;
  return [
    `const was = ${bytesCode(access, start)}, now = ${isWhole ? part : `was & ${~bits} | ${part}`};`,
    'if (was !== now) {',
    writeBytesCode(access, start, 'now'),
    ...(changed === ''
      ? []
      : [`const delta = (${sumCode(access, 'now')}) - (${sumCode(access, 'was')}) | 0;`, changed]),
    '}',
  ].join('\n');
}
