/** What a packet carries between ingress, egress and recirculation, as a header of its own. */
import type { DataPlane } from './data-plane.js';
import { REGISTERS } from './description.js';

const REGISTER_BITS = 32;
/** SALU flag, drop flag, recirculation flag. */
const FLAG_BITS = 3;

/** Bytes of the header: registers (saved ones where an RPB can save), ids, address, two ports and flags. */
export function stateHeaderBytes({ rpbs, description }: DataPlane): number {
  const { programIdBits, branchIdBits, recirculationIdBits, addressBits } = description.state;
  const saves = rpbs.some(({ actions }) => [...actions.values()].some(({ effect }) => effect.kind === 'backup'));
  const registers = REGISTERS.length * (saves ? 2 : 1);
  const ports = 2 * description.ports.width;
  const ids = programIdBits + branchIdBits + recirculationIdBits;
  return Math.ceil((registers * REGISTER_BITS + ids + addressBits + ports + FLAG_BITS) / 8);
}
