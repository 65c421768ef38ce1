import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gressCycles, stateHeaderBytes, tablePlaces } from '../../compiler/index.js';
import { DROP_REASONS, LAST_TIME_PS, Line, lineBytes, PipeClock } from '../../sim/index.js';
import { itemAt } from '../item-at.js';
import { frame } from './frames.js';
import {
  anyPacket,
  dataPlane,
  EGRESS_PORT,
  filterEntry,
  INGRESS_PORT,
  recirculationEntry,
  rpbEntry,
  smallDataPlane,
} from './test-switch.js';
import { type Coming, timedRun } from './timed-run.js';

const plane = dataPlane('default');
const NS = 1000;
const CYCLE_PS = 1e12 / plane.description.timing.clockHz;

/** A frame of this many bytes. */
const sized = (bytes: number): Uint8Array => frame({ udp: { src: 1, dst: 2 }, payload: new Array(bytes - 42).fill(7) });
const at = (atPs: number, bytes = 60, port = INGRESS_PORT): Coming => ({ bytes: sized(bytes), atPs, port });

test('the match-action latency is derived: 306 + 316 cycles', () => {
  assert.equal([gressCycles(plane, 'ingress'), gressCycles(plane, 'egress')], [306, 316]);
});

test('where tables lie in the pipe', () => {
  const places = tablePlaces(plane);
  // Stage 0: nothing before it. RPB 1: the init stage of 22 cycles. Each RPB takes 26.
  assert.equal(places.get('SwitchIngress.init.tb_flow_filter2'), { gress: 'ingress', cycles: 0 });
  assert.equal(places.get('SwitchIngress.rpb1.tb_operation'), { gress: 'ingress', cycles: 22 });
  assert.equal(places.get('SwitchIngress.rpb10.tb_operation'), { gress: 'ingress', cycles: 22 + 9 * 26 });
  assert.equal(places.get('SwitchIngress.rec.tb_recirculation'), { gress: 'ingress', cycles: 22 + 10 * 26 });
  assert.equal(places.get('SwitchEgress.rpb11.tb_operation'), { gress: 'egress', cycles: 0 });
  assert.equal(places.get('SwitchEgress.rpb22.tb_operation'), { gress: 'egress', cycles: 11 * 26 });
});

const STATE_BYTES = 37;

test('the state header: registers and saved registers, ids, address, flags, ports with what pads them', () => {
  // 6 x 32 + (16 + 12 + 4) + 32 + 8 + 2 x 16 bits; the published one saves no registers and forgets the port of arrival.
  assert.is(stateHeaderBytes(plane), STATE_BYTES);
  // 3 x 32 + (16 + 8 + 8) + 32 + 8 + 16 bits
  assert.is(stateHeaderBytes(dataPlane('published')), 23);
});

for (const [gigabits, frameBytes, bytes, ps] of [
  // 60 bytes: 8 of preamble, 4 of check sequence, 12 of gap: 84 bytes of 80 ps.
  [100, 60, 84, 6720],
  [100, 10, 84, 6720],
  [100, 61, 85, 6800],
  [100, 1514, 1538, 123_040],
  [10, 60, 84, 67_200],
  [25, 60, 84, 26_880],
  [400, 60, 84, 1680],
  // 84 x 8 / 150e9 s = 4480 ps; 85 bytes are 4533.3 ps, rounded up.
  [150, 60, 84, 4480],
  [150, 61, 85, 4534],
] as const) {
  test(`${frameBytes} bytes on a line of ${gigabits} Gbit/s take ${ps} ps`, () => {
    assert.is(lineBytes(frameBytes), bytes);
    assert.is(new Line(gigabits * 1e9).timeFor(bytes), ps);
  });
}

test('the clock: the first cycle from a time on, without drift', () => {
  const clock = new PipeClock(1.22e9);
  // A cycle is 819.67 ps.
  assert.equal(
    [0, 1, 2, 61].map((cycle) => clock.timeOf(cycle)),
    [0, 820, 1639, 50_000],
  );
  assert.equal(
    [0, 1, 820, 821, 50_000, 50_001].map((time) => clock.cycleAt(time)),
    [0, 1, 1, 2, 61, 62],
  );
  assert.is(clock.timeOf(1.22e9 * 3600), 3600e12, 'an hour');
  assert.is(clock.cycleAt(3600e12), 1.22e9 * 3600);
});

