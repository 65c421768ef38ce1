/** gzip of bytes in memory, whose implementation is Node's or, in a page, that of a library. */
export interface Gzip {
  /** @param level 1 (fast) to 9 (small); 6 if left out */
  readonly gzip: (bytes: Uint8Array, level?: GzipLevel) => Uint8Array;
  /** @throws Error if the bytes are not one whole gzip file */
  readonly gunzip: (bytes: Uint8Array) => Uint8Array;
}

export type GzipLevel = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
