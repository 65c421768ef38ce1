/** `p4runpro p4`: the files it writes, and what it refuses. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceReport } from '../../compiler/data-plane/resources/resources.js';
import { builtInDataPlane, defaultDataPlane } from '../../compiler/index.js';
import { p4CompileCommand, p4Source } from '../../compiler/p4/generate.js';
import { p4Command } from '../../hw-driver/cli/commands/p4-command.js';
import { packageFile } from '../../traces/system/package-root.js';
import { testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

test('the source of tofino1, one file for each block', async () => {
  await withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('p4runpro', ['p4', '-o', 'source'], { folder });
    assert.equal([status, stderr], [0, '']);
    assert.is(
      stdout,
      '30 files in source; to compile: p4c-barefoot --target tofino --arch tna --traffic-limit 97 -I p4include -o out --bf-rt-schema out/bf-rt.json source/p4runpro.p4\n',
    );
    const expected = p4Source(builtInDataPlane('tofino1') ?? defaultDataPlane());
    assert.equal(readdirSync(join(folder, 'source')).sort(), expected.map(({ name }) => name).sort());
    for (const { name, text } of expected) assert.is(readFileSync(join(folder, 'source', name), 'utf8'), text, name);
  });
});

test('what the chip has no room for is said, and the source written all the same', async () => {
  await withFolder(async (folder) => {
    const large = { extends: 'tofino1', name: 'large', rpbs: { 3: { entries: 4096 } } };
    writeFileSync(join(folder, 'large.json'), JSON.stringify(large));
    const { status, stderr } = await type('p4runpro', ['p4', '--dataplane', 'large.json'], { folder });
    assert.is(status, 0);
    assert.match(
      stderr,
      /^p4runpro: 'large' does not fit a Tofino 1, .*\n {2}stage 3: 36 TCAM blocks of 24, 12 too many\n$/,
    );
    assert.is(readdirSync(join(folder, 'p4src')).length, 30);
  });
});

test('README, the command and the source name one compiler command, with the load of the model', () => {
  const plane = builtInDataPlane('tofino1') ?? defaultDataPlane();
  const command = p4CompileCommand(plane, 'p4src/p4runpro.p4');
  assert.match(command, ` --traffic-limit ${resourceReport(plane).power.loadPercent} `);
  assert.match(readFileSync(packageFile('README.md'), 'utf8'), `\`${command}\``);
  assert.match(p4Source(plane)[0]?.text ?? '', `// To compile: ${p4CompileCommand(plane)}\n`);
});

testForgottenValues('p4', p4Command.options, ['--dataplane', '--output']);

await testRefusals('p4runpro', [
  {
    args: ['p4', '--dataplane', 'published'],
    says: /no P4 source for data plane 'published': it describes the authors' program/,
  },
  { args: ['p4', '--dataplane', 'default'], says: /no P4 source for data plane 'default'/ },
  { args: ['p4', '--dataplane', 'tofino9'], says: /there is no data plane 'tofino9'/ },
  {
    args: ['p4', '-o', 'taken'],
    given: (folder) => writeFileSync(join(folder, 'taken'), ''),
    says: /cannot write .*taken/,
  },
  {
    args: ['p4', '-o', 'folder'],
    given: (folder) => mkdirSync(join(folder, 'folder', 'p4runpro.p4'), { recursive: true }),
    says: /cannot write .*p4runpro\.p4: a folder, not a file/,
  },
]);

test.run();
