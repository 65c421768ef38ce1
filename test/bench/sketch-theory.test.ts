/** The sketches among the fifteen programs, as they run in a switch, against what theory says of them. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { switchResources } from '../../bench/verify/hash-wiring.js';
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
  const network = await SketchSwitch.of('hll', INSTANCES, 1024);
  const estimates = new Map<number, number[]>();
  for (let instance = 0; instance < INSTANCES; instance++) {
    const flows = new Flows(instance, 2 ** 16, 'hll');
    let sent = 0;
    for (let bits = 10; bits <= 16; bits++) {
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
    const spread = expected.error / Math.sqrt(INSTANCES);
    assert.ok(Math.abs(measured.bias - expected.bias) < 4 * spread, text);
    // The error of an error from so few: one in the square root of twice as many.
    assert.ok(Math.abs(measured.error / expected.error - 1) < 4 / Math.sqrt(2 * INSTANCES), text);
    // A little more than the standard error, which is that of many buckets.
    assert.ok(expected.error < 1.2 * STANDARD_ERROR, text);
  }
});

test.run();
