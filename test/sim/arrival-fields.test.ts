/** Time stamp and length of packets, as programs read them: with any engine, driver and number of workers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, type Operation, stateHeaderBytes } from '../../compiler/index.js';
import { createPacketProcessor, PacketTracer, QueuedDriver, Switch, type SwitchOptions } from '../../sim/index.js';
import {
  allocatePacketBatchMemory,
  appendPacket,
  PACKET_MARKS,
  type PacketBatch,
  type PacketBatchMemory,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { frame } from './frames.js';
import { dataPlane, filterEntry, recirculationEntry, rpbEntry } from './test-switch.js';
import { timedRun } from './timed-run.js';

const plane = dataPlane('extended');
const PROGRAMS = [1, 2, 3];

/** Programs write time stamp and length into their packets: 1 in ingress, 2 in egress, 3 the time stamp of its second pass. */
const ENTRIES = [
  rpbEntry(plane, 1, 'extract_igintrmdtimestamp_sar', [], { program: 1 }),
  rpbEntry(plane, 2, 'modify_hdrl5key3_sar', [], { program: 1 }),
  rpbEntry(plane, 3, 'extract_igintrmdpktlength_sar', [], { program: 1 }),
  rpbEntry(plane, 4, 'modify_hdripv4dst_sar', [], { program: 1 }),
  rpbEntry(plane, 1, 'extract_igintrmdtimestamp_mar', [], { program: 2 }),
  rpbEntry(plane, 2, 'loadi_sar', [0], { program: 2 }),
  rpbEntry(plane, 3, 'add_sar_mar', [], { program: 2 }),
  rpbEntry(plane, 4, 'modify_hdrl5key3_sar', [], { program: 2 }),
  rpbEntry(plane, 11, 'extract_egintrmdpktlength_har', [], { program: 2 }),
  rpbEntry(plane, 12, 'loadi_sar', [0], { program: 2 }),
  rpbEntry(plane, 13, 'add_sar_har', [], { program: 2 }),
  rpbEntry(plane, 14, 'modify_hdripv4dst_sar', [], { program: 2 }),
  recirculationEntry('first', 3, 0),
  rpbEntry(plane, 1, 'extract_igintrmdtimestamp_sar', [], { program: 3, pass: 1 }),
  rpbEntry(plane, 2, 'modify_hdrl5key3_sar', [], { program: 3, pass: 1 }),
  rpbEntry(plane, 11, 'extract_egintrmdpktlength_sar', [], { program: 3, pass: 1 }),
  rpbEntry(plane, 12, 'modify_hdripv4dst_sar', [], { program: 3, pass: 1 }),
  ...PROGRAMS.map((program) => filterEntry(plane, 'L4', program, { 'hdr.l4_port.src_port': [program, 0xffff] })),
];
const OPERATIONS: readonly Operation[] = [defaultForwardEntry(plane, 1, 2), ...ENTRIES].map((entry) => ({
  kind: 'insertEntry',
  entry,
}));

function switchWith(options: SwitchOptions = {}): Switch {
  const emulator = new Switch(plane, options);
  for (const operation of OPERATIONS) emulator.apply(operation);
  return emulator;
}

interface Arrival {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireLength: number;
  readonly isUntimed?: boolean;
  /** Worked out by hand. */
  readonly timestamp: number;
  readonly length: number;
}

/** 1,700,000,000 s are 0x17979cfe362a0000 ns. */
const EPOCH = 0x362a0000;
const ARRIVALS: readonly Arrival[] = [
  { seconds: 0, nanoseconds: 0, wireLength: 60, timestamp: 0, length: 60 },
  { seconds: 0, nanoseconds: 999_999_999, wireLength: 1500, timestamp: 999_999_999, length: 1500 },
  { seconds: 4, nanoseconds: 294_967_295, wireLength: 65_535, timestamp: 0xffffffff, length: 65_535 },
  { seconds: 4, nanoseconds: 294_967_296, wireLength: 65_536, timestamp: 0, length: 0 },
  { seconds: 1_700_000_000, nanoseconds: 0, wireLength: 65_599, timestamp: EPOCH, length: 63 },
  { seconds: 1_700_000_000, nanoseconds: 77, wireLength: 64, timestamp: EPOCH + 77, length: 64 },
  // Packets 6 and 7 have no time: 1,000 ns for each arrival.
  { seconds: 9, nanoseconds: 9, wireLength: 64, isUntimed: true, timestamp: 6000, length: 64 },
  { seconds: 0, nanoseconds: 0, wireLength: 64, isUntimed: true, timestamp: 7000, length: 64 },
];
const COUNT = ARRIVALS.length * PROGRAMS.length;
/** Packets of one arrival come for every program in turn. */
const arrivalOf = (i: number): Arrival => ARRIVALS[i % ARRIVALS.length] as Arrival;
const programOf = (i: number): number => 1 + Math.floor(i / ARRIVALS.length);
const packet = (i: number): Uint8Array => frame({ udp: { src: programOf(i) }, l5: [i, 0, 0, 0] });

