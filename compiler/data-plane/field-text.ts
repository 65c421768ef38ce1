/** Values of fields as text for people: addresses as addresses, ports decimal, all others hexadecimal. */

const IPV4_ADDRESS = /^hdr\.ipv4\.(src|dst)$/;
const MAC_ADDRESS = /^hdr\.ethernet\.(src|dst)$/;
const PORT = /_port$/;
const BYTE = 256;

/** The value of a field. @param field its full name */
export function fieldText(field: string, value: number): string {
  if (IPV4_ADDRESS.test(field)) return bytesOf(value, 4).join('.');
  if (MAC_ADDRESS.test(field)) {
    return bytesOf(value, 6)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(':');
  }
  return PORT.test(field) ? String(value) : numberText(value);
}

/** The mask of a field, in the notation of its values. @param field its full name */
export const maskText = (field: string, mask: number): string =>
  PORT.test(field) ? numberText(mask) : fieldText(field, mask);

/** A number in hexadecimal; below 10, where both notations are alike, without the prefix. */
export const numberText = (value: number): string => (value < 10 ? String(value) : `0x${value.toString(16)}`);

/** The low bytes of a value, the most significant first. */
function bytesOf(value: number, count: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length < count; rest = Math.floor(rest / BYTE)) bytes.unshift(rest % BYTE);
  return bytes;
}
