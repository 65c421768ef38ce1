/** One holder at a time; what a process that has ended left is taken over. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ResultFolder } from '../../../bench/cli/report/result-folder.js';
import { Locked, lock } from '../../../traces/system/index.js';
import { assertOneMessage, type, withFolder } from '../../command-line.js';

/** The number of a process that has ended. */
const ended = spawnSync(process.execPath, ['--version']).pid;

test('a second one is refused until the first gives it back', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'l');
    const release = lock(path);
    assert.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} \\d+\n$`));
    assert.throws(
      () => lock(join(folder, '.', 'l')),
      (error: Locked) => error instanceof Locked && error.processId === process.pid,
    );
    assert.equal(readdirSync(folder), ['l']);
    release();
    assert.not(existsSync(path));
    lock(path)();
    release();
    assert.equal(readdirSync(folder), []);
  }));

/** What may stand in a lock, and whether somebody holds it. The parent of this process lives as long as it. */
const LEFT: readonly (readonly [string, string, boolean])[] = [
  ['of a process that has ended', `${ended} 1\n`, false],
  ['as older versions wrote it', String(ended), false],
  ['of another process that has the number now', `${process.ppid} 1\n`, false],
  ['of this process, from before it began', `${process.pid} 1\n`, false],
  ['empty', '', false],
  ['no number', 'lock\n', false],
  ['number 0, which would be any process', '0\n', false],
  ['of a living process, as older versions wrote it', String(process.ppid), true],
];
for (const [name, text, isHeld] of LEFT) {
  test(`a lock ${name} is ${isHeld ? 'respected' : 'taken over'}`, () =>
    withFolder(async (folder) => {
      const path = join(folder, 'l');
      writeFileSync(path, text);
      if (isHeld) assert.throws(() => lock(path), new RegExp(`process ${process.ppid} has locked it`));
      else lock(path)();
      assert.equal(readdirSync(folder), isHeld ? ['l'] : []);
    }));
}

test('a second run into one result folder is refused, and runs when the first has ended', () =>
  withFolder(async (folder) => {
    const first = ResultFolder.open(join(folder, 'out'));
    const args = ['run', '--programs', '1', '--packets', '10', '--out', 'out'];
    const refused = await type('bench', args, { folder });
    assert.is(refused.status, 2);
    assertOneMessage(
      'bench',
      refused.stderr,
      /cannot write results to out: process \d+ writes results there; if not, remove/,
    );
    first.write('a.csv', 'still there');
    assert.equal(readdirSync(join(folder, 'out')).sort(), ['.lock', 'a.csv']);
    first.close();
    writeFileSync(join(folder, 'out', '.lock'), `${ended} 1\n`);
    const { status, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.not(readdirSync(join(folder, 'out')).includes('.lock'));
  }));

test.run();
