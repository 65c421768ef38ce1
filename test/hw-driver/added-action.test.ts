/**
 * What an action takes that no shipped data plane has: the NOT of a register in one step, a family of its own in
 * compiler/data-plane/instructions/arithmetic.ts and in sim/blocks/instructions/arithmetic.ts, and a data plane that
 * lists it. Compiler, both engines, verification, explanation and P4 source then have it.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  dataPlaneFromJson,
  link,
  lower,
  must,
  SwitchState,
} from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { validateTranslation } from '../../sim/validation/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type, withFolder } from '../command-line.js';

/** Inverts each register, one of them before a memory is accessed, one in a case that only inverts. */
const SOURCE = `
@ m 256
program inverts(<hdr.ipv4.src, 0x0a000000, 0xff000000>) {
  EXTRACT(hdr.ipv4.dst, sar);
  NOT(sar);
  HASH_5_TUPLE_MEM(m);
  MEMADD(m);
  NOT(har);
  BRANCH:
  case(<sar, 0, 1>) {
    NOT(sar);
  };
  MODIFY(hdr.ipv4.dst, sar);
}
`;

const planeFile = (name: string): string => packageFile('test', 'hw-driver', 'data-planes', `${name}.json`);
const planeOf = (name: string): DataPlane => dataPlaneFromJson(JSON.parse(readFileSync(planeFile(name), 'utf8')));
const NOT = planeOf('one-step-not');

function translated(dataPlane: DataPlane) {
  const { programs, hasErrors, sourceHash } = analyse(SOURCE, dataPlane);
  assert.not(hasErrors);
  const program = must(programs[0], 'program');
  const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
  return { program, compiled: link(lowered, new SwitchState(dataPlane), sourceHash) };
}

const actionsOf = ({ entries }: CompiledProgram): string[] =>
  entries.map(({ action }) => action.slice(action.lastIndexOf('.') + 1)).sort();

test('the compiler uses the action where the data plane has it, and several steps where it lacks it', () => {
  const inverted = actionsOf(translated(NOT).compiled).filter((name) => name.startsWith('not_'));
  assert.equal(inverted, ['not_har', 'not_sar', 'not_sar']);
  const shipped = actionsOf(translated(must(builtInDataPlane('default'), 'data plane')).compiled);
  assert.equal(
    shipped.filter((name) => name.startsWith('not_')),
    [],
  );
  assert.ok(shipped.some((name) => name.startsWith('xor_')));
});

test('an RPB that lacks the action does not get it', () => {
  const { compiled } = translated(NOT);
  for (const { table, action } of compiled.entries) {
    if (action.includes('.not_')) assert.match(table, /rpb(2|4|14)\./);
  }
});

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`the ${engine} engine does what the text says`, () => {
    const result = validateTranslation(translated(NOT), NOT, {
      packets: 300,
      random: seedrandom.alea(`not ${engine}`),
      makeSwitch: () => new Switch(NOT, { engine }),
    });
    assert.is(result.kind, 'verified');
    assert.ok(result.kind === 'verified' && result.ran > 100);
  });
}

test('check --verify, explain and compile accept the action', async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'inverts.p4runpro'), SOURCE);
    copyFileSync(planeFile('one-step-not'), join(folder, 'plane.json'));
    const run = (command: string, ...options: readonly string[]) =>
      type('p4runpro', [command, 'inverts.p4runpro', '--dataplane', 'plane.json', ...options], { folder });
    const verified = await run('check', '--verify', '--packets', '200');
    assert.is(verified.status, 0, verified.stderr);
    assert.match(verified.stdout, /^inverts: verified on 200 packets/);
    const explained = await run('explain');
    assert.is(explained.status, 0, explained.stderr);
    assert.match(explained.stdout, /NOT\(sar\)/);
    assert.match(explained.stdout, /NOT\(har\)/);
  });
});

test('the P4 source of a data plane with the action has it', async () => {
  await withFolder(async (folder) => {
    copyFileSync(planeFile('one-step-not-tofino1'), join(folder, 'plane.json'));
    const { stderr } = await type('p4runpro', ['p4', '-o', 'p4', '--dataplane', 'plane.json'], { folder });
    assert.not.match(stderr, /no P4 source/);
    const text = readFileSync(join(folder, 'p4', 'rpb4.p4'), 'utf8');
    assert.match(
      text,
      /\/\/ All bits of a register inverted\.\n\s+action not_har\(\) \{\n\s+hdr\.meta\.reg\.har = ~hdr\.meta\.reg\.har;/,
    );
  });
});

test('the reference names the action, and no shipped data plane has it', () => {
  const reference = readFileSync(packageFile('docs', 'ACTIONS.md'), 'utf8');
  assert.match(reference, /\n\| `not_har` \| +\| har = ~har \| har \| har \| `NOT` \| +\|\n/);
  for (const name of ['default', 'published', 'tofino1']) {
    const plane = must(builtInDataPlane(name), 'data plane');
    assert.not(plane.rpbs.some(({ actions }) => actions.has('not_har')));
  }
});

test.run();
