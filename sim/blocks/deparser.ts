/**
 * The deparser. Headers are rewritten in place, so what remains is to update the checksums. Those of TCP, UDP and ICMPv6
 * are adjusted incrementally, as a capture may have cut the payload; that of a changed IPv4 header is computed anew, or
 * adjusted on data planes that follow the chip.
 */
import {
  type Coverage,
  checksumCoverage,
  type DataPlane,
  type HeaderField,
  must,
} from '../../compiler/for-switches.js';
import { adjustedChecksum, IPV4_CHECKSUM_OFFSET, sumBytes, writeIpv4Checksum } from './checksum.js';
import { type FieldAccess, fieldAccess, readField, writeField } from './header-fields.js';
import type { Phv } from './phv.js';

/** A field that MODIFY can write. */
export interface WritableField {
  readonly access: FieldAccess;
  readonly coverage: Coverage;
}

export const writableField = (dataPlane: DataPlane, field: HeaderField): WritableField => ({
  access: fieldAccess(field),
  coverage: checksumCoverage(dataPlane, field),
});

/** Writes a field of a header that the packet has, and adds the change to the packet's checksum deltas. */
export function modifyField(field: WritableField, phv: Phv, value: number): void {
  const { access, coverage } = field;
  const headerStart = phv.headerStart[access.header] as number;
  if (headerStart < 0) return;
  const { bytes } = phv;
  const start = headerStart + access.byteOffset;
  const parity = access.byteOffset & 1;
  const before = sumBytes(bytes, start, access.byteCount, parity);
  const old = readField(access, bytes, headerStart);
  writeField(access, bytes, headerStart, value);
  if (readField(access, bytes, headerStart) === old) return;
  const delta = sumBytes(bytes, start, access.byteCount, parity) - before;
  if (coverage.ipv4) {
    phv.ipv4Changed = true;
    phv.ipv4Delta += delta;
  }
  if (coverage.transport !== 0) phv.transportDelta += coverage.transport * delta;
}

export class Deparser {
  private readonly ipv4: number;
  private readonly ihl: FieldAccess;
  private readonly ipv4Checksum: FieldAccess;
  private readonly tcp: FieldAccess;
  private readonly udp: FieldAccess;
  private readonly icmpv6: FieldAccess | undefined;

  /**
   * @param updates whether checksums are updated
   * @param adjustsIpv4 whether the IPv4 checksum is adjusted rather than computed anew
   */
  constructor(
    dataPlane: DataPlane,
    private readonly updates = dataPlane.description.updatesChecksums,
    private readonly adjustsIpv4 = dataPlane.description.followsChip,
  ) {
    this.ipv4 = dataPlane.headerIndex('ipv4');
    this.ihl = fieldAccess(dataPlane.headerField('hdr.ipv4.ihl'));
    this.ipv4Checksum = fieldAccess(dataPlane.headerField('hdr.ipv4.checksum'));
    this.tcp = fieldAccess(dataPlane.headerField('hdr.tcp.checksum'));
    this.udp = fieldAccess(dataPlane.headerField('hdr.udp.checksum'));
    this.icmpv6 = icmpv6Checksum(dataPlane);
  }

  /** Updates the checksums of the packet in the PHV. */
  deparse(phv: Phv): void {
    if (!this.updates) return;
    if (phv.ipv4Changed) {
      this.updateIpv4Checksum(phv);
      phv.ipv4Changed = false;
      phv.ipv4Delta = 0;
    }
    if (phv.transportDelta !== 0) {
      adjust(this.tcp, phv, phv.transportDelta, false);
      adjust(this.udp, phv, phv.transportDelta, true);
      if (this.icmpv6 !== undefined) adjust(this.icmpv6, phv, phv.transportDelta, false);
      phv.transportDelta = 0;
    }
  }

  private updateIpv4Checksum(phv: Phv): void {
    if (this.adjustsIpv4) return adjust(this.ipv4Checksum, phv, phv.ipv4Delta, false);
    const start = phv.headerStart[this.ipv4] as number;
    if (start < 0) return;
    const bytes = readField(this.ihl, phv.bytes, start) * 4;
    // What a capture has cut off is not known, but has not changed either.
    if (start + bytes > phv.packetEnd) adjust(this.ipv4Checksum, phv, phv.ipv4Delta, false);
    else writeIpv4Checksum(phv.view, start, bytes);
  }
}

/** The checksum of ICMPv6, on data planes that parse it. */
const icmpv6Checksum = (dataPlane: DataPlane): FieldAccess | undefined =>
  dataPlane.headerIndex('icmpv6') < 0 ? undefined : fieldAccess(dataPlane.headerField('hdr.icmpv6.checksum'));

