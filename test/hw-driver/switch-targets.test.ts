/** One suite for every kind of switch: the emulator in this process, and one behind BF Runtime. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Operation, TableEntry } from '../../compiler/index.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import { Controller } from '../../hw-driver/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { InProcessTarget, Switch, type SwitchTarget, TargetError } from '../../sim/index.js';
import { dataPlane, filterEntry, recirculationEntry, rpbEntry } from '../sim/test-switch.js';
import { thrownBy } from './failing-target.js';
import { fifteenPrograms, Rig } from './fifteen.js';

const plane = dataPlane('default');
const programs = await fifteenPrograms();

interface Connected {
  readonly target: SwitchTarget;
  readonly close: () => Promise<void>;
}

const KINDS: Readonly<Record<string, (emulator: Switch) => Promise<Connected>>> = {
  'in this process': async (emulator) => ({ target: new InProcessTarget(emulator), close: async () => undefined }),
  'behind BF Runtime': (emulator) => behindBfRuntime(emulator),
  'behind BF Runtime, one entry per write': (emulator) => behindBfRuntime(emulator, 1),
  'behind BF Runtime, three entries per write': (emulator) => behindBfRuntime(emulator, 3),
};

async function behindBfRuntime(emulator: Switch, batch?: number): Promise<Connected> {
  const server = await serveBfRuntime(emulator, { port: 0 });
  const address = `127.0.0.1:${server.port}`;
  const target = await connectBfRuntime({ address, dataPlane: plane, drainMs: 0, ...(batch && { batch }) });
  const close = async () => {
    await target.close();
    await server.close();
  };
  return { target, close };
}

const insert = (entry: TableEntry): Operation => ({ kind: 'insertEntry', entry });
const remove = (entry: TableEntry): Operation => ({ kind: 'deleteEntry', entry });

/** Without keys that match anything, in a stated order. */
const canonical = (entries: readonly TableEntry[]): string[] =>
  entries
    .map(({ table, key, priority, action, parameters }) => {
      const keys = key
        .filter((field) => field.match === 'exact' || field.mask !== 0)
        .map((field) => JSON.stringify(field));
      return JSON.stringify([table, keys.sort(), priority, action, parameters]);
    })
    .sort();

const load = (value: number, program = 1): TableEntry =>
  rpbEntry(plane, 4, 'loadi_har', [value], { program, branchMask: 0xfff });
const offset = rpbEntry(plane, 12, 'address_translation_offset', [4096, 1], {
  branchMask: 0,
  registers: { mar: [0x80000000, 0xffff0000] },
  priority: 7,
});
const mac = filterEntry(plane, 'L2', 3, { 'hdr.ethernet.dst': [0x0a0b0c0d0e0f, 0xffffffffffff] }, 9);
const again = recirculationEntry('first', 1, 0);

async function refusal(attempt: Promise<unknown>): Promise<TargetError> {
  const error = await thrownBy(attempt);
  assert.instance(error, TargetError, String(error));
  return error as TargetError;
}

