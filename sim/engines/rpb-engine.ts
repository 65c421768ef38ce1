/** An engine runs the RPBs on a packet. Engines differ in speed, never in results. */
import type { DataPlane, Gress } from '../../compiler/index.js';
import type { Phv } from '../blocks/phv.js';

export const ENGINES = ['compiled', 'interpreted'] as const;
/** Name of an engine that executes the RPBs. */
export type EngineName = (typeof ENGINES)[number];

export interface RpbEngine {
  readonly name: EngineName;
  /** Generates code for programs that have changed; without it, the first packet of each waits for that. */
  prepare(): void;
  /** Takes a packet through the RPBs of one gress of its pass, by the entries of its program. */
  ingress(phv: Phv): void;
  egress(phv: Phv): void;
}

/** The RPBs of each gress, from 0; all of the ingress come before those of the egress. */
export function rpbsOfGress({ rpbs }: DataPlane): Readonly<Record<Gress, readonly number[]>> {
  const of = (wanted: Gress): number[] => rpbs.filter(({ gress }) => gress === wanted).map(({ index }) => index);
  return { ingress: of('ingress'), egress: of('egress') };
}
