/** Numbers for pairs of words: equal pairs have one number, from 0 in the order in which they are first asked for. */

import { must } from './must.js';

const FIRST_SLOTS = 64;

export class NumberPairs {
  private count = 0;
  /** By hash, with the next free slot for those of one hash: the number of a pair, plus 1. At most half are taken. */
  private slots = new Int32Array(FIRST_SLOTS);
  /** By number: the two words. */
  private words = new Int32Array(FIRST_SLOTS);

  /** @param a and `b`: 32 bits, signed or not */
  of(a: number, b: number): number {
    const { slots, words } = this;
    const last = slots.length - 1;
    const first = a | 0;
    const second = b | 0;
    let slot = hashOf(first, second) & last;
    for (let taken = must(slots[slot], 'slot'); taken !== 0; taken = must(slots[slot], 'slot')) {
      if (words[2 * taken - 2] === first && words[2 * taken - 1] === second) return taken - 1;
      slot = (slot + 1) & last;
    }
    const number = this.count++;
    slots[slot] = number + 1;
    words[2 * number] = first;
    words[2 * number + 1] = second;
    if (2 * this.count === slots.length) this.grow();
    return number;
  }

  private grow(): void {
    const { words } = this;
    this.words = new Int32Array(2 * words.length);
    this.words.set(words);
    const slots = new Int32Array(2 * this.slots.length);
    const last = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = hashOf(must(words[2 * number], 'word'), must(words[2 * number + 1], 'word')) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }
}

/** Multipliers of MurmurHash 3, whose last step mixes high bits into low ones. */
function hashOf(a: number, b: number): number {
  const mixed = Math.imul(Math.imul(a, 0xcc9e2d51) ^ b, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 13) ^ mixed;
}
