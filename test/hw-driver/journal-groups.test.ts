/** Several transactions at once: their records are brought to disk together, and before any of their operations is sent. */
import fs, { type NoParamCallback } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Operation } from '../../compiler/index.js';
import { JournalFile } from '../../hw-driver/control/journal/journal-file.js';
import { Controller, JournalError } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { withFolder } from '../command-line.js';
import { itemAt } from '../item-at.js';
import { fifteenPrograms, plane } from './fifteen.js';

const programs = (await fifteenPrograms()).slice(4, 9);

/** Remembers what it was sent. */
class WatchedTarget extends InProcessTarget {
  sent = 0;

  override async apply(operations: readonly Operation[]): Promise<void> {
    this.sent += operations.length;
    await super.apply(operations);
  }
}

/** Holds all fsync of a file back until they are let go. */
class HeldSync {
  readonly waiting: NoParamCallback[] = [];
  calls = 0;
  private readonly before = fs.fsync;

  constructor() {
    const hold = (_file: number, done: NoParamCallback): void => {
      this.calls++;
      this.waiting.push(done);
    };
    fs.fsync = hold as typeof fs.fsync;
    syncBuiltinESMExports();
  }

  /** Lets the only fsync go that waits. */
  async release(error: NodeJS.ErrnoException | null = null): Promise<void> {
    assert.is(this.waiting.length, 1, 'one fsync at a time');
    itemAt(this.waiting.splice(0), 0)(error);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
  }

  restore(): void {
    fs.fsync = this.before;
    syncBuiltinESMExports();
  }
}

interface Rig {
  readonly target: WatchedTarget;
  readonly controller: Controller;
  readonly journal: JournalFile;
  readonly path: string;
  readonly sync: HeldSync;
}

const withRig = (work: (rig: Rig) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const path = join(folder, 'j');
    const journal = JournalFile.open(path, plane);
    const target = new WatchedTarget(new Switch(plane, { engine: 'interpreted' }));
    const sync = new HeldSync();
    try {
      await work({ target, controller: new Controller(plane, target, journal), journal, path, sync });
    } finally {
      sync.restore();
    }
  });

const deploy = ({ controller }: Rig, i: number) => {
  const { arrival, lowered, sourceHash } = itemAt(programs, i);
  return controller.deploy(lowered, sourceHash, { filterPriority: arrival.number });
};

const diskFull = (): NodeJS.ErrnoException => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });

test('no operation is sent before its record is on disk; records that wait go to disk together', () =>
  withRig(async (rig) => {
    const { target, sync, journal, path, controller } = rig;
    const deployments = [deploy(rig, 0), deploy(rig, 1), deploy(rig, 2)];
    await nextTurn();
    assert.equal([sync.calls, target.sent], [1, 0]);
    await sync.release();
    const compiled = await itemAt(deployments, 0);
    // The record of the end of the first need not be on disk.
    assert.is(target.sent, 1 + compiled.entries.length);
    assert.equal([sync.calls, controller.state.programs.size], [2, 3]);
    await sync.release();
    await Promise.all(deployments);
    assert.is(sync.calls, 2);
    journal.close();
    const again = JournalFile.open(path, plane);
    assert.equal(
      [...again.state.programs.keys()],
      programs.slice(0, 3).map(({ arrival }) => arrival.name),
    );
    assert.is(again.state.open.size, 0);
    again.close();
  }));

test('programs that are deployed at once get the places that they get one by one', () =>
  withRig(async (rig) => {
    const together = programs.map((_, i) => deploy(rig, i));
    await nextTurn();
    await rig.sync.release();
    await rig.sync.release();
    const single = new Controller(plane, new InProcessTarget(new Switch(plane, { engine: 'interpreted' })));
    for (const [i, { arrival, lowered, sourceHash }] of programs.entries()) {
      const alone = await single.deploy(lowered, sourceHash, { filterPriority: arrival.number });
      assert.equal(await together[i], alone);
    }
    rig.journal.close();
  }));

test('a record that does not get to disk is taken back, and the next one is taken', () =>
  withRig(async (rig) => {
    const { sync, target, controller, journal, path } = rig;
    const size = fs.statSync(path).size;
    const failing = deploy(rig, 0).catch((error: unknown) => error);
    await nextTurn();
    await sync.release(diskFull());
    const error = await failing;
    assert.instance(error, JournalError);
    assert.match(String(error), /journal .*: .*no space left/);
    assert.equal([target.sent, controller.state.programs.size, fs.statSync(path).size], [0, 0, size]);
    const next = deploy(rig, 1);
    await nextTurn();
    await sync.release();
    await next;
    journal.close();
    const again = JournalFile.open(path, plane);
    assert.equal([...again.state.programs.keys()], [itemAt(programs, 1).arrival.name]);
    again.close();
  }));

test('if several records do not get to disk, no further one is taken, and what they began is undone', () =>
  withRig(async (rig) => {
    const { sync, target, journal, path } = rig;
    const first = deploy(rig, 0);
    const others = [deploy(rig, 1), deploy(rig, 2)].map((one) => one.catch((error: unknown) => error));
    await nextTurn();
    await sync.release();
    await first;
    const { sent } = target;
    await sync.release(diskFull());
    for (const error of await Promise.all(others)) assert.instance(error, JournalError);
    assert.is(target.sent, sent);
    assert.instance(await deploy(rig, 3).catch((error: unknown) => error), JournalError);
    assert.is(target.sent, sent);
    journal.close();
    sync.restore();
    const again = JournalFile.open(path, plane);
    const controller = new Controller(plane, target, again, again.state);
    const outcomes = (await controller.recover()).map(({ program, outcome }) => [program, outcome]);
    assert.equal(
      outcomes,
      [1, 2].map((i) => [itemAt(programs, i).arrival.name, 'before']),
    );
    assert.equal([...controller.state.programs.keys()], [itemAt(programs, 0).arrival.name]);
    assert.equal(await controller.drift(), []);
    again.close();
  }));

test.run();
