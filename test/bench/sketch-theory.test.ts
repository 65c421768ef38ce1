/** The sketches among the programs that ship, as they run in a switch, against what theory says of them. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowHash, switchResources } from '../../bench/verify/hash-wiring.js';
import { isNightly } from '../tiers.js';
import { packetOf } from './packets.js';
import { CPU_PORT, ProgramSwitch } from './program-switch.js';
import { dataPlane, Flows, SketchSwitch, shuffled, skewedCounts } from './sketch-flows.js';

const ROWS = ['row1', 'row2', 'row3'];

/** The rows of an instance, and the bucket of a flow in each. */
async function rowsOf(network: SketchSwitch, instance: number, names: readonly string[]) {
  const { compiled } = network.program(instance);
  const { hashOf, bucketsOf } = switchResources(compiled, dataPlane);
  const words = await Promise.all(names.map((name) => network.memory(instance, name)));
  const place = (row: number, tuple: Uint8Array): number =>
    hashOf(names[row] ?? '')(tuple) % bucketsOf(names[row] ?? '');
  return {
    words,
    read: (tuple: Uint8Array): number[] => words.map((row, i) => row[place(i, tuple)] ?? 0),
  };
}

for (const [flows, memoryBytes] of [
  [400, 1024],
  [3000, 4096],
] as const) {
  test(`cms: ${flows} flows in ${memoryBytes / 4} buckets: never too few, and too many as theory allows`, async () => {
    const INSTANCES = 6;
    const network = await SketchSwitch.of('cms', INSTANCES, memoryBytes);
    let beyond = 0;
    for (let instance = 0; instance < INSTANCES; instance++) {
      const sent = new Flows(instance, flows, 'cms');
      const counts = skewedCounts(flows, 800, 0.9);
      network.send(sent, shuffled(counts, `cms/${instance}`));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const { read } = await rowsOf(network, instance, ROWS);
      for (const [n, count] of counts.entries()) {
        const estimate = Math.min(...read(sent.tuple(n)));
        assert.ok(estimate >= count, `flow ${n}: ${estimate} for ${count}`);
        // Cormode and Muthukrishnan: more than e/w of all packets too many with probability e^-d at most.
        if (estimate - count > (Math.E * total) / (memoryBytes / 4)) beyond++;
      }
    }
    const share = beyond / (INSTANCES * flows);
    assert.ok(share <= Math.exp(-ROWS.length), `${share} of the estimates beyond the bound`);
  });
}

test('cms: the bound is not met by one row alone', async () => {
  const network = await SketchSwitch.of('cms', 1, 1024);
  const sent = new Flows(0, 400, 'cms');
  const counts = skewedCounts(400, 800, 0.9);
  network.send(sent, shuffled(counts, 'cms'));
  const { read } = await rowsOf(network, 0, ROWS);
  const errors = (of: (words: number[]) => number): number =>
    counts.reduce((sum, count, n) => sum + of(read(sent.tuple(n))) - count, 0);
  assert.ok(errors((words) => words[0] ?? 0) > 2 * errors((words) => Math.min(...words)));
});

for (const inserted of [50, 150, 400]) {
  test(`bf: ${inserted} flows in 256 buckets: none is missed, and as many too many as theory predicts`, async () => {
    const INSTANCES = 8;
    const FRESH = 4000;
    const network = await SketchSwitch.of('bf', INSTANCES, 1024);
    let positives = 0;
    let predicted = 0;
    for (let instance = 0; instance < INSTANCES; instance++) {
      const flows = new Flows(instance, inserted + FRESH, 'bf');
      const numbers = [...Array(inserted).keys()];
      network.send(flows, numbers);
      const { words, read } = await rowsOf(network, instance, ROWS);
      for (const n of numbers) assert.ok(Math.min(...read(flows.tuple(n))) > 0, `flow ${n} is missed`);
      for (let n = inserted; n < inserted + FRESH; n++) if (Math.min(...read(flows.tuple(n))) > 0) positives++;
      const full = words.map((row) => row.filter((word) => word > 0).length / row.length);
      for (const share of full) {
        const expected = 1 - (1 - 1 / 256) ** inserted;
        assert.ok(Math.abs(share - expected) < 0.1, `${share} of a row is set, not ${expected}`);
      }
      predicted += full.reduce((product, share) => product * share, 1) / INSTANCES;
    }
    const rate = positives / (INSTANCES * FRESH);
    const ideal = (1 - (1 - 1 / 256) ** inserted) ** ROWS.length;
    assert.ok(Math.abs(rate - predicted) < 0.1 * predicted + 0.002, `${rate}, from how full they are ${predicted}`);
    assert.ok(Math.abs(rate - ideal) < 0.2 * ideal + 0.002, `${rate}, from how many went in ${ideal}`);
  });
}