test('the clock: the first cycle that starts at a time or later, for any clock up to the last time', () => {
  const hertz = fc.constantFrom(1.22e9, 1e9, 1.3e9, 9.87654321e8, 3e9);
  fc.assert(
    fc.property(
      hertz,
      fc.double({ min: 0, max: LAST_TIME_PS, noNaN: true }),
      fc.integer({ min: -2, max: 2 }),
      (hz, x, off) => {
        const clock = new PipeClock(hz);
        // Times near the start of a cycle, where rounding decides.
        const start = clock.timeOf(Math.floor((x * hz) / 1e12));
        for (const time of [Math.floor(x), Math.max(0, start + off)]) {
          const cycle = clock.cycleAt(time);
          assert.ok(clock.timeOf(cycle) >= time, `cycle ${cycle} starts before ${time}`);
          assert.ok(cycle === 0 || clock.timeOf(cycle - 1) < time, `cycle ${cycle - 1} starts at ${time} or later`);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

/** What a packet of these bytes takes through an idle switch, worked out by hand, if it enters at time 0. */
function idlePs(bytes: number): number {
  const received = (lineBytes(bytes) - 12) * 80;
  const ingress = Math.ceil(received / CYCLE_PS);
  const queued = Math.round((ingress + 306) * CYCLE_PS);
  const egress = Math.ceil(queued / CYCLE_PS - 1e-3);
  return Math.round((egress + 316) * CYCLE_PS);
}

for (const bytes of [60, 128, 512, 1514]) {
  test(`an idle switch: reception, ${306} cycles, ${316} cycles (${bytes} bytes)`, () => {
    const { gone } = timedRun(plane, [at(0, bytes)]);
    assert.equal(gone, [{ i: 0, port: EGRESS_PORT, arrivalPs: 0, departurePs: idlePs(bytes) }]);
  });
}

test('latencies of MAC, parser, deparser and traffic manager come on top', () => {
  const slow = smallDataPlane(({ timing }) => ({
    timing: { ...timing, fixedNanoseconds: { mac: 1000, parser: 100, deparser: 10, trafficManager: 20_000 } },
  }));
  const before = itemAt(timedRun(plane, [at(0)]).gone, 0);
  const after = itemAt(timedRun(slow, [at(0)]).gone, 0);
  const more = after.departurePs - before.departurePs;
  // MAC, parser and deparser twice; entries are rounded to cycles.
  assert.ok(Math.abs(more - (2 * 1110 + 20_000) * NS) <= 2 * CYCLE_PS, `${more} ps`);
});

test('packets of one port come one after another, however close their time stamps are', () => {
  const { gone } = timedRun(plane, [at(0), at(0), at(1)]);
  const starts = gone.map(({ departurePs }) => departurePs);
  // A line of the same speed sends them at the distance in which they came, to the cycle.
  for (const [i, start] of starts.entries()) {
    assert.ok(
      Math.abs(start - itemAt(starts, 0) - i * 6720) <= 2 * CYCLE_PS,
      `packet ${i}: ${start - itemAt(starts, 0)}`,
    );
  }
  assert.equal(
    gone.map(({ arrivalPs }) => arrivalPs),
    [0, 0, 1],
    'the wait for the line is part of the latency',
  );
});

test('one packet per cycle enters, in the order in which they came', () => {
  const ports = [1, 5, 3, 2, 9, 7];
  const entries = ports.slice(1).map((port) => ({ ...forward(port, port + 10) }));
  const { gone } = timedRun(
    plane,
    ports.map((port) => at(0, 60, port)),
    { entries },
  );
  assert.equal(
    gone.map(({ i }) => i),
    [0, 1, 2, 3, 4, 5],
  );
  // All want to enter the pipe at once and leave by different ports: a cycle lies between two of them.
  for (const [k, { departurePs }] of gone.entries()) {
    assert.ok(Math.abs(departurePs - itemAt(gone, 0).departurePs - k * CYCLE_PS) <= 1, `packet ${k}`);
  }
});

const forward = (ingress: number, egress: number) => ({
  table: 'SwitchIngress.init.tb_forward',
  key: [{ name: 'ig_intr_md.ingress_port', match: 'exact' as const, value: ingress }],
  priority: 0,
  action: 'SwitchIngress.init.forward',
  parameters: [{ name: 'port', value: egress }],
});

test('two ports into one: a queue, time in it, and depth as the egress sees them', () => {
  // The program writes the depth that it sees into memory, at the time that it sees.
  const entries = [
    forward(3, EGRESS_PORT),
    anyPacket(plane),
    rpbEntry(plane, 11, 'extract_egintrmddeqtimedelta_har'),
    rpbEntry(plane, 12, 'xor_mar_har'),
    rpbEntry(plane, 13, 'address_translation_offset', [0, 1]),
    rpbEntry(plane, 14, 'extract_egintrmdenqqdepth_har'),
    rpbEntry(plane, 15, 'xor_sar_har'),
    rpbEntry(plane, 16, 'salu_read_write'),
  ];
  const long = [1, 3, 5, 7].map((port) => at(0, 1514, port));
  const { emulator, driver, gone } = timedRun(plane, long, {
    entries: [...entries, forward(5, EGRESS_PORT), forward(7, EGRESS_PORT)],
  });
  assert.is(gone.length, 4);
  // Each takes 123.04 ns on the line and 20 cells (1,514 + 37 bytes). Queued 0.82 ns apart.
  const memory = emulator.memory.range(16, 0, 1000);
  const seen = [...memory].flatMap((depth, nanoseconds) => (depth > 0 ? [[nanoseconds, depth]] : []));
  assert.equal(seen, [
    [Math.floor((2 * 123_040 - 2 * CYCLE_PS) / NS), 20],
    [Math.floor((3 * 123_040 - 3 * CYCLE_PS) / NS), 40],
  ]);
  const queue = driver.trafficManager.port(EGRESS_PORT).counters;
  assert.equal([queue.queued, queue.packetsOut, queue.mostCells], [4, 4, 60]);
  assert.is(driver.trafficManager.cells, 0);
});

test('time in the queue has 18 bits and wraps, as the time stamps of the chip do', () => {
  const entries = [
    forward(3, EGRESS_PORT),
    anyPacket(plane),
    rpbEntry(plane, 11, 'extract_egintrmddeqtimedelta_har'),
    rpbEntry(plane, 12, 'xor_sar_har'),
    rpbEntry(plane, 13, 'salu_max'),
  ];
  const options = { entries, portBitsPerSecond: 0.5e9, inputWaitPs: 1e12 };
  const big = Array.from({ length: 40 }, (_, i) => at(0, 1514, i % 2 === 0 ? INGRESS_PORT : 3));
  const { emulator } = timedRun(plane, big, options);
  // 20 packets are 20 x 24.6 us behind at the end: more than 262,144 ns, of which the remainder is seen.
  const seen = emulator.memory.range(13, 0, 1)[0] ?? 0;
  assert.ok(seen > 200_000 && seen < 2 ** 18, String(seen));
});

test('a queue that is full loses at its tail, and so does a buffer that all queues share', () => {
  const entries = [forward(3, EGRESS_PORT), forward(5, 6), forward(7, 6)];
  const burst = Array.from({ length: 40 }, (_, i) => at(0, 200, [1, 3, 5, 7][i % 4]));
  const all = timedRun(plane, burst, { entries });
  assert.equal([all.gone.length, all.lost.length], [40, 0]);
  // 200 + 37 bytes are 3 cells.
  const queue = timedRun(plane, burst, { entries, queueBytes: 12 * 80 });
  assert.ok(queue.lost.length > 0 && queue.lost.every(({ reason }) => reason === 'queue'));
  for (const port of [EGRESS_PORT, 6]) assert.is(queue.driver.trafficManager.port(port).counters.mostCells, 12);
  const buffer = timedRun(plane, burst, { entries, bufferBytes: 14 * 80 });
  assert.ok(buffer.lost.length > 0 && buffer.lost.every(({ reason }) => reason === 'buffer'));
  assert.is(buffer.driver.trafficManager.mostCells, 12, 'whole packets of 3 cells');
  for (const { gone, lost, emulator, driver } of [all, queue, buffer]) {
    const { counters } = emulator;
    assert.equal([counters.in, counters.out, counters.dropped], [40, gone.length, lost.length]);
    assert.is(driver.trafficManager.cells, 0);
  }
});

test('the first packets of a burst are those that stay', () => {
  const burst = Array.from({ length: 8 }, (_, i) => at(0, 1514, i % 2 === 0 ? INGRESS_PORT : 3));
  const { lost } = timedRun(plane, burst, { entries: [forward(3, EGRESS_PORT)], queueBytes: 20 * 80 });
  // Both lines bring a packet each 123 ns, one is sent in that time: of each later pair the second is lost.
  assert.equal(
    lost.map(({ i }) => i),
    [3, 5, 7],
  );
});

test('a sender that cannot get rid of its packets loses them', () => {
  const many = Array.from({ length: 100 }, () => at(0));
  const { gone, lost, emulator, driver } = timedRun(plane, many, { inputWaitPs: 10 * 6720 });
  // The packet at the line waits 0, 6.72, ... ns: eleven of them not longer than 67.2 ns.
  assert.equal([gone.length, lost.length], [11, 89]);
  assert.ok(lost.every(({ reason }) => reason === 'input'));
  assert.is(driver.trafficManager.port(INGRESS_PORT).counters.lostInput, 89);
  assert.equal([emulator.counters.in, emulator.counters.dropped], [100, 89]);
});

test('a packet that recirculates re-enters behind what came in meanwhile', () => {
  // RPB 5 counts entries into the ingress; RPB 7 keeps the count that each pass of each program saw.
  const number = (n: number): Uint8Array => frame({ ipv4: { src: n }, udp: { src: n, dst: 99 } });
  const program = (id: number, passes: number) => [
    filterEntry(plane, 'L4', id, { 'hdr.ipv4.src': [id, 0xffffffff] }, id),
    ...Array.from({ length: passes }, (_, pass) => [
      rpbEntry(plane, 3, 'address_translation_offset', [0, 0], { program: id, pass }),
      rpbEntry(plane, 4, 'loadi_sar', [1], { program: id, pass }),
      rpbEntry(plane, 5, 'salu_add_sub', [], { program: id, pass }),
      rpbEntry(plane, 6, 'address_translation_offset', [id * 4 + pass, 1], { program: id, pass }),
      rpbEntry(plane, 7, 'salu_read_write', [], { program: id, pass }),
    ]).flat(),
    ...(passes === 1 ? [] : [recirculationEntry('first', id, 0), recirculationEntry('last', id, 1)]),
  ];
  const entries = [...program(1, 2), ...program(2, 1), ...program(3, 1)];
  const cameRound = 700 * NS;
  const packets = [
    { bytes: number(1), atPs: 0 },
    { bytes: number(2), atPs: 100 * NS },
    { bytes: number(3), atPs: cameRound },
  ];
  const { emulator, driver, gone } = timedRun(plane, packets, { entries });
  const seen = [...emulator.memory.range(7, 4, 9)];
  assert.equal([seen[0], seen[1], seen[4], seen[8]], [1, 3, 2, 4]);
  assert.equal(
    gone.map(({ i }) => i),
    [1, 0, 2],
  );
  assert.is(emulator.counters.recirculations, 1);
  const loop = driver.trafficManager.port(plane.description.ports.recirculation).counters;
  assert.equal([loop.packetsIn, loop.packetsOut, loop.bytesOut], [1, 1, number(1).length + STATE_BYTES]);
});

test('a recirculation takes a pass and the line of the recirculation port, with the state header', () => {
  const entries = [anyPacket(plane), recirculationEntry('first', 1, 0), recirculationEntry('last', 1, 1)];
  for (const [bytes, rate] of [
    [60, 100e9],
    [1000, 100e9],
    [1000, 10e9],
  ] as const) {
    const once = itemAt(timedRun(plane, [at(0, bytes)]).gone, 0);
    const options = { entries, recirculationBitsPerSecond: rate };
    const twice = itemAt(timedRun(plane, [at(0, bytes)], options).gone, 0);
    const lineTime = ((bytes + STATE_BYTES + 24 - 12) * 8e12) / rate;
    const more = twice.departurePs - once.departurePs;
    assert.ok(Math.abs(more - (622 * CYCLE_PS + lineTime)) <= 3 * CYCLE_PS, `${more} for ${lineTime}`);
  }
});

test('drops by the program, in either gress, and by nobody forwarding', () => {
  const entries = [
    filterEntry(plane, 'L4', 1, { 'hdr.ipv4.src': [1, 0xffffffff] }, 1),
    filterEntry(plane, 'L4', 2, { 'hdr.ipv4.src': [2, 0xffffffff] }, 2),
    rpbEntry(plane, 3, 'drop', [], { program: 1 }),
    rpbEntry(plane, 13, 'drop', [], { program: 2 }),
  ];
  const from = (src: number): Uint8Array => frame({ ipv4: { src }, udp: {} });
  const packets = [1, 2, 3].map((src, i) => ({ bytes: from(src), atPs: i * 1e6 }));
  const { gone, lost } = timedRun(plane, [...packets, { bytes: from(3), atPs: 4e6, port: 77 }], { entries });
  assert.equal(
    gone.map(({ i }) => i),
    [2],
  );
  assert.equal(lost, [
    { i: 0, reason: 'ingress' },
    { i: 1, reason: 'egress' },
    { i: 3, reason: 'unforwarded' },
  ]);
  assert.ok(lost.every(({ reason }) => DROP_REASONS.includes(reason)));
});

test.run();
