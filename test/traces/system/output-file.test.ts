/** How files are written: whole or not at all, through links, and directly into what is no regular file. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ResultFolder } from '../../../bench/cli/report/result-folder.js';
import { SnapshotFile } from '../../../bench/cli/report/snapshot-file.js';
import { builtInDataPlane } from '../../../compiler/index.js';
import { SwitchFile } from '../../../hw-driver/cli/commands/switch-file.js';
import { writeResults } from '../../../hw-driver/cli/kit/program-documents.js';
import { JournalFile } from '../../../hw-driver/control/journal/journal-file.js';
import { createCaptureWriter } from '../../../traces/index.js';
import { makeFolders, NotWritten, OutputFile, writeFile, writeFiles } from '../../../traces/system/index.js';
import { withFolder } from '../../command-line.js';

const dataPlane = builtInDataPlane('default');
if (dataPlane === undefined) throw new Error('there is no default data plane');

/** All that writes a file as a whole, by what it is for. */
const WRITERS: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
  'result of a command': (path) => writeResults([{ path, text: 'new' }]),
  capture: (path) => createCaptureWriter(path).close(),
  snapshot: (path) => new SnapshotFile(path).write(Buffer.from('new')),
  'file of a result folder': (path) => {
    const folder = ResultFolder.open(join(path, '..'));
    folder.write(path.slice(path.lastIndexOf('/') + 1), 'new');
    folder.close();
  },
};

for (const [name, write] of Object.entries(WRITERS)) {
  test(`${name}: a symbolic link stays, what it leads to is replaced`, () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', 'target'), 'old');
      symlinkSync('target', join(folder, 'real', 'inner'));
      symlinkSync('real/inner', join(folder, 'link'));
      symlinkSync('real/not-yet', join(folder, 'dangling'));
      for (const link of ['link', 'dangling']) await write(join(folder, link));
      assert.is(readlinkSync(join(folder, 'link')), 'real/inner');
      assert.is(readlinkSync(join(folder, 'real', 'inner')), 'target');
      assert.is(readlinkSync(join(folder, 'dangling')), 'real/not-yet');
      assert.equal(readdirSync(join(folder, 'real')).sort(), ['inner', 'not-yet', 'target']);
      assert.is.not(readFileSync(join(folder, 'real', 'target'), 'utf8'), 'old');
      assert.ok(statSync(join(folder, 'real', 'not-yet')).size > 0);
    }));

  // A result folder is a folder of regular files as a rule, but a name in it may be a link too.
  test(`${name}: a device and a named pipe are written, not replaced`, () =>
    withFolder(async (folder) => {
      symlinkSync('/dev/null', join(folder, 'null'));
      await write(join(folder, 'null'));
      assert.ok(statSync('/dev/null').isCharacterDevice());
      assert.is(readlinkSync(join(folder, 'null')), '/dev/null');
      const pipe = join(folder, 'pipe');
      assert.is(spawnSync('mkfifo', [pipe]).status, 0);
      const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      await write(pipe);
      assert.ok(readSync(reader, Buffer.alloc(100), 0, 100, null) > 0);
      closeSync(reader);
      assert.ok(lstatSync(pipe).isFIFO());
      assert.equal(readdirSync(folder).sort(), ['null', 'pipe']);
    }));
}

