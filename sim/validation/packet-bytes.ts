/**
 * A packet as the interpreter sees it. Parser, field access and checksums are the emulator's, as they are not what is
 * validated; the 5-tuple and RETURN are written a second time.
 */

import { REPLICATION_ID } from '../../compiler/data-plane/intrinsics.js';
import { must } from '../../compiler/data-plane/must.js';
import {
  and48,
  type DataPlane,
  EGRESS_LENGTH,
  type Field,
  INGRESS_LENGTH,
  type PacketFields,
  type Program,
  TIMESTAMP,
} from '../../compiler/index.js';
import { Deparser, modifyField, type WritableField, writableField } from '../blocks/deparser.js';
import { readField } from '../blocks/header-fields.js';
import { InterpretedParser } from '../blocks/parser.js';
import { Phv } from '../blocks/phv.js';
import { type ArrivedPacket, QUEUE_FIELDS } from './random-packet.js';

const INGRESS_PORT = 'ig_intr_md.ingress_port';
const MAC_BYTES = 6;
/** RFC 8200, section 3. */
const IPV6_SOURCE_OFFSET = 8;
const IPV6_ADDRESS_BYTES = 16;

/** An address of four words as one: their XOR. */
function folded(address: Uint8Array): number {
  const words = new DataView(address.buffer, address.byteOffset, address.length);
  return (words.getUint32(0) ^ words.getUint32(4) ^ words.getUint32(8) ^ words.getUint32(12)) >>> 0;
}

export class PacketBytes implements PacketFields {
  private readonly parser: InterpretedParser;
  private readonly deparser: Deparser;
  private readonly phv: Phv;
  private intrinsics: Readonly<Record<string, number>> = {};
  private readonly access = new Map<string, WritableField>();

  constructor(private readonly dataPlane: DataPlane) {
    this.parser = new InterpretedParser(dataPlane);
    this.deparser = new Deparser(dataPlane);
    this.phv = new Phv(dataPlane.headers.length);
  }

  /** Loads a packet, its bytes copied. @param replicationId of the copy of it that a program is to run on */
  load({ bytes, ingressPort, queue, timestamp, wireLength }: ArrivedPacket, replicationId = 0): this {
    this.phv.begin(bytes.slice(), 0, bytes.length, ingressPort);
    this.intrinsics = {
      [INGRESS_PORT]: ingressPort,
      [QUEUE_FIELDS.nanoseconds]: queue.nanoseconds,
      [QUEUE_FIELDS.cells]: queue.cells,
      [REPLICATION_ID.name]: replicationId,
      [TIMESTAMP]: timestamp,
      [INGRESS_LENGTH]: wireLength % 2 ** 16,
      [EGRESS_LENGTH]: wireLength % 2 ** 16,
    };
    this.parser.parse(this.phv);
    return this;
  }

  /** Whether the parser drops the packet, so that it meets no program and no default forwarding. */
  get isDroppedByParser(): boolean {
    return this.phv.dropped;
  }

  /** The packet as it would leave, checksums updated. */
  finish(): Uint8Array {
    this.deparser.deparse(this.phv);
    return this.phv.bytes;
  }

  /** Where a header starts, or -1 for one that the packet lacks. */
  headerStart(header: number): number {
    return this.phv.headerStart[header] ?? -1;
  }

  /** Where the TCP checksum is, or -1 for a packet without. */
  get tcpChecksum(): number {
    const field = this.dataPlane.headerField('hdr.tcp.checksum');
    const start = this.headerStart(field.header);
    return start < 0 ? -1 : start + field.bitOffset / 8;
  }

  readField(field: Field): number {
    if (field.kind === 'intrinsic') return must(this.intrinsics[field.name], `intrinsic ${field.name}`);
    const start = this.headerStart(field.header);
    return start < 0 ? 0 : readField(this.writable(field).access, this.phv.bytes, start);
  }

  writeField(field: Field, value: number): void {
    if (field.kind === 'header') modifyField(this.writable(field), this.phv, value);
  }

  fiveTuple(): Uint8Array {
    const value = (name: string): number => this.readField(this.dataPlane.field(name));
    const tuple = new DataView(new ArrayBuffer(13));
    const ipv6 = this.ipv6Addresses();
    tuple.setUint32(0, ipv6 === undefined ? value('hdr.ipv4.src') : folded(ipv6.source));
    tuple.setUint32(4, ipv6 === undefined ? value('hdr.ipv4.dst') : folded(ipv6.destination));
    tuple.setUint16(8, value('hdr.l4_port.src_port'));
    tuple.setUint16(10, value('hdr.l4_port.dst_port'));
    tuple.setUint8(12, value(ipv6 === undefined ? 'hdr.ipv4.protocol' : 'hdr.ipv6.next_header'));
    return new Uint8Array(tuple.buffer);
  }

  swapAddresses(): void {
    const { phv, dataPlane } = this;
    const ethernet = this.headerStart(dataPlane.headerIndex('ethernet'));
    if (ethernet >= 0) {
      const destination = phv.bytes.slice(ethernet, ethernet + MAC_BYTES);
      phv.bytes.copyWithin(ethernet, ethernet + MAC_BYTES, ethernet + 2 * MAC_BYTES);
      phv.bytes.set(destination, ethernet + MAC_BYTES);
    }
    const ipv6 = this.ipv6Addresses();
    if (ipv6 !== undefined) {
      const source = ipv6.source.slice();
      ipv6.source.set(ipv6.destination);
      ipv6.destination.set(source);
    }
    if (this.headerStart(dataPlane.headerIndex('ipv4')) < 0) return;
    const [source, destination] = [dataPlane.field('hdr.ipv4.src'), dataPlane.field('hdr.ipv4.dst')];
    const from = this.readField(source);
    this.writeField(source, this.readField(destination));
    this.writeField(destination, from);
    phv.ipv4Changed = true;
  }

  /** The addresses of an IPv6 packet, where they lie in it. */
  private ipv6Addresses(): { readonly source: Uint8Array; readonly destination: Uint8Array } | undefined {
    const start = this.headerStart(this.dataPlane.headerIndex('ipv6'));
    if (start < 0) return undefined;
    const { bytes } = this.phv;
    const [source, destination] = [start + IPV6_SOURCE_OFFSET, start + IPV6_SOURCE_OFFSET + IPV6_ADDRESS_BYTES];
    return {
      source: bytes.subarray(source, destination),
      destination: bytes.subarray(destination, destination + IPV6_ADDRESS_BYTES),
    };
  }

  /** Whether the filters of a program match this packet. */
  isMatchedBy({ filterTable, filters }: Program): boolean {
    if (this.headerStart(filterTable.requires) < 0) return false;
    return filters.every(({ field, value, mask }) => and48(this.readWide(field), mask) === value);
  }

  /** A field of up to 48 bits. */
  private readWide(field: Field): number {
    if (field.width <= 32) return this.readField(field);
    if (field.kind === 'intrinsic') return this.readField(field);
    const start = this.headerStart(field.header);
    if (start < 0) return 0;
    const at = start + field.bitOffset / 8;
    return this.phv.bytes.subarray(at, at + field.width / 8).reduce((value, byte) => value * 256 + byte, 0);
  }

  private writable(field: Field & { readonly kind: 'header' }): WritableField {
    const known = this.access.get(field.name);
    if (known !== undefined) return known;
    const made = writableField(this.dataPlane, field);
    this.access.set(field.name, made);
    return made;
  }
}
