/** Operands of instructions: registers by index, header fields and intrinsic fields by number. */
import type { DataPlane, Register } from '../../../compiler/for-switches.js';
import { must } from '../../../compiler/for-switches.js';
import { type WritableField, writableField } from '../deparser.js';
import { type FieldAccess, fieldAccess } from '../header-fields.js';
import { HAR, MAR, SAR } from '../phv.js';

export const REGISTER_INDEX: Readonly<Record<Register, number>> = { har: HAR, sar: SAR, mar: MAR };

/** What hashes and RETURN need of a packet. */
export interface Endpoints {
  /** Headers by index. */
  readonly ethernet: number;
  readonly ipv4: number;
  readonly ports: number;
  /** Fields of the IPv4 header. */
  readonly source: FieldAccess;
  readonly destination: FieldAccess;
  readonly protocol: FieldAccess;
  readonly ipv6: Ipv6Endpoints | undefined;
}

/** As {@link Endpoints}, of IPv6, on data planes that parse it. */
export interface Ipv6Endpoints {
  readonly header: number;
  /** The words of the addresses. */
  readonly source: readonly FieldAccess[];
  readonly destination: readonly FieldAccess[];
  readonly nextHeader: FieldAccess;
}

function ipv6Endpoints(dataPlane: DataPlane): Ipv6Endpoints | undefined {
  const header = dataPlane.headerIndex('ipv6');
  if (header < 0) return undefined;
  const words = (field: string): FieldAccess[] =>
    dataPlane.wordsOf(dataPlane.field(field)).map(({ name }) => fieldAccess(dataPlane.headerField(name)));
  const nextHeader = fieldAccess(dataPlane.headerField('hdr.ipv6.next_header'));
  return { header, source: words('hdr.ipv6.src'), destination: words('hdr.ipv6.dst'), nextHeader };
}

/** Header fields that instructions can name, by their operand. */
export class FieldOperands {
  readonly fields: readonly WritableField[];
  readonly endpoints: Endpoints;
  private readonly index = new Map<string, number>();

  constructor(dataPlane: DataPlane) {
    const fields: WritableField[] = [];
    for (const field of dataPlane.fields.values()) {
      if (field.kind !== 'header' || field.width > 32) continue;
      this.index.set(field.name, fields.length);
      fields.push(writableField(dataPlane, field));
    }
    this.fields = fields;
    const access = (field: string): FieldAccess => fieldAccess(dataPlane.headerField(field));
    this.endpoints = {
      ethernet: dataPlane.headerIndex('ethernet'),
      ipv4: dataPlane.headerIndex('ipv4'),
      ports: dataPlane.headerIndex('l4_port'),
      source: access('hdr.ipv4.src'),
      destination: access('hdr.ipv4.dst'),
      protocol: access('hdr.ipv4.protocol'),
      ipv6: ipv6Endpoints(dataPlane),
    };
  }

  operand(name: string): number {
    return must(this.index.get(name), 'operand of a field');
  }
}
