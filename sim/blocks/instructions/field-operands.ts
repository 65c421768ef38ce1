/** Operands of instructions: registers by index, header fields and intrinsic fields by number. */
import type { DataPlane, Register } from '../../../compiler/index.js';
import { must } from '../../../compiler/index.js';
import { type WritableField, writableField } from '../deparser.js';
import { HAR, MAR, SAR } from '../phv.js';

export const REGISTER_INDEX: Readonly<Record<Register, number>> = { har: HAR, sar: SAR, mar: MAR };

/** Header fields that instructions can name, by their operand. */
export class FieldOperands {
  readonly fields: readonly WritableField[];
  private readonly index = new Map<string, number>();

  constructor(dataPlane: DataPlane) {
    const fields: WritableField[] = [];
    for (const field of dataPlane.fields.values()) {
      if (field.kind !== 'header' || field.width > 32) continue;
      this.index.set(field.name, fields.length);
      fields.push(writableField(dataPlane, field));
    }
    this.fields = fields;
  }

  operand(name: string): number {
    return must(this.index.get(name), 'operand of a field');
  }
}
