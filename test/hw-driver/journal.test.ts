/** The journal: what is torn is cut off, what is damaged or of another switch is refused. */

import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, type CompiledProgram } from '../../compiler/index.js';
import { JournalFile } from '../../hw-driver/control/journal/journal-file.js';
import { formatRecord, parseJournal } from '../../hw-driver/control/journal/journal-text.js';
import { JOURNAL_SCHEMA, type JournalRecord } from '../../hw-driver/control/journal/records.js';
import { replayJournal } from '../../hw-driver/control/journal/replay.js';
import { Controller, JournalError } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { withFolder } from '../command-line.js';
import { itemAt } from '../item-at.js';
import { MemoryJournal } from './deployment/faulty-target.js';
import { fifteenPrograms, plane } from './fifteen.js';

const programs = await fifteenPrograms();

/** Deploys some programs and revokes one. */
async function history(journal: MemoryJournal | JournalFile): Promise<readonly CompiledProgram[]> {
  const target = new InProcessTarget(new Switch(plane, { engine: 'interpreted' }));
  const controller = new Controller(plane, target, journal);
  for (const { arrival, lowered, sourceHash } of programs.slice(4, 8)) {
    await controller.deploy(lowered, sourceHash, { filterPriority: arrival.number });
  }
  await controller.revoke(itemAt(programs, 5).arrival.name);
  return [...controller.state.programs.values()].map(({ compiled }) => compiled);
}

const journal = new MemoryJournal(plane);
const running = await history(journal);
const { bytes } = journal;

test('a replayed journal gives the running programs', () => {
  const { records, wholeBytes } = parseJournal(bytes);
  assert.is(wholeBytes, bytes.length);
  const state = replayJournal(records, plane);
  assert.equal([...state.programs.values()], running);
  assert.is(state.open.size, 0);
});

test('a journal cut at any byte has its complete records, and takes further ones', () => {
  const { records } = parseJournal(bytes);
  const ends = [...bytes.entries()].flatMap(([i, byte]) => (byte === '\n'.charCodeAt(0) ? [i + 1] : []));
  for (const [n, end] of ends.entries()) {
    const start = ends[n - 1] ?? 0;
    // Every byte near the ends of a record, some within.
    const within = [1, 8, 9, 10, 11, Math.floor((end - start) / 2), end - start - 2, end - start - 1];
    for (const cut of [start, ...within.map((byte) => start + byte)]) {
      const parsed = parseJournal(bytes.subarray(0, cut));
      assert.is(parsed.records.length, n, `cut at ${cut}`);
      assert.is(parsed.wholeBytes, start);
    }
    const open = replayJournal(records.slice(0, n + 1), plane).open.size;
    assert.is(open, itemAt(records, n).kind === 'begin' || itemAt(records, n).kind === 'step' ? 1 : 0);
  }
});

function refused(records: readonly JournalRecord[] | Buffer, code: JournalError['code'], says: RegExp): void {
  const text = Buffer.isBuffer(records)
    ? records
    : Buffer.from(records.map((record, i) => formatRecord(i, record)).join(''));
  assert.throws(
    () => replayJournal(parseJournal(text).records, plane),
    (error: unknown) => error instanceof JournalError && error.code === code && says.test(error.message),
  );
}

test('damaged, missing, repeated and foreign records are refused', () => {
  const { records } = parseJournal(bytes);
  const header = itemAt(records, 0);
  const rest = records.slice(1);
  const flipped = Buffer.from(bytes);
  flipped[400] = itemAt(flipped, 400) ^ 1;
  refused(flipped, 'damaged', /record 2 is damaged/);
  const lines = bytes.toString().split('\n');
  refused(Buffer.from([lines[0], ...lines.slice(2)].join('\n')), 'damaged', /record 2 is missing/);
  refused(Buffer.from([lines[0], lines[1], ...lines.slice(1)].join('\n')), 'damaged', /record 3 is missing/);
  refused(rest, 'not-a-journal', /not a journal/);
  refused(
    [header, { kind: 'end', program: 'x', outcome: 'after' }],
    'damaged',
    /record 2 ends a transaction that is not open/,
  );
  refused(
    [header, { kind: 'step', program: 'x', done: 1 }],
    'damaged',
    /record 2 is a step without an open transaction/,
  );
  refused(
    [header, itemAt(rest, 0), itemAt(rest, 0)],
    'damaged',
    /record 3 begins a transaction while another of the program is open/,
  );
  refused([header, { kind: 'other' } as unknown as JournalRecord], 'damaged', /an unknown kind: "other"/);
  const other = builtInDataPlane('published') ?? plane;
  refused(
    [{ kind: 'journal', schema: JOURNAL_SCHEMA, dataPlane: { name: other.name, hash: other.hash } }],
    'other-data-plane',
    /belongs to data plane 'published', not to 'default'/,
  );
  refused(
    [{ ...header, schema: 'p4runpro/journal@9' } as unknown as JournalRecord],
    'other-version',
    /schema p4runpro\/journal@9/,
  );
});

test('a file with an incomplete record is opened; only one controller can hold it', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'sub', 'j');
    const file = JournalFile.open(path, plane);
    assert.equal(await history(file), running);
    writeFileSync(`${path}.lock`, String(process.ppid));
    assert.throws(() => JournalFile.open(path, plane), /process \d+ has locked it; if this is wrong, remove .*j\.lock/);
    file.close();
    assert.not(existsSync(`${path}.lock`));
    const whole = statSync(path).size;
    appendFileSync(path, '01234567 17 {"kind":"adopt","pro');
    // A process that is no more, whose lock is taken over.
    writeFileSync(`${path}.lock`, '999999999');
    const again = JournalFile.open(path, plane);
    assert.equal([...again.state.programs.values()], running);
    assert.is(statSync(path).size, whole);
    again.append({ kind: 'adopt', program: { ...itemAt(running, 0), program: 'adopted' } });
    again.close();
    const last = JournalFile.open(path, plane);
    last.close();
    assert.is(last.state.programs.size, running.length + 1);
    truncateSync(path, whole - 5);
    const torn = JournalFile.open(path, plane);
    torn.close();
    assert.is(torn.state.open.size, 1);
  }));

test('a long file is rewritten with the running programs only', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'j');
    const file = JournalFile.open(path, plane);
    for (let i = 0; i < 400; i++) file.append({ kind: 'adopt', program: itemAt(running, i % running.length) });
    file.close();
    const long = statSync(path).size;
    const again = JournalFile.open(path, plane);
    again.append({ kind: 'adopt', program: { ...itemAt(running, 0), program: 'one more' } });
    again.close();
    assert.ok(statSync(path).size < long / 10);
    const { records } = parseJournal(readFileSync(path));
    assert.is(replayJournal(records, plane).programs.size, running.length + 1);
  }));

test('a file that is no journal is not overwritten', () =>
  withFolder(async (folder) => {
    for (const text of ['text', 'text\n', 'more\ntext\n']) {
      const path = join(folder, 'mine');
      writeFileSync(path, text);
      assert.throws(() => JournalFile.open(path, plane), /not a journal|damaged/);
      assert.is(readFileSync(path, 'utf8'), text);
      assert.not(existsSync(`${path}.lock`));
    }
    assert.throws(() => JournalFile.open(join(folder, 'mine', 'j'), plane), /journal .*: not a directory/);
  }));

test.run();
