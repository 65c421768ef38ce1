/** `p4runpro cases add` and `remove` as a user types them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  type CompiledProgram,
  compiledProgramFromJson,
  DEFAULT_RECIRCULATIONS,
  defaultDataPlane,
  installOperations,
  link,
  lower,
  type Operation,
  SwitchState,
} from '../../compiler/index.js';
import { addCasesCommand, removeCasesCommand } from '../../hw-driver/cli/commands/cases-command.js';
import { Switch } from '../../sim/index.js';
import { validateTranslation } from '../../sim/validation/index.js';
import { type Refusal, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

const plane = defaultDataPlane();
const published = builtInDataPlane('published');
if (published === undefined) throw new Error('it is built in');

/** The BRANCH stands in line 7, its cases in 8 and 9, the second BRANCH in 10 with a case in 11. */
const SOURCE = `@count 256
program steer(<hdr.udp.dst_port, 7777, 0xffff>) {
    EXTRACT(hdr.l5.op, har);
    EXTRACT(hdr.l5.key1, sar);
    EXTRACT(hdr.l5.key2, mar);
    SUBI(har, 3);
    BRANCH:
        case(<har, 1, 0xffffffff>) { FORWARD(1); }
        case(<har, 2, 0xffffffff>) { DROP; };
    BRANCH:
        case(<sar, 1, 0xffffffff>) { HASH_5_TUPLE_MEM(count); MEMADD(count); };
    FORWARD(3);
}
`;
const NEW_CASE = 'case(<har, 7, 0xffffffff>) { FORWARD(7); }';
const STRAIGHT = 'program straight(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    FORWARD(1);\n}\n';