for (const [kind, connect] of Object.entries(KINDS)) {
  const test = suite(`a switch ${kind}`);

  const withSwitch = (name: string, body: (target: SwitchTarget, emulator: Switch) => Promise<void>) =>
    test(name, async () => {
      const emulator = new Switch(plane);
      const { target, close } = await connect(emulator);
      try {
        await body(target, emulator);
      } finally {
        await close();
      }
    });

  withSwitch('entries go in, are read back, change and go', async (target, emulator) => {
    const entries = [load(1), load(2, 2), offset, mac, again];
    await target.apply(entries.map(insert));
    assert.equal(canonical(await target.entries()), canonical(entries));
    assert.equal(canonical(emulator.entries()), canonical(entries));
    assert.is(await target.entryCount(offset.table), 1);
    assert.is(await target.entryCount(load(1).table), 2);
    await target.apply([{ kind: 'replaceEntry', before: load(1), entry: load(0xffffffff) }]);
    assert.equal(canonical(await target.entries()), canonical([load(0xffffffff), ...entries.slice(1)]));
    await target.apply([...entries.slice(1).map(remove), { kind: 'drain' }, remove(load(0xffffffff))]);
    assert.equal(await target.entries(), []);
    assert.is(await target.entryCount(offset.table), 0);
  });

  withSwitch('memory: ranges, resets, and what has no place', async (target, emulator) => {
    const words = Uint32Array.from({ length: 300 }, (_, i) => (i * 0x9e3779b1) >>> 0);
    await target.writeMemory(7, 65_000, words);
    assert.equal(await target.readMemory(7, 65_000, 300), [words]);
    assert.equal(await target.readMemory(7, 65_299, 2), [Uint32Array.of(words[299] ?? 0, 0)]);
    await target.apply([{ kind: 'resetMemory', rpb: 7, base: 65_010, buckets: 280 }]);
    const rest = words.map((word, i) => (i < 10 || i >= 290 ? word : 0));
    assert.equal(emulator.memory.range(7, 65_000, 300).slice(), rest);
    emulator.memory.range(7, 65_000, 1)[0] = 42;
    assert.equal(await target.readMemory(7, 65_000, 1), [Uint32Array.of(42)]);
    assert.equal(await target.readMemory(7, 0, 0), [new Uint32Array(0)]);
    for (const [rpb, base, buckets] of [
      [7, 65_536, 1],
      [7, 65_530, 10],
      [7, -1, 1],
      [7, 0.5, 1],
    ] as const) {
      assert.is((await refusal(target.readMemory(rpb, base, buckets))).code, 'out-of-range');
    }
    assert.is((await refusal(target.readMemory(23, 0, 1))).code, 'unknown-table');
    assert.is((await refusal(target.writeMemory(1, 65_535, [1, 2]))).code, 'out-of-range');
  });

  withSwitch('what is refused, why, and how far it came', async (target) => {
    await target.apply([insert(load(1))]);
    const rows: readonly (readonly [string, Operation])[] = [
      ['already-exists', insert(load(5))],
      ['not-found', remove(load(1, 2))],
      ['not-found', { kind: 'replaceEntry', before: load(1, 2), entry: load(2, 2) }],
      ['unknown-table', insert({ ...offset, table: 'SwitchIngress.rpb23.tb_operation' })],
      ['unknown-action', insert({ ...offset, action: 'SwitchEgress.rpb12.jump' })],
      ['unknown-field', insert({ ...offset, key: [...offset.key, { name: 'hdr.x', match: 'exact', value: 1 }] })],
      ['unknown-field', insert({ ...offset, parameters: [] })],
      [
        'wrong-width',
        insert({
          ...offset,
          parameters: [
            { name: 'offset', value: 2 ** 32 },
            { name: 'flag', value: 1 },
          ],
        }),
      ],
      ['wrong-width', insert({ ...offset, priority: -1 })],
    ];
    for (const [reason, operation] of rows) {
      const before = canonical(await target.entries());
      const error = await refusal(target.apply([insert(mac), insert(again), operation, insert(load(9, 9))]));
      assert.is(error.code, reason);
      assert.is(error.applied, 2, reason);
      assert.equal(canonical(await target.entries()), canonical([load(1), mac, again]), reason);
      await target.apply([remove(again), remove(mac)]);
      assert.equal(canonical(await target.entries()), before);
    }
  });

  // Two thousand writes of one entry each would show nothing more.
  if (!kind.includes('per write'))
    withSwitch('a table takes as many as it has room for', async (target) => {
      const places = plane.description.recirculation.entries;
      const entries = Array.from({ length: places }, (_, i) =>
        withProgram(recirculationEntry('first', 1, i % 8), i >> 3),
      );
      await target.apply(entries.map(insert));
      assert.is(await target.entryCount(again.table), places);
      const error = await refusal(target.apply([insert(withProgram(again, places))]));
      assert.is(error.code, 'no-space');
      assert.is((await target.entries()).length, places);
    });

  test('all fifteen programs: installed, the same entries, revoked without a trace', async () => {
    const rig = new Rig();
    const emulator = new Switch(plane);
    const { target, close } = await connect(emulator);
    try {
      const controller = new Controller(plane, target);
      for (const program of programs) {
        const compiled = await controller.deploy(program.lowered, program.sourceHash, {
          filterPriority: program.arrival.number,
        });
        await rig.controller.install(compiled);
      }
      const forwarding = (entry: TableEntry): boolean => entry.table !== 'SwitchIngress.init.tb_forward';
      assert.equal(canonical(emulator.entries()), canonical(rig.emulator.entries().filter(forwarding)));
      assert.equal(canonical(await target.entries()), canonical(emulator.entries()));
      for (const { arrival } of programs) await controller.revoke(arrival.name);
      assert.equal(emulator.entries(), []);
      assert.ok(
        emulator.memory.words.every((word) => word === 0),
        'memory is 0 again',
      );
      const [first] = programs;
      assert.ok(first);
      const whole = await controller.deploy(first.lowered, first.sourceHash);
      assert.equal(canonical(await target.entries()), canonical(whole.entries));
    } finally {
      await close();
    }
  });

  test.run();
}

const withProgram = (entry: TableEntry, program: number): TableEntry => ({
  ...entry,
  key: entry.key.map((field) => (field.name === 'hdr.meta.id.flow_id' ? { ...field, value: program } : field)),
});
