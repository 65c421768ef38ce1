/** Choices from a source of randomness that the caller gives. */

/** Evenly distributed in [0, 1). */
export type Random = () => number;

/** A whole number from 0 to `limit - 1`. */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export const chance = (random: Random, probability: number): boolean => random() < probability;

/** One of a list, which must not be empty. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  const item = list[below(random, list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** Values at which arithmetic on words goes wrong first. */
export const CORNERS: readonly number[] = [
  0, 1, 2, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

export const randomWord = (random: Random): number => below(random, 2 ** 32);
