/**
 * Deployments that break at every step: the connection goes before or after the k-th operation, and the controller with
 * it. The next one reads the journal and the switch, and must come to the old state or the new one, with no packet ever
 * processed by half a program.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CompiledProgram, entryMeaning, type Operation } from '../../compiler/index.js';
import { Controller } from '../../hw-driver/controller.js';
import { driftOf, hasDrift, repairOperations } from '../../hw-driver/deploy/drift.js';
import { type JournalRecord, journalHead, readJournal, recordLine } from '../../hw-driver/deploy/journal-records.js';
import { recover } from '../../hw-driver/deploy/recover.js';
import type { TransactionLog } from '../../hw-driver/deploy/transaction.js';
import { InProcessTarget, type Switch, TargetUnreachable } from '../../sim/index.js';
import { clearPacketBatch, createPacketBatch, createTrafficGenerator, packetBytes } from '../../traces/index.js';
import { thrownBy } from './failing-target.js';
import { fifteenPrograms, type PreparedProgram, plane, Rig } from './fifteen.js';

type Cut = { readonly after: number; readonly isMade: boolean };

/** Loses its connection at one operation, counted from 0, just before or just after that is made. */
class CutTarget extends InProcessTarget {
  cut: Cut | undefined;
  /** Called after each operation. */
  onOperation: () => void = () => undefined;
  private made = 0;

  restart(cut: Cut | undefined): void {
    this.cut = cut;
    this.made = 0;
  }

  override async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      const isCut = this.cut?.after === this.made;
      if (isCut && this.cut?.isMade === false) throw new TargetUnreachable('cut before');
      await super.apply([operation]);
      this.onOperation();
      this.made++;
      if (isCut) throw new TargetUnreachable('cut after');
    }
  }
}

/** What a journal file would hold. */
class JournalText implements TransactionLog {
  text = recordLine(journalHead(plane));

  begin(transaction: Extract<JournalRecord, { kind: 'begin' }>['transaction']): void {
    this.text += recordLine({ kind: 'begin', transaction });
  }

  end(outcome: 'done' | 'undone'): void {
    this.text += recordLine({ kind: 'end', outcome });
  }
}

const PACKETS = 6;

/** Packets of a program, and what becomes of each, its memory being 0. */
class Traffic {
  private readonly generator;
  private readonly batch = createPacketBatch(PACKETS, 2 ** 16);

  constructor(
    { arrival }: PreparedProgram,
    private readonly emulator: Switch,
  ) {
    this.generator = createTrafficGenerator({ targets: [arrival.traffic], seed: 'faults', packetsPerSecond: 1e6 });
  }

  outcomes(blocks: CompiledProgram['memories']): string[] {
    const { batch, emulator } = this;
    clearPacketBatch(batch);
    this.generator.generateInto(batch, 0, PACKETS);
    return Array.from({ length: PACKETS }, (_, i) => {
      const saved = blocks.map(({ rpb, base, buckets }) => emulator.memory.range(rpb, base, buckets).slice());
      emulator.process(batch, i, i + 1);
      for (const [b, { rpb, base, buckets }] of blocks.entries()) {
        const range = emulator.memory.range(rpb, base, buckets);
        range.set(saved[b] ?? range);
      }
      return `${batch.egressPort[i]} ${Buffer.from(packetBytes(batch, i)).toString('hex')}`;
    });
  }
}

const meanings = (emulator: Switch): string[] => emulator.entries().map(entryMeaning).sort();

/** A controller that starts from a journal, as after a crash. */
async function restarted(journal: JournalText, target: InProcessTarget): Promise<Controller> {
  const { programs, open } = readJournal(Buffer.from(journal.text), plane);
  const outcome = open && (await recover(open, target));
  if (outcome !== undefined) journal.end(outcome);
  const controller = new Controller(plane, target, journal);
  for (const program of readJournal(Buffer.from(journal.text), plane).programs) controller.state.commit(program);
  assert.ok(open === undefined || programs.length <= 2);
  return controller;
}

const programs = await fifteenPrograms();
let points = 0;

