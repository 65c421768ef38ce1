/** Lengths and checksums of IP, UDP, TCP and ICMPv6 (RFC 791, 8200, 768, 9293, 4443). */
import { must } from '../../compiler/data-plane/must.js';
import { foldSum, sumBytes, writeIpv4Checksum } from '../blocks/checksum.js';

const IPV4_LENGTH_OFFSET = 2;
const IPV4_PROTOCOL_OFFSET = 9;
const IPV4_ADDRESSES_OFFSET = 12;
const ADDRESSES_BYTES = 8;
const IPV6_BYTES = 40;
const IPV6_LENGTH_OFFSET = 4;
const IPV6_NEXT_HEADER_OFFSET = 6;
const IPV6_ADDRESSES_OFFSET = 8;
const IPV6_ADDRESSES_BYTES = 32;
const IHL_MASK = 0x0f;
const BYTES_PER_WORD = 4;
/** Within what follows the ports. */
const UDP_LENGTH_OFFSET = 0;
const UDP_CHECKSUM_OFFSET = 2;
const TCP_CHECKSUM_OFFSET = 12;
const ICMPV6_CHECKSUM_OFFSET = 2;

/**
 * @param starts of the headers by name
 * @param isGiven whether a value was asked for; it stays then
 */
export function putLengthsAndChecksums(
  frame: Uint8Array,
  starts: ReadonlyMap<string, number>,
  isGiven: (field: string) => boolean,
): void {
  const put = (header: string, offset: number, field: string, value: () => number): void => {
    const start = starts.get(header);
    if (start !== undefined && !isGiven(`hdr.${header}.${field}`)) put16(frame, start + offset, value());
  };
  const ipv4 = starts.get('ipv4');
  const ipv6 = starts.get('ipv6');
  const segment = starts.get('l4_port') ?? starts.get('icmpv6');
  put('ipv4', IPV4_LENGTH_OFFSET, 'total_len', () => frame.length - must(ipv4, 'IPv4 header'));
  put('ipv6', IPV6_LENGTH_OFFSET, 'payload_len', () => frame.length - must(ipv6, 'IPv6 header') - IPV6_BYTES);
  if (ipv4 !== undefined && !isGiven('hdr.ipv4.checksum')) {
    writeIpv4Checksum(
      new DataView(frame.buffer, frame.byteOffset, frame.byteLength),
      ipv4,
      (must(frame[ipv4], 'IPv4 header') & IHL_MASK) * BYTES_PER_WORD,
    );
  }
  if (segment === undefined) return;
  put('udp', UDP_LENGTH_OFFSET, 'length', () => frame.length - segment);
  const pseudo = (): number => (ipv4 !== undefined ? ipv4Sum(frame, ipv4) : ipv6Sum(frame, must(ipv6, 'IP header')));
  const checksum = (): number => {
    const length = frame.length - segment;
    return ~foldSum(pseudo() + length + sumBytes(frame, segment, length, 0)) & 0xffff;
  };
  // 0 would say that there is none.
  put('udp', UDP_CHECKSUM_OFFSET, 'checksum', () => checksum() || 0xffff);
  put('tcp', TCP_CHECKSUM_OFFSET, 'checksum', checksum);
  put('icmpv6', ICMPV6_CHECKSUM_OFFSET, 'checksum', checksum);
}

/** The sums of the pseudo headers, without the length. */
const ipv4Sum = (frame: Uint8Array, ipv4: number): number =>
  sumBytes(frame, ipv4 + IPV4_ADDRESSES_OFFSET, ADDRESSES_BYTES, 0) +
  must(frame[ipv4 + IPV4_PROTOCOL_OFFSET], 'IPv4 protocol');
const ipv6Sum = (frame: Uint8Array, ipv6: number): number =>
  sumBytes(frame, ipv6 + IPV6_ADDRESSES_OFFSET, IPV6_ADDRESSES_BYTES, 0) +
  must(frame[ipv6 + IPV6_NEXT_HEADER_OFFSET], 'next header');

function put16(frame: Uint8Array, at: number, value: number): void {
  frame[at] = (value >>> 8) & 0xff;
  frame[at + 1] = value & 0xff;
}
