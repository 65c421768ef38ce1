/** Verdicts, what differs since an earlier result, and how figures are written. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { valueText } from '../../../bench/paper/page/figures-text.js';
import { changesSince, NotComparable } from '../../../bench/paper/reproduce/against.js';
import { type Comparison, compare } from '../../../bench/paper/reproduce/experiment.js';
import type { ReproductionDocument } from '../../../bench/paper/reproduce/reproduction.js';
import {
  type Agreement,
  agreementOf,
  type Better,
  exactly,
  FIXED,
  fromRepeats,
  NOT_COMPARED,
  RANDOM,
  type Tolerance,
  timedValue,
  type Value,
} from '../../../bench/paper/reproduce/value.js';

const within = (distance: number): Tolerance => ({ kind: 'distance', distance });

const ROWS: readonly (readonly [Value, Value, Tolerance, Better, Agreement])[] = [
  [exactly(100), exactly(103), FIXED, 'higher', 'agrees'],
  [exactly(100), exactly(97), FIXED, 'higher', 'agrees'],
  [exactly(100), exactly(104), FIXED, 'higher', 'better'],
  [exactly(100), exactly(104), FIXED, 'lower', 'differs'],
  [exactly(100), exactly(104), FIXED, null, 'differs'],
  [exactly(100), exactly(90), FIXED, 'lower', 'better'],
  // The rule leaves a range open, whose nearest end agrees.
  [exactly(100), fromRepeats([102, 130]), FIXED, 'higher', 'agrees'],
  [exactly(100), fromRepeats([90, 130]), FIXED, 'higher', 'agrees'],
  [exactly(100), fromRepeats([110, 130]), FIXED, null, 'differs'],
  // Of random workloads, the mean counts: inside the published range, or near the published mean.
  [fromRepeats([80, 100, 120]), exactly(119), RANDOM, null, 'agrees'],
  [exactly(100), exactly(109), RANDOM, null, 'agrees'],
  [exactly(100), fromRepeats([95, 135]), RANDOM, null, 'differs'],
  [exactly(0), exactly(0), within(0), null, 'agrees'],
  [exactly(0), exactly(1), within(0), null, 'differs'],
  [exactly(0.29), exactly(0.3), within(0.01), 'lower', 'agrees'],
  [exactly(5), exactly(5), NOT_COMPARED, 'lower', 'not compared'],
];

for (const [published, value, tolerance, better, verdict] of ROWS) {
  test(`${valueText(value)} beside ${valueText(published)}, ${tolerance.kind}, ${better}: ${verdict}`, () => {
    assert.is(agreementOf(published, value, tolerance, better), verdict);
  });
}

const comparison = (reproduced: Value | null, ours: Value | null, why = 'because'): Comparison =>
  compare({
    quantity: 'q',
    unit: 'u',
    published: exactly(100),
    reproduced,
    ours,
    tolerance: FIXED,
    better: 'higher',
    why,
  });

test('better is different where the paper is to be reproduced, and only what differs is explained', () => {
  const { reproducedVerdict, oursVerdict, why } = comparison(exactly(200), exactly(200));
  assert.equal([reproducedVerdict, oursVerdict, why], ['differs', 'better', 'because']);
  assert.is(comparison(exactly(100), exactly(200)).why, '');
  assert.is(comparison(null, exactly(1)).reproducedVerdict, null);
});

for (const [value, text] of [
  [exactly(0), '0'],
  [exactly(0.56789), '0.568'],
  [exactly(1234.5), '1,235'],
  [exactly(0.00004), '4.0e-5'],
  [fromRepeats([10, 20, 30]), '20 (10–30)'],
  [null, '–'],
] as const) {
  test(`a figure is written as ${text}`, () => assert.is(valueText(value), text));
}

const documentOf = (comparisons: readonly Comparison[], seed = '1'): ReproductionDocument => ({
  schema: 'p4runpro-bench/reproduce@1',
  command: 'npx bench reproduce x',
  scale: 'quick',
  seed,
  wallSeconds: 1,
  environment: { version: '0', code: 'c', node: 'n', cpu: 'c', cores: 1 },
  experiments: [{ id: 'x', title: 'X', about: '', isExtra: false, comparisons, notes: [], series: [], figures: [] }],
});

const change = (before: Value, after: Value) =>
  changesSince(documentOf([comparison(null, before)]), documentOf([comparison(null, after)]));

test('any change of a figure that does not depend on the machine is reported', () => {
  assert.equal(change(exactly(100), exactly(100)), []);
  assert.equal(change(exactly(0.1 + 0.2), exactly(0.3)), []);
  assert.equal(
    change(exactly(100), exactly(101)).map(({ kind, before, after }) => [kind, before, after]),
    [['exact', 100, 101]],
  );
  assert.is(change(fromRepeats([1, 3]), fromRepeats([0, 4])).length, 1);
});

test('a measured figure is reported only where it has surely changed by more than the tolerance', () => {
  const times = (factor: number): Value => timedValue([1, 1.1, 1.2, 0.9, 1.05].map((ms) => ms * factor));
  assert.equal(change(times(1), times(1.4)), []);
  assert.equal(
    change(times(1), times(3)).map(({ kind }) => kind),
    ['timed'],
  );
  assert.equal(change(times(3), times(1)).length, 1);
  // Too few measurements to say.
  assert.equal(change(timedValue([1]), timedValue([9])), []);
});

test('a missing number is a change; a new one, or an experiment that was not run again, is none', () => {
  const [two, none] = [documentOf([comparison(null, exactly(1))]), documentOf([])];
  assert.equal(
    changesSince(two, none).map(({ kind }) => kind),
    ['missing'],
  );
  assert.equal(changesSince(none, two), []);
  assert.equal(changesSince(two, { ...none, experiments: [] }), []);
});

test('results of other seeds are not compared', () => {
  assert.throws(
    () => changesSince(documentOf([], '1'), documentOf([], '2')),
    (error: unknown) => error instanceof NotComparable && /seed 1 there, 2 here/.test(error.message),
  );
});

test.run();
