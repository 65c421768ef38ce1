/**
 * PHV: containers of a packet's headers and state in the match-action stages. An estimate: p4c packs
 * fields, and moves fields that no stage uses to containers that do not count.
 */

import type { Chip } from '../chip.js';
import type { DataPlane, HeaderField } from '../data-plane.js';
import type { Gress } from '../description.js';
import { FIVE_TUPLE } from '../headers.js';
import { effectsOf } from '../instructions/table.js';
import { must } from '../must.js';
import { stateHeaderBits } from '../state-fields.js';
import { WORD_BITS } from '../tables.js';

/** Bits of containers in both gresses together. */
export function phvBits(dataPlane: DataPlane, chip: Chip): number {
  const widest = Math.max(...chip.phv.containerSizes);
  return (['ingress', 'egress'] as const).reduce((sum, gress) => {
    const headers = headerBits(dataPlane, gress, widest);
    const state = stateHeaderBits(dataPlane);
    return sum + headers + state + intrinsicBits(dataPlane, gress) + validityBits(dataPlane, widest);
  }, 0);
}

/**
 * Bits among them that need containers which any instruction writes: the carried state, ports and drop control, and the
 * fields that actions write. Fields that are only matched, hashed or read can lie in containers that are only moved.
 */
export function normalPhvBits(dataPlane: DataPlane, chip: Chip): number {
  const widest = Math.max(...chip.phv.containerSizes);
  return (['ingress', 'egress'] as const).reduce((sum, gress) => {
    const written = new Set(writtenFields(dataPlane, gress));
    const fields = [...written].map((name) => dataPlane.field(name)).filter((field) => field.kind === 'header');
    return sum + stateHeaderBits(dataPlane) + containersOf(fields, written, widest) + portBits(gress);
  }, 0);
}

function writtenFields({ rpbs }: DataPlane, gress: Gress): readonly string[] {
  const mine = rpbs.filter((rpb) => rpb.gress === gress).flatMap(({ actions }) => [...actions.values()]);
  return mine.flatMap(({ effect }) => {
    const { moves, writesFields } = effectsOf(effect);
    return moves?.to === 'header' ? [moves.field, ...writesFields] : writesFields;
  });
}

/**
 * Bits of the header fields that tables match, hash or exchange with registers. Fields of headers that exclude each
 * other (TCP and what follows UDP) take the same containers, so the parser's fullest path counts.
 */
function headerBits(dataPlane: DataPlane, gress: Gress, widest: number): number {
  const used = usedFields(dataPlane, gress);
  const bitsOf = new Map(
    dataPlane.headers.map(({ name, index }) => [
      name,
      containersOf(
        used.filter((field) => field.header === index),
        exchangedFields(dataPlane, gress),
        widest,
      ),
    ]),
  );
  const { parser } = dataPlane.description;
  const longest = (name: string): number => {
    const state = parser.states[name];
    const here = (state?.extract ?? []).reduce(
      (sum, header) => sum + must(bitsOf.get(header), `width of header ${header}`),
      0,
    );
    return here + Math.max(0, ...(state?.select?.next ?? []).map((edge) => longest(edge.state)));
  };
  return longest(parser.start);
}

/**
 * Bits of fields: those that move between header and register take whole 32-bit words, which neighbours share; others
 * bytes, without those of their parts that move.
 */
function containersOf(fields: readonly HeaderField[], exchanged: ReadonlySet<string>, widest: number): number {
  const words = new Set<number>();
  const bitsOfParts = (whole: string): number =>
    fields.reduce((sum, { name, partOf, width }) => sum + (partOf === whole && exchanged.has(name) ? width : 0), 0);
  let bits = 0;
  for (const { name, bitOffset, width } of fields) {
    if (exchanged.has(name)) words.add(Math.floor(bitOffset / WORD_BITS));
    else bits += Math.ceil((width - bitsOfParts(name)) / 8) * 8;
  }
  return words.size * widest + bits;
}

function exchangedFields({ rpbs }: DataPlane, gress: Gress): ReadonlySet<string> {
  const mine = rpbs.filter((rpb) => rpb.gress === gress).flatMap(({ actions }) => [...actions.values()]);
  return new Set(mine.flatMap(({ effect }) => effectsOf(effect).moves?.field ?? []));
}

function usedFields(dataPlane: DataPlane, gress: Gress): readonly HeaderField[] {
  const matched = gress === 'ingress' ? dataPlane.filterTables.flatMap(({ keys }) => keys.map(({ name }) => name)) : [];
  const names = new Set([...matched, ...FIVE_TUPLE, ...exchangedFields(dataPlane, gress)]);
  return [...names].map((name) => dataPlane.field(name)).filter((field) => field.kind === 'header');
}

/**
 * Bits of intrinsic metadata: ports in either gress as 16-bit containers, the drop control as a byte, and
 * the intrinsic fields that actions read, as words.
 */
function intrinsicBits(dataPlane: DataPlane, gress: Gress): number {
  const read = [...exchangedFields(dataPlane, gress)].filter((name) => dataPlane.field(name).kind === 'intrinsic');
  return portBits(gress) + read.length * WORD_BITS;
}

const portBits = (gress: Gress): number => (gress === 'ingress' ? 2 : 1) * 16 + 8;

/** Bits of the validity of headers, in a separate container. */
const validityBits = ({ headers }: DataPlane, widest: number): number =>
  Math.ceil((headers.length + 1) / widest) * widest;
