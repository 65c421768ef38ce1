/** Bytes as hexadecimal digits, without Node's Buffer. */

/** Two digits for each byte. */
export const hexadecimalOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of a text that {@link hexadecimalOf} made. */
export const bytesOfHexadecimal = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
