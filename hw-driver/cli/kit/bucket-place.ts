/** The bucket of a word of a memory, by its place among all words. */

export type PairWord = 'lo' | 'hi';

export interface BucketPlace {
  readonly bucket: number;
  /** Of a pair: which of its words. */
  readonly word?: PairWord;
}

/** @param wordsPerBucket 2 in a memory of pairs, whose low words come first */
export const bucketPlace = (index: number, wordsPerBucket: 1 | 2): BucketPlace =>
  wordsPerBucket === 1 ? { bucket: index } : { bucket: Math.floor(index / 2), word: index % 2 === 0 ? 'lo' : 'hi' };
