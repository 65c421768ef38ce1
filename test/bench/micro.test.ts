/** The micro benchmarks do what their names say: each is run once, and what it did is looked at. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionPaths } from '../../bench/measure/micro/action-paths.js';
import { hotPaths } from '../../bench/measure/micro/hot-paths.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';
import { withFolder } from '../command-line.js';
import { frame } from '../sim/frames.js';

test('all of them run, and are named once', () =>
  withFolder(async (folder) => {
    const paths = await hotPaths(folder);
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

test.run();