function documentOf(source: string, dataPlane = plane): string {
  const { programs, sourceHash } = analyse(source, dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error('the text holds a program');
  return JSON.stringify(
    link(lower(program, dataPlane, DEFAULT_RECIRCULATIONS), new SwitchState(dataPlane), sourceHash),
  );
}

const FILES: Readonly<Record<string, string>> = {
  'steer.p4runpro': SOURCE,
  'steer.json': documentOf(SOURCE),
  'changed.p4runpro': SOURCE.replace('FORWARD(3)', 'FORWARD(4)'),
  'straight.p4runpro': STRAIGHT,
  'straight.json': documentOf(STRAIGHT),
  'published.json': documentOf(SOURCE, published),
};

function given(folder: string): void {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
}

const OUT = ['-o', 'next.json', '--operations', 'operations.json', '--source-out', 'next.p4runpro'];
const STEER = ['steer.p4runpro', '--program', 'steer.json'];

const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const json = (folder: string, name: string): unknown => JSON.parse(text(folder, name));
const programIn = (folder: string, name: string): CompiledProgram => compiledProgramFromJson(json(folder, name), plane);

/** The files that a change wrote: the operations lead a switch from one document to the other, whose meaning is the text. */
function assertChanged(folder: string, from: string): void {
  const before = programIn(folder, from);
  const after = programIn(folder, 'next.json');
  const { programs, sourceHash } = analyse(text(folder, 'next.p4runpro'), plane);
  const [program] = programs;
  assert.is(after.sourceHash, sourceHash);
  if (program === undefined) throw new Error('the new text holds the program');
  const verified = validateTranslation({ program, compiled: after }, plane, {
    packets: 200,
    random: seedrandom.alea('1'),
  });
  assert.is(verified.kind, 'verified');
  const emulator = new Switch(plane);
  for (const operation of installOperations(before)) emulator.apply(operation);
  // An entry that is not there, or one too many, is an error of the switch.
  for (const operation of json(folder, 'operations.json') as Operation[]) emulator.apply(operation);
  const tables = new Map<string, number>();
  for (const { table } of after.entries) tables.set(table, (tables.get(table) ?? 0) + 1);
  for (const { table } of [...before.entries, ...after.entries]) {
    assert.is(emulator.entryCount(table), tables.get(table) ?? 0, table);
  }
}

test('a case that needs a further pass is refused with the option that allows it, and accepted with it', () =>
  withFolder(async (folder) => {
    given(folder);
    const long = `case(<har, 7, 0xffffffff>) { ${'ADD(sar, har); '.repeat(12)}FORWARD(7); }`;
    const add = ['cases', 'add', ...STEER, '--case', long, ...OUT];
    const refused = await type('p4runpro', add, { folder });
    assert.is(refused.status, 1);
    assert.match(refused.stderr, /does not fit: .*; with --recirculations 1 \(-R 1\) it fits\n$/);
    assert.not(readdirSync(folder).includes('next.json'));
    assert.is((await type('p4runpro', [...add, '-R', '1'], { folder })).status, 0);
    assertChanged(folder, 'steer.json');
  }));

test('a case is added after the last of its BRANCH, and removed again', () =>
  withFolder(async (folder) => {
    given(folder);
    const added = await type('p4runpro', ['cases', 'add', ...STEER, '--case', NEW_CASE, ...OUT], { folder });
    assert.is(added.status, 0, added.stderr);
    assert.is(added.stderr, '');
    assert.match(
      added.stdout,
      /^steer: 1 case added\n\d+ entries \(\d+ before\): \d+ kept, 2 inserted, 0 replaced, 0 deleted\n$/,
    );
    assert.is(text(folder, 'next.p4runpro'), SOURCE.replace('DROP; };', `DROP; }\n        ${NEW_CASE};`));
    assertChanged(folder, 'steer.json');
    const out = ['-o', 'last.json', '--source-out', 'last.p4runpro'];
    const removed = await type(
      'p4runpro',
      ['cases', 'remove', 'next.p4runpro', '--program', 'next.json', '--case', NEW_CASE, ...out],
      { folder },
    );
    assert.is(removed.status, 0, removed.stderr);
    assert.match(
      removed.stdout,
      /^steer: 1 case removed\n\d+ entries \(\d+ before\): \d+ kept, 0 inserted, 0 replaced, 2 deleted\n$/,
    );
    assert.is(text(folder, 'last.p4runpro'), SOURCE);
    const identities = (name: string): string[] =>
      programIn(folder, name)
        .entries.map((entry) => JSON.stringify(entry))
        .sort();
    assert.equal(identities('last.json'), identities('steer.json'));
  }));

test('cases of a BRANCH by its line, before another case, several at a time', () =>
  withFolder(async (folder) => {
    given(folder);
    const second = 'case(<sar, 3, 0xffffffff>) { DROP; }';
    const third = 'case(<sar, 4, 0xffffffff>) { DROP; }';
    const where = ['--branch', '10', '--before', '11'];
    const { status, stderr } = await type(
      'p4runpro',
      ['cases', 'add', ...STEER, '--case', second, '--case', third, ...where, ...OUT],
      { folder },
    );
    assert.is(status, 0, stderr);
    const lines = text(folder, 'next.p4runpro')
      .split('\n')
      .map((line) => line.trim());
    assert.equal(lines.slice(9, 12), ['BRANCH:', second, third]);
    assertChanged(folder, 'steer.json');
  }));

test('a case is removed by its line; --json prints the result and writes no file', () =>
  withFolder(async (folder) => {
    given(folder);
    const { status, stdout, stderr } = await type('p4runpro', ['cases', 'remove', ...STEER, '--line', '9', '--json'], {
      folder,
    });
    assert.is(status, 0, stderr);
    const document = JSON.parse(stdout) as {
      schema: string;
      operations: Operation[];
      compiled: unknown;
      source: string;
    };
    assert.equal(Object.keys(document), ['schema', 'program', 'summary', 'operations', 'compiled', 'source']);
    assert.is(document.schema, 'p4runpro/case-change@1');
    assert.equal(
      document.operations.map(({ kind }) => kind),
      ['deleteEntry', 'drain', 'deleteEntry'],
    );
    assert.is(compiledProgramFromJson(document.compiled, plane).program, 'steer');
    assert.is(document.source.includes('<har, 2'), false);
    assert.equal(readdirSync(folder).sort(), Object.keys(FILES).sort());
  }));

test('a case with errors: underlined in its own text, nothing written', () =>
  withFolder(async (folder) => {
    given(folder);
    const wrong = 'case(<har, 7, 0xffffffff>) { FOO; }';
    const { status, stdout, stderr } = await type('p4runpro', ['cases', 'add', ...STEER, '--case', wrong, ...OUT], {
      folder,
    });
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /^--case:1:30: error\[unknown-primitive\]: there is no primitive FOO$/m);
    assert.equal(readdirSync(folder).sort(), Object.keys(FILES).sort());
  }));

