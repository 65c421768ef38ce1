/** Addresses the packets of a capture to the programs that are deployed. */
import { and48, type DataPlane, type HeaderField, type Program } from '../../compiler/index.js';
import {
  Deparser,
  type FieldAccess,
  fieldAccess,
  modifyField,
  Parser,
  Phv,
  readField,
  type WritableField,
  writableField,
} from '../../sim/index.js';
import type { PacketBatch } from '../../traces/index.js';
import type { MarkedField } from './instance-marks.js';
import type { Arrival } from './workload.js';

/** The rule, for the help text. */
export const ADDRESSING_RULE =
  'A flow (the two addresses, the two ports and the protocol, in either direction; without IPv4 the two Ethernet ' +
  'addresses) belongs to one of the programs that packets of its kind can run, chosen by a hash of the flow. Its ' +
  "packets get the field values that the program's filter asks for, and outside addresses of 128.128.0.0 and up " +
  'where it asks for nothing; checksums are adjusted. Packets whose headers no program filters on stay as they are.';

/** Kinds of packets by their innermost header that filters know. */
const KINDS = ['tcp', 'udp', 'ipv4', 'tunnel', 'ethernet'] as const;
type Kind = (typeof KINDS)[number];

function byKind<Value>(value: (kind: Kind) => Value): Record<Kind, Value> {
  const [tcp, udp, ipv4, tunnel, ethernet] = KINDS;
  return {
    tcp: value(tcp),
    udp: value(udp),
    ipv4: value(ipv4),
    tunnel: value(tunnel),
    ethernet: value(ethernet),
  };
}

const PROTOCOL = 'hdr.ipv4.protocol';
const ETHER_TYPE = 'hdr.ethernet.ether_type';
/** Fields that say what a packet is; they are compared, never rewritten. */
const NATURE: Readonly<Record<string, Partial<Record<Kind, number>>>> = {
  [PROTOCOL]: { tcp: 6, udp: 17 },
  [ETHER_TYPE]: { tcp: 0x0800, udp: 0x0800, ipv4: 0x0800, tunnel: 0x1111 },
};
const KIND_HEADERS: Record<Kind, readonly string[]> = {
  tcp: ['ethernet', 'ipv4', 'l4_port', 'tcp'],
  udp: ['ethernet', 'ipv4', 'l4_port', 'udp'],
  ipv4: ['ethernet', 'ipv4'],
  tunnel: ['ethernet', 'tunnel'],
  ethernet: ['ethernet'],
};

/** What is written into a packet: bits of fields, and perhaps its ingress port. */
interface Rewrite {
  readonly fields: readonly { readonly field: HeaderField; readonly value: number; readonly mask: number }[];
  readonly ingressPort: { readonly value: number; readonly mask: number } | undefined;
}

interface Candidate {
  readonly forward: Rewrite;
  readonly reverse: Rewrite;
}

/** A program that runs, with what addresses packets to it. */
export interface AddressableProgram {
  readonly program: Program;
  readonly address: Arrival['address'];
}

export class CaptureAddressing {
  private readonly parser: Parser;
  private readonly phv: Phv;
  private readonly deparser: Deparser;
  private readonly candidates: Readonly<Record<Kind, readonly Candidate[]>>;
  private readonly writable = new Map<HeaderField, readonly [WritableField, ...WritableField[]]>();
  private readonly headers: Readonly<Record<Kind, number>>;
  private readonly flowFields: { readonly ip: readonly FieldAccess[]; readonly ports: readonly FieldAccess[] };

  constructor(
    private readonly dataPlane: DataPlane,
    programs: readonly AddressableProgram[],
  ) {
    this.parser = new Parser(dataPlane);
    this.phv = new Phv(dataPlane.headers.length);
    this.deparser = new Deparser(dataPlane, true);
    this.candidates = byKind((kind) => this.candidatesOf(kind, programs));
    this.headers = byKind((kind) => dataPlane.headerIndex(kind));
    const access = (name: string): FieldAccess => fieldAccess(dataPlane.headerField(name));
    this.flowFields = {
      ip: [access('hdr.ipv4.src'), access('hdr.ipv4.dst'), access(PROTOCOL)],
      ports: [access('hdr.l4_port.src_port'), access('hdr.l4_port.dst_port')],
    };
  }

