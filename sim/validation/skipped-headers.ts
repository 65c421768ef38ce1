/** Random headers of those that the parser skips. */
import { type DataPlane, must, type SkippedHeaderDescription } from '../../compiler/index.js';
import { overwriteBits } from '../blocks/write-bits.js';
import { below, chance, oneOf, type Random } from './random.js';

/** The headers that may stand behind a header. */
export interface Skip {
  /** The byte of the header in front that says what follows. */
  readonly byteOffset: number;
  readonly most: number;
  readonly headers: readonly SkippedHeaderDescription[];
}

/** By the index of the header in front. */
export function skipsOf(dataPlane: DataPlane): Map<number, Skip> {
  const skips = new Map<number, Skip>();
  for (const { skip, select } of Object.values(dataPlane.description.parser.states)) {
    if (skip === undefined || select === undefined) continue;
    const field = dataPlane.headerField(select.field);
    skips.set(field.header, { byteOffset: field.bitOffset / 8, ...skip });
  }
  return skips;
}

/** How often a header lets the parser go on, and is one of many. */
const SHARE = { straight: 0.8, many: 0.1 } as const;
const MAX_UNITS = 3;

/** A header and headers behind it, the last of which says what the header said. */
export function withSkipped(own: readonly number[], { byteOffset, most, headers }: Skip, random: Random): number[] {
  const count = chance(random, SHARE.many) ? below(random, most + 3) : 1 + below(random, 2);
  const bytes = [...own];
  let place = byteOffset;
  const following = must(own[place], 'byte that says what follows');
  for (let i = 0; i < count; i++) {
    const header = oneOf(random, headers);
    bytes[place] = header.value;
    place = bytes.length;
    bytes.push(...skippedBytes(header, random));
  }
  if (count > 0) bytes[place] = following;
  return bytes;
}

function skippedBytes({ bytes, unitBytes, only }: SkippedHeaderDescription, random: Random): number[] {
  const units = below(random, MAX_UNITS);
  const own = Array.from({ length: bytes + units * unitBytes }, () => below(random, 256));
  own[1] = units;
  if (only !== undefined && chance(random, SHARE.straight)) overwriteBits(own, only.bitOffset, only.width, only.value);
  return own;
}