const BUCKETS = 32;
/** The constant of Flajolet et al. (2007) for 32 buckets, and the standard error they give. */
const ALPHA = 0.697;
const STANDARD_ERROR = 1.04 / Math.sqrt(BUCKETS);

const estimateOf = (ranks: ArrayLike<number>): number =>
  (ALPHA * BUCKETS ** 2) / Array.from(ranks).reduce((sum, rank) => sum + 2 ** -rank, 0);

interface Errors {
  /** Mean of the relative errors, and their root mean square. */
  readonly bias: number;
  readonly error: number;
}

function errorsOf(estimates: readonly number[], flows: number): Errors {
  const relative = estimates.map((estimate) => estimate / flows - 1);
  return {
    bias: relative.reduce((sum, value) => sum + value, 0) / relative.length,
    error: Math.sqrt(relative.reduce((sum, value) => sum + value ** 2, 0) / relative.length),
  };
}

/**
 * What is to be expected of ranks that end at `last`. The largest rank of a bucket is r at most with probability
 * e^(-n / 32 / 2^r), n flows, if no hash has yet been used up; and just the same if each of the 2^16 hashes is there or
 * not: of a bucket's 2^11 hashes, 2^(11-r) have a higher rank, and each is missing with probability e^(-n / 2^16). So a
 * hash of 16 bits costs nothing but the ranks above 12.
 */
function expectedErrors(flows: number, last: number): Errors {
  const random = seedrandom.alea('expected');
  const rank = (): number =>
    Math.min(last, Math.max(0, Math.ceil(Math.log2(flows / BUCKETS / -Math.log(1 - random())))));
  const estimates = Array.from({ length: 4000 }, () => estimateOf(Array.from({ length: BUCKETS }, rank)));
  return errorsOf(estimates, flows);
}

const LAST_RANK = 12;

test('hll: 2^10 to 2^16 flows within the standard error; what hashes of 16 bits cost', async () => {
  const INSTANCES = 30;
  /** Instances that get all flows; at night all of them. */
  const LONG = isNightly ? INSTANCES : 10;
  const network = await SketchSwitch.of('hll', INSTANCES, 1024);
  const estimates = new Map<number, number[]>();
  for (let instance = 0; instance < INSTANCES; instance++) {
    const flows = new Flows(instance, 2 ** 16, 'hll');
    let sent = 0;
    for (let bits = 10; bits <= (instance < LONG ? 16 : 14); bits++) {
      const from = sent;
      sent = 2 ** bits;
      const numbers = Array.from({ length: sent - from }, (_, i) => from + i);
      network.send(flows, numbers);
      const estimate = estimateOf(await network.memory(instance, 'rank'));
      estimates.set(sent, [...(estimates.get(sent) ?? []), estimate]);
    }
  }
  for (const [flows, values] of estimates) {
    const measured = errorsOf(values, flows);
    const expected = expectedErrors(flows, LAST_RANK);
    const text = `${flows} flows: ${JSON.stringify({ measured, expected, unbounded: expectedErrors(flows, 32) })}`;
    const spread = expected.error / Math.sqrt(values.length);
    assert.ok(Math.abs(measured.bias - expected.bias) < 4 * spread, text);
    // The error of an error from so few: one in the square root of twice as many.
    assert.ok(Math.abs(measured.error / expected.error - 1) < 4 / Math.sqrt(2 * values.length), text);
    // A little more than the standard error, which is that of many buckets.
    assert.ok(expected.error < 1.2 * STANDARD_ERROR, text);
  }
});

/** Sources with which the draws of a destination become complete, by theory: a sum of geometric distributions. */
const COUPONS = 4;
const DRAWS = 64;
const coupons = Array.from({ length: COUPONS }, (_, n) => DRAWS / (COUPONS - n));
const EXPECTED_SOURCES = coupons.reduce((sum, draws) => sum + draws, 0);
const VARIANCE_OF_SOURCES = coupons.reduce((sum, draws) => sum + draws * (draws - 1), 0);

