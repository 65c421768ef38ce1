/**
 * Rows of a sketch must not collide together. For every pair of RPBs: of the pairs of flows that share a bucket in one,
 * how many share one in the other too? With independent functions, one in as many as there are buckets.
 */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, type DataPlane } from '../../compiler/index.js';
import { HashUnit } from '../../sim/index.js';

const KEY_BYTES = 13;
const KEYS = 3000;
const BUCKETS = 256;

/** 5-tuples drawn at random. */
function randomKeys(): Uint8Array[] {
  const random = seedrandom.alea('flows');
  return Array.from({ length: KEYS }, () => Uint8Array.from({ length: KEY_BYTES }, () => Math.floor(random() * 256)));
}

/** What clients of one network look like: neighbouring addresses and ports, few servers, one protocol. */
function clientKeys(): Uint8Array[] {
  const random = seedrandom.alea('clients');
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: KEYS }, () =>
    Uint8Array.from([10, 0, below(4), below(256), 93, 184, 216, below(40), 0xc0 + below(64), below(256), 1, 187, 6]),
  );
}

/** Pairs of keys with one value. */
function collisions(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}

interface PairOfRpbs {
  readonly a: number;
  readonly b: number;
  /** Of the collisions in a, the share that are collisions in b. */
  readonly share: number;
  /** How far the common collisions are from what is expected, in standard deviations. */
  readonly deviations: number;
}

function pairsOf(dataPlane: DataPlane, keys: readonly Uint8Array[]): PairOfRpbs[] {
  const buckets = dataPlane.rpbs.map(({ hash }) => {
    const unit = new HashUnit(hash);
    return keys.map((key) => unit.digest(key, key.length) % BUCKETS);
  });
  return dataPlane.rpbs.flatMap(({ index: i }) =>
    dataPlane.rpbs
      .filter(({ index: j }) => j > i)
      .map(({ index: j }) => {
        const [first, second] = [buckets[i] ?? [], buckets[j] ?? []];
        const inFirst = collisions(first);
        const inBoth = collisions(first.map((bucket, k) => bucket * BUCKETS + (second[k] ?? 0)));
        const expected = inFirst / BUCKETS;
        return {
          a: i + 1,
          b: j + 1,
          share: inBoth / inFirst,
          deviations: (inBoth - expected) / Math.sqrt(expected * (1 - 1 / BUCKETS)),
        };
      }),
  );
}

function plane(name: string): DataPlane {
  const found = builtInDataPlane(name);
  if (found === undefined) throw new Error(`there is no data plane ${name}`);
  return found;
}

/** So far off, none of 231 pairs should be by chance. */
const MAX_DEVIATIONS = 5;

for (const [name, keys] of [
  ['flows drawn at random', randomKeys()],
  ['clients of one network', clientKeys()],
] as const) {
  test(`default: no two RPBs collide together, on ${name}`, () => {
    const pairs = pairsOf(plane('default'), keys);
    assert.is(pairs.length, 231);
    for (const { a, b, deviations } of pairs) {
      assert.ok(deviations < MAX_DEVIATIONS, `RPB ${a} and ${b}: ${deviations.toFixed(1)} standard deviations`);
    }
  });
}

for (const [fields, bytes] of [
  ['src', 4],
  ['src, dst', 8],
] as const) {
  test(`extended: no two RPBs collide together in hashes of (${fields})`, () => {
    const keys = randomKeys().map((key) => key.subarray(0, bytes));
    for (const { a, b, deviations } of pairsOf(plane('extended'), keys)) {
      assert.ok(deviations < MAX_DEVIATIONS, `RPB ${a} and ${b}: ${deviations.toFixed(1)} standard deviations`);
    }
  });
}

/** Sets of RPBs that collide together. */
function groups(pairs: readonly PairOfRpbs[], rpbs: number): string[] {
  const leader = Array.from({ length: rpbs + 1 }, (_, rpb) => rpb);
  for (const { a, b, share } of pairs) {
    if (share < 0.5) continue;
    const [kept, gone] = [leader[a], leader[b]];
    for (const rpb of leader.keys()) if (leader[rpb] === gone) leader[rpb] = kept ?? rpb;
  }
  const members = new Map<number, number[]>();
  for (const [rpb, first] of leader.entries()) members.set(first, [...(members.get(first) ?? []), rpb]);
  return [...members.values()].filter((group) => group.length > 1).map((group) => group.join(', '));
}

test('published: RPBs of one polynomial and reflection are one function', () => {
  const { rpbCount } = plane('published');
  const pairs = pairsOf(plane('published'), randomKeys());
  assert.equal(groups(pairs, rpbCount), ['1, 8, 13, 16', '2, 3', '7, 15, 18, 19', '9, 10, 14, 17, 21, 22'].sort());
  // Nothing in between: either each collision is common, or as many as chance makes.
  for (const { a, b, share, deviations } of pairs) {
    assert.ok(share === 1 || deviations < MAX_DEVIATIONS, `RPB ${a} and ${b}: ${share}`);
  }
});

test('default: no groups', () => {
  assert.equal(groups(pairsOf(plane('default'), randomKeys()), plane('default').rpbCount), []);
});

test.run();
