/** Multicast groups from the command line, by a controller over BF Runtime, and as options of emulated switches. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupOfPorts, installOperations, SwitchState } from '../../compiler/index.js';
import { PRE_MGID, PRE_NODE } from '../../hw-driver/bfruntime/group-codec.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import * as wire from '../../hw-driver/bfruntime/messages.js';
import { BfRuntimeSession } from '../../hw-driver/bfruntime/session.js';
import { valueToBytes } from '../../hw-driver/bfruntime/values.js';
import { Controller } from '../../hw-driver/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { SwitchPorts } from '../../hw-driver/server/ports/switch-ports.js';
import { Switch, TargetError } from '../../sim/index.js';
import { type, withFolder } from '../command-line.js';
import { frame } from '../sim/frames.js';
import { dataPlane } from '../sim/test-switch.js';
import { compileText } from '../sim/translations.js';
import { commands } from './operate.js';
import { codes, unary } from './served-switch.js';

const plane = dataPlane('extended');
const TEXT = 'program p(<hdr.ipv4.dst, 10.0.0.2, 0xffffffff>) { MULTICAST(1); }\n';
const PACKET = 'ipv4.dst=10.0.0.2 port=1';

test('groups are added, shown and removed on the switch of a file, whose snapshot keeps them', () =>
  withFolder(async (folder) => {
    const run = commands(folder, '--target', 'sim', '--state', 'switch', '--dataplane', 'extended');
    assert.is(await run(0, 'group', 'show'), 'no groups\n');
    const shown = 'group 1: 2 copies\n  node 0, replication id 0: port 4\n  node 1, replication id 1: port 2\n';
    assert.is(await run(0, 'group', 'add', '1', '4', '2'), shown);
    await run(0, 'group', 'add', '65535', '3');
    writeFileSync(join(folder, 'p.p4runpro'), TEXT);
    await run(0, 'deploy', 'p.p4runpro');
    assert.is(await run(0, 'group', 'show', '1'), shown);
    const { groups } = JSON.parse(await run(0, 'group', 'show', '--json')) as { groups: { id: number }[] };
    assert.equal(
      groups.map(({ id }) => id),
      [1, 65535],
    );
    assert.is(await run(0, 'repair'), 'nothing to repair: the switch is as the journal says\n');
    assert.is(await run(0, 'group', 'remove', '1'), 'group 1 was removed\n');
    await run(2, 'group', 'remove', '1');
    await run(2, 'group', 'show', '1');
    await run(1, 'group', 'add', '65535', '3');
  }));

test('commands warn of groups that running programs name and the switch does not have', () =>
  withServer(async ({ emulator, address }) => {
    await withFolder(async (folder) => {
      for (const entry of emulator.entries()) emulator.apply({ kind: 'deleteEntry', entry });
      writeFileSync(join(folder, 'p.p4runpro'), TEXT);
      const where = ['--target', address, '--journal', 'j', '--dataplane', 'extended'];
      const run = (...args: string[]) => type('p4runpro', [...args, ...where], { folder });
      const warning =
        'warning: program p copies packets to group 1, which the switch does not have: they are dropped until p4runpro group add 1 adds it';
      const stderrOf = async (...args: string[]) => (await run(...args)).stderr.replace(/\s+/g, ' ').trim();
      const deployed = await run('deploy', 'p.p4runpro', '--json');
      assert.is(deployed.stderr.replace(/\s+/g, ' ').trim(), warning);
      const document = JSON.parse(deployed.stdout) as { missingGroups: unknown };
      assert.equal(document.missingGroups, [{ program: 'p', group: 1 }]);
      for (const args of [['show', 'drift'], ['repair'], ['replace', 'p.p4runpro'], ['change', 'p.p4runpro']]) {
        assert.is(await stderrOf(...args), warning, args.join(' '));
      }
      assert.is((await run('group', 'add', '1', '4')).status, 0);
      const again = await run('group', 'add', '1', '5');
      assert.equal([again.status, again.stderr], [1, 'p4runpro: there is a group 1 already: remove it first\n']);
      for (const args of [['show', 'drift'], ['repair']]) assert.is(await stderrOf(...args), '', args.join(' '));
      assert.is(await stderrOf('group', 'remove', '1'), warning);
      await run('group', 'add', '9', '4');
      assert.is(await stderrOf('group', 'remove', '9'), '');
    });
  }));

test('faulty groups are refused with one sentence each', () =>
  withFolder(async (folder) => {
    const run = async (plane: string, ...args: string[]) =>
      (await type('p4runpro', [...args, '--target', 'sim', '--state', 's', '--dataplane', plane], { folder })).stderr;
    for (const [args, message] of [
      [['add', '0', '1'], /from 1 to 65,?535/],
      [['add', '65536', '1'], /from 1 to 65,?535/],
      [['add', 'x', '1'], /from 1 to 65,?535/],
      [['add', '1', '512'], /from 0 to 511/],
      [['add', '1', '68'], /port 68 is the recirculation port/],
      [['add', '1', '2', '2'], /port 2 is given twice/],
      [['add', '1'], /needs at least one port/],
      [['add'], /needs the number of a group/],
      [['remove', '1', '2'], /takes no ports/],
      [['show', '1'], /there is no group 1/],
    ] as const) {
      assert.match(await run('extended', 'group', ...args), message, args.join(' '));
    }
    assert.match(await run('default', 'group', 'add', '1', '2'), /data plane 'default' has no multicast groups/);
  }));

test('try, replay and run take groups as options', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'p.p4runpro'), TEXT);
    const options = ['--dataplane', 'extended', '--group', '1=5,3'];
    const tried = await type('p4runpro', ['try', 'p.p4runpro', '--packet', PACKET, ...options], { folder });
    assert.match(tried.stdout, /verdict {2}2 copies\n {2}copy 0 {3}replication id 0: forwarded by port 5\n/);
    const run = [
      'run',
      '--workload',
      'p.p4runpro',
      '--programs',
      '1',
      '--packets',
      '100',
      '--warmup',
      '0',
      '--out',
      'r',
    ];
    const ran = await type('bench', [...run, '--write', 'out.pcapng', ...options], { folder });
    assert.is(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /100 packets copied to 200 copies, 0 to no group/);
    const replayed = await type(
      'bench',
      ['replay', 'p.p4runpro', '--trace', 'out.pcapng', ...options, '--expect', 'golden.pcapng', '--update'],
      { folder },
    );
    assert.is(replayed.status, 0, replayed.stderr);
    assert.match(replayed.stdout, /200 packets in, 400 out/);
    for (const [given, message] of [
      ['1', /takes a group and its ports/],
      ['1=', /takes a group and its ports/],
      ['0=1', /from 1 to 65,?535/],
      ['1=1,1', /port 1 is given twice/],
    ] as const) {
      const args = ['try', 'p.p4runpro', '--packet', PACKET, '--dataplane', 'extended', '--group', given];
      const { status: ended, stderr } = await type('p4runpro', args, { folder });
      assert.is(ended, 2);
      assert.match(stderr, message, given);
    }
  }));

/** A switch of `extended` with a program that copies to group 1, behind BF Runtime. */
async function withServer(
  body: (on: { emulator: Switch; ports: SwitchPorts; address: string }) => Promise<void>,
): Promise<void> {
  const emulator = new Switch(plane);
  for (const operation of installOperations(compileText(TEXT, new SwitchState(plane)).compiled)) {
    emulator.apply(operation);
  }
  const ports = new SwitchPorts(emulator);
  const server = await serveBfRuntime(emulator, { port: 0, ports: ports.ports });
  try {
    await body({ emulator, ports, address: `127.0.0.1:${server.port}` });
  } finally {
    await server.close();
  }
}

