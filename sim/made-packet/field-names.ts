/** Fields by the names that users type: as in the description, without `hdr.`, or only the last part. */
import { MAX_NUMBER_BITS } from '../../compiler/data-plane/bits.js';
import { appendTo } from '../../compiler/data-plane/counting.js';
import { type DataPlane, DomainError, type Field, nearest } from '../../compiler/index.js';

/** Thrown for values from which no packet can be made; the message is for the user. */
export class MadePacketError extends DomainError {
  override readonly name = 'MadePacketError';
  readonly code = 'not-a-packet';
  readonly ends = 'bad-input';
}

/** The field of a name. */
export interface NamedField {
  /** The shortest unambiguous name. */
  readonly name: string;
  readonly field: Field;
  /** The bits of the field that are meant, from its highest; all of it if absent. */
  readonly part?: { readonly offset: number; readonly width: number };
  /** The required IPv4 protocol, as for `tcp.dst_port`. */
  readonly protocol: number | undefined;
}

/** A part of a field as bits of that field. */
function wholeOf(field: Field, dataPlane: DataPlane): Pick<NamedField, 'field' | 'part'> {
  if (field.kind !== 'header' || field.partOf === undefined) return { field };
  const whole = dataPlane.layoutField(field);
  if (whole.width > MAX_NUMBER_BITS) return { field };
  return { field: whole, part: { offset: field.bitOffset - whole.bitOffset, width: field.width } };
}

/** The parts of the fourth word of a TCP header, which is one field where a data plane names no parts (RFC 9293). */
const TCP_WORD = 'hdr.tcp.tcp4thword';
const TCP_PARTS: Readonly<Record<string, { readonly offset: number; readonly width: number }>> = {
  'hdr.tcp.data_offset': { offset: 0, width: 4 },
  'hdr.tcp.flags': { offset: 8, width: 8 },
  'hdr.tcp.window': { offset: 16, width: 16 },
};
export const INGRESS_PORT = 'ig_intr_md.ingress_port';
const PREFIX = /^(hdr|ig_intr_md|eg_intr_md)\./;
/** Common names of headers. */
const SPOKEN: Readonly<Record<string, string>> = { eth: 'ethernet', ip: 'ipv4', ip6: 'ipv6' };

export class FieldNames {
  /** By name in full, without its prefix. */
  private readonly clear = new Map<string, NamedField>();
  /** By the last part of the name: several headers may have a field of one name. */
  private readonly short = new Map<string, NamedField[]>();

  constructor(dataPlane: DataPlane) {
    for (const [name, field] of dataPlane.fields) {
      this.add(name, { ...wholeOf(field, dataPlane), protocol: undefined }, true);
    }
    for (const spelling of Object.keys(dataPlane.description.aliases)) {
      const reference = dataPlane.fieldReference(spelling);
      if (reference !== undefined) this.add(spelling, reference, false);
    }
    const tcpWord = dataPlane.fields.get(TCP_WORD);
    if (tcpWord === undefined) return;
    for (const [name, part] of Object.entries(TCP_PARTS)) {
      if (!dataPlane.fields.has(name)) this.add(name, { field: tcpWord, part, protocol: undefined }, true);
    }
  }

  private add(full: string, meaning: Omit<NamedField, 'name'>, hasShortForm: boolean): void {
    const name = full.replace(PREFIX, '');
    const named = { name, ...meaning };
    this.clear.set(name, named);
    if (full === INGRESS_PORT) this.clear.set('port', named);
    if (!hasShortForm) return;
    const last = name.slice(name.lastIndexOf('.') + 1);
    appendTo(this.short, last, named);
  }

  /** @throws {MadePacketError} with the nearest name, or the names that it may mean */
  find(typed: string): NamedField {
    const bare = typed.replace(PREFIX, '').replace(/^(\w+)\./, (whole, header: string) => {
      const spoken = SPOKEN[header];
      return spoken === undefined ? whole : `${spoken}.`;
    });
    const meant = this.clear.get(bare) ?? this.clear.get(typed);
    if (meant !== undefined) return meant;
    const candidates = this.short.get(bare) ?? [];
    const [only, ...others] = candidates;
    if (only !== undefined && others.length === 0) return only;
    if (only !== undefined) {
      throw new MadePacketError(`'${typed}' may be ${candidates.map(({ name }) => name).join(' or ')}`);
    }
    const near = nearest(bare, [...this.clear.keys(), ...this.short.keys(), 'payload']);
    throw new MadePacketError(`there is no field '${typed}'${near === undefined ? '' : `: did you mean ${near}?`}`);
  }
}
