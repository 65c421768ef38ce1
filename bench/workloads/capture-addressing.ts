/** Rewrites the packets of a capture so that they match the filters of deployed programs. */
import { and48, type DataPlane, type HeaderField, type Program } from '../../compiler/index.js';
import { createParser, Deparser, fieldAccess, type PacketParser, Phv } from '../../sim/index.js';
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import type { MarkedField } from './instance-marks.js';
import { PacketRewrites } from './packet-rewrites.js';
import type { Arrival } from './workload.js';

/** The rule as help text. */
export const ADDRESSING_RULE =
  'Each flow (addresses, ports and protocol, in either direction; without IPv4 the Ethernet addresses) is assigned by ' +
  'a hash to one of the programs whose filters have the headers of its packets. The packets get the field values that ' +
  "the program's filter requires, and outside addresses from 128.128.0.0 on where it requires none; checksums are " +
  'adjusted. Packets with headers that no filter has are not changed.';

/** Kinds of packets by the innermost header that filters can use; tcp6 and udp6 are those over IPv6. */
const KINDS = ['tcp', 'udp', 'ipv4', 'tcp6', 'udp6', 'ipv6', 'tunnel', 'ethernet'] as const;
type Kind = (typeof KINDS)[number];

const PROTOCOL = 'hdr.ipv4.protocol';
const NEXT_HEADER = 'hdr.ipv6.next_header';
const ETHER_TYPE = 'hdr.ethernet.ether_type';
/** Fields that determine the kind of a packet; they are compared, never rewritten. */
const NATURE: Readonly<Record<string, Partial<Record<Kind, number>>>> = {
  [PROTOCOL]: { tcp: 6, udp: 17 },
  [NEXT_HEADER]: { tcp6: 6, udp6: 17 },
  [ETHER_TYPE]: {
    ...{ tcp: 0x0800, udp: 0x0800, ipv4: 0x0800 },
    ...{ tcp6: 0x86dd, udp6: 0x86dd, ipv6: 0x86dd },
    tunnel: 0x1111,
  },
};
/** The last is the innermost; all of them are in a packet of the kind. */
const KIND_HEADERS: Record<Kind, readonly string[]> = {
  tcp: ['ethernet', 'ipv4', 'l4_port', 'tcp'],
  udp: ['ethernet', 'ipv4', 'l4_port', 'udp'],
  ipv4: ['ethernet', 'ipv4'],
  tcp6: ['ethernet', 'ipv6', 'l4_port', 'tcp'],
  udp6: ['ethernet', 'ipv6', 'l4_port', 'udp'],
  ipv6: ['ethernet', 'ipv6'],
  tunnel: ['ethernet', 'tunnel'],
  ethernet: ['ethernet'],
};

/** A deployed program with the field values that its packets must have. */
export interface AddressableProgram {
  readonly program: Program;
  readonly address: Arrival['address'];
}

/** Rewrites of one candidate. */
const CANDIDATE = { forward: 0, reverse: 1, length: 2 } as const;

export class CaptureAddressing {
  private readonly parser: PacketParser;
  private readonly phv: Phv;
  private readonly deparser: Deparser;
  private readonly rewrites: PacketRewrites;
  /** Candidates in sequence, by index in {@link KINDS}. */
  private readonly candidates: readonly Int32Array[];
  /** Indices of the headers that kinds have, of those that the data plane parses. */
  private readonly headers: Int32Array;
  /** Index in {@link KINDS}, or -1, by the headers in a packet: bit n for the one at n of {@link headers}. */
  private readonly kinds: Int8Array;
  private readonly ipv4: number;
  private readonly ipv6: number;
  private readonly ethernet: number;
  private readonly ports: number;
  /** Offsets of fields in their headers, in bytes. */
  private readonly source: number;
  private readonly destination: number;
  private readonly protocol: number;
  private readonly sourcePort: number;
  private readonly destinationPort: number;
  /** Flow of the current packet: a hash of 32 bits, with a sign, that is equal for both directions, and the direction. */
  private flowHash = 0;
  private isForward = true;

