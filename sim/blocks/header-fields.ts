/** Reading and writing header fields where they lie in the packet. */
import type { HeaderField } from '../../compiler/index.js';

/** Where a field's bits are, relative to the start of its header. */
export interface FieldAccess {
  readonly header: number;
  readonly byteOffset: number;
  readonly byteCount: number;
  /** Bits below the field in its last byte. */
  readonly shift: number;
  /** The field's bits at place 0; fields of up to 32 bits only. */
  readonly mask: number;
}

/** Access to a field of up to 32 bits. */
export function fieldAccess(field: HeaderField): FieldAccess {
  if (field.width > 32) throw new Error(`${field.name} has ${field.width} bits: more than a word`);
  const byteOffset = field.bitOffset >>> 3;
  const end = field.bitOffset + field.width;
  const byteCount = ((end + 7) >>> 3) - byteOffset;
  return {
    header: field.header,
    byteOffset,
    byteCount,
    shift: byteCount * 8 - (field.bitOffset & 7) - field.width,
    mask: field.width === 32 ? 0xffffffff : 2 ** field.width - 1,
  };
}

/** The field's value, unsigned. @param headerStart index of the header's first byte */
export function readField(access: FieldAccess, bytes: Uint8Array, headerStart: number): number {
  const start = headerStart + access.byteOffset;
  const { byteCount } = access;
  let value = bytes[start] as number;
  if (byteCount === 2) value = (value << 8) | (bytes[start + 1] as number);
  else if (byteCount === 4) {
    const rest = ((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number);
    value = (value << 24) | (rest << 8) | (bytes[start + 3] as number);
  } else for (let i = 1; i < byteCount; i++) value = (value << 8) | (bytes[start + i] as number);
  return ((value >>> access.shift) & access.mask) >>> 0;
}

/** Sets the field to the low bits of a value and leaves its neighbours alone. */
export function writeField(access: FieldAccess, bytes: Uint8Array, headerStart: number, value: number): void {
  const start = headerStart + access.byteOffset;
  const { shift, byteCount } = access;
  const mask = access.mask << shift;
  let rest = (value & access.mask) << shift;
  let restMask = mask;
  for (let i = byteCount - 1; i >= 0; i--) {
    const at = start + i;
    bytes[at] = ((bytes[at] as number) & ~restMask) | (rest & restMask & 0xff);
    rest >>>= 8;
    restMask >>>= 8;
  }
}
