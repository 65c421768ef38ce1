/** SHA-256, whose implementation is Node's or, in a page, that of a library: the imports of package.json choose. */
export interface Sha256 {
  /** Of the bytes of all parts, one after the other; 32 bytes. */
  readonly sha256: (...parts: readonly Uint8Array[]) => Uint8Array;
  /** Of a text in UTF-8, as hexadecimal digits. */
  readonly sha256OfText: (text: string) => string;
}