test('beaucoup: a destination is reported after as many sources as the coupon collector needs', async () => {
  const DESTINATIONS = 120;
  const network = await ProgramSwitch.ofKey('beaucoup');
  const hash = network.hashOf('HASH_MEM(coupons)');
  const random = seedrandom.alea('beaucoup');
  const taken = new Set<number>();
  const needed: number[] = [];
  for (let host = 0; needed.length < DESTINATIONS; host++) {
    const dst = 0x0a000000 + host;
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, dst);
    const bucket = hash.digest(word, 4) % 256;
    if (taken.has(bucket)) continue;
    taken.add(bucket);
    let sources = 0;
    let isReported = false;
    while (!isReported) {
      sources++;
      const src = Math.floor(random() * 2 ** 32);
      isReported = network.send(packetOf({ src, dst, srcPort: 9, dstPort: 9, protocol: 17 })).port === CPU_PORT;
    }
    needed.push(sources);
    if (needed.length % 40 !== 0) continue;
    for (let n = 0; n < 300; n++) {
      const src = Math.floor(random() * 2 ** 32);
      const { port } = network.send(packetOf({ src, dst, srcPort: 9, dstPort: 9, protocol: 17 }));
      assert.is(port, 11, 'it is reported once');
    }
  }
  const mean = needed.reduce((sum, count) => sum + count, 0) / DESTINATIONS;
  const standardError = Math.sqrt(VARIANCE_OF_SOURCES / DESTINATIONS);
  assert.ok(
    Math.abs(mean - EXPECTED_SOURCES) < 3 * standardError,
    `${mean} sources where theory says ${EXPECTED_SOURCES} ± ${standardError}`,
  );
  const variance = needed.reduce((sum, count) => sum + (count - mean) ** 2, 0) / DESTINATIONS;
  assert.ok(variance > VARIANCE_OF_SOURCES / 2 && variance < 2 * VARIANCE_OF_SOURCES, `variance ${variance}`);
});

test('univmon: second moments are as exact as a count sketch of 64 counters, and levels halve', async () => {
  const INSTANCES = 12;
  const FLOWS = 600;
  const LEVELS = 4;
  const network = await SketchSwitch.of('univmon', INSTANCES, 1024);
  const errors: number[] = [];
  const sampled = new Array<number>(LEVELS).fill(0);
  for (let instance = 0; instance < INSTANCES; instance++) {
    const sent = new Flows(instance, FLOWS, 'univmon');
    const counts = skewedCounts(FLOWS, 300, 0.8);
    network.send(sent, shuffled(counts, `univmon/${instance}`));
    const counters = Int32Array.from(await network.memory(instance, 'counters'));
    const width = counters.length / LEVELS;
    let estimate = 0;
    for (let at = 0; at < width; at++) {
      let sum = 0;
      for (let level = 0; level < LEVELS; level++) sum += counters[level * width + at] ?? 0;
      estimate += sum ** 2;
    }
    const truth = counts.reduce((sum, count) => sum + count ** 2, 0);
    errors.push(estimate / truth - 1);
    const hash = flowHash(network.program(instance).compiled);
    for (let n = 0; n < FLOWS; n++) {
      const bits = hash(sent.tuple(n));
      for (let level = 0; level < LEVELS; level++)
        if (((bits + 1) & (2 ** level - 1)) === 0) sampled[level] = (sampled[level] ?? 0) + 1;
    }
  }
  // Charikar, Chen and Farach-Colton: the variance of a row's second moment is 2 / width of its square at most.
  const standardError = Math.sqrt(2 / 64);
  const bias = errors.reduce((sum, error) => sum + error, 0) / INSTANCES;
  const error = Math.sqrt(errors.reduce((sum, value) => sum + value ** 2, 0) / INSTANCES);
  assert.ok(Math.abs(bias) < (3 * standardError) / Math.sqrt(INSTANCES), `bias ${bias}`);
  assert.ok(error < 1.5 * standardError, `error ${error} where theory says ${standardError} at most`);
  for (const [level, count] of sampled.entries()) {
    const expected = (INSTANCES * FLOWS) / 2 ** level;
    assert.ok(Math.abs(count - expected) < 0.1 * expected, `level ${level}: ${count} flows, not ${expected}`);
  }
});

test.run();
