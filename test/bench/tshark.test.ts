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
import { badPackets, TSHARK } from './tshark.js';

const captures = readdirSync(GOLDEN_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('expected.pcapng'),
);

testWith(TSHARK, 'tshark finds nothing wrong with the goldens', () => {
  assert.ok(captures.length >= 15);
  for (const file of captures) assert.equal(badPackets(join(GOLDEN_FOLDER, file)), [], file);
});

testWith(TSHARK, 'tshark finds a checksum that was made wrong', () =>
  withFolder(async (folder) => {
    const bytes = readFileSync(join(GOLDEN_FOLDER, 'calc', 'trace.pcapng'));
    const at = bytes.indexOf(Buffer.from('22b8', 'hex'));
    bytes[at + 1] = itemAt(bytes, at + 1) ^ 1;
    const file = join(folder, 'wrong.pcapng');
    writeFileSync(file, bytes);
    assert.equal(badPackets(file), [1]);
  }),
);

testWith(TSHARK, 'tshark finds nothing wrong with generated packets of all sources', () =>
  withFolder(async (folder) => {
    const kinds = [
      'background',
      'flows:flows=65536,exponent=0',
      'cache:clients=65536',
      'keys',
      'tcp:resets=0.5',
      'synflood',
    ];
    assert.equal(kinds.map((kind) => kind.split(':')[0]).sort(), Object.keys(TRAFFIC_SOURCES).sort());
    const sources = kinds.flatMap((kind) => ['--source', kind]);
    const args = ['trace', 'generate', 'all.pcap', ...sources, '--seconds', '0.05'];
    const { status, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.equal(badPackets(join(folder, 'all.pcap')), []);
  }),
);

testWith(TSHARK, 'tshark finds nothing wrong with what leaves a switch that runs all kinds of programs', () =>
  withFolder(async (folder) => {
    const asked = ['--programs', '60', '--workload', 'all-mixed', '--packets', '5000', '--write', 'out.pcapng'];
    const { status, stderr } = await type('bench', ['run', ...asked], { folder });
    assert.is(status, 0, stderr);
    assert.equal(badPackets(join(folder, 'out.pcapng')), []);
  }),
);

test.run();