const refusals: readonly (Refusal & { readonly given: typeof given })[] = [
  {
    args: ['cases', 'add', 'changed.p4runpro', '--program', 'steer.json', '--case', NEW_CASE, ...OUT],
    says: /steer\.json was not compiled from the text in changed\.p4runpro/,
  },
  {
    args: ['cases', 'remove', 'straight.p4runpro', '--program', 'straight.json', '--case', NEW_CASE, ...OUT],
    says: /program straight has no BRANCH/,
  },
  {
    args: ['cases', 'add', ...STEER, '--case', NEW_CASE, '--branch', '8', ...OUT],
    says: /line 8 has no BRANCH: .* has BRANCH in line 7, 10/,
  },
  {
    args: ['cases', 'add', ...STEER, '--case', NEW_CASE, '--before', '11', ...OUT],
    says: /no case begins in line 11: cases begin in line 8, 9/,
  },
  { args: ['cases', 'remove', ...STEER, '--line', '10', ...OUT], says: /no case begins in line 10: .* 8, 9, 11/ },
  {
    args: ['cases', 'remove', ...STEER, '--case', 'case(<har, 5, 0xffffffff>)', ...OUT],
    says: /the BRANCH in line 7 has no case with these conditions: case\(<har, 5, 0xffffffff>\)/,
  },
  { args: ['cases', 'remove', ...STEER, '--case', 'DROP;', ...OUT], says: /'DROP;' is not a case/ },
  { args: ['cases', 'remove', ...STEER, ...OUT], says: /no case is given: --case or --line/ },
  {
    args: ['cases', 'remove', ...STEER, '--line', '11', ...OUT],
    says: /the BRANCH in line 10 would have no case left/,
  },
  {
    // MAR is dead behind SUBI, which therefore uses it; with this case it would not be.
    args: [
      'cases',
      'add',
      ...STEER,
      '--case',
      'case(<har, 7, 0xffffffff>) { ADD(sar, mar); MODIFY(hdr.l5.key3, sar); DROP; }',
      ...OUT,
    ],
    says: /program steer cannot be changed while it runs: line 6: steps outside of added and removed cases differ/,
    status: 1,
  },
  {
    args: ['cases', 'add', 'steer.p4runpro', '--program', 'published.json', '--case', NEW_CASE, ...OUT],
    says: /published\.json: .*'published'.*'default'/,
  },
  {
    args: ['cases', 'add', ...STEER, '--case', NEW_CASE, '-o', 'next.json', '--operations', 'nowhere/operations.json'],
    says: /cannot write nowhere\/operations\.json: no such file/,
  },
  {
    args: ['cases', 'add', ...STEER, '--case', NEW_CASE, '-o', 'next.json', '--source-out', '.'],
    says: /cannot write \.: a folder, not a file/,
  },
  { args: ['cases'], says: /no command is given after p4runpro cases: it takes add or remove/ },
].map((refusal) => ({ ...refusal, given }));

await testRefusals('p4runpro', refusals);

testForgottenValues('p4runpro cases add', addCasesCommand.options, ['--program', '--case', '--before', '--operations']);
testForgottenValues('p4runpro cases remove', removeCasesCommand.options, [
  '--program',
  '--case',
  '--line',
  '--source-out',
]);

test.run();
