/** Compares memories word by word; most are equal, which bytes tell faster. */

export function isSame(a: Uint32Array, b: Uint32Array): boolean {
  const bytes = (words: Uint32Array) => Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return bytes(a).equals(bytes(b));
}

/** The first address with different words, -1 if there is none. */
export const firstDifference = (a: Uint32Array, b: Uint32Array): number =>
  isSame(a, b) ? -1 : a.findIndex((word, i) => word !== b[i]);
