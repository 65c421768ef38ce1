/** The context in which the states of a parser are generated. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { type Block, braces } from '../data-plane/p4-text.js';
import type { PacketFields } from './fields.js';
import { METADATA } from './kept-fields.js';
import { type Residual, residuals } from './residuals.js';

/** The context of one parser. */
export interface ParserContext {
  readonly dataPlane: DataPlane;
  readonly fields: PacketFields;
  readonly gress: Gress;
  readonly metadata: string;
  readonly residuals: readonly Residual[];
  /** The states that end a path without extracting a header, by name. */
  readonly ends: Map<string, Block[]>;
}

export const contextOf = (dataPlane: DataPlane, fields: PacketFields, gress: Gress): ParserContext => ({
  dataPlane,
  fields,
  gress,
  metadata: METADATA[gress],
  residuals: residuals(dataPlane, gress),
  ends: new Map(),
});

/** The name of the P4 state, or of the first of several, for a state of the description. */
export const stateName = (state: string): string => `parse_${state}`;

export function select(
  on: readonly string[],
  cases: readonly (readonly [string, string])[],
  otherwise: string,
): Block[] {
  return braces(`transition select(${on.join(', ')})`, [
    ...cases.map(([value, state]) => `${value} : ${state};`),
    `default : ${otherwise};`,
  ]);
}
