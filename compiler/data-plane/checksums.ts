/** The checksums that cover a header field. Formats: RFC 791, 793, 768, 8200, 4443. */

import type { DataPlane, HeaderField } from './data-plane.js';
import { must } from './must.js';

export interface Coverage {
  /** The checksum of the IPv4 header. */
  readonly ipv4: boolean;
  /** How many times those of TCP, UDP and ICMPv6 add it: the length of UDP is in the pseudo header too. */
  readonly transport: 0 | 1 | 2;
}

/** Fields in the pseudo headers of TCP, UDP and ICMPv6. */
const PSEUDO_HEADER = new Set([
  'hdr.ipv4.src',
  'hdr.ipv4.dst',
  'hdr.ipv4.protocol',
  'hdr.ipv6.src',
  'hdr.ipv6.dst',
  'hdr.udp.length',
]);
const TRANSPORT_HEADERS = new Set(['l4_port', 'tcp', 'udp', 'l5', 'icmpv6']);

export function checksumCoverage(dataPlane: DataPlane, field: HeaderField): Coverage {
  const header = must(dataPlane.headers[field.header], `header of ${field.name}`).name;
  const isInPseudoHeader = PSEUDO_HEADER.has(dataPlane.layoutField(field).name);
  const isInTransport = TRANSPORT_HEADERS.has(header);
  const transport = isInPseudoHeader && isInTransport ? 2 : isInPseudoHeader || isInTransport ? 1 : 0;
  return { ipv4: header === 'ipv4', transport };
}
