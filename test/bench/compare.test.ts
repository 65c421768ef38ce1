/** `bench compare`: intervals against tables and by simulation, verdicts, and the command as a user types it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderComparison } from '../../bench/cli/report/compare-report.js';
import { compareMicro } from '../../bench/measure/compare/compare-micro.js';
import { comparedSpeed } from '../../bench/measure/compare/compare-runs.js';
import { speedRatio } from '../../bench/measure/compare/speed-ratio.js';
import { MICRO_SCHEMA } from '../../bench/measure/micro/micro-document.js';
import type { RunSummary } from '../../bench/measure/run/summary.js';
import { type, withFolder } from '../command-line.js';

const speeds = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 9 });
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
/** 1,000 times as large, all pairs' ratios distinct. */
const later = (n: number): number[] => upTo(n).map((i) => 1000 + 1 / (i + 7));

// Critical values of Mann and Whitney's U, two-sided 5 %: 4 and 4: 0, 5 and 5: 2, 5 and 8: 6, 8 and 8: 13, 10 and 10: 23.
for (const [m, n, critical] of [
  [4, 4, 0],
  [5, 5, 2],
  [5, 8, 6],
  [8, 8, 13],
  [10, 10, 23],
] as const) {
  test(`the interval of ${m} and ${n} measurements leaves out ${critical} pairs at either end`, () => {
    const [before, after] = [upTo(m), later(n)];
    const ratios = before.flatMap((a) => after.map((b) => b / a)).sort((a, b) => a - b);
    assert.equal(speedRatio(before, after).interval, [ratios[critical], ratios[m * n - 1 - critical]]);
  });
}

test('three and three measurements are not enough, nor is one', () => {
  assert.is(speedRatio(upTo(3), later(3)).interval, null);
  assert.is(speedRatio([2], upTo(30)).interval, null);
  assert.is(comparedSpeed('x', [1], [2]).verdict, 'not known');
});

test('the other way round the ratio is the inverse', () => {
  fc.assert(
    fc.property(speeds, speeds, (before, after) => {
      const there = speedRatio(before, after);
      const back = speedRatio(after, before);
      assert.ok(there.interval === null || (there.interval[0] <= there.ratio && there.ratio <= there.interval[1]));
      if (there.interval === null || back.interval === null) return assert.is(there.interval, back.interval);
      assert.ok(Math.abs(there.interval[0] * back.interval[1] - 1) < 1e-9);
    }),
    { seed: 1 },
  );
});

test('of two series of one distribution, at most about one in twenty seems to differ', () => {
  const random = seedrandom.alea('compare');
  const draw = (): number[] => Array.from({ length: 6 }, () => 1 / (0.5 + random() ** 4));
  const differ = Array.from({ length: 2000 }, () => comparedSpeed('x', draw(), draw()).verdict);
  const wrong = differ.filter((verdict) => verdict !== 'no difference').length;
  assert.ok(wrong > 0 && wrong < 0.06 * 2000, String(wrong));
});

test('a change of half is seen, and its direction', () => {
  const series = [10, 11, 9, 10.5, 9.5];
  assert.is(
    comparedSpeed(
      'x',
      series,
      series.map((speed) => speed * 2),
    ).verdict,
    'better',
  );
  assert.is(
    comparedSpeed(
      'x',
      series,
      series.map((speed) => speed / 2),
    ).verdict,
    'worse',
  );
  assert.is(comparedSpeed('x', series, series).verdict, 'no difference');
});

test('micro benchmarks: those that both have, faster is better', () => {
  const result = (name: string, meanNs: number) => {
    return { name, meanNs, marginPercent: 3, medianNs: meanNs, p75Ns: meanNs, p99Ns: meanNs, samples: 100 };
  };
  const document = (...results: ReturnType<typeof result>[]) => ({ schema: MICRO_SCHEMA, results }) as const;
  const before = document(result('a', 100), result('b', 100), result('c', 100), result('gone', 1));
  const after = document(result('a', 50), result('b', 102), result('c', 120));
  assert.equal(
    compareMicro(before, after).speeds.map(({ measure, verdict }) => [measure, verdict]),
    [
      ['a', 'better'],
      ['b', 'no difference'],
      ['c', 'worse'],
    ],
  );
});

const RUN = ['run', '--programs', '3', '--packets', '2000'];