test('a controller adds and removes groups over BF Runtime, and frames are copied', () =>
  withServer(async ({ emulator, ports, address }) => {
    const target = await connectBfRuntime({ address, dataPlane: plane });
    try {
      const controller = new Controller(plane, target);
      assert.equal(await controller.groups(), []);
      const first = await controller.addGroup(1, [5, 3]);
      const second = await controller.addGroup(9, [300]);
      assert.equal(emulator.groups(), [first, second]);
      assert.equal(await controller.groups(), [first, second]);
      const { left } = ports.send({ port: 1, bytes: frame({ udp: { src: 1, dst: 2 } }) });
      assert.equal(
        left.map(({ port }) => port),
        [5, 3],
      );
      for (const again of [() => controller.addGroup(1, [2]), () => controller.removeGroup(7)]) {
        try {
          await again();
          assert.unreachable();
        } catch (error) {
          assert.match(String(error), /there is a group 1 already|there is no group 7/);
        }
      }
      assert.equal(emulator.groups(), [first, second]);
      await controller.removeGroup(1);
      assert.equal(await controller.groups(), [second]);
      assert.equal(ports.send({ port: 1, bytes: frame({ udp: { src: 1, dst: 2 } }) }).left, []);
    } finally {
      await target.close();
    }
  }));

const key = (value: number) => ({ fields: [{ field_id: 1, exact: { value: valueToBytes(value, 32) } }] });
const groupKey = (value: number) => ({ fields: [{ field_id: 1, exact: { value: valueToBytes(value, 16) } }] });
const node = (id: number, rid: number, ports: readonly number[], lags: readonly number[] = []): wire.TableEntry => ({
  table_id: PRE_NODE.id,
  key: key(id),
  data: {
    fields: [
      { field_id: PRE_NODE.replicationId, stream: valueToBytes(rid, 16) },
      { field_id: PRE_NODE.lags, int_arr_val: { val: lags } },
      { field_id: PRE_NODE.ports, int_arr_val: { val: ports } },
    ],
  },
});
const group = (id: number, nodes: readonly number[], valid = nodes.map(() => false)): wire.TableEntry => ({
  table_id: PRE_MGID.id,
  key: groupKey(id),
  data: {
    fields: [
      { field_id: PRE_MGID.nodes, int_arr_val: { val: nodes } },
      { field_id: PRE_MGID.nodeExclusionValid, bool_arr_val: { val: valid } },
      { field_id: PRE_MGID.nodeExclusion, int_arr_val: { val: nodes.map(() => 0) } },
    ],
  },
});

