/** A switch of several pipes, each with registers of its own: all are read, written, reset and confirmed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry } from '../../compiler/index.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import { Controller, MemoryNotReset } from '../../hw-driver/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { InProcessTarget, Switch, type SwitchTarget } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch } from '../../traces/index.js';
import { frame } from '../sim/frames.js';
import { filterEntry, rpbEntry } from '../sim/test-switch.js';
import { thrownBy } from './failing-target.js';
import { instanceOf, plane } from './fifteen.js';

const { lowered, sourceHash } = await instanceOf('cms', 0);
const PIPES = 2;
/** Front ports of the first and of the second pipe. */
const [FIRST, SECOND] = [1, 130];
const ROW = 'row1';

/** Resets reach the first pipe alone, as long as `forgets`. */
class ForgetfulTarget extends InProcessTarget {
  forgets = true;

  constructor(private readonly piped: Switch) {
    super(piped);
  }

  override async apply(operations: Parameters<InProcessTarget['apply']>[0]): Promise<void> {
    const before = this.piped.registersOfPipes.map(({ words }) => words.slice());
    await super.apply(operations);
    if (!this.forgets) return;
    for (const [pipe, { words }] of this.piped.registersOfPipes.entries()) if (pipe > 0) words.set(before[pipe] ?? []);
  }
}

interface Connected {
  readonly controller: Controller;
  readonly program: string;
}

async function counting(target: SwitchTarget, emulator: Switch): Promise<Connected> {
  const controller = new Controller(plane, target);
  for (const [from, to] of [
    [FIRST, FIRST + 1],
    [SECOND, SECOND + 1],
    [FIRST + 2, SECOND],
  ] as const) {
    emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, from, to) });
  }
  const { program } = await controller.deploy(lowered, sourceHash);
  return { controller, program };
}

/** Packets of one flow, by the ports they come in on. */
function send(emulator: Switch, ports: readonly number[]): void {
  const batch = createPacketBatch(ports.length, 256 * ports.length);
  const { filters } = lowered.program;
  const source = filters.find(({ field }) => field.kind === 'header' && field.name === 'hdr.ipv4.src');
  const bytes = frame({ ipv4: { src: source?.value ?? 0, dst: 7 }, udp: { src: 9, dst: 10 } });
  for (const port of ports) appendPacketBytes(batch, bytes, port);
  emulator.process(batch);
}

const totals = (pipes: readonly Uint32Array[]): number[] =>
  pipes.map((words) => words.reduce((sum, word) => sum + word, 0));

async function inProcess() {
  const emulator = new Switch(plane, { pipes: PIPES });
  return { emulator, target: new InProcessTarget(emulator), close: async () => undefined };
}

async function behindBfRuntime() {
  const emulator = new Switch(plane, { pipes: PIPES });
  const server = await serveBfRuntime(emulator, { port: 0 });
  const target = await connectBfRuntime({ address: `127.0.0.1:${server.port}`, dataPlane: plane, drainMs: 0 });
  const close = async (): Promise<void> => {
    await target.close();
    await server.close();
  };
  return { emulator, target, close };
}

for (const [where, connect] of [
  ['in this process', inProcess],
  ['behind BF Runtime', behindBfRuntime],
] as const) {
  test(`${where}: each pipe counts the packets of its own ports`, async () => {
    const { emulator, target, close } = await connect();
    try {
      const { controller, program } = await counting(target, emulator);
      send(emulator, [FIRST, FIRST, SECOND]);
      assert.equal(totals(await controller.readPipes(program, ROW)), [2, 1]);
      await controller.writeMemory(program, ROW, [5], 3);
      assert.equal(
        (await controller.readPipes(program, ROW)).map((words) => words[3]),
        [5, 5],
      );
      await controller.resetMemory(program, ROW);
      assert.equal(totals(await controller.readPipes(program, ROW)), [0, 0]);
    } finally {
      await close();
    }
  });
}

test('a packet counts in the ingress of the pipe it comes from and in the egress of the one it goes to', async () => {
  const { emulator, target } = await inProcess();
  const { controller, program } = await counting(target, emulator);
  send(emulator, [FIRST + 2]);
  const memories = controller.state.programs.get(program)?.compiled.memories ?? [];
  const found = await Promise.all(
    memories.map(async ({ name, rpb }) => [plane.rpb(rpb).gress, totals(await controller.readPipes(program, name))]),
  );
  assert.equal(
    new Set(found.map(([gress]) => gress)),
    new Set(['ingress', 'egress']),
    'the rows lie on both sides of the traffic manager',
  );
  for (const [gress, counted] of found) assert.equal(counted, gress === 'ingress' ? [1, 0] : [0, 1]);
});

test('accesses outside the memory of a program count in whichever pipe they happen', () => {
  const emulator = new Switch(plane, { pipes: PIPES });
  const entries = [
    ...[FIRST, SECOND].map((port) => defaultForwardEntry(plane, port, port + 1)),
    filterEntry(plane, 'L4', 5),
    rpbEntry(plane, 1, 'address_translation_offset', [64, 0], { program: 5 }),
    rpbEntry(plane, 2, 'salu_add_sub', [], { program: 5 }),
  ];
  for (const entry of entries) emulator.apply({ kind: 'insertEntry', entry });
  emulator.apply({
    kind: 'declareMemory',
    programId: 5,
    blocks: [{ name: 'row', rpb: 2, base: 0, buckets: 64 }],
  });
  send(emulator, [FIRST, SECOND, SECOND]);
  assert.is(emulator.counters.outsideAccesses, 3);
});

test('commands that need one value refuse words that differ between pipes', async () => {
  const { emulator, target } = await inProcess();
  const { controller, program } = await counting(target, emulator);
  const error = await thrownBy(controller.readMemory(program, ROW));
  assert.match(String(error), /the switch has 2 pipes/);
});

test('memory is free only when it is 0 in all pipes', async () => {
  const emulator = new Switch(plane, { pipes: PIPES });
  const target = new ForgetfulTarget(emulator);
  const { controller, program } = await counting(target, emulator);
  send(emulator, [SECOND]);
  assert.instance(await thrownBy(controller.revoke(program)), MemoryNotReset);
  target.forgets = false;
  await controller.revoke(program);
  assert.is(controller.state.programs.size, 0);
});

test.run();