/** @param zeroMeansNone a UDP checksum of 0 says that there is none; a computed 0 is sent as all ones (RFC 768) */
function adjust(checksum: FieldAccess, phv: Phv, delta: number, zeroMeansNone: boolean): void {
  const start = phv.headerStart[checksum.header] as number;
  if (start < 0) return;
  const { view } = phv;
  const at = start + checksum.byteOffset;
  const old = view.getUint16(at);
  if (zeroMeansNone && old === 0) return;
  const adjusted = adjustedChecksum(old, delta);
  view.setUint16(at, zeroMeansNone && adjusted === 0 ? 0xffff : adjusted);
}

/**
 * Statements that do the same as {@link Deparser.deparse} to values in variables, of packets whose IPv4 header has no
 * options. D is the packet's bytes as a DataView.
 */
export class DeparserCode {
  private readonly ipv4: number;
  private readonly ipv4Bytes: number;
  private readonly ipv4Checksum: FieldAccess;
  private readonly tcp: FieldAccess;
  private readonly udp: FieldAccess;
  private readonly icmpv6: FieldAccess | undefined;
  private readonly updates: boolean;
  private readonly adjustsIpv4: boolean;

  constructor(dataPlane: DataPlane) {
    const checksum = (header: string): FieldAccess => fieldAccess(dataPlane.headerField(`hdr.${header}.checksum`));
    this.ipv4 = dataPlane.headerIndex('ipv4');
    this.ipv4Bytes = must(dataPlane.headers[this.ipv4], 'IPv4 header').bytes;
    this.ipv4Checksum = checksum('ipv4');
    this.tcp = checksum('tcp');
    this.udp = checksum('udp');
    this.icmpv6 = icmpv6Checksum(dataPlane);
    this.updates = dataPlane.description.updatesChecksums;
    this.adjustsIpv4 = dataPlane.description.followsChip;
  }

  /** @param header an expression: where a header starts @param may what the code so far may have changed */
  code(
    header: (index: number) => string,
    may: { readonly changeIpv4: boolean; readonly changeTransport: boolean },
  ): string[] {
    if (!this.updates) return [];
    const adjusted = (access: FieldAccess, zeroMeansNone: boolean): string =>
      adjustCode(access, header(access.header), zeroMeansNone);
    const ipv4 = this.adjustsIpv4
      ? restCode('ipv4Delta') + adjusted(this.ipv4Checksum, false)
      : checksumCode(header(this.ipv4), this.ipv4Bytes);
    const icmpv6 = this.icmpv6 === undefined ? '' : adjusted(this.icmpv6, false);
    const transport = restCode('transportDelta') + adjusted(this.tcp, false) + adjusted(this.udp, true) + icmpv6;
    return [
      ...(may.changeIpv4 ? [`if (ipv4Changed) {\n${ipv4}ipv4Changed = false; ipv4Delta = 0;\n}`] : []),
      ...(may.changeTransport ? [`if (transportDelta !== 0) {\n${transport}transportDelta = 0;\n}`] : []),
    ];
  }
}

const restCode = (delta: string): string =>
  `const delta = ${delta} % 65535 | 0, rest = delta < 0 ? delta + 65535 | 0 : delta;\n`;

/** As {@link adjust}, by `rest`. */
function adjustCode({ byteOffset }: FieldAccess, start: string, zeroMeansNone: boolean): string {
  return `{
const h = ${start}, at = h + ${byteOffset} | 0;
if (h >= 0) {
const old = D.getUint16(at), sum = (old ^ 65535) + rest | 0, adjusted = ((sum & 65535) + (sum >>> 16)) ^ 65535;
${zeroMeansNone ? 'if (old !== 0) D.setUint16(at, adjusted === 0 ? 65535 : adjusted);' : 'D.setUint16(at, adjusted);'}
}
}
`;
}

/**
 * As {@link writeIpv4Checksum}. The sum is that of words with their bytes swapped, which is the swapped sum (RFC 1071):
 * processors that store the low byte first need not swap each.
 */
function checksumCode(start: string, bytes: number): string {
  const terms: string[] = [];
  const reads: string[] = [];
  for (let at = 0; at < bytes; at += 4) {
    if (at <= IPV4_CHECKSUM_OFFSET && IPV4_CHECKSUM_OFFSET < at + 4) {
      terms.push(`D.getUint16(h + ${2 * at + 2 - IPV4_CHECKSUM_OFFSET} | 0, true)`);
    } else {
      reads.push(`word${at} = D.getInt32(h + ${at} | 0, true)`);
      terms.push(`(word${at} & 65535)`, `(word${at} >>> 16)`);
    }
  }
  return `{
const h = ${start};
if (h >= 0) {
const ${reads.join(', ')};
let sum = ${terms.join(' + ')} | 0;
sum = (sum & 65535) + (sum >>> 16) | 0;
sum = (sum & 65535) + (sum >>> 16) | 0;
D.setUint16(h + ${IPV4_CHECKSUM_OFFSET} | 0, sum ^ 65535, true);
}
}
`;
}