  constructor(
    private readonly dataPlane: DataPlane,
    programs: readonly AddressableProgram[],
  ) {
    this.parser = createParser(dataPlane);
    this.phv = new Phv(dataPlane.headers.length);
    this.deparser = new Deparser(dataPlane, true, false);
    this.rewrites = new PacketRewrites(dataPlane);
    this.candidates = KINDS.map((kind) => this.candidatesOf(kind, programs));
    const names = [...new Set(Object.values(KIND_HEADERS).flat())].filter((name) => dataPlane.headerIndex(name) >= 0);
    this.headers = Int32Array.from(names, (name) => dataPlane.headerIndex(name));
    this.kinds = kindsOf(names);
    this.ipv4 = dataPlane.headerIndex('ipv4');
    this.ipv6 = dataPlane.headerIndex('ipv6');
    this.ethernet = dataPlane.headerIndex('ethernet');
    this.ports = dataPlane.headerIndex('l4_port');
    const offset = (name: string, bytes: number): number => wholeBytes(dataPlane.headerField(name), bytes);
    this.source = offset('hdr.ipv4.src', 4);
    this.destination = offset('hdr.ipv4.dst', 4);
    this.protocol = offset(PROTOCOL, 1);
    this.sourcePort = offset('hdr.l4_port.src_port', 2);
    this.destinationPort = offset('hdr.l4_port.dst_port', 2);
  }

  /** Rewrites packets `from` … of a batch; packets that no program can match are unchanged. */
  address(batch: PacketBatch, from = 0): void {
    const { phv } = this;
    for (let i = from; i < batch.count; i++) {
      const start = batch.offset[i] as number;
      const port = batch.ingressPort[i] as number;
      phv.begin(batch.bytes, start, start + (batch.capturedLength[i] as number), port);
      this.parser.parse(phv);
      const kind = this.kind();
      if (kind < 0) continue;
      const list = this.candidates[kind] as Int32Array;
      if (list.length === 0) continue;
      this.findFlow();
      const candidates = (list.length / CANDIDATE.length) >>> 0;
      const candidate = ((this.flowHash >>> 0) % candidates) * CANDIDATE.length;
      const rewrite = list[candidate + (this.isForward ? CANDIDATE.forward : CANDIDATE.reverse)] as number;
      batch.ingressPort[i] = this.rewrites.apply(rewrite, phv, port);
      this.deparser.deparse(phv);
    }
  }

  /** Index in {@link KINDS}, or -1. */
  private kind(): number {
    const { headers } = this;
    const { headerStart } = this.phv;
    let present = 0;
    for (let n = 0; n < headers.length; n++) {
      const start = headerStart[headers[n] as number] as number;
      present |= (~start >>> 31) << n;
    }
    return this.kinds[present] as number;
  }

  /** Where a header starts; -1 for one that is not in the packet, or not in the data plane. */
  private startOf(header: number): number {
    return header < 0 ? header : (this.phv.headerStart[header] as number);
  }

  /** Forward is towards the lower port or address. */
  private findFlow(): void {
    const { view } = this.phv;
    const ipv4 = this.startOf(this.ipv4);
    const ipv6 = this.startOf(this.ipv6);
    if (ipv6 >= 0) {
      const [source, destination] = [mixAll(view, ipv6 + IPV6_SOURCE_AT), mixAll(view, ipv6 + IPV6_DESTINATION_AT)];
      this.findEnds(source, destination, 0, source <= destination);
      return;
    }
    if (ipv4 < 0) {
      // Destination and source address, six bytes each.
      const start = this.startOf(this.ethernet);
      const destination = mix(view.getInt32(start), view.getUint16(start + 4));
      const source = mix(view.getInt32(start + 6), view.getUint16(start + 10));
      this.isForward = source >>> 0 <= destination >>> 0;
      this.flowHash = this.isForward ? mix(source, destination) : mix(destination, source);
      return;
    }
    const source = view.getInt32(ipv4 + this.source);
    const destination = view.getInt32(ipv4 + this.destination);
    this.findEnds(source, destination, view.getUint8(ipv4 + this.protocol), source >>> 0 <= destination >>> 0);
  }

