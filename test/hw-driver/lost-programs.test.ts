/** A switch that has lost its programs: restarted empty, emptied by somebody else, or its file deleted beside its journal. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, type JournalState, NO_JOURNAL, NoSuchProgram, StillThere } from '../../hw-driver/index.js';
import { serveUntil } from '../../hw-driver/server/ports/launch.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { type Outcome, type, withFolder } from '../command-line.js';
import { instanceOf, plane } from './fifteen.js';
import { program } from './operate.js';

const pair = [await instanceOf('lb', 0), await instanceOf('hh', 1)];
/** Two programs on a switch, as its journal has them. */
async function twoPrograms() {
  const emulator = new Switch(plane);
  const controller = new Controller(plane, new InProcessTarget(emulator));
  for (const [i, { lowered, sourceHash }] of pair.entries()) {
    await controller.deploy(lowered, sourceHash, { filterPriority: i });
  }
  const documents = [...controller.state.programs.values()].map(({ compiled }) => compiled);
  return { emulator, controller, documents, names: documents.map(({ program: name }) => name) };
}

/** A controller that takes the switch of two programs for another, empty one. */
async function onEmptySwitch() {
  const { documents, names } = await twoPrograms();
  const emulator = new Switch(plane);
  const before: JournalState = {
    isNew: false,
    programs: new Map(documents.map((document) => [document.program, document])),
    open: new Map(),
  };
  const controller = new Controller(plane, new InProcessTarget(emulator), NO_JOURNAL, before);
  return { emulator, controller, names };
}

test('no program counts as lost while the switch has any of its entries', async () => {
  const { emulator, controller, documents } = await twoPrograms();
  assert.equal(await controller.gone(), []);
  for (const entry of documents[0]?.entries.slice(0, -1) ?? []) emulator.apply({ kind: 'deleteEntry', entry });
  assert.equal(await controller.gone(), []);
});

test('a restarted switch lacks all programs; repair puts their entries back', async () => {
  const { controller, names } = await onEmptySwitch();
  assert.equal(await controller.gone(), names);
  assert.ok((await controller.repair()).every(({ kind }) => kind === 'missing'));
  assert.equal(await controller.gone(), []);
  assert.equal(await controller.drift(), []);
});

test('forget drops the lost programs only', async () => {
  const { controller, names } = await onEmptySwitch();
  assert.equal(await controller.forget(names.slice(0, 1)), names.slice(0, 1));
  assert.equal([...controller.state.programs.keys()], names.slice(1));
  await controller.repair();
  await controller.forget(names.slice(1)).then(
    () => assert.unreachable(),
    (error) => assert.instance(error, StillThere),
  );
  await controller.forget(['nosuch']).then(
    () => assert.unreachable(),
    (error) => assert.instance(error, NoSuchProgram),
  );
  assert.equal([...controller.state.programs.keys()], names.slice(1));
});

test('a program is revoked whatever part of its entries is left', async () => {
  const { documents } = await twoPrograms();
  const [document] = documents;
  assert.ok(document);
  for (let missing = 0; missing <= document.entries.length; missing++) {
    const { emulator, controller, names } = await twoPrograms();
    for (const entry of document.entries.slice(0, missing)) emulator.apply({ kind: 'deleteEntry', entry });
    await controller.revoke(document.program);
    assert.equal([...controller.state.programs.keys()], names.slice(1));
    assert.equal(await controller.drift(), [], `${missing} entries were missing`);
  }
});

const SIM = ['--target', 'sim', '--state', 's'];

test('commands miss a journal that was deleted beside the file of its switch', () =>
  withFolder(async (folder) => {
    const run = (...words: string[]): Promise<Outcome> => type('p4runpro', [...words, ...SIM], { folder });
    assert.is((await run('deploy', program('calc'))).status, 0);
    rmSync(join(folder, 's.journal'));
    const says = /s has \d+ entries of unknown programs, and its journal s\.journal does not exist: put .* repair$/m;
    const shown = await run('show', 'programs');
    assert.is(shown.status, 0, shown.stderr);
    assert.match(shown.stderr, says);
    const refused = await run('deploy', program('lb'));
    assert.is(refused.status, 2);
    assert.match(refused.stderr, says);
    assert.equal(readdirSync(folder), ['s'], 'no journal was begun');
    const repaired = await run('repair');
    assert.match(
      repaired.stdout,
      /^0 missing entries put back, 0 changed entries corrected, \d+ foreign entries removed$/m,
    );
    const again = await run('deploy', program('calc'));
    assert.is(again.status, 0, again.stderr);
    assert.is(again.stderr, '');
  }));

test('commands change nothing before repair or forget', () =>
  withFolder(async (folder) => {
    const run = (...words: string[]): Promise<Outcome> => type('p4runpro', [...words, ...SIM], { folder });
    assert.is((await run('deploy', program('lb'), program('cache'))).status, 0);
    const empty = await run('forget');
    assert.is(empty.stdout, 'nothing to forget: the switch has lost no program\n');
    rmSync(join(folder, 's'));
    const shown = await run('show');
    assert.is(shown.status, 2);
    assert.match(
      shown.stderr,
      /s: no such file; its journal s\.journal exists: p4runpro repair .* forget drops them$/m,
    );
    for (const words of [
      ['deploy', program('calc')],
      ['deploy', program('lb')],
    ]) {
      const refused = await run(...words);
      assert.is(refused.status, 1);
      assert.match(
        refused.stderr,
        /^p4runpro: the switch has been restarted or emptied and has no entry of lb, cache; /,
      );
    }
    assert.is((await run('revoke', 'cache')).stdout, 'cache: revoked\n');
    const programs = await run('show', 'programs');
    assert.match(programs.stdout, /^lb +1 +not on the switch/m);
    assert.match(programs.stderr, /no entry of lb;/);
    for (const words of [
      ['memory', 'write', 'lb', 'port', '1'],
      ['memory', 'read', 'lb', 'port'],
      ['watch', 'lb', '--times', '1'],
      ['replace', program('lb')],
    ]) {
      assert.is((await run(...words)).status, 1, words.join(' '));
    }
    assert.match((await run('repair')).stdout, /^10 missing entries put back, 0 .* 0 foreign/);
    assert.is((await run('memory', 'write', 'lb', 'port', '1')).status, 0);
    rmSync(join(folder, 's'));
    assert.is((await run('forget')).stdout, 'lb: forgotten\n');
    assert.match((await run('show')).stderr, /^p4runpro: s: no such file; p4runpro deploy creates one\n$/);
    assert.is((await run('deploy', program('lb'))).status, 0);
  }));

test('a server that npm started ends when npm does, another one does not', async () => {
  let parent = 100;
  const stop = new AbortController();
  const stopped = serveUntil(stop.signal, { byNpm: true, parent: () => parent }).then(() => 'stopped');
  const other = serveUntil(stop.signal, { byNpm: false, parent: () => parent }).then(() => 'stopped');
  parent = 1;
  assert.is(await stopped, 'stopped');
  const waited = new Promise((resolve) => setTimeout(() => resolve('serving'), 600));
  assert.is(await Promise.race([other, waited]), 'serving');
  stop.abort();
  assert.is(await other, 'stopped');
});

test.run();
