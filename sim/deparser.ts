/**
 * The deparser. Headers are rewritten where they lie, so what remains is to put the checksums right: a new one for an
 * IPv4 header that changed, an adjusted one for TCP and UDP (whose payload a capture may have cut).
 */
import { type Coverage, checksumCoverage, type DataPlane, type HeaderField } from '../compiler/index.js';
import { adjustedChecksum, sumBytes, writeIpv4Checksum } from './checksum.js';
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

/** Writes a field of a header that the packet has, and notes what that means for the checksums. */
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
  if (coverage.ipv4) phv.ipv4Changed = true;
  if (coverage.transport) phv.transportDelta += sumBytes(bytes, start, access.byteCount, parity) - before;
}

export class Deparser {
  private readonly ipv4: number;
  private readonly ihl: FieldAccess;
  private readonly tcp: FieldAccess;
  private readonly udp: FieldAccess;

  /** @param updates whether checksums are put right */
  constructor(
    dataPlane: DataPlane,
    private readonly updates = dataPlane.description.updatesChecksums,
  ) {
    this.ipv4 = dataPlane.headerIndex('ipv4');
    this.ihl = fieldAccess(dataPlane.headerField('hdr.ipv4.ihl'));
    this.tcp = fieldAccess(dataPlane.headerField('hdr.tcp.checksum'));
    this.udp = fieldAccess(dataPlane.headerField('hdr.udp.checksum'));
  }

  /** Makes the packet in the PHV ready to leave. */
  deparse(phv: Phv): void {
    if (!this.updates) return;
    if (phv.ipv4Changed) {
      const start = phv.headerStart[this.ipv4] as number;
      if (start >= 0) writeIpv4Checksum(phv.bytes, start, readField(this.ihl, phv.bytes, start) * 4);
      phv.ipv4Changed = false;
    }
    if (phv.transportDelta !== 0) {
      adjust(this.tcp, phv, false);
      adjust(this.udp, phv, true);
      phv.transportDelta = 0;
    }
  }
}

/** @param zeroMeansNone a UDP checksum of 0 says that there is none; a computed 0 is sent as all ones (RFC 768) */
function adjust(checksum: FieldAccess, phv: Phv, zeroMeansNone: boolean): void {
  const start = phv.headerStart[checksum.header] as number;
  if (start < 0) return;
  const { bytes } = phv;
  const at = start + checksum.byteOffset;
  const old = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (zeroMeansNone && old === 0) return;
  const adjusted = adjustedChecksum(old, phv.transportDelta);
  const written = zeroMeansNone && adjusted === 0 ? 0xffff : adjusted;
  bytes[at] = written >>> 8;
  bytes[at + 1] = written;
}