  /** Of addresses, or hashes of them, as words with a sign. @param isUpwards whether the source is not above the destination */
  private findEnds(source: number, destination: number, protocol: number, isUpwards: boolean): void {
    const { view } = this.phv;
    const l4 = this.startOf(this.ports);
    const from = l4 < 0 ? 0 : view.getUint16(l4 + this.sourcePort);
    const to = l4 < 0 ? 0 : view.getUint16(l4 + this.destinationPort);
    const a = mix(source, from);
    const b = mix(destination, to);
    const ends = a >>> 0 <= b >>> 0 ? mix(a, b) : mix(b, a);
    this.flowHash = mix(ends, protocol);
    this.isForward = from > to || (from === to && isUpwards);
  }

  private candidatesOf(kind: Kind, programs: readonly AddressableProgram[]): Int32Array {
    const present = new Set(KIND_HEADERS[kind].map((name) => this.dataPlane.headerIndex(name)));
    const matches = ({ program }: AddressableProgram): boolean =>
      present.has(program.filterTable.requires) &&
      program.filters.every(({ field, value, mask }) => {
        if (field.kind === 'intrinsic' || mask === 0) return true;
        const nature = NATURE[field.name];
        if (nature !== undefined) return and48(nature[kind] ?? 0, mask) === value;
        return present.has(field.header);
      });
    return Int32Array.from(
      programs
        .filter(matches)
        .flatMap(({ program, address }) => [
          this.rewrite(program, address.forward, present),
          this.rewrite(program, address.reverse, present),
        ]),
    );
  }

  private rewrite(program: Program, marks: readonly MarkedField[], present: ReadonlySet<number>): number {
    const filters = program.filters.map(({ field, value, mask }) => ({ field, value, mask }));
    const surroundings = marks.map(({ field, value, mask }) => ({ field: this.dataPlane.field(field), value, mask }));
    const fields = [...surroundings, ...filters].flatMap(({ field, value, mask }) =>
      field.kind === 'header' && NATURE[field.name] === undefined && present.has(field.header) && Number(mask) !== 0
        ? [{ field, value, mask }]
        : [],
    );
    return this.rewrites.add(
      fields,
      filters.find(({ field }) => field.kind === 'intrinsic'),
    );
  }
}

/** A hash of two words of 32 bits, with or without signs, as a word with a sign: no number that is stored apart. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}

const IPV6_SOURCE_AT = 8;
const IPV6_DESTINATION_AT = 24;

/** A hash of an IPv6 address. */
function mixAll(view: DataView, at: number): number {
  let hash = 0;
  for (let word = 0; word < 16; word += 4) hash = mix(hash, view.getInt32(at + word));
  return hash;
}

/** For each set of headers the first kind that has no others. @param names of the headers, by bit */
function kindsOf(names: readonly string[]): Int8Array {
  const needed = KINDS.map((kind) =>
    KIND_HEADERS[kind].every((name) => names.includes(name))
      ? KIND_HEADERS[kind].reduce((bits, name) => bits | (1 << names.indexOf(name)), 0)
      : undefined,
  );
  return Int8Array.from({ length: 1 << names.length }, (_, present) =>
    needed.findIndex((bits) => bits !== undefined && (present & bits) === bits),
  );
}

/** The offset in its header of a field that takes this many whole bytes. */
function wholeBytes(field: HeaderField, bytes: number): number {
  const { byteOffset, byteCount, shift } = fieldAccess(field);
  if (byteCount !== bytes || shift !== 0) throw new Error(`${field.name} does not take ${bytes} whole bytes`);
  return byteOffset;
}
