/** Verdicts, what differs since an earlier result, and how figures are written. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { valueText } from '../../../bench/paper/page/figures-text.js';
import { reproductionPage } from '../../../bench/paper/page/page.js';
import { verdictTable } from '../../../bench/paper/page/verdict-table.js';
import { changesSince, NotComparable } from '../../../bench/paper/reproduce/against.js';
import {
  COLUMN_TITLES,
  type Comparison,
  compare,
  informative,
  peerNumber,
  publishedOnly,
  unpublished,
} from '../../../bench/paper/reproduce/experiment.js';
import {
  type ExperimentRecord,
  numbersOfPaper,
  type ReproductionDocument,
} from '../../../bench/paper/reproduce/reproduction.js';
import {
  type Agreement,
  agreementOf,
  type Better,
  exactly,
  FIXED,
  fromRepeats,
  INFORMATIVE,
  NOT_COMPARED,
  RANDOM,
  type Tolerance,
  timedValue,
  type Value,
} from '../../../bench/paper/reproduce/value.js';

const within = (distance: number): Tolerance => ({ kind: 'distance', distance });

const ROWS: readonly (readonly [Value, Value, Tolerance, Better, Agreement | null])[] = [
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
  [exactly(1), exactly(90), INFORMATIVE, 'higher', null],
  // A range of two orders of magnitude says nothing.
  [exactly(1), fromRepeats([71, 6940]), FIXED, 'higher', 'not compared'],
  [exactly(100), fromRepeats([10, 100]), FIXED, 'higher', 'agrees'],
  [exactly(0), fromRepeats([0, 1]), FIXED, null, 'not compared'],
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

test('the kind of a number follows from its values; a measured one gets no verdict', () => {
  const kinds = (...all: Comparison[]): string[] => all.map(({ kind }) => kind);
  assert.equal(
    kinds(
      comparison(exactly(1), null),
      unpublished('q', 'u', timedValue([1, 2])),
      peerNumber('q', 'u', exactly(1)),
      publishedOnly('q', 'u', exactly(1)),
      informative('q', '×', timedValue([71, 6940]), 'Why.'),
    ),
    ['computed', 'measured', 'computed', 'published only', 'measured'],
  );
  assert.throws(() => comparison(null, timedValue([100])), /a verdict on a measured number: q/);
  const ratio = informative('q', '×', timedValue([71, 6940]), 'Why.');
  assert.equal([ratio.oursVerdict, ratio.published, ratio.why], [null, null, 'Why.']);
  const { peer, reproducedVerdict, oursVerdict } = peerNumber('q', 'u', exactly(7));
  assert.equal([peer?.mean, reproducedVerdict, oursVerdict], [7, null, null]);
});

test('the headline counts numbers of the paper with something beside them, by kind', () => {
  const judged = [
    comparison(exactly(100), exactly(200)),
    comparison(exactly(200), exactly(100)),
    publishedOnly('only', 'u', exactly(1)),
    unpublished('ours alone', 'u', exactly(1)),
  ];
  const delay = compare({
    ...{ quantity: 'delay', unit: 'ms', published: exactly(5), reproduced: null, ours: timedValue([1]) },
    ...{ tolerance: NOT_COMPARED, better: 'lower', why: 'Another machine.' },
  });
  assert.is(numbersOfPaper([{ isExtra: false, comparisons: judged }]).length, 2);
  const beyond = { ...experimentOf('beyond', judged.slice(0, 1)), isExtra: true };
  const document = {
    ...documentOf([]),
    experiments: [experimentOf('fig', judged), experimentOf('times', [delay]), beyond],
  };
  const lines = verdictTable(document).split('\n');
  assert.equal(
    lines.slice(2).map((line) => line.trim().split(/ {2,}/)),
    [
      ['fig', '2', '1', '1', '1', '1', '0', '0'],
      ['all computed', '2', '1', '1', '1', '1', '0', '0'],
      ['all measured', '1', '0', '0', '0', '0', '0', '1'],
      [''],
      ['without verdicts: times, beyond'],
    ],
  );
  assert.is(verdictTable({ ...document, experiments: [beyond] }), 'no numbers of the paper: beyond');
  const page = reproductionPage(document, () => NO_DRAWING);
  assert.match(page, /ours, computed<\/th><td>1<\/td><td>1<\/td><td>–<\/td><td>–<\/td>/);
  assert.match(page, /ours, measured<\/th><td>–<\/td><td>–<\/td><td>–<\/td><td>1<\/td>/);
  for (const [kind, count] of [
    ['computed, 3 %', 3],
    ['computed', 1],
    ['published only', 1],
    ['measured', 1],
  ] as const) {
    assert.is(page.split(`<td class="kind">${kind}</td>`).length - 1, count, kind);
  }
  assert.match(page, /1 numbers that are only published, and\s2 without a number of the paper beside them/);
});

test('a reason that holds for several numbers is said once; columns have the names of their experiment', () => {
  const experiment = {
    ...experimentOf('x', [
      ...[1, 2, 3].map((value) => comparison(exactly(value), null, 'Shared reason.')),
      comparison(exactly(4), null, 'A reason of its own.'),
    ]),
    columns: { ...COLUMN_TITLES, reproduced: 'authors’ shapes' },
  };
  const page = reproductionPage({ ...documentOf([]), experiments: [experiment] }, () => NO_DRAWING);
  assert.is(page.split('Shared reason.').length, 2);
  assert.is(page.split('reason 1</td>').length, 4);
  assert.is(page.split('<td class="kind">computed, 3 %</td>').length, 5);
  assert.match(page, /<td class="why">A reason of its own\.<\/td>/);
  const head = page.slice(page.indexOf('<section'), page.indexOf('<tbody>', page.indexOf('<section')));
  assert.match(head, />authors’ shapes<\/th>/);
  assert.not.match(head, />ours<|>peer/);
});

test('columns that hold nothing are left out', () => {
  const pageOf = (one: Comparison) => reproductionPage(documentOf([one]), () => NO_DRAWING);
  const head = '<th scope="col">published</th>';
  assert.not.match(pageOf(unpublished('q', 'u', exactly(1))), new RegExp(`${head}|>why<`));
  assert.match(pageOf(comparison(null, exactly(1))), new RegExp(`${head}.*>why<`));
});

test('the page says what ran, when, on what, and how to cite it', () => {
  const document = documentOf([unpublished('q', 'u', exactly(1))]);
  const page = reproductionPage(document, () => NO_DRAWING);
  assert.match(page, /<dt>Code<\/dt><dd>p4runpro-sim 0, commit abc123\+, fingerprint c<\/dd>/);
  assert.match(page, /<dt>Date<\/dt><dd>2026-01-02T03:04:05\.000Z<\/dd>/);
  assert.match(page, /commit abc123\+, <code>npx bench reproduce x<\/code>, 2026-01-02\./);
  assert.match(page, /Quick run\. Numbers: .*again:\s<code>npx bench reproduce x --quick --seed 1<\/code>/);
  const packed = { ...document, environment: { ...document.environment, commit: null } };
  assert.match(
    reproductionPage(packed, () => NO_DRAWING),
    /<dd>p4runpro-sim 0, fingerprint c<\/dd>/,
  );
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

const NO_DRAWING = { wide: '', narrow: '' };

const experimentOf = (id: string, comparisons: readonly Comparison[]): ExperimentRecord => ({
  id,
  title: 'X',
  about: '',
  isExtra: false,
  scale: 'quick',
  columns: COLUMN_TITLES,
  comparisons,
  tables: [],
  notes: [],
  series: [],
  figures: [],
});

const documentOf = (comparisons: readonly Comparison[], seed = '1'): ReproductionDocument => ({
  schema: 'p4runpro-bench/reproduce@2',
  command: 'npx bench reproduce x',
  scale: 'quick',
  seed,
  wallSeconds: 1,
  environment: {
    ...{ version: '0', commit: 'abc123+', code: 'c', node: 'v20', cpu: 'c', cores: 1 },
    ...{ date: '2026-01-02T03:04:05.000Z', platform: 'linux x64' },
  },
  experiments: [experimentOf('x', comparisons)],
});

const change = (before: Value, after: Value) =>
  changesSince(documentOf([unpublished('q', 'u', before)]), documentOf([unpublished('q', 'u', after)]));

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