test('a switch in a file and its journal follow links; a device is neither', () =>
  withFolder(async (folder) => {
    mkdirSync(join(folder, 'real'));
    for (const name of ['switch', 'journal']) symlinkSync(`real/${name}`, join(folder, name));
    const file = SwitchFile.open(join(folder, 'switch'), dataPlane, true, () => 'none');
    await file.writeMemory(1, 0, [7]);
    const journal = JournalFile.open(join(folder, 'journal'), dataPlane);
    assert.equal(readdirSync(join(folder, 'real')).sort(), ['journal', 'journal.lock', 'switch']);
    journal.close();
    assert.equal(readdirSync(join(folder, 'real')), ['switch'], 'a journal that was begun for nothing is not left');
    assert.equal(readdirSync(folder).sort(), ['journal', 'real', 'switch']);
    const again = SwitchFile.open(join(folder, 'switch'), dataPlane, false, () => 'none');
    assert.equal(await again.readMemory(1, 0, 2), [Uint32Array.of(7, 0)]);
    assert.throws(
      () => JournalFile.open('/dev/null', dataPlane),
      /journal \/dev\/null: not a journal: a regular file is expected/,
    );
    assert.ok(statSync('/dev/null').isCharacterDevice());
  }));

test('a file keeps its permissions and its owner; a long name is no obstacle', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'x'.repeat(255));
    writeFile(path, 'old');
    chmodSync(path, 0o640);
    writeFile(path, 'new', { durable: true });
    assert.is(readFileSync(path, 'utf8'), 'new');
    assert.is(statSync(path).mode & 0o777, 0o640);
    // Only root may try.
    if (process.getuid?.() !== 0) return;
    chownSync(path, 12, 34);
    writeFile(path, 'newer');
    assert.equal([statSync(path).uid, statSync(path).gid], [12, 34]);
  }));

test('what is written is there at the end or not at all', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    const file = OutputFile.open(path);
    file.write('half of the');
    assert.is(readFileSync(path, 'utf8'), 'old');
    assert.is(readdirSync(folder).length, 2);
    file.discard();
    file.close();
    assert.equal(readdirSync(folder), ['a']);
    assert.is(readFileSync(path, 'utf8'), 'old');
    const files = [path, join(folder, 'd', 'b')].map((each) => ({ path: each, text: 'new' }));
    assert.throws(
      () => writeFiles(files),
      (error: NotWritten) => error instanceof NotWritten && error.path.endsWith('b'),
    );
    assert.is(readFileSync(path, 'utf8'), 'old');
  }));

test('no space, a folder, a ring of links, a reader that has gone: an error, and nothing is left', () =>
  withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    symlinkSync('ring', at('ring'));
    mkdirSync(at('folder'));
    symlinkSync('folder', at('to-folder'));
    symlinkSync('/dev/full', at('full'));
    assert.throws(() => writeFile(at('full'), 'x'), /no space left/);
    assert.throws(() => writeFile(at('ring'), 'x'), /too many symbolic links/);
    assert.throws(() => writeFile(at('folder'), 'x'), /a folder, not a file/);
    assert.throws(() => writeFile(at('to-folder'), 'x'), /a folder, not a file/);
    assert.throws(() => writeFile(at('not-there/'), 'x'), /no such folder/);
    spawnSync('mkfifo', [at('pipe')]);
    const reader = openSync(at('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = OutputFile.open(at('pipe'));
    closeSync(reader);
    assert.throws(() => writer.write('x'), /EPIPE/);
    assert.equal(readdirSync(folder).sort(), ['folder', 'full', 'pipe', 'ring', 'to-folder']);
  }));

test('an open file is written where it stands: /dev/fd, /dev/stdout', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'out');
    const file = openSync(path, 'w');
    writeFileSync(file, 'before ');
    writeFile(`/dev/fd/${file}`, 'in between ');
    writeFileSync(file, 'after');
    closeSync(file);
    assert.is(readFileSync(path, 'utf8'), 'before in between after');
    assert.equal(readdirSync(folder), ['out']);
  }));

test('an empty name is no name, and not the folder that the command was called in', () => {
  assert.throws(() => writeFile('', 'x'), /its name is empty|cannot write/);
  assert.throws(() => ResultFolder.open(''), /^cannot write results to : its name is empty$/);
  assert.throws(() => writeResults([{ path: '', text: 'x' }]), /its name is empty/);
  assert.throws(() => makeFolders(''), /its name is empty/);
});

test.run();
