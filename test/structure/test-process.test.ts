/** Test files that share a process: each is told as if it were alone, and one that dies hides no other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runFiles } from '../test-process.js';

const folder = mkdtempSync(join(tmpdir(), 'test-process-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = `import { test } from '${import.meta.resolve('uvu')}';\nconst pid = () => console.log('pid', process.pid);\n`;
const PASSING = "test('a', pid); test('b', () => {}); test.run();";

/** Runs files with these texts in one process: passed and failed tests of each, and the number of its process. */
async function outcomes(texts: readonly string[], patienceMs = 60_000) {
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.mjs`);
    writeFileSync(file, HEAD + text);
    return file;
  });
  const results = await runFiles(files, { nodeArgs: [], env: { ...process.env, NO_COLOR: '1' }, patienceMs });
  assert.equal(
    results.map(({ file }) => file),
    files,
  );
  const pids = results.map(({ output }) => /^.*pid (\d+)$/m.exec(output)?.[1]);
  return { results, pids, counts: results.map(({ passed, failed, skipped }) => [passed, failed, skipped]) };
}

test('files that share a process have their own counts and output', async () => {
  const failing = "test('wrong', () => { pid(); throw new Error('this one'); }); test.skip('c', () => {}); test.run();";
  const unprepared = "test.before(() => { pid(); throw new Error('no'); }); test('a', () => {}); test.run();";
  const { results, pids, counts } = await outcomes([PASSING, failing, unprepared, PASSING]);
  assert.equal(counts, [
    [2, 0, 0],
    [0, 1, 1],
    [0, 1, 0],
    [2, 0, 0],
  ]);
  assert.is(new Set(pids).size, 1, 'one process');
  assert.ok(pids[0] !== undefined);
  assert.equal(
    results.map(({ output }) => output.includes('this one')),
    [false, true, false, false],
  );
});

const DYING: Readonly<Record<string, string>> = {
  'throws when it is loaded': "test('never run', () => {}); throw new Error('at the start');",
  'has a syntax error': 'test(;',
  'ends the process with status 0': "test('a', () => process.exit(0)); test.run();",
  'waits for nothing': "test('a', () => new Promise(() => {})); test.run();",
  'throws outside of its tests': "test('a', () => new Promise(() => setTimeout(() => { throw 1; }))); test.run();",
};

for (const [what, text] of Object.entries(DYING)) {
  test(`a file that ${what} is one failure, and the others run`, async () => {
    const { counts, pids } = await outcomes([PASSING, text, PASSING]);
    assert.equal(counts, [
      [2, 0, 0],
      [0, 1, 0],
      [2, 0, 0],
    ]);
    assert.is.not(pids[0], pids[2], 'a new process');
  });
}

test('a file that hangs is killed, and the others run', async () => {
  const hanging = "test('a', () => new Promise((done) => setTimeout(done, 60_000))); test.run();";
  const { counts } = await outcomes([hanging, PASSING], 1500);
  assert.equal(counts, [
    [0, 1, 0],
    [2, 0, 0],
  ]);
});

test('what is left behind when all files have ended is a failure of the last one', async () => {
  const { counts } = await outcomes([PASSING, `setInterval(() => {}, 1000); ${PASSING}`], 1500);
  assert.equal(counts, [
    [2, 0, 0],
    [2, 1, 0],
  ]);
  const late = `setTimeout(() => { throw new Error('late'); }, 300); ${PASSING}`;
  assert.equal((await outcomes([PASSING, late])).counts, [
    [2, 0, 0],
    [2, 1, 0],
  ]);
});

test.run();
