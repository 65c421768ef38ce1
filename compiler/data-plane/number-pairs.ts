/** Numbers for pairs of words: equal pairs have one number, from 0 in the order in which they are first asked for. */
import { must } from './must.js';

const FIRST_SLOTS = 64;

/** Lists, as most have few pairs: typed arrays take longer to make than those few take to find. */
export class NumberPairs {
  /** By hash, with the next free slot for those of one hash: the number of a pair, plus 1. At most half are taken. */
  private slots = emptySlots(FIRST_SLOTS);
  /** By number: the two words. */
  private readonly words: number[] = [];

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
    words.push(first, second);
    const count = words.length / 2;
    slots[slot] = count;
    if (2 * count === slots.length) this.grow();
    return count - 1;
  }

  private grow(): void {
    const { words } = this;
    const slots = emptySlots(2 * this.slots.length);
    const last = slots.length - 1;
    for (let at = 0; at < words.length; at += 2) {
      let slot = hashOf(must(words[at], 'word'), must(words[at + 1], 'word')) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = at / 2 + 1;
    }
    this.slots = slots;
  }
}

const emptySlots = (count: number): number[] => new Array<number>(count).fill(0);

/** Multipliers of MurmurHash 3, whose last step mixes high bits into low ones. */
function hashOf(a: number, b: number): number {
  const mixed = Math.imul(Math.imul(a, 0xcc9e2d51) ^ b, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 13) ^ mixed;
}
