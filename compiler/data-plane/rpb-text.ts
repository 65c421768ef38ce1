/** Names of RPBs in messages. */
import type { DataPlane } from './data-plane.js';
import { passOf, rpbNumberOf } from './logical-rpb.js';

/** `RPB 3`, and in a chain `RPB 3 of switch 2`. @param rpb its number, along the chain */
export function rpbText(rpb: number, { switches, rpbsPerSwitch }: DataPlane): string {
  if (switches === 1) return `RPB ${rpb}`;
  return `RPB ${rpbNumberOf(rpb, rpbsPerSwitch)} of switch ${passOf(rpb, rpbsPerSwitch) + 1}`;
}
