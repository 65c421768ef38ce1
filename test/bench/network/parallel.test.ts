/** The same bytes from 1, 2 and 4 threads. */
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followedReport, waitingNote } from '../../../bench/cli/report/network-report.js';
import { networkTables } from '../../../bench/cli/report/network-tables.js';
import { summariseNetwork } from '../../../bench/network/network-summary.js';
import { partition } from '../../../bench/network/partition.js';
import type { NetworkResult } from '../../../bench/network/run-network.js';
import { unaccounted } from '../../../sim/network/index.js';
import { cases, isNightly } from '../../tiers.js';
import { withFolder, write } from './network-command.js';
import { RACK, ran } from './networks.js';

const bytesOf = (result: NetworkResult): string =>
  JSON.stringify([summariseNetwork(result), [...networkTables(result)], followedReport(result), result.directions]);

const FOLLOWED = [0, 1, 5].map((number) => ({ node: 1, number }));

test('a rack with losses, an outage and an update', async () => {
  const options = { followed: FOLLOWED, captured: [0, 2] };
  // Until a little after the last event.
  const rack = { ...RACK, microseconds: 250 };
  const one = await ran(rack, options);
  assert.is(one.notes.length > 10, true);
  // Random rings have two and three.
  for (const workers of isNightly ? [2, 3, 4] : [4])
    assert.is(bytesOf(await ran(rack, { ...options, workers })), bytesOf(one));
});

/** A ring of switches, where packets travel around, with hosts at some. */
function ringOf(
  switches: number,
  random: { rates: readonly number[]; delays: readonly number[]; loss: number },
): object {
  const names = Array.from({ length: switches }, (_, n) => `s${n}`);
  const { rates, delays, loss } = random;
  return {
    schema: 'p4runpro-bench/network@1',
    seed: 'ring',
    switches: Object.fromEntries(names.map((name, n) => [name, { forward: { 1: 2, 3: 2, 2: n % 2 === 0 ? 3 : 1 } }])),
    hosts: Object.fromEntries(
      rates.map((rate, n) => [
        `h${n}`,
        {
          send: [`flows:rate=${rate},bytes=${64 + 100 * n},destination=9`],
          ...(n % 2 === 0 ? { answer: 'echo' } : {}),
        },
      ]),
    ),
    links: [
      ...names.map((name, n) => ({
        between: [`${name}:2`, `${names[(n + 1) % switches]}:1`],
        gigabitsPerSecond: [100, 10, 40][n % 3],
        delayNs: delays[n % delays.length],
        lossPerMillion: loss,
      })),
      ...rates.map((_, n) => ({
        between: [`h${n}:0`, `${names[n % switches]}:${3 + Math.floor(n / switches)}`],
        gigabitsPerSecond: 25,
        delayNs: delays[(n + 1) % delays.length],
        queueBytes: 3000,
      })),
    ],
    microseconds: 60,
  };
}

test('random rings of switches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.record({
        rates: fc.array(fc.integer({ min: 50_000, max: 3_000_000 }), { minLength: 1, maxLength: 4 }),
        delays: fc.array(fc.integer({ min: 20, max: 2000 }), { minLength: 1, maxLength: 3 }),
        loss: fc.constantFrom(0, 100_000),
      }),
      fc.constantFrom(2, 3, 4),
      async (switches, random, workers) => {
        const document = ringOf(switches, random);
        const one = await ran(document, { intervalNs: 10_000 });
        assert.is(unaccounted(one.census), 0);
        assert.is(bytesOf(await ran(document, { workers, intervalNs: 10_000 })), bytesOf(one));
      },
    ),
    { numRuns: cases(2) },
  );
});

test('threads that mostly wait for each other are told of', async () => {
  assert.is((await ran(RACK)).waits, 0);
  assert.ok((await ran(RACK, { workers: 2 })).waits > 0);
  assert.is(waitingNote({ waits: 0, events: 5 }), undefined);
  assert.is(waitingNote({ waits: 20_000, events: 2_000_001 }), undefined);
  assert.match(
    waitingNote({ waits: 20_000, events: 500_000 }) ?? '',
    /20,000 times, after 25 events each.*--workers 1/,
  );
});

test('every thread has a node, and hosts are with their switch while switches suffice', async () => {
  const { plan } = await ran({ ...RACK, microseconds: 250 });
  assert.equal(partition(plan, 1), [0, 0, 0, 0]);
  assert.equal(partition(plan, 2), [0, 1, 1, 1]);
  assert.equal(partition(plan, 3), [0, 1, 2, 1]);
  assert.equal(partition(plan, 9), [0, 1, 2, 3]);
});

test('what a module of a host throws in a thread ends the run', () =>
  withFolder(async (folder) => {
    write(join(folder, 'wrong.mjs'), 'export default 5;\n');
    const document = { ...RACK, hosts: { ...RACK.hosts, kv: { answer: 'wrong.mjs' } } };
    for (const workers of [1, 2]) {
      try {
        await ran(document, { workers, folder });
        assert.unreachable();
      } catch (error) {
        assert.match(String(error), /wrong\.mjs: the default export must be a function/);
      }
    }
  }));

test.run();
