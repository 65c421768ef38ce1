/** The queue of events against a plain sorted list. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventQueue } from '../../sim/pipeline/time/event-queue.js';

const KINDS = 3;

interface Waiting {
  readonly time: number;
  readonly kind: number;
  readonly operand: number;
}

/** What is done to a queue: an event is put in, or all up to a time are taken out. */
type Step = { readonly push: number; readonly kind: number } | { readonly take: number };

/** Events as they come out, and as a list says that they should. */
function bothOrders(steps: readonly Step[]): { readonly out: Waiting[]; readonly expected: Waiting[] } {
  const queue = new EventQueue(KINDS);
  const out: Waiting[] = [];
  const expected: Waiting[] = [];
  let list: Waiting[] = [];
  const take = (time: number): void => {
    while (queue.firstPs <= time && queue.firstPs < Number.POSITIVE_INFINITY) {
      const operand = queue.take();
      out.push({ time: queue.takenPs, kind: queue.kind, operand });
    }
    // Sorting is stable: events of one time stay in the order in which they were put in.
    list.sort((a, b) => a.time - b.time);
    expected.push(...list.filter((event) => event.time <= time));
    list = list.filter((event) => event.time > time);
  };
  for (const [operand, step] of steps.entries()) {
    if ('take' in step) take(step.take);
    else {
      queue.push(step.push, step.kind, operand);
      list.push({ time: step.push, kind: step.kind, operand });
    }
  }
  take(Number.POSITIVE_INFINITY);
  return { out, expected };
}

const kind = fc.nat(KINDS - 1);
const stepsOf = (mostTime: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ push: fc.nat(mostTime), kind }) },
      { weight: 1, arbitrary: fc.record({ take: fc.nat(mostTime) }) },
    ),
    { maxLength: 400, size: 'max' },
  );

// Few times make many events of one time; many make rings and heap full.
for (const mostTime of [3, 30, 2 ** 45]) {
  test(`events come in order of time and of insertion, times up to ${mostTime}`, () => {
    fc.assert(
      fc.property(stepsOf(mostTime), (steps) => {
        const { out, expected } = bothOrders(steps);
        assert.equal(out, expected);
      }),
      { numRuns: 150 },
    );
  });
}

test('thousands of events of one kind, in order of time and against it', () => {
  const times = Array.from({ length: 3000 }, (_, i) => i);
  for (const some of [times, times.toReversed(), times.map((time) => (time * 7919) % 3000)]) {
    const { out, expected } = bothOrders(some.map((push) => ({ push, kind: 1 })));
    assert.equal(out, expected);
  }
});

test('an event that was put in while others of its time are taken out comes behind them', () => {
  const queue = new EventQueue(KINDS);
  queue.push(5, 0, 1);
  queue.push(5, 1, 2);
  assert.is(queue.firstPs, 5);
  assert.is(queue.take(), 1);
  queue.push(5, 2, 3);
  assert.equal([queue.take(), queue.firstPs, queue.take()], [2, 5, 3]);
  assert.is(queue.firstPs, Number.POSITIVE_INFINITY);
});

test.run();
