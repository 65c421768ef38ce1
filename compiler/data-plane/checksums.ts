/** The checksums that cover a header field. Formats: RFC 791, 793, 768. */

import type { DataPlane, HeaderField } from './data-plane.js';
import { must } from './must.js';

export interface Coverage {
  /** The checksum of the IPv4 header. */
  readonly ipv4: boolean;
  /** The checksums of TCP and UDP. */
  readonly transport: boolean;
}

/** Fields of the IPv4 header in the pseudo header of TCP and UDP. */
const PSEUDO_HEADER = new Set(['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol']);
const TRANSPORT_HEADERS = new Set(['l4_port', 'tcp', 'udp', 'l5']);

export function checksumCoverage({ headers }: DataPlane, field: HeaderField): Coverage {
  const header = must(headers[field.header]?.name, `header of ${field.name}`);
  return { ipv4: header === 'ipv4', transport: TRANSPORT_HEADERS.has(header) || PSEUDO_HEADER.has(field.name) };
}
