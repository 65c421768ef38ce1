/** Checksums and lengths of what leaves, by tshark where it is installed; goldens.test.ts has a check of its own. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOLDEN_FOLDER } from '../../bench/verify/goldens/check-goldens.js';
import { TRAFFIC_SOURCES } from '../../traces/index.js';
import { type, withFolder } from '../command-line.js';
import { testWith } from '../external.js';
import { itemAt } from '../item-at.js';
import { badPacketsOf, TSHARK } from './tshark.js';

const goldens = readdirSync(GOLDEN_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('expected.pcapng'))
  .map((file) => join(GOLDEN_FOLDER, file));

/** Each kind once, with the values of its options that reach furthest. */
const KINDS = [
  'background',
  'flows:flows=65536,exponent=0',
  'cache:clients=65536',
  'keys',
  'tcp:resets=0.5',
  'synflood',
];
const MIX = ['tcp:rate=200,resets=0.5', 'synflood:rate=2000,port=3', 'cache'];

/** A capture of some packets whose first has a wrong checksum. */
function writeWrong(file: string): void {
  const bytes = readFileSync(join(GOLDEN_FOLDER, 'calc', 'trace.pcapng'));
  const at = bytes.indexOf(Buffer.from('22b8', 'hex'));
  bytes[at + 1] = itemAt(bytes, at + 1) ^ 1;
  writeFileSync(file, bytes);
}

testWith(
  TSHARK,
  'tshark finds nothing wrong with goldens, packets of all sources and what leaves a switch, but a checksum made wrong',
  () =>
    withFolder(async (folder) => {
      const write = async (file: string, ...words: string[]): Promise<string> => {
        const { status, stderr } = await type('bench', words, { folder });
        assert.is(status, 0, stderr);
        return join(folder, file);
      };
      const generate = (file: string, kinds: readonly string[], seconds: string): Promise<string> => {
        const sources = kinds.flatMap((kind) => ['--source', kind]);
        return write(file, 'trace', 'generate', file, ...sources, '--seconds', seconds);
      };
      assert.ok(goldens.length >= 15);
      assert.equal(KINDS.map((kind) => kind.split(':')[0]).sort(), Object.keys(TRAFFIC_SOURCES).sort());
      const generated = [await generate('all.pcapng', KINDS, '0.05'), await generate('mix.pcapng', MIX, '0.5')];
      const run = ['--programs', '60', '--workload', 'all-mixed', '--packets', '5000', '--write', 'out.pcapng'];
      const left = await write('out.pcapng', 'run', ...run);
      // As the last one, since it shows that tshark looked at all the others too.
      const wrong = join(folder, 'wrong.pcapng');
      writeWrong(wrong);
      assert.equal(await badPacketsOf(folder, [...goldens, ...generated, left, wrong]), [`${wrong}: 1`]);
    }),
);

test.run();
