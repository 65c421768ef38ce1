/** `p4runpro dataplane`: the table beside the published figures. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type, withFolder } from '../command-line.js';

const dataplane = (...args: readonly string[]) =>
  withFolder((folder) => type('p4runpro', ['dataplane', ...args], { folder }));

test('published stands beside its own figures, and fits', async () => {
  const { status, stdout, stderr } = await dataplane('published');
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^TCAM blocks +271 +288 +0\.941 +271 +273 +0\.94$/m);
  assert.match(stdout, /^cycles +306 +316 +622\n {2}in table 2 +306 +316 +622$/m);
  assert.match(stdout, /^watts, four pipes +19\.32 +21\.42 +40\.74\n {2}in table 2 +19\.32 +21\.42 +40\.74$/m);
  assert.match(stdout, /^watts at a load of 98 % \(table 2: 98 %\) +18\.94 +20\.99 +39\.93$/m);
  assert.match(stdout, /^It fits a Tofino 1\.$/m);
});

test('tofino1 stands beside what p4c makes of its source', async () => {
  const { stdout } = await dataplane('tofino1');
  for (const [name, used] of [
    ['SRAM blocks', 407],
    ['logical tables', 33],
    ['hash bits', '1,526'],
    ['VLIW words', 382],
  ]) {
    assert.match(stdout, new RegExp(`^${name} +${used} +[\\d,]+ +[\\d.]+ +[\\d,]+ +${used} +[\\d.-]+$`, 'm'));
  }
  assert.match(stdout, /^watts at a load of 97 % \(table 2: 98 %\) +18\.84 +20\.86 +39\.70$/m);
});

test('tofino2 is compared with a Tofino 2 and no published figure, and every number has its source', async () => {
  const { stdout } = await dataplane('tofino2');
  assert.match(stdout, /^tofino2 on one pipe of a Tofino 2$/m);
  assert.match(stdout, /^TCAM blocks +468 +480 +0\.975$/m);
  assert.match(stdout, /^cycles +510 +520 +1030$/m);
  assert.match(stdout, /^It fits a Tofino 2\.$/m);
  assert.not.match(stdout, /table 2|fig\. 10/);
  const [, sources = ''] = stdout.split('Where the numbers of the chip are from:\n');
  for (const number of ['20 stages', '52 W', '1.35 GHz', '176 bytes', '24 TCAM blocks', '3,072 bits']) {
    assert.match(sources, new RegExp(`^ {2}.*${number}.*\\n {4}\\S`, 'm'), number);
  }
});

test('default is said to be too large, stage by stage', async () => {
  const { status, stdout } = await dataplane();
  assert.is(status, 0);
  assert.match(stdout, /^It does not fit a Tofino 1:\n {2}PHV: 17 ingress words of a group of 16, 1 too many$/m);
  assert.match(stdout, /^ {2}stage 0: 84 TCAM blocks of 24, 60 too many$/m);
});

test('--json is one document', async () => {
  const { stdout } = await dataplane('tofino1', '--json');
  const document = JSON.parse(stdout) as { schema: string; dataPlane: string; excesses: unknown[]; total: unknown[] };
  assert.is(document.schema, 'p4runpro/dataplane@1');
  assert.equal([document.dataPlane, document.excesses, document.total.length], ['tofino1', [], 11]);
});

test('an unknown data plane is refused', async () => {
  const { status, stdout, stderr } = await dataplane('tofino9');
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /^p4runpro: there is no data plane 'tofino9'/);
});

test.run();
