/** Packets that nobody forwards: which steps of their program run, and what they take of the switch. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFORMANCE_DATA_PLANE } from '../../bench/verify/conformance/vector.js';
import { type DataPlane, DataPlaneError, dataPlaneFromJson, type TableEntry } from '../../compiler/index.js';
import { ENGINES, ShareDriver } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch, DROPPED } from '../../traces/index.js';
import { frame } from './frames.js';
import {
  anyPacket,
  dataPlane,
  EGRESS_PORT,
  filterEntry,
  recirculationEntry,
  rpbEntry,
  TestSwitch,
} from './test-switch.js';
import { timedRun } from './timed-run.js';

const UDP = frame({ ipv4: {}, udp: { dst: 53 } });
/** No entry of default forwarding. */
const LONELY_PORT = 9;
const plane = dataPlane('default');
const RECIRCULATION_PORT = plane.description.ports.recirculation;
/** In the setting of the published switch packets end behind the ingress. */
const published = CONFORMANCE_DATA_PLANE;

/** Counts in an RPB of the ingress and one of the egress, in some pass. */
const counting = (of: DataPlane, pass = 0): TableEntry[] => [
  rpbEntry(of, 3, 'loadi_sar', [1], { pass }),
  rpbEntry(of, 4, 'salu_add_sub', [], { pass }),
  rpbEntry(of, 11, 'loadi_sar', [1], { pass }),
  rpbEntry(of, 15, 'salu_add_sub', [], { pass }),
];

const counts = ({ emulator }: TestSwitch): number[] => [4, 15].map((rpb) => emulator.memory.range(rpb, 0, 1)[0] ?? 0);

for (const engine of ENGINES) {
  for (const of of [plane, dataPlane('tofino1')]) {
    test(`${of.name}, ${engine}: all steps run, and the packet does not leave`, () => {
      const testSwitch = new TestSwitch(of, engine).insert(filterEntry(of, 'L2', 1), ...counting(of));
      assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
      assert.equal(counts(testSwitch), [1, 1]);
      assert.is(testSwitch.send(UDP).port, EGRESS_PORT, 'where there is an entry it leaves');
      assert.equal(counts(testSwitch), [2, 2]);
      const { in: packets, out, dropped, unmatched } = testSwitch.emulator.counters;
      assert.equal([packets, out, dropped, unmatched], [2, 1, 1, 0]);
    });

    test(`${of.name}, ${engine}: a program that forwards in its last pass, and one that does not`, () => {
      const passes = [recirculationEntry('first', 1, 0), recirculationEntry('last', 1, 1)];
      const testSwitch = new TestSwitch(of, engine).insert(
        anyPacket(of),
        ...counting(of),
        ...counting(of, 1),
        ...passes,
      );
      assert.equal(testSwitch.send(UDP, LONELY_PORT).recirculations, 1);
      assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
      assert.equal(counts(testSwitch), [4, 4]);
      testSwitch.insert(rpbEntry(of, 5, 'forward', [7], { pass: 1 }));
      assert.is(testSwitch.send(UDP, LONELY_PORT).port, 7);
    });
  }

  test(`published, ${engine}: they end behind the ingress`, () => {
    const testSwitch = new TestSwitch(published, engine);
    testSwitch.insert(filterEntry(published, 'L4', 1), ...counting(published));
    assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
    assert.equal(counts(testSwitch), [1, 0]);
  });

  test(`${engine}: what is dropped in ingress has no egress, forwarded or not`, () => {
    const testSwitch = new TestSwitch(plane, engine).insert(anyPacket(plane), ...counting(plane));
    testSwitch.insert(rpbEntry(plane, 2, 'drop'));
    assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
    assert.is(testSwitch.send(UDP).port, undefined);
    assert.equal(counts(testSwitch), [2, 0]);
  });

  test(`${engine}: a report, a drop in egress, and a packet without a program`, () => {
    const testSwitch = new TestSwitch(plane, engine).insert(anyPacket(plane), rpbEntry(plane, 2, 'report'));
    assert.is(testSwitch.send(UDP, LONELY_PORT).port, plane.description.ports.cpu);
    testSwitch.insert(rpbEntry(plane, 12, 'drop'));
    assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
    testSwitch.clear();
    assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
    const { dropped, reported, unmatched } = testSwitch.emulator.counters;
    assert.equal([dropped, reported, unmatched], [2, 1, 1]);
  });
}

test('an entry of default forwarding that drops does what is done without one', () => {
  const drops = { ...anyPacket(plane), table: 'SwitchIngress.init.tb_forward', action: 'SwitchIngress.init.drop' };
  const key = [{ name: 'ig_intr_md.ingress_port', match: 'exact' as const, value: LONELY_PORT }];
  const testSwitch = new TestSwitch(plane).insert(anyPacket(plane), ...counting(plane));
  testSwitch.insert({ ...drops, key, parameters: [] });
  assert.is(testSwitch.send(UDP, LONELY_PORT).port, undefined);
  assert.equal(counts(testSwitch), [1, 1]);
});

