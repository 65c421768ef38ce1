/** The extension headers of IPv6 (RFC 8200; RFC 4302 for the Authentication header), as far as ports follow them. */

import { must } from '../../../compiler/data-plane/must.js';

const HEADER = { hopByHop: 0, routing: 43, fragment: 44, authentication: 51, destinationOptions: 60 };
const EXTENSION_HEADERS: readonly number[] = Object.values(HEADER);
/** As many as RFC 8200 recommends at most: each once, Destination Options twice. */
const MOST = 6;

/**
 * The protocol behind all extension headers, and where it starts. Nothing where a header is cut off, in fragments but the
 * first, and where the packet is not yet at its destination.
 */
export function behindExtensionHeaders(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: number,
): { readonly protocol: number; readonly at: number } | undefined {
  const byte = (at: number): number => must(bytes[at], `byte ${at} of a packet`);
  let protocol = first;
  let at = start;
  for (let count = 0; EXTENSION_HEADERS.includes(protocol); count++) {
    if (count === MOST || at + 8 > end) return undefined;
    const length = lengthOf(protocol, byte(at + 1));
    if (at + length > end) return undefined;
    if (protocol === HEADER.routing && byte(at + 3) !== 0) return undefined;
    if (protocol === HEADER.fragment && ((byte(at + 2) << 8) | byte(at + 3)) >>> 3 !== 0) return undefined;
    protocol = byte(at);
    at += length;
  }
  return { protocol, at };
}

/** In bytes. @param units its length field */
function lengthOf(protocol: number, units: number): number {
  switch (protocol) {
    case HEADER.fragment:
      return 8;
    case HEADER.authentication:
      return 4 * (units + 2);
    default:
      return 8 * (units + 1);
  }
}