test('the tables of groups and nodes take what a controller writes, or refuse it and change nothing', () =>
  withServer(async ({ emulator, address }) => {
    const session = await BfRuntimeSession.connect({ address });
    const { insert, modify, delete: remove, insertOrModify, reset } = wire.UPDATE;
    const { OK, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, UNIMPLEMENTED, OUT_OF_RANGE } = status;
    const write = async (atomicity: number, ...updates: readonly (readonly [number, wire.TableEntry])[]) =>
      codes(
        await session.write(
          updates.map(([kind, table_entry]) => ({ type: kind, entity: { table_entry } })),
          atomicity,
        ),
      );
    try {
      const steps: readonly (readonly [code: number, type: number, entry: wire.TableEntry])[] = [
        [OK, insert, node(1, 7, [2, 4])],
        [ALREADY_EXISTS, insert, node(1, 7, [2])],
        [OK, insert, node(2, 8, [3])],
        [OUT_OF_RANGE, insert, node(3, 8, [512])],
        [OUT_OF_RANGE, insert, node(3, 8, [68])],
        [UNIMPLEMENTED, insert, node(3, 8, [1], [1])],
        [INVALID_ARGUMENT, insert, { table_id: PRE_NODE.id, key: key(3) }],
        [NOT_FOUND, modify, node(3, 8, [1])],
        [OK, insert, group(1, [2, 1])],
        [NOT_FOUND, insert, group(2, [5])],
        [ALREADY_EXISTS, insert, group(2, [1])],
        [UNIMPLEMENTED, modify, group(1, [2, 1], [false, true])],
        [INVALID_ARGUMENT, modify, group(1, [2, 1], [false])],
        [OUT_OF_RANGE, insert, group(0, [])],
        [INVALID_ARGUMENT, remove, { table_id: PRE_NODE.id, key: key(1) }],
        [OK, insertOrModify, node(2, 9, [6, 5])],
        [OK, insertOrModify, group(3, [])],
        [UNIMPLEMENTED, reset, group(3, [])],
      ];
      for (const [code, kind, entry] of steps) {
        const before = emulator.groups();
        assert.equal(await write(wire.ATOMICITY.continueOnError, [kind, entry]), code === OK ? [] : [code]);
        if (code !== OK) assert.equal(emulator.groups(), before);
      }
      const expected = [
        {
          id: 1,
          nodes: [
            { id: 2, replicationId: 9, ports: [6, 5] },
            { id: 1, replicationId: 7, ports: [2, 4] },
          ],
        },
        { id: 3, nodes: [] },
      ];
      assert.equal(emulator.groups(), expected);
      // All of a write that is rolled back.
      const rolled = await write(
        wire.ATOMICITY.rollbackOnError,
        [remove, { table_id: PRE_MGID.id, key: groupKey(1) }],
        [modify, node(1, 1, [9])],
        [remove, { table_id: PRE_NODE.id, key: key(2) }],
        [insert, group(1, [2])],
      );
      assert.ok(rolled.includes(NOT_FOUND));
      assert.equal(emulator.groups(), expected);
      assert.equal(await write(0, [remove, { table_id: PRE_MGID.id }], [remove, { table_id: PRE_NODE.id }]), []);
      assert.equal(emulator.groups(), []);
      assert.equal(await write(0, [insert, node(1, 7, [2])], [insert, group(1, [1])]), []);
      const config = [{ p4_name: 'p4runpro' }];
      const action = wire.CONFIG_ACTION.warmInitBeginAndEnd;
      await unary(address, wire.METHODS.SetForwardingPipelineConfig, { client_id: 1, action, config });
      assert.equal(emulator.groups(), [], 'a restarted switch has no groups');
      assert.equal(await write(0, [insert, node(1, 7, [2])]), []);
    } finally {
      await session.close();
    }
  }));

test('a data plane without groups says so over BF Runtime', async () => {
  const emulator = new Switch(dataPlane('default'));
  const server = await serveBfRuntime(emulator, { port: 0 });
  const target = await connectBfRuntime({ address: `127.0.0.1:${server.port}`, dataPlane: dataPlane('default') });
  try {
    assert.equal(await target.groups(), []);
    const operation = { kind: 'insertGroup', group: groupOfPorts(1, [2], []) } as const;
    await target.apply([operation]).then(
      () => assert.unreachable(),
      (error: unknown) => assert.instance(error, TargetError),
    );
  } finally {
    await target.close();
    await server.close();
  }
});

test.run();
