/**
 * Words of a container group. An instruction of a Tofino reads containers of the group of its target only, so the
 * registers and every word that actions exchange with them lie in one group of 32-bit containers.
 */
import type { DataPlane, Field } from '../data-plane.js';
import type { Gress } from '../description.js';
import { REGISTERS } from '../description.js';
import { effectsOf } from '../instructions/table.js';
import { WORD_BITS } from '../tables.js';

/** Words of one group that the actions of a gress need: registers, address, saved registers, exchanged words. */
export function groupWords(dataPlane: DataPlane, gress: Gress): number {
  const effects = dataPlane.rpbs
    .filter((rpb) => rpb.gress === gress)
    .flatMap(({ actions }) => [...actions.values()])
    .map(({ effect }) => effectsOf(effect));
  const exchanged = new Set(
    effects.flatMap(({ moves }) => (moves === undefined ? [] : wordsOf(dataPlane.field(moves.field), moves.to))),
  );
  const saved = effects.some(({ copies }) => copies.length > 0) ? REGISTERS.length : 0;
  return REGISTERS.length + ADDRESS_WORDS + saved + exchanged.size;
}

/** MAR is added to the offset of a memory. */
const ADDRESS_WORDS = 1;

/**
 * The word of a field; of one in the middle of its word, which no instruction moves into a register with zeros above,
 * the copy that the parser makes.
 */
function wordsOf(field: Field, to: 'register' | 'header'): string[] {
  if (field.kind === 'intrinsic') return [field.name];
  const { header, bitOffset, width } = field;
  const from = bitOffset % WORD_BITS;
  const isMovable = from + width === WORD_BITS || (from === 0 && width === WORD_BITS / 2);
  if (to === 'register' && !isMovable) return [`copy of ${field.name}`];
  return [`${header} ${Math.floor(bitOffset / WORD_BITS)}`];
}
