/** The controller gives running programs other cases, and takes everything back if the switch refuses a step. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { branchTexts, insertCase } from '../../compiler/change/edit-cases.js';
import { NotIncremental } from '../../compiler/change/not-incremental.js';
import { must } from '../../compiler/data-plane/must.js';
import { analyse, type CompiledProgram, DoesNotFit, lower, type Program } from '../../compiler/index.js';
import { NoSuchProgram, ProgramBusy } from '../../hw-driver/index.js';
import { itemAt } from '../item-at.js';
import { COUNTS } from './counts-program.js';
import { FailingTarget, thrownBy } from './failing-target.js';
import { fifteenPrograms, plane, Rig } from './fifteen.js';

interface Text {
  readonly program: Program;
  readonly sourceHash: string;
}

function analysed(source: string): Text {
  const { programs, sourceHash, diagnostics } = analyse(source, plane);
  const [program] = programs;
  if (program === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return { program, sourceHash };
}

/** The text with one case more, in its first BRANCH. */
function withCase(source: string, name: string, text: string): Text {
  const [branch] = branchTexts(source, name);
  if (branch === undefined) throw new Error(`no BRANCH in ${name}`);
  return analysed(insertCase(source, branch, text, plane).source);
}

const ONE_MORE =
  'case(<har, 2, 0xffffffff>) { FORWARD(2); HASH_5_TUPLE_MEM(count); MEMREAD(count); MODIFY(hdr.l5.key3, sar); }';

const first = analysed(COUNTS);
const next = withCase(COUNTS, 'counts', ONE_MORE);
const others = await fifteenPrograms();

async function started() {
  const targets: FailingTarget[] = [];
  const rig = new Rig((emulator) => {
    const target = new FailingTarget(emulator);
    targets.push(target);
    return target;
  });
  const neighbour = await rig.deploy(itemAt(others, 1));
  const compiled = await rig.controller.deploy(lower(first.program, plane, 0), first.sourceHash);
  for (const program of [neighbour, compiled]) await rig.fill(program, 3);
  const look = async () => ({
    ...rig.lookClosely(),
    installed: installed(rig, compiled),
    own: await rig.memories(compiled),
    neighbour: await rig.memories(neighbour),
  });
  return { rig, target: itemAt(targets, 0), compiled, look };
}

/** What the books hold of a program. */
const installed = ({ controller }: Rig, { program }: CompiledProgram): string =>
  JSON.stringify(controller.state.programs.get(program));

test('a program gets a case and loses it again; its memory keeps its words', async () => {
  const { rig, compiled, look } = await started();
  const before = await look();
  const change = await rig.controller.changeCases(next.program, next.sourceHash);
  assert.ok(change.operations.length > 0);
  const during = await look();
  assert.equal(rig.controller.state.programs.get('counts'), { status: 'running', compiled: change.compiled });
  assert.equal(during.own, before.own);
  assert.equal(during.neighbour, before.neighbour);
  for (const table of new Set(change.compiled.entries.map((entry) => entry.table))) {
    const more = (program: CompiledProgram) => program.entries.filter((entry) => entry.table === table).length;
    assert.is(
      must(during.entries[table], table) - must(before.entries[table], table),
      more(change.compiled) - more(compiled),
      table,
    );
  }
  const back = await rig.controller.changeCases(first.program, first.sourceHash);
  assert.is(back.compiled.entries.length, compiled.entries.length);
  assert.equal({ ...(await look()), installed: '' }, { ...before, installed: '' });
  await rig.controller.revoke('counts');
});

test('a change that is refused, whichever it is, leaves everything as before', async () => {
  const { rig, target, look } = await started();
  for (const { program, sourceHash } of [next, first]) {
    const before = await look();
    const change = (): Promise<unknown> => rig.controller.changeCases(program, sourceHash);
    let refused = 0;
    for (target.failAfter(0); ; target.failAfter(refused)) {
      const error = await thrownBy(change());
      if (error === undefined) break;
      assert.match(String(error), /refused on purpose/);
      assert.equal(await look(), before, `change ${++refused}`);
    }
    assert.ok(refused >= 2, `${refused} changes`);
    target.failAfter(Number.POSITIVE_INFINITY);
    assert.not.equal((await look()).installed, before.installed);
  }
});

test('what cannot be changed is refused before anything is touched', async () => {
  const { rig, look } = await started();
  const before = await look();
  const refused = async ({ program, sourceHash }: Text) => thrownBy(rig.controller.changeCases(program, sourceHash));
  const other = (from: string, to: string): Text => analysed(COUNTS.replaceAll(from, to));
  assert.instance(await refused(other('counts', 'unknown')), NoSuchProgram);
  const filters = await refused(other('7777, 0xffff', '7778, 0xffff'));
  assert.instance(filters, NotIncremental);
  assert.match(String(filters), /it has other filters/);
  assert.match(String(await refused(other('@count 256', '@count 512'))), /it has other memories/);
  const steps = await refused(other('DROP', 'FORWARD(3)'));
  assert.instance(steps, NotIncremental);
  const long = `case(<har, 9, 0xffffffff>) { ${'ADD(har, sar); SUBI(sar, 3); '.repeat(20)} FORWARD(1); }`;
  assert.instance(await refused(withCase(COUNTS, 'counts', long)), DoesNotFit);
  assert.equal(await look(), before);
});

test('a program that is to have no steps is refused without a line, as there is none', async () => {
  const [head] = COUNTS.split('{').map((part) => part.replace('@count 256', ''));
  const some = analysed(`${head}{ FORWARD(1); }`);
  const rig = new Rig((emulator) => new FailingTarget(emulator));
  await rig.controller.deploy(lower(some.program, plane, 0), some.sourceHash);
  const none = analysed(`${head}{ }`);
  const error = await thrownBy(rig.controller.changeCases(none.program, none.sourceHash));
  assert.match(
    String(error),
    /program counts cannot be changed while it runs: steps outside of added and removed cases differ/,
  );
});

test('one change at a time', async () => {
  const { rig } = await started();
  const changing = rig.controller.changeCases(next.program, next.sourceHash);
  assert.instance(await thrownBy(rig.controller.changeCases(first.program, first.sourceHash)), ProgramBusy);
  assert.instance(await thrownBy(rig.controller.revoke('counts')), ProgramBusy);
  await changing;
  await rig.controller.revoke('counts');
});

test.run();
