/** Documents from files: one whose entries might leave its memory is refused before anything is installed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  type CompiledProgram,
  DocumentError,
  defaultDataPlane,
  installOperations,
  link,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { readDocument, stateOf } from '../../hw-driver/cli/kit/program-documents.js';
import { Controller, UsageError } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';

const plane = defaultDataPlane();
const folder = mkdtempSync(join(tmpdir(), 'documents-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const { programs, sourceHash } = analyse(
  '@m 16\nprogram p(<hdr.udp.dst_port, 7777, 0xffff>) { LOADI(sar, 7); LOADI(mar, 15); MEMWRITE(m); }',
  plane,
);
const [program] = programs;
if (program === undefined) throw new Error('the text holds a program');
const compiled = link(lower(program, plane, 1), new SwitchState(plane), sourceHash);
/** As somebody might write it who wants the word behind the end. */
const attack: CompiledProgram = {
  ...compiled,
  entries: compiled.entries.map((entry) => ({
    ...entry,
    parameters: entry.parameters.map((each) => (each.value === 15 ? { ...each, value: 16 } : each)),
  })),
};

function written(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

test('a compiled program is read without a change', () => {
  assert.equal(readDocument(written('p.json', compiled), plane), compiled);
  assert.is(stateOf([written('list.json', [compiled])], plane).programs.size, 1);
});

test('a program with an address outside its memory is refused, alone and among others, by the name of its file', () => {
  const path = written('attack.json', attack);
  const list = written('attacks.json', [compiled, attack]);
  for (const read of [() => readDocument(path, plane), () => stateOf([path], plane), () => stateOf([list], plane)]) {
    let error: unknown;
    try {
      read();
    } catch (caught) {
      error = caught;
    }
    assert.instance(error, UsageError);
    assert.match(
      (error as UsageError).message,
      /attacks?\.json: program p is not installed: it may access bucket \d+ in \S+, and its memory there is \d+ to \d+ in pass 1$/,
    );
  }
});

test('repair puts back no program of a journal that might leave its memory; revoking it works', async () => {
  const emulator = new Switch(plane);
  const controller = new Controller(plane, new InProcessTarget(emulator));
  controller.adopt(attack);
  const error = await controller.repair().catch((caught: unknown) => caught);
  assert.instance(error, DocumentError);
  assert.is(emulator.entries().length, 0);
  for (const operation of installOperations(attack)) emulator.apply(operation);
  await controller.revoke(attack.program);
  assert.is(emulator.entries().length, 0);
});

test.run();