function traffic(shares = 1): { batch: PacketBatch; memory: PacketBatchMemory } {
  const memory = allocatePacketBatchMemory(COUNT, COUNT * 192, shares);
  const batch = packetBatchOver(memory);
  for (let i = 0; i < COUNT; i++) {
    const { seconds, nanoseconds, wireLength, isUntimed = false } = arrivalOf(i);
    const bytes = packet(i);
    batch.bytes.set(bytes, appendPacket(batch, bytes.length, wireLength, 1, seconds, nanoseconds));
    if (isUntimed) batch.marks[i] = PACKET_MARKS.untimed;
  }
  return { batch, memory };
}

/** Offsets in a frame without VLAN and options. */
const DESTINATION = 30;
const KEY3 = 54;
const wordAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);

function assertRead(batch: PacketBatch, from = 0, to = COUNT): void {
  for (let i = from; i < to; i++) {
    const { timestamp, length, isUntimed = false } = arrivalOf(i);
    const bytes = packetBytes(batch, i);
    const place = Math.floor(i / ARRIVALS.length) * ARRIVALS.length;
    const expected = isUntimed ? timestamp + 1000 * place : timestamp;
    assert.equal([wordAt(bytes, KEY3), wordAt(bytes, DESTINATION)], [expected, length], `packet ${i}`);
  }
}

const DRIVERS: Readonly<Record<string, SwitchOptions>> = {
  'in vectors': {},
  'one by one, compiled': { pipes: 2 },
  interpreted: { engine: 'interpreted' },
  'counting hits': { countsHits: true },
};

for (const [name, options] of Object.entries(DRIVERS)) {
  test(`time stamp and length of each packet: ${name}`, () => {
    const emulator = switchWith(options);
    const { batch } = traffic();
    for (let from = 0; from < COUNT; from += 7) emulator.process(batch, from, Math.min(COUNT, from + 7));
    assertRead(batch);
  });
}

for (const workers of [1, 2, 3]) {
  test(`${workers} workers`, async () => {
    const processor = await createPacketProcessor(switchWith(), workers, OPERATIONS);
    try {
      const { batch, memory } = traffic(workers);
      await processor.process(batch, memory, 0, 10);
      await processor.process(batch, memory, 10);
      assertRead(batch);
    } finally {
      await processor.close();
    }
  });
}

test('with readings of the queue, and where a packet is traced', () => {
  const emulator = switchWith();
  const { batch } = traffic();
  new QueuedDriver(emulator, { nanoseconds: 5, cells: 6 }).process(batch, 0, 3);
  const tracer = new PacketTracer(emulator, () => undefined);
  tracer.apply(OPERATIONS);
  batch.arrival[3] = emulator.arrivals++;
  const { steps, arrival } = tracer.trace(batch, 3, 4);
  assert.is(arrival.originalBytes, 65_536);
  assert.ok(steps.some(({ action, after }) => action === 'extract_igintrmdpktlength_sar' && after.sar === 0));
  emulator.process(batch, 4);
  assertRead(batch);
});

test('with virtual time: when the first bit came to the port, that of the recirculation port on the second pass', () => {
  const packets = [0, 1, 2].map((i) => {
    const bytes = frame({ udp: { src: PROGRAMS[i] ?? 0 }, l5: [i, 0, 0, 0] });
    return { bytes, atPs: 5_000_000_999 + i * 10_000_000 };
  });
  for (const engine of ['compiled', 'interpreted'] as const) {
    const { bytes, gone } = timedRun(plane, packets, { engine, entries: ENTRIES });
    const read = bytes.map((each) => wordAt(each, KEY3));
    assert.equal(read.slice(0, 2), [5_000_000, 5_010_000], engine);
    const again = read[2] ?? 0;
    // Between the packet's arrival and its departure, of which the second pass is about half.
    const [arrival, departure] = [5_020_000, Math.floor((gone.find(({ i }) => i === 2)?.departurePs ?? 0) / 1000)];
    assert.ok(
      again > arrival + (departure - arrival) * 0.4 && again < arrival + (departure - arrival) * 0.6,
      `${again}`,
    );
    assert.equal(
      bytes.map((each) => wordAt(each, DESTINATION)),
      packets.map((each) => each.bytes.length),
      'the length is without the carried state',
    );
  }
  assert.ok(stateHeaderBytes(plane) > 0);
});

test('two packets at one time on one port: the second comes when the line is free', () => {
  const bytes = frame({ udp: { src: 1 }, l5: [0, 0, 0, 0] });
  const packets = [0, 0].map((atPs) => ({ bytes: bytes.slice(), atPs }));
  const { bytes: left } = timedRun(plane, packets, { entries: ENTRIES });
  // 100 Gbit/s: 80 ps a byte; preamble, frame check sequence and gap are 24 bytes.
  const onLine = Math.floor(((bytes.length + 24) * 80) / 1000);
  assert.equal(
    left.map((each) => wordAt(each, KEY3)),
    [0, onLine],
  );
});

test.run();
