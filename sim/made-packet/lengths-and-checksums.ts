/** Lengths and checksums of IPv4, UDP and TCP (RFC 791, 768, 9293). */
import { must } from '../../compiler/data-plane/must.js';
import { foldSum, sumBytes, writeIpv4Checksum } from '../blocks/checksum.js';

const IPV4_LENGTH_OFFSET = 2;
const IPV4_PROTOCOL_OFFSET = 9;
const IPV4_ADDRESSES_OFFSET = 12;
const ADDRESSES_BYTES = 8;
const IHL_MASK = 0x0f;
const BYTES_PER_WORD = 4;
/** Within what follows the ports. */
const UDP_LENGTH_OFFSET = 0;
const UDP_CHECKSUM_OFFSET = 2;
const TCP_CHECKSUM_OFFSET = 12;

/**
 * @param starts of the headers by name
 * @param isGiven whether a value was asked for; it stays then
 */
export function putLengthsAndChecksums(
  frame: Uint8Array,
  starts: ReadonlyMap<string, number>,
  isGiven: (field: string) => boolean,
): void {
  const ipv4 = starts.get('ipv4');
  if (ipv4 === undefined) return;
  const udp = starts.get('udp');
  const tcp = starts.get('tcp');
  const segment = starts.get('l4_port');
  if (!isGiven('hdr.ipv4.total_len')) put16(frame, ipv4 + IPV4_LENGTH_OFFSET, frame.length - ipv4);
  if (segment !== undefined && udp !== undefined && !isGiven('hdr.udp.length')) {
    put16(frame, udp + UDP_LENGTH_OFFSET, frame.length - segment);
  }
  if (!isGiven('hdr.ipv4.checksum')) {
    writeIpv4Checksum(frame, ipv4, (must(frame[ipv4], 'IPv4 header') & IHL_MASK) * BYTES_PER_WORD);
  }
  if (segment === undefined) return;
  if (udp !== undefined && !isGiven('hdr.udp.checksum')) {
    // 0 would say that there is none.
    put16(frame, udp + UDP_CHECKSUM_OFFSET, transportChecksum(frame, ipv4, segment) || 0xffff);
  }
  if (tcp !== undefined && !isGiven('hdr.tcp.checksum')) {
    put16(frame, tcp + TCP_CHECKSUM_OFFSET, transportChecksum(frame, ipv4, segment));
  }
}

/** Over the pseudo header and all from `segment` on, where the checksum is still 0. */
function transportChecksum(frame: Uint8Array, ipv4: number, segment: number): number {
  const length = frame.length - segment;
  const addresses = sumBytes(frame, ipv4 + IPV4_ADDRESSES_OFFSET, ADDRESSES_BYTES, 0);
  const pseudo = addresses + must(frame[ipv4 + IPV4_PROTOCOL_OFFSET], 'IPv4 protocol') + length;
  return ~foldSum(pseudo + sumBytes(frame, segment, length, 0)) & 0xffff;
}

function put16(frame: Uint8Array, at: number, value: number): void {
  frame[at] = (value >>> 8) & 0xff;
  frame[at + 1] = value & 0xff;
}
