/** The memory of one measurement unit: buddy blocks of 1, 1/2, … 1/32 of the register array. Source: as of task.ts. */

/** Smallest blocks of an array. */
export const PARTS = 32;
const LEVELS = 6;

/**
 * Level of the smallest block that holds these words: 1 is the whole array, each further level halves.
 * @returns null if the array is too small
 */
export function levelOf(arrayWords: number, words: number): number | null {
  if (words > arrayWords) return null;
  let level = 1;
  while (level < LEVELS && arrayWords / 2 ** level >= words) level++;
  return level;
}

export const blocksAt = (level: number): number => 2 ** (level - 1);

export class BuddyMemory {
  /** A bit for each part that is taken, as an unsigned number of 32 bits. */
  private taken = 0;

  /** @returns first part of the first free block of a level, or null */
  find(level: number): number | null {
    const parts = PARTS / blocksAt(level);
    for (let first = 0; first < PARTS; first += parts) {
      if ((this.taken & maskOf(first, parts)) === 0) return first;
    }
    return null;
  }

  take(first: number, level: number): void {
    this.taken |= maskOf(first, PARTS / blocksAt(level));
  }

  free(first: number, level: number): void {
    this.taken &= ~maskOf(first, PARTS / blocksAt(level));
  }
}

const maskOf = (first: number, parts: number): number => (parts === PARTS ? -1 : ((1 << parts) - 1) << first);
