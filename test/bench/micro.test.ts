/** The micro benchmarks do what their names say: each is run once, and what it did is looked at. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionPaths } from '../../bench/measure/micro/action-paths.js';
import { AGAINST_C_SCHEMA, type AgainstCDocument, measureAgainstC } from '../../bench/measure/micro/against-c.js';
import { compileBaseline, NoBaseline, requireEqualOutput, runBaseline } from '../../bench/measure/micro/c-baseline.js';
import { hotPaths } from '../../bench/measure/micro/hot-paths.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';
import { type, withFolder } from '../command-line.js';
import { testWith } from '../external.js';
import { frame } from '../sim/frames.js';

test('all of them run, and are named once', () =>
  withFolder(async (folder) => {
    const paths = await hotPaths(folder, 20);
    assert.is(new Set(paths.map(({ name }) => name)).size, paths.length);
    for (const { name, operations, prepare } of paths) {
      assert.ok(operations > 0, name);
      // The solver takes seconds to start.
      if (!name.endsWith('z3')) await (await prepare())();
    }
  }));

test('each class of actions runs on every packet, and only the one that writes headers changes them', async () => {
  const batch = createPacketBatch(2, 1024);
  const packet = frame({ ipv4: { src: 0x0a000001, dst: 0x0a000002 }, udp: {} });
  const paths = () => {
    clearPacketBatch(batch);
    for (let i = 0; i < 2; i++) appendPacketBytes(batch, packet);
    return actionPaths(defaultDataPlane(), batch);
  };
  for (const { name, prepare } of paths()) {
    (await prepare())();
    assert.equal([...batch.programId.subarray(0, 2)], [1, 1], name);
    const changed = Buffer.compare(packetBytes(batch, 1), packet) !== 0;
    assert.is(changed, name.includes('register to header'), name);
  }
});

const C_COMPILER = { name: 'cc', isInstalled: spawnSync('cc', ['--version']).status === 0 };

testWith(C_COMPILER, 'the C program makes the same packets as the switch, and both are timed in each turn', () =>
  withFolder(async (folder) => {
    const turns: number[] = [];
    const [result] = await measureAgainstC({
      folder,
      programs: [3],
      milliseconds: 1,
      turns: 3,
      onTurn: (programs, turn) => turns.push(programs, turn),
    });
    assert.equal(turns, [3, 1, 3, 2, 3, 3]);
    assert.ok(result);
    assert.is(result.programs, 3);
    assert.is(result.switchNs.length, 3);
    assert.is(result.cNs.length, 3);
    assert.is(result.wholeNs.length, 3);
    for (const ns of [...result.switchNs, ...result.cNs, ...result.wholeNs]) assert.ok(ns > 0, `${ns}`);
    assert.ok(result.lowestRatio <= result.ratio && result.ratio <= result.highestRatio);
  }),
);

testWith(C_COMPILER, 'bench micro --against-c prints what it measured', () =>
  withFolder(async (folder) => {
    const args = ['micro', '--against-c', '--time', '1', '--filter', '^1 load'];
    const { status, stdout, stderr } = await type('bench', [...args, '--json'], { folder });
    assert.is(status, 0, stderr);
    const { schema, results } = JSON.parse(stdout) as AgainstCDocument;
    assert.is(schema, AGAINST_C_SCHEMA);
    assert.equal(
      results.map(({ programs, cNs }) => [programs, cNs.length]),
      [[1, 9]],
    );
  }),
);

testWith(C_COMPILER, 'input that ends early and other packets than those of the switch are noticed', () =>
  withFolder(async (folder) => {
    const files = { executable: compileBaseline(folder), input: join(folder, 'input'), output: join(folder, 'output') };
    writeFileSync(files.input, new Uint8Array(64));
    assert.throws(() => runBaseline(files, 0), /the input ends early/);
    writeFileSync(files.output, 'ab');
    requireEqualOutput(files, [Buffer.from('a'), Buffer.from('b')]);
    assert.throws(() => requireEqualOutput(files, [Buffer.from('ac')]), /made different packets/);
  }),
);

test('without a C compiler the comparison is refused', () =>
  withFolder(async (folder) => {
    assert.throws(
      () => compileBaseline(folder, 'no-such-compiler'),
      (error: Error) =>
        error instanceof NoBaseline &&
        error.ends === 'bad-input' &&
        error.message === '--against-c needs a C compiler: no-such-compiler cannot be run',
    );
  }));

test.run();
