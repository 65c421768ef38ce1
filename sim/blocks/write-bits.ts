import { must } from '../../compiler/data-plane/must.js';

/** As {@link writeBits}, for bits that need not be 0 so far. */
export function overwriteBits(bytes: number[] | Uint8Array, firstBit: number, width: number, value: number): void {
  for (let bit = firstBit; bit < firstBit + width; bit++) {
    bytes[bit >>> 3] = must(bytes[bit >>> 3], `byte of bit ${bit}`) & ~(0x80 >>> (bit & 7));
  }
  writeBits(bytes, firstBit, width, value);
}

/** Sets bits that are 0 so far; bit 0 is the highest of the first byte, and the value has up to 48. */
export function writeBits(bytes: number[] | Uint8Array, firstBit: number, width: number, value: number): void {
  let rest = value;
  for (let left = width; left > 0; ) {
    const bit = firstBit + left - 1;
    const room = Math.min(left, (bit & 7) + 1);
    const part = rest % 2 ** room;
    bytes[bit >>> 3] = must(bytes[bit >>> 3], `byte of bit ${bit}`) | (part << (7 - (bit & 7)));
    rest = (rest - part) / 2 ** room;
    left -= room;
  }
}
