/** The register arrays of a switch as they were before the first packet. */
import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane } from '../../compiler/index.js';
import type { Emulator } from '../pipeline/emulator.js';
import { isSame } from './memory-difference.js';

/** Words of 0, in place of a copy of each array that holds nothing else: nobody writes to them. */
let zeros = new Uint32Array(0);

export class ArraysBefore {
  private readonly arrays: readonly Uint32Array[];

  constructor(dataPlane: DataPlane, { memory }: Emulator) {
    this.arrays = dataPlane.rpbs.map(({ number, buckets }) => copyOf(memory.range(number, 0, buckets)));
  }

  /** The array of an RPB, which may not be written to. @param rpb number from 1 */
  of(rpb: number): Uint32Array {
    return must(this.arrays[rpb - 1], `register array of RPB ${rpb}`);
  }
}

/** Most arrays hold 0, and to compare one takes less time than to copy it. */
function copyOf(words: Uint32Array): Uint32Array {
  if (zeros.length < words.length) zeros = new Uint32Array(words.length);
  const nothing = zeros.subarray(0, words.length);
  return isSame(nothing, words) ? nothing : words.slice();
}
