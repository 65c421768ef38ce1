/** Liveness of registers, a backward analysis over sets of registers as bits; none is live at the end of the program. */
import type { Register } from '../data-plane/description.js';
import { PRIMITIVES, registerOfUse } from '../language/primitives.js';
import type { Condition, PrimitiveStatement } from '../language/program.js';

/** One bit for each register in it. */
export type RegisterBits = number;

const BITS: Readonly<Record<Register, RegisterBits>> = { har: 1, sar: 2, mar: 4 };

export const isLive = (register: Register, live: RegisterBits): boolean => (live & BITS[register]) !== 0;

/** @param after the registers live behind a statement @returns those live in front of it */
export function liveBefore({ primitive, registers }: PrimitiveStatement, after: RegisterBits): RegisterBits {
  const row = PRIMITIVES.get(primitive);
  if (row === undefined) return after;
  let live = after;
  for (const use of row.writes) {
    const register = registerOfUse(use, registers);
    if (register !== undefined) live &= ~BITS[register];
  }
  for (const use of row.reads) {
    const register = registerOfUse(use, registers);
    if (register !== undefined) live |= BITS[register];
  }
  return live;
}

/** The registers that conditions look at. */
export function comparedBy(conditions: readonly Condition[]): RegisterBits {
  let compared = 0;
  for (const { register, mask } of conditions) if (mask !== 0) compared |= BITS[register];
  return compared;
}
