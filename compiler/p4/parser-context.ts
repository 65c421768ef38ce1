/** What the states of a parser are made with, and what they have in common. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { type Block, braces } from '../data-plane/p4-text.js';
import type { PacketFields } from './fields.js';
import { METADATA } from './kept-fields.js';
import { type Residual, residuals } from './residuals.js';

/** What the states of one parser are made with. */
export interface ParserContext {
  readonly dataPlane: DataPlane;
  readonly fields: PacketFields;
  readonly gress: Gress;
  readonly metadata: string;
  readonly residuals: readonly Residual[];
  /** By name, the states that end a path without taking a header. */
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

/** The state of the source that a state of the description becomes, or the first of several. */
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