test('workers, who find the program first, come to the same', () => {
  const { emulator } = new TestSwitch(plane).insert(anyPacket(plane), ...counting(plane));
  const batch = createPacketBatch(2, 4096);
  for (const port of [LONELY_PORT, 1]) appendPacketBytes(batch, UDP, port);
  emulator.classify(batch, 0, 2);
  new ShareDriver(emulator, 0, 1).process(batch, 0, 2);
  assert.equal([...batch.egressPort.subarray(0, 2)], [DROPPED, EGRESS_PORT]);
  assert.is(emulator.memory.range(15, 0, 1)[0], 2);
});

test('another discard port: its queue takes them, and the recirculation port has none of them', () => {
  const own = dataPlaneFromJson({ extends: 'default', name: 'own', ports: { discard: 40 } });
  assert.equal([plane.discardPort, own.discardPort, published.discardPort], [RECIRCULATION_PORT, 40, undefined]);
  for (const [of, queued] of [
    [plane, [3, 0]],
    [own, [0, 3]],
    [published, [0, 0]],
  ] as const) {
    const packets = Array.from({ length: 3 }, (_, i) => ({ bytes: UDP, atPs: i * 1e6, port: LONELY_PORT }));
    const { gone, lost, emulator, driver } = timedRun(of, packets);
    assert.equal(gone, []);
    assert.equal(
      lost.map(({ reason }) => reason),
      ['unforwarded', 'unforwarded', 'unforwarded'],
    );
    const ports = [RECIRCULATION_PORT, 40].map((port) => driver.trafficManager.port(port).counters);
    assert.equal(
      ports.map((counters) => counters.queued),
      queued,
      of.name,
    );
    assert.ok(
      ports.every(({ packetsOut, packetsIn }) => packetsOut === 0 && packetsIn === 0),
      'none recirculates',
    );
    assert.equal([emulator.counters.in, emulator.counters.dropped], [3, 3]);
  }
});

test('with time: recirculating packets wait behind those that nobody forwards, and these are lost at a full queue', () => {
  // Only one kind of packet runs the program of two passes; the others come in where nothing is forwarded.
  const entries = [
    filterEntry(plane, 'L4', 1, { 'hdr.ipv4.src': [1, 0xffffffff] }),
    recirculationEntry('first', 1, 0),
    recirculationEntry('last', 1, 1),
  ];
  const long = frame({ ipv4: { src: 2 }, udp: {}, payload: new Array<number>(1000).fill(0) });
  const round = { bytes: frame({ ipv4: { src: 1 }, udp: {} }), atPs: 100_000 };
  const crowd = [9, 10, 11, 12].map((port) => ({ bytes: long, atPs: 0, port }));
  const [alone] = timedRun(plane, [round], { entries }).gone;
  const late = timedRun(plane, [...crowd, round], { entries });
  const [behind] = late.gone;
  assert.ok(alone !== undefined && behind !== undefined && late.gone.length === 1);
  assert.ok(
    behind.departurePs - alone.departurePs > 3 * 8 * 1000 * 10,
    'some three frames of 1,000 bytes at 100 Gbit/s',
  );
  const tight = timedRun(plane, crowd, { entries, queueBytes: 1200 });
  assert.equal(tight.lost.map(({ reason }) => reason).sort(), ['queue', 'queue', 'unforwarded', 'unforwarded']);
});

test('a description has to say where they end, if not behind the ingress, on the first pass only', () => {
  const problem = (json: object): string => {
    try {
      dataPlaneFromJson({ name: 'own', ...json });
    } catch (error) {
      if (error instanceof DataPlaneError) return error.problems.join('; ');
      throw error;
    }
    return 'none';
  };
  assert.is(problem({ extends: 'default', init: { unforwarded: 'ingress' } }), 'none');
  assert.is(problem({ extends: 'published', init: { onEveryPass: false, unforwarded: 'egress' } }), 'none');
  assert.match(problem({ extends: 'published', init: { unforwarded: 'egress' } }), /first pass only/);
  assert.match(
    problem({ extends: 'default', init: { unforwarded: 'nowhere' } }),
    /init.unforwarded: 'nowhere' is not one of ingress, egress/,
  );
  assert.match(problem({ extends: 'default', ports: { discard: 512 } }), /the discard port 512 does not fit 9 bits/);
  assert.match(
    problem({ extends: 'default', ports: { discard: 192 } }),
    /port 192 cannot be both the CPU port and the discard port/,
  );
});

test.run();
