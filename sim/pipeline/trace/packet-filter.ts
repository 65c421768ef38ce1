/** Picks packets by their headers, in the notation of the language: `<hdr.ipv4.dst, 10.0.0.0, 255.255.255.0>`. */
import { MAX_NUMBER_BITS } from '../../../compiler/data-plane/bits.js';
import { must } from '../../../compiler/data-plane/must.js';
import {
  and48,
  type DataPlane,
  Diagnostics,
  DomainError,
  type Field,
  type FieldMatch,
  fits,
  lex,
  ones,
  parse,
} from '../../../compiler/index.js';
import { fieldMatches, protocolField } from '../../../compiler/language/field-matches.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { packetBytes } from '../../../traces/packets/packet-batch.js';
import { HeaderReader } from './header-reader.js';

/** Thrown for a text that is not a filter of this data plane; the message is for the user. */
export class PacketFilterError extends DomainError {
  override readonly name = 'PacketFilterError';
  readonly code = 'not-a-filter';
  readonly ends = 'bad-input';
}

export class PacketFilter {
  private readonly reader: HeaderReader;
  private readonly fieldMatches: readonly FieldMatch[];

  /** @param text one or several filters, all of which a packet has to match @throws {PacketFilterError} */
  constructor(text: string, dataPlane: DataPlane) {
    this.reader = new HeaderReader(dataPlane);
    const diagnostics = new Diagnostics();
    const { programs } = parse(lex(`program p(${text}) { DROP; }`, diagnostics), diagnostics);
    const [program] = programs;
    if (diagnostics.hasErrors || program === undefined || programs.length > 1) {
      throw new PacketFilterError(`'${text}' is no filter: <field, value, mask>, or several with commas between them`);
    }
    const protocols = new Set<number>();
    const matches = program.filters.flatMap((filter): FieldMatch[] => {
      const { subject, value, mask } = filter;
      const reference = dataPlane.fieldReference(subject.text);
      if (reference === undefined || isQueueReading(reference.field)) {
        throw new PacketFilterError(`data plane '${dataPlane.name}' has no field ${subject.text} on arrival`);
      }
      const { field, protocol } = reference;
      if (field.width <= MAX_NUMBER_BITS && !(fits(value.value, field.width) && fits(mask.value, field.width))) {
        throw new PacketFilterError(`${subject.text} has ${field.width} bits`);
      }
      if (protocol !== undefined) protocols.add(protocol);
      return fieldMatches(filter, field, dataPlane);
    });
    const field = protocolField(matches, dataPlane);
    this.fieldMatches = [...matches, ...[...protocols].map((value) => ({ field, value, mask: ones(field.width) }))];
  }

  /** Whether packet i of a batch, as it came, has all the fields with these values. */
  matchesPacket(batch: PacketBatch, i: number): boolean {
    return this.matches(packetBytes(batch, i), must(batch.ingressPort[i], 'port of a packet'));
  }

  /** Whether a packet, as it came in by a port, has all the fields with these values. */
  matches(packet: Uint8Array, ingressPort: number): boolean {
    this.reader.read(packet);
    return this.fieldMatches.every(({ field, value, mask }) => {
      const is = field.kind === 'header' ? this.reader.value(field) : ingressPort;
      return is !== undefined && and48(is, mask) === value;
    });
  }
}

const isQueueReading = (field: Field): boolean =>
  field.kind === 'intrinsic' && field.name !== 'ig_intr_md.ingress_port';
