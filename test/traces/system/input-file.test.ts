/** Files that are read whole: files, devices and pipes, and those that have no end. */
import { spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readText, UsageError } from '../../../hw-driver/index.js';
import { readInput } from '../../../traces/system/index.js';
import { withFolder } from '../../command-line.js';

const MIB = 1024 * 1024;
const isLinux = process.platform === 'linux';

test('what a file holds, also an empty one', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'program');
    assert.is(readInput(path).toString(), 'program');
    writeFileSync(path, '');
    assert.is(readInput(path).length, 0);
    assert.throws(() => readInput(join(folder, 'nowhere')), /ENOENT/);
  }));

test('a file as long as the limit is read, a longer one is not', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'x');
    truncateSync(path, 2 * MIB);
    assert.is(readInput(path, 2 * MIB).length, 2 * MIB);
    truncateSync(path, 2 * MIB + 1);
    assert.throws(() => readInput(path, 2 * MIB), /^more than 2 MiB$/);
  }));

if (isLinux) {
  test('devices: one that is empty, and two that have no end', () => {
    assert.is(readInput('/dev/null').length, 0);
    assert.throws(() => readInput('/dev/zero', 3 * MIB), /^more than 3 MiB$/);
    assert.throws(() => readInput('/dev/full', MIB), /^more than 1 MiB$/);
    assert.throws(
      () => readText('/dev/zero'),
      (error: unknown) => error instanceof UsageError && error.message === '/dev/zero: more than 256 MiB',
    );
  });

  test('a pipe, in parts of any size', () =>
    withFolder(async (folder) => {
      const pipe = join(folder, 'pipe');
      assert.is(spawnSync('mkfifo', [pipe]).status, 0);
      // The writer waits until the pipe is read.
      spawnSync('sh', ['-c', '(yes 0123456 | head -c 3000000 > "$0") >/dev/null 2>&1 &', pipe]);
      const bytes = readInput(pipe);
      assert.is(bytes.length, 3_000_000);
      assert.is(bytes.toString(), '0123456\n'.repeat(375_000));
    }));
}

test.run();
