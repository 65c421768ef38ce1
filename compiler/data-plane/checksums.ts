/** The checksums that cover a header field. Formats: RFC 791, 793, 768, 8200, 4443. */

import type { DataPlane, HeaderField } from './data-plane.js';
import { must } from './must.js';

export interface Coverage {
  /** The checksum of the IPv4 header. */
  readonly ipv4: boolean;
  /** The checksums of TCP, UDP and ICMPv6. */
  readonly transport: boolean;
}

/** Fields of IP headers in the pseudo headers of TCP, UDP and ICMPv6. */
const PSEUDO_HEADER = new Set(['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol', 'hdr.ipv6.src', 'hdr.ipv6.dst']);
const TRANSPORT_HEADERS = new Set(['l4_port', 'tcp', 'udp', 'l5', 'icmpv6']);

export function checksumCoverage({ headers }: DataPlane, field: HeaderField): Coverage {
  const header = must(headers[field.header]?.name, `header of ${field.name}`);
  return {
    ipv4: header === 'ipv4',
    transport: TRANSPORT_HEADERS.has(header) || PSEUDO_HEADER.has(field.partOf ?? field.name),
  };
}
