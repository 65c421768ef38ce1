/** Numbers of which the least is wanted next: a binary heap. */
import { must } from './must.js';

export class NumberHeap {
  /** The two numbers below place i, at 2i + 1 and 2i + 2, are no less than it. */
  private readonly numbers: number[] = [];

  add(number: number): void {
    const { numbers } = this;
    let at = numbers.push(number) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = this.at(above);
      if (other <= number) break;
      numbers[at] = other;
      at = above;
    }
    numbers[at] = number;
  }

  get size(): number {
    return this.numbers.length;
  }

  /** The least, which stays. */
  get least(): number | undefined {
    return this.numbers[0];
  }

  /** All, in no order. */
  all(): readonly number[] {
    return this.numbers;
  }

  /** The least, which is then gone; undefined if there is none. */
  take(): number | undefined {
    const { numbers } = this;
    const [least] = numbers;
    const last = numbers.pop();
    if (last === undefined || numbers.length === 0) return least;
    let at = 0;
    for (let below = 1; below < numbers.length; below = 2 * at + 1) {
      if (below + 1 < numbers.length && this.at(below + 1) < this.at(below)) below++;
      const other = this.at(below);
      if (other >= last) break;
      numbers[at] = other;
      at = below;
    }
    numbers[at] = last;
    return least;
  }

  private at(place: number): number {
    return must(this.numbers[place], 'number of a heap');
  }
}