test('compare: a run and itself, another engine, another result, another workload', () =>
  withFolder(async (folder) => {
    const bench = (...args: string[]) => type('bench', args, { folder });
    const runs = [
      [...RUN, '--out', 'a', '--repeat', '4'],
      [...RUN, '--out', 'b', '--engine', 'interpreted', '--repeat', '4'],
      [...RUN, '--out', 'c', '--workload', 'cache'],
    ];
    for (const args of runs) {
      const result = await bench(...args);
      assert.is(result.status, 0, result.stderr);
    }
    const summary = (name: string): RunSummary => JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8'));
    assert.is(summary('a').repeats.length, 4);
    assert.is(summary('c').repeats.length, 1);
    assert.ok(summary('a').repeats.some(({ wallSeconds }) => wallSeconds === summary('a').wallSeconds));
    assert.is(summary('a').packets.in, 2000);

    const same = await bench('compare', 'a', join('a', 'summary.json'));
    assert.equal([same.status, same.stderr], [0, '']);
    assert.match(same.stdout, /^state hash +equal/m);
    assert.match(
      same.stdout,
      /^packets per second +no difference +times 1\.000 \(95 % interval 0\.\d+ to \d+\.\d+\)$/m,
    );

    assert.match(same.stdout, /^verdict +the same results, and no significant difference in speed$/m);

    // Of runs of this length the faster engine is a matter of chance: speeds as in the first.
    writeFileSync(
      join(folder, 'b', 'summary.json'),
      JSON.stringify({ ...summary('b'), repeats: summary('a').repeats }),
    );
    const { stdout, stderr } = await bench('compare', 'a', 'b', '--json');
    assert.match(
      stderr,
      /^bench: warning: the runs differ, so that speeds cannot be compared directly: engine compiled and interpreted\n$/,
    );
    const json = JSON.parse(stdout) as {
      schema: string;
      verdict: string;
      figures: { verdict: string }[];
      speeds: { interval: unknown }[];
    };
    assert.is(json.schema, 'p4runpro-bench/compare@1');
    assert.ok(json.figures.every(({ verdict }) => verdict === 'equal'));
    assert.is(json.speeds.length, 1);
    assert.is(json.verdict, 'no difference');

    writeFileSync(join(folder, 'other.json'), JSON.stringify({ ...summary('a'), entries: 1, stateHash: 'f00' }));
    const differs = await bench('compare', 'a', 'other.json');
    assert.is(differs.status, 1);
    const document = await bench('compare', 'a', 'other.json', '--json');
    assert.is((JSON.parse(document.stdout) as { verdict: string }).verdict, 'worse');
    assert.match(differs.stdout, /^table entries +differs +\d+ -> 1$/m);
    assert.match(differs.stdout, /^verdict +2 of 10 results differ, and no significant difference in speed$/m);
    assert.match(differs.stdout, /^state hash +differs +[0-9a-f]{23}… -> f00$/m);

    const workload = await bench('compare', 'a', 'c');
    assert.is(workload.status, 2);
    assert.match(workload.stderr, /^bench: the runs differ and cannot be compared: workload lb in a, cache in c\n$/);
  }));

test('the verdict is one sentence about results and speeds', () => {
  const verdict = (comparison: Parameters<typeof renderComparison>[0]): string | undefined =>
    /^verdict +(.*)$/m.exec(renderComparison(comparison, false))?.[1];
  const equal = { figure: 'packets', before: '1', after: '1', verdict: 'equal' } as const;
  const speed = (faster: number) =>
    comparedSpeed(
      'x',
      [10, 11, 9, 10.5],
      [10, 11, 9, 10.5].map((v) => v * faster),
    );
  assert.is(verdict({ figures: [equal], speeds: [speed(2)] }), 'the same results, and faster');
  assert.is(verdict({ figures: [equal], speeds: [speed(0.5)] }), 'the same results, but slower');
  assert.is(verdict({ figures: [equal], speeds: [] }), 'the same results');
  const unknown = comparedSpeed('x', [1], [2]);
  assert.is(
    verdict({ figures: [equal], speeds: [unknown] }),
    'the same results, and too few repeats to compare speeds',
  );
  assert.is(
    verdict({ figures: [], speeds: [speed(2), speed(2), speed(0.5), speed(1), unknown] }),
    '2 faster, 1 slower, 1 without a difference, 1 not known',
  );
});

test.run();
