/** JavaScript for reading and writing header fields where they lie. */
import type { WritableField } from './deparser.js';
import type { FieldAccess } from './header-fields.js';

const byteAt = (start: string, offset: number): string => `B[${start}${offset === 0 ? '' : ` + ${offset}`}]`;

/** The field's value as a 32-bit integer. @param start an expression: where its header starts */
export function readCode({ byteOffset, byteCount, shift, mask }: FieldAccess, start: string): string {
  if (byteCount > 4) throw new Error('a field across five bytes');
  const bytes = Array.from({ length: byteCount }, (_, i) => {
    const up = 8 * (byteCount - 1 - i);
    const byte = byteAt(start, byteOffset + i);
    return up === 0 ? byte : `${byte} << ${up}`;
  });
  const joined = bytes.join(' | ');
  const word = bytes.length === 1 ? joined : `(${joined})`;
  const isWhole = shift === 0 && (mask === 0xffffffff || mask === 2 ** (8 * byteCount) - 1);
  return isWhole ? word : `(${word} >>> ${shift} & ${mask | 0})`;
}

/** Whether {@link modifyCode} can write a field: whole bytes within a word. */
export const isWholeBytes = ({ shift, mask, byteCount }: FieldAccess): boolean =>
  shift === 0 && byteCount <= 4 && mask === 2 ** (8 * byteCount) - 1;

/**
 * Statements that write a field of whole bytes and add the change to the packet's checksum deltas, as modifyField does.
 * @param value an expression: an integer of 32 bits
 */
export function modifyCode({ access, coverage }: WritableField, start: string, value: string): string {
  const { byteOffset, byteCount, mask } = access;
  const cut = byteCount === 4 ? `${value} | 0` : `${value} & ${mask}`;
  const writes = Array.from(
    { length: byteCount },
    (_, i) => `${byteAt(start, byteOffset + i)} = now >>> ${8 * (byteCount - 1 - i)};`,
  );
  // Half words as the checksum sums them: bytes at even places of the header are the high ones.
  const sum = (word: string): string =>
    Array.from({ length: byteCount }, (_, i) => {
      const byte = `(${word} >>> ${8 * (byteCount - 1 - i)} & 255)`;
      return (byteOffset + i) % 2 === 0 ? `(${byte} << 8)` : byte;
    }).join(' + ');
  return [
    `const was = ${readCode(access, start)} | 0, now = ${cut};`,
    'if (was !== now) {',
    ...writes,
    `const delta = (${sum('now')}) - (${sum('was')});`,
    ...(coverage.ipv4 ? ['P.ipv4Changed = true; P.ipv4Delta += delta;'] : []),
    ...(coverage.transport ? ['P.transportDelta += delta;'] : []),
    '}',
  ].join('\n');
}