  /** Rewrites packets `from` … of a batch; what no program can take stays as it is. */
  address(batch: PacketBatch, from = 0): void {
    const { phv } = this;
    for (let i = from; i < batch.count; i++) {
      const start = batch.offset[i] as number;
      phv.begin(batch.bytes, start, start + (batch.capturedLength[i] as number), batch.ingressPort[i] as number);
      this.parser.parse(phv);
      const kind = this.kindOf();
      const list = kind === undefined ? [] : this.candidates[kind];
      if (list.length === 0) continue;
      const flow = this.flow();
      const candidate = list[flow.hash % list.length] as Candidate;
      const rewrite = flow.forward ? candidate.forward : candidate.reverse;
      for (const { field, value, mask } of rewrite.fields) this.write(field, value, mask);
      this.deparser.deparse(phv);
      const port = rewrite.ingressPort;
      if (port !== undefined) batch.ingressPort[i] = ((batch.ingressPort[i] as number) & ~port.mask) | port.value;
    }
  }

  private kindOf(): Kind | undefined {
    return KINDS.find((kind) => (this.phv.headerStart[this.headers[kind]] as number) >= 0);
  }

  /** A hash that both directions of a flow share, and which direction this is: towards the lower port or address. */
  private flow(): { readonly hash: number; readonly forward: boolean } {
    const { phv, flowFields } = this;
    const ipv4 = phv.headerStart[this.headers.ipv4] as number;
    if (ipv4 < 0) {
      // Destination and source address, six bytes each.
      const start = phv.headerStart[this.headers.ethernet] as number;
      const half = (at: number): number => mix(readBytes(phv.bytes, at, 4), readBytes(phv.bytes, at + 4, 2));
      const [destination, source] = [half(start), half(start + 6)];
      return {
        hash: mix(Math.min(source, destination), Math.max(source, destination)),
        forward: source <= destination,
      };
    }
    const [source = 0, destination = 0, protocol = 0] = flowFields.ip.map((access) =>
      readField(access, phv.bytes, ipv4),
    );
    const l4 = phv.headerStart[flowFields.ports[0]?.header ?? 0] as number;
    const [from = 0, to = 0] = l4 < 0 ? [] : flowFields.ports.map((access) => readField(access, phv.bytes, l4));
    const a = mix(source, from);
    const b = mix(destination, to);
    return {
      hash: mix(mix(Math.min(a, b), Math.max(a, b)), protocol),
      forward: from > to || (from === to && source <= destination),
    };
  }

  private candidatesOf(kind: Kind, programs: readonly AddressableProgram[]): Candidate[] {
    const present = new Set(KIND_HEADERS[kind].map((name) => this.dataPlane.headerIndex(name)));
    const matches = ({ program }: AddressableProgram): boolean =>
      present.has(program.filterTable.requires) &&
      program.filters.every(({ field, value, mask }) => {
        if (field.kind === 'intrinsic' || mask === 0) return true;
        const nature = NATURE[field.name];
        if (nature !== undefined) return and48(nature[kind] ?? 0, mask) === value;
        return present.has(field.header);
      });
    return programs.filter(matches).map(({ program, address }) => ({
      forward: this.rewrite(program, address.forward, present),
      reverse: this.rewrite(program, address.reverse, present),
    }));
  }

  private rewrite(program: Program, marks: readonly MarkedField[], present: ReadonlySet<number>): Rewrite {
    const filters = program.filters.map(({ field, value, mask }) => ({ field, value, mask }));
    const surroundings = marks.map(({ field, value, mask }) => ({ field: this.dataPlane.field(field), value, mask }));
    const fields = [...surroundings, ...filters].flatMap(({ field, value, mask }) =>
      field.kind === 'header' && NATURE[field.name] === undefined && present.has(field.header) && mask !== 0
        ? [{ field, value, mask }]
        : [],
    );
    return { fields, ingressPort: filters.find(({ field }) => field.kind === 'intrinsic') };
  }

  /** Writes the bits under a mask, in parts of at most 32 bits. */
  private write(field: HeaderField, value: number, mask: number): void {
    const low = Math.min(field.width, 32);
    const parts = this.writable.get(field) ?? this.partsOf(field);
    this.writable.set(field, parts);
    const [lowPart, highPart] = parts;
    this.writePart(lowPart, value % 2 ** low, mask % 2 ** low);
    if (highPart !== undefined) this.writePart(highPart, Math.floor(value / 2 ** low), Math.floor(mask / 2 ** low));
  }

  private partsOf(field: HeaderField): readonly [WritableField, ...WritableField[]] {
    if (field.width <= 32) return [writableField(this.dataPlane, field)];
    const high = field.width - 32;
    return [
      writableField(this.dataPlane, { ...field, width: 32, bitOffset: field.bitOffset + high }),
      writableField(this.dataPlane, { ...field, width: high }),
    ];
  }

  private writePart(part: WritableField, value: number, mask: number): void {
    const start = this.phv.headerStart[part.access.header] as number;
    if (start < 0) return;
    const old = readField(part.access, this.phv.bytes, start);
    modifyField(part, this.phv, ((old & ~mask) | value) >>> 0);
  }
}

/** A 32-bit hash of two words, unsigned. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function readBytes(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}
