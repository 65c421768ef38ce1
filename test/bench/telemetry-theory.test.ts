/** Programs that measure with chance and time, as they run in a switch, against what theory says of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { largestNumber } from '../../bench/verify/functions/sampled-hop.js';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { itemAt } from '../item-at.js';
import { frame } from '../sim/frames.js';
import { CLIENT, fields, SERVER } from './packets.js';
import { ProgramSwitch, programText } from './program-switch.js';

/** Pearson's statistic of counts that should be alike. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('pint: every hop of a path is sampled equally often', async () => {
  const HOPS = 8;
  const PACKETS = 4000;
  const path: ProgramSwitch[] = [];
  for (let hop = 1; hop <= HOPS; hop++) {
    const text = programText('pint').replace('LOADI(sar, 7)', `LOADI(sar, ${100 + hop})`);
    const network = await ProgramSwitch.of(text, dataPlaneOf('pint'), hop);
    const largest = Uint32Array.from({ length: 64 }, (_, bucket) => largestNumber(bucket === 0 ? 1 : 65 - bucket));
    await network.controller.writeMemory('pint', 'largest', largest);
    path.push(network);
  }
  const sampled = new Array<number>(HOPS).fill(0);
  for (let n = 0; n < PACKETS; n++) {
    let word = 0;
    for (const [i, network] of path.entries()) {
      const ipv4 = { src: CLIENT, dst: SERVER, ttl: 64 - i };
      word = itemAt(fields(network.send(frame({ ipv4, udp: { dst: 7777 }, l5: [0, 0, 0, word] })).bytes).l5, 3);
    }
    assert.ok(word > 100 && word <= 100 + HOPS, `${word} is no hop`);
    sampled[word - 101] = itemAt(sampled, word - 101) + 1;
  }
  // The 99.9 % quantile of the chi-square distribution with 7 degrees of freedom.
  assert.ok(chiSquare(sampled) < 24.32, `hops were sampled ${sampled.join(', ')} times`);
});

test.run();
