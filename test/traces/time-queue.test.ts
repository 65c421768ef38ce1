/** The heap in which open connections wait. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Timed, TimeQueue } from '../../traces/generate/time-queue.js';
import { cases } from '../tiers.js';

const inOrder = (a: Timed, b: Timed): number => a.nanoseconds - b.nanoseconds || b.number - a.number;

test('after any additions, removals and moves, the first is the earliest, of equal times the last added', () => {
  const step = fc.record({ kind: fc.constantFrom('add', 'add', 'remove', 'move'), nanoseconds: fc.nat(5) });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const queue = new TimeQueue<{ nanoseconds: number; number: number }>();
    const plain: { nanoseconds: number; number: number }[] = [];
    for (const [number, { kind, nanoseconds }] of steps.entries()) {
      const first = plain[0];
      if (kind === 'add') {
        const item = { nanoseconds, number };
        queue.add(item);
        plain.push(item);
      } else if (first !== undefined && kind === 'remove') {
        queue.removeFirst();
        plain.shift();
      } else if (first !== undefined) {
        first.nanoseconds += nanoseconds;
        queue.moveFirst();
      }
      plain.sort(inOrder);
      assert.is(queue.first, plain[0]);
    }
  });
  fc.assert(property, { seed: 20250105, numRuns: cases(300) });
});

test('comparisons of a step grow with the logarithm of the length', () => {
  /** Looks at times for each of `count` that wait, moved on once. */
  const looksFor = (count: number): number => {
    let looks = 0;
    class Item implements Timed {
      constructor(
        private time: number,
        readonly number: number,
      ) {}
      get nanoseconds(): number {
        looks++;
        return this.time;
      }
      delay(): void {
        this.time += count;
      }
    }
    const queue = new TimeQueue<Item>();
    for (let n = 0; n < count; n++) queue.add(new Item((n * 7919) % count, n));
    looks = 0;
    for (let n = 0; n < count; n++) {
      queue.first?.delay();
      queue.moveFirst();
    }
    return looks / count;
  };
  assert.ok(looksFor(1 << 14) < 16 * 14, String(looksFor(1 << 14)));
  assert.ok(looksFor(1 << 14) < 2.5 * looksFor(1 << 7));
});

test.run();