for (const program of programs) {
  const { name } = program.arrival;
  test(`${name}: deployed and revoked, cut at every operation`, async () => {
    const targets: CutTarget[] = [];
    const rig = new Rig((emulator) => {
      const target = new CutTarget(emulator);
      targets.push(target);
      return target;
    });
    const { emulator } = rig;
    const target = targets[0] as CutTarget;
    const compiled = await rig.deploy(program);
    const traffic = new Traffic(program, emulator);
    const withProgram = traffic.outcomes(compiled.memories);
    const entriesWith = meanings(emulator);
    await rig.controller.revoke(name);
    const without = traffic.outcomes([]);
    const entriesWithout = meanings(emulator);
    const empty = new Controller(plane, target).state.snapshot();
    target.onOperation = () => {
      for (const [i, outcome] of traffic.outcomes(compiled.memories).entries()) {
        assert.ok(outcome === withProgram[i] || outcome === without[i], `packet ${i}: ${outcome}`);
      }
    };

    const check = async (start: JournalText, act: (controller: Controller) => Promise<unknown>, cut: Cut) => {
      points++;
      const journal = new JournalText();
      journal.text = start.text;
      const before = new Controller(plane, target, journal);
      for (const one of readJournal(Buffer.from(start.text), plane).programs) before.state.commit(one);
      target.restart(cut);
      const error = await thrownBy(act(before));
      target.restart(undefined);
      if (error === undefined) return { isOver: true, controller: before, journal };
      assert.instance(error, TargetUnreachable, String(error));
      const controller = await restarted(journal, target);
      const runs = controller.state.programs.has(name);
      assert.equal(meanings(emulator), runs ? entriesWith : entriesWithout);
      assert.equal(traffic.outcomes(compiled.memories), runs ? withProgram : without);
      if (!runs) assert.equal(controller.state.snapshot(), empty);
      for (const { rpb, base, buckets } of compiled.memories) {
        assert.ok(emulator.memory.range(rpb, base, buckets).every((word) => word === 0));
      }
      return { isOver: false, controller, journal };
    };

    const install = (controller: Controller) => controller.install(compiled);
    const remove = (controller: Controller) => controller.revoke(name);
    for (const isMade of [false, true]) {
      for (let after = 0; ; after++) {
        const { isOver, controller } = await check(new JournalText(), install, { after, isMade });
        if (controller.state.programs.has(name)) await controller.revoke(name);
        if (isOver) break;
      }
      for (let after = 0; ; after++) {
        const deployed = new JournalText();
        await new Controller(plane, target, deployed).install(compiled);
        const { isOver, controller } = await check(deployed, remove, { after, isMade });
        // A revoke that was cut goes on to its end, if the switch came to see it at all.
        assert.not(controller.state.programs.has(name));
        if (isOver) break;
      }
    }
  });
}

test('at least 500 points were cut', () => {
  process.stdout.write(`  ${points} fault points\n`);
  assert.ok(points >= 500, String(points));
});

test('a journal that is torn anywhere tells what was whole', async () => {
  const rig = new Rig();
  const journal = new JournalText();
  const controller = new Controller(plane, new InProcessTarget(rig.emulator), journal);
  const [first, second] = programs;
  assert.ok(first !== undefined && second !== undefined);
  const states: [number, string[], boolean][] = [];
  const note = (open: boolean): void => {
    states.push([Buffer.byteLength(journal.text), [...controller.state.programs.keys()], open]);
  };
  note(false);
  await controller.deploy(first.lowered, first.sourceHash, { filterPriority: 0 });
  note(false);
  await controller.deploy(second.lowered, second.sourceHash, { filterPriority: 1 });
  note(false);
  await controller.revoke(first.arrival.name);
  note(false);
  const text = Buffer.from(journal.text);
  for (const [bytes, names] of states) {
    for (const torn of [0, 1, 7, 40]) {
      if (bytes + torn > text.length) continue;
      const read = readJournal(text.subarray(0, bytes + torn), plane);
      assert.equal(
        read.programs.map(({ program }) => program),
        names,
      );
      assert.is(read.wholeBytes, bytes);
    }
  }
  for (let bytes = 0; bytes <= text.length; bytes += 61) {
    const { wholeBytes } = readJournal(text.subarray(0, bytes), plane);
    assert.ok(wholeBytes <= bytes && (wholeBytes === 0 || text[wholeBytes - 1] === 10));
  }
  const damaged = Buffer.from(text);
  damaged[200] = (damaged[200] ?? 0) ^ 1;
  assert.throws(() => readJournal(damaged, plane), /damaged in record 2|no journal/);
});

test('drift: what is missing, foreign or changed, and its repair', async () => {
  const rig = new Rig();
  const [first, second] = programs;
  assert.ok(first !== undefined && second !== undefined);
  const compiled = await rig.deploy(first);
  const good = meanings(rig.emulator);
  const other = await rig.deploy(second);
  const [lost, changed] = compiled.entries;
  assert.ok(lost !== undefined && changed !== undefined);
  const target = new InProcessTarget(rig.emulator);
  const twisted = compiled.entries.find(({ parameters }) => parameters.length > 0) ?? changed;
  const wrong = { ...twisted, parameters: twisted.parameters.map(({ name }) => ({ name, value: 1 })) };
  await target.apply([
    { kind: 'deleteEntry', entry: lost === twisted ? changed : lost },
    { kind: 'replaceEntry', before: twisted, entry: wrong },
  ]);
  const drift = driftOf(compiled.entries, await target.entries());
  assert.is(drift.missing.length, 1);
  assert.is(drift.changed.length, 1);
  assert.equal(drift.foreign.map(entryMeaning).sort(), other.entries.map(entryMeaning).sort());
  await target.apply(repairOperations(drift));
  assert.equal(meanings(rig.emulator), good);
  assert.not(hasDrift(driftOf(compiled.entries, await target.entries())));
});

test.run();
