/** The register arrays of all RPBs in one shared buffer, so that workers can share them. */
import type { DataPlane } from '../../compiler/index.js';
import { sharedMemory } from '../../traces/platform/shared-memory.js';
import { TargetError } from '../target/target.js';

/** Where the words of the register arrays of all RPBs lie. */
export class RegisterLayout {
  private readonly start: Int32Array;
  /** Buckets of each array. */
  private readonly sizes: Int32Array;
  /** Words in a bucket of each array: 2 in one of pairs, low word first. */
  private readonly wordsPerBucket: Int32Array;

  constructor({ rpbs }: DataPlane) {
    this.sizes = Int32Array.from(rpbs, ({ buckets }) => buckets);
    this.wordsPerBucket = Int32Array.from(rpbs, ({ words }) => words);
    this.start = new Int32Array(this.sizes.length);
    for (let i = 1; i < this.sizes.length; i++) {
      this.start[i] =
        (this.start[i - 1] as number) + (this.sizes[i - 1] as number) * (this.wordsPerBucket[i - 1] as number);
    }
  }

  /** Place of a bucket's first word; addresses wrap at the size of the array. @param rpb from 0 */
  index(rpb: number, address: number): number {
    return (this.start[rpb] as number) + this.bucket(rpb, address) * (this.wordsPerBucket[rpb] as number);
  }

  /** Words in a bucket of an array. @param rpb from 0 */
  wordsIn(rpb: number): number {
    return this.wordsPerBucket[rpb] as number;
  }

  /** The bucket of an address. @param rpb from 0 */
  bucket(rpb: number, address: number): number {
    const size = this.sizes[rpb] as number;
    return address < size ? address : address % size;
  }

  /** Places of the words of buckets `base` … `base + buckets - 1`. @param rpb number from 1 @throws {TargetError} out-of-range */
  span(rpb: number, base: number, buckets: number): { readonly first: number; readonly end: number } {
    const size = this.sizes[rpb - 1];
    if (size === undefined) throw new TargetError('unknown-table', `there is no RPB ${rpb}`);
    const isRange = [base, buckets].every((value) => Number.isInteger(value) && value >= 0);
    if (!isRange || base + buckets > size) {
      throw new TargetError('out-of-range', `RPB ${rpb} has no buckets ${base} to ${base + buckets - 1}`);
    }
    const words = this.wordsPerBucket[rpb - 1] as number;
    const first = (this.start[rpb - 1] as number) + base * words;
    return { first, end: first + buckets * words };
  }
}

export class RegisterArrays extends RegisterLayout {
  /** At the places of the layout. */
  readonly words: Uint32Array;
  /** The same words with a sign. */
  readonly integers: Int32Array;

  /**
   * @param buffer memory to share with another switch of this data plane; else new memory, all 0
   * @param member the switch of a chain whose part of the chain's memory these arrays are, from 0
   */
  constructor(
    dataPlane: DataPlane,
    readonly buffer: ArrayBuffer | SharedArrayBuffer = sharedMemory(bytesOf(dataPlane)),
    member = 0,
  ) {
    super(dataPlane);
    const bytes = bytesOf(dataPlane);
    this.words = new Uint32Array(buffer, member * bytes, bytes / Uint32Array.BYTES_PER_ELEMENT);
    this.integers = new Int32Array(buffer, member * bytes, bytes / Uint32Array.BYTES_PER_ELEMENT);
  }

  /** The words of buckets `base` … `base + buckets - 1`, a view. @param rpb number from 1 @throws {TargetError} out-of-range */
  range(rpb: number, base: number, buckets: number): Uint32Array {
    const { first, end } = this.span(rpb, base, buckets);
    return this.words.subarray(first, end);
  }
}

const bytesOf = ({ rpbs }: DataPlane): number =>
  rpbs.reduce((sum, { buckets, words }) => sum + buckets * words, 0) * Uint32Array.BYTES_PER_ELEMENT;
