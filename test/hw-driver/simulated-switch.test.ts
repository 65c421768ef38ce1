/** The switch of scripts: texts in, packets through, memory out. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Allocator, AllocatorError, DoesNotFit, OptionError } from '../../compiler/index.js';
import { NoSuchProgram } from '../../hw-driver/index.js';
import { ProgramTextError, SimulatedSwitch } from '../../hw-driver/public.js';
import { MadePacketError, madePacket } from '../../sim/made-packet/index.js';

const COUNT = `@seen 16
program count(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) { HASH_5_TUPLE_MEM(seen); LOADI(sar, 1); MEMADD(seen); FORWARD(7); }`;
const DROPS = 'program drops(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) { DROP; }';
const PACKET = 'ipv4.src=10.0.0.1 ipv4.dst=10.0.0.2 udp.dst_port=53';

const sum = (words: Uint32Array): number => words.reduce((total, word) => total + word, 0);

test('a program is deployed, counts packets and is revoked', async () => {
  const device = new SimulatedSwitch();
  const [compiled] = await device.deploy(COUNT);
  assert.is(compiled?.program, 'count');
  const frame = madePacket(PACKET, device.dataPlane);
  const [text, whole, other] = device.send(PACKET, frame, 'port=4 ipv4.dst=11.0.0.1');
  assert.equal([text?.port, text?.program, text?.recirculations], [7, 'count', 0]);
  assert.equal(whole, text);
  assert.equal([other?.port, other?.program], [5, undefined], 'by the neighbouring port');
  assert.is(sum(await device.readMemory('count', 'seen')), 2);
  await device.writeMemory('count', 'seen', Uint32Array.of(5, 6), 3);
  assert.equal(
    [...(await device.readMemory('count', 'seen'))].slice(3, 5).map((word) => word >= 5),
    [true, true],
  );
  await device.revoke('count');
  assert.is(device.send(PACKET)[0]?.program, undefined);
  assert.equal(device.send(), []);
});

test('of overlapping programs the first deployed wins, and a dropped packet has no port', async () => {
  const device = new SimulatedSwitch({ engine: 'interpreted' });
  await device.deploy(DROPS);
  await device.deploy(COUNT);
  const [packet] = device.send(PACKET);
  assert.equal([packet?.port, packet?.program], [undefined, 'drops']);
  await device.revoke('drops');
  assert.is(device.send(PACKET)[0]?.port, 7);
});

test('a refused change is a named error and leaves the switch unchanged', async () => {
  const device = new SimulatedSwitch();
  const before = device.emulator.entries().length;
  const failing = async (work: () => Promise<unknown>): Promise<unknown> => {
    try {
      await work();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const text = await failing(() => device.deploy('program p(<hdr.ipv4.dst, 0, 0>) {\n    FORWARD(mar);\n}'));
  assert.instance(text, ProgramTextError);
  assert.match((text as ProgramTextError).message, /program:2:/);
  assert.is((text as ProgramTextError).diagnostics[0]?.span.line, 2);
  assert.throws(
    () => device.send('ipv9.dst=1'),
    (error: unknown) => error instanceof MadePacketError,
  );
  assert.instance(await failing(() => device.revoke('none')), NoSuchProgram);
  assert.instance(await failing(() => device.readMemory('none', 'm')), NoSuchProgram);
  await device.deploy(COUNT);
  assert.instance(await failing(() => device.deploy(COUNT)), DoesNotFit);
  await device.revoke('count');
  assert.is(device.emulator.entries().length, before);
});

test('a placement that breaks a rule installs nothing', async () => {
  const liar: Allocator = {
    name: 'liar',
    place: ({ rows }) => ({ kind: 'placed', placement: rows.map(() => 22) }),
  };
  const device = new SimulatedSwitch({ allocator: liar });
  const before = [device.emulator.entries(), device.controller.state.snapshot()];
  try {
    await device.deploy(COUNT);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, AllocatorError);
    assert.match((error as AllocatorError).message, /^allocator liar breaks the rule that a row (lies|has) /);
  }
  assert.equal([device.emulator.entries(), device.controller.state.snapshot()], before);
  assert.is(device.controller.state.programs.size, 0);
});

test('what is no text, no packet and no option is refused in one sentence', async () => {
  const device = new SimulatedSwitch();
  const five = 5 as unknown as string;
  try {
    await device.deploy(five);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, OptionError);
    assert.is((error as Error).message, 'what deploy() was given is 5, where a text was expected');
  }
  const frame =
    'a text of field values or a frame { bytes: Uint8Array, ingressPort: a whole number from 0 to 511 } was expected';
  assert.throws(
    () => device.send(five),
    (error: Error) => error instanceof OptionError && error.message === `a packet of send() is 5, where ${frame}`,
  );
  assert.throws(() => device.send({ bytes: new Uint8Array(64), ingressPort: 1.5 }), /is an object, where a text/);
  assert.throws(
    () => new SimulatedSwitch({ engine: 'x' as 'compiled' }),
    (error: Error) =>
      error.message === "option engine of SimulatedSwitch is 'x', where one of compiled, interpreted was expected",
  );
});

test.run();
