/** `--switches` as a user types it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { assertNoStackTrace, type, withFolder } from '../command-line.js';

const HH = packageFile('bench', 'programs', 'hh.p4runpro');

const typed = (args: readonly string[], folder: string) => type('p4runpro', args, { folder });

test('compile --switches: a document for the chain, which a further program is compiled beside', () =>
  withFolder(async (folder) => {
    const first = await typed(['compile', HH, '--switches', '2', '-o', 'hh.json'], folder);
    assert.is(first.status, 0, first.stderr);
    writeFileSync(
      join(folder, 'other.p4runpro'),
      'program other(<hdr.ipv4.dst, 11.0.0.0, 255.0.0.0>) { FORWARD(1); }\n',
    );
    const args = ['compile', 'other.p4runpro', '--state', 'hh.json', '--priority', '1', '--print-after', 'place'];
    const second = await typed([...args, '--switches', '2'], folder);
    assert.is(second.status, 0, second.stderr);
    assert.match(second.stdout, /program id 2\n {2}row {2}switch {2}RPB/);
    const alone = await typed(args, folder);
    assert.is(alone.status, 2);
    assert.match(alone.stderr, 'hh.json: this has schema p4runpro-sim/compiled-program@3');
    assert.match(alone.stderr, 'it was compiled for a chain of switches, not for one');
  }));

test('explain --switches shows the switch of each row', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await typed(['explain', HH, '--switches', '2'], folder);
    assert.is(status, 0, stderr);
    assert.match(stdout, /of switch 2/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 100));
  }));

test('check --verify --switches runs random packets through the chain', () =>
  withFolder(async (folder) => {
    const args = ['check', '--verify', HH, '--switches', '2', '--packets', '100'];
    const { status, stdout, stderr } = await typed(args, folder);
    assert.is(status, 0, stderr);
    assert.match(stdout, /^hh: verified on 100 packets; it ran on /m);
    const without = await typed(['check', HH, '--switches', '2'], folder);
    assert.is(without.status, 2);
    assert.match(without.stderr, '--switches belongs to check --verify');
  }));

for (const { args, message } of [
  { args: ['--switches', '2', '-R', '1'], message: '--recirculations and --switches exclude each other' },
  { args: ['--switches', '0'], message: '--switches takes a whole number from 1 to ' },
  { args: ['--switches', 'two'], message: "not 'two'" },
  { args: ['--switches', '2', '--dataplane', 'published'], message: 'data plane published can make no chain' },
]) {
  test(`compile ${args.join(' ')} is refused`, () =>
    withFolder(async (folder) => {
      const { status, stdout, stderr } = await typed(['compile', HH, ...args], folder);
      assert.is(status, 2);
      assert.is(stdout, '');
      assert.match(stderr, message);
      assertNoStackTrace(stderr);
    }));
}

test.run();
