/**
 * Broken packets of all kinds and lengths through both engines, each between two different paddings: what becomes of a
 * packet depends on its own bytes alone, no byte outside it changes, and the engines agree.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINES, type EngineName, type Switch } from '../../sim/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import { appendPacket, createPacketBatch, type PacketBatch, packetBytes } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { type FrameOptions, frame } from './frames.js';
import { installAllPrograms } from './hostile-switch.js';
import { dataPlane, property } from './test-switch.js';

/** The longest packet that the switch has to take, in bytes. */
const JUMBO = 16_383;
/** Before and behind each packet: longer than all headers together. */
const PADDING = 256;

/** Packets with padding around each, and a copy of it all as it was. */
class Padded {
  readonly batch: PacketBatch;
  private readonly before: Uint8Array;

  constructor(packets: readonly Uint8Array[], padding: number) {
    const bytes = packets.reduce((sum, packet) => sum + packet.length + 3 * PADDING, PADDING);
    this.batch = createPacketBatch(2 * packets.length + 1, bytes);
    this.append(new Uint8Array(PADDING).fill(padding));
    for (const packet of packets) {
      this.append(packet);
      this.append(new Uint8Array(PADDING).fill(padding));
    }
    // The bytes up to the next multiple of 8 are 0 by contract; a reader beyond the packet would meet them first.
    for (let i = 1; i < this.batch.count; i += 2) {
      const end = (this.batch.offset[i] ?? 0) + (this.batch.capturedLength[i] ?? 0);
      this.batch.bytes.fill(padding, end, this.batch.offset[i + 1]);
    }
    this.before = this.batch.bytes.slice();
  }

  private append(bytes: Uint8Array): void {
    this.batch.bytes.set(bytes, appendPacket(this.batch, bytes.length, bytes.length, 1, 0, 0));
  }

  /** All that can be seen of what a switch does to the packets. */
  outcome(emulator: Switch): unknown {
    const { batch } = this;
    const packets: unknown[] = [];
    for (let i = 1; i < batch.count; i += 2) {
      emulator.process(batch, i, i + 1);
      const bytes = packetBytes(batch, i);
      packets.push([
        batch.egressPort[i],
        batch.programId[i],
        batch.recirculations[i],
        Buffer.from(bytes).toString('latin1'),
      ]);
      this.before.set(bytes, batch.offset[i]);
    }
    assert.ok(Buffer.compare(this.before, batch.bytes) === 0, 'bytes outside the packets have changed');
    return { packets, counters: { ...emulator.counters } };
  }
}

const PADDINGS = [0x00, 0xff] as const;
type Twins = readonly { readonly engine: EngineName; readonly padding: number; readonly emulator: Switch }[];

/** A switch for each engine and padding, all with the same past. */
const twinsOf = (name: string): Twins =>
  ENGINES.flatMap((engine) =>
    PADDINGS.map((padding) => ({ engine, padding, emulator: installAllPrograms(dataPlane(name), engine).emulator })),
  );

function sameForAll(twins: Twins, packets: readonly Uint8Array[]): void {
  const [first, ...others] = twins.map(({ emulator, padding, engine }) => {
    assert.is(emulator.engineName, engine);
    return new Padded(packets, padding).outcome(emulator);
  });
  const words = twins.map(({ emulator }) => emulator.memory.words);
  for (const [i, other] of others.entries()) {
    const where = `${twins[i + 1]?.engine} between bytes ${twins[i + 1]?.padding}`;
    assert.equal(other, first, where);
    assert.ok(isSame(itemAt(words, i + 1), itemAt(words, 0)), `memory of ${where}`);
  }
}

const byte = fc.nat(255);
/** Whole frames of every parsing path, with what senders get wrong. */
const frames: fc.Arbitrary<FrameOptions> = fc
  .record({
    vlans: fc.array(fc.nat(0xffff), { maxLength: 4 }),
    ipv4: fc.record({
      version: fc.constantFrom(4, 4, 4, 4, 6, 0, 15),
      ihl: fc.constantFrom(5, 5, 5, 6, 9, 15, 0, 4),
      fragmentOffset: fc.constantFrom(0, 0, 0, 1, 0x2000, 0x1fff, 0xffff),
      src: fc.constantFrom(0x0a000001, 0x0a010203, 0xffffffff, 0),
      dst: fc.constantFrom(0x0a000002, 0x0a020202, 0xc0a80001, 0),
    }),
    transport: fc.constantFrom('tcp', 'udp', 'none'),
    port: fc.constantFrom(7777, 7778, 8888, 9999, 53, 0),
    l5: fc.array(fc.constantFrom(0, 1, 2, 5, 0x8888, 0xffffffff), { maxLength: 4 }),
    payload: fc.array(byte, { maxLength: 12 }),
    tunnel: fc.option(fc.nat(0xffff), { freq: 5 }),
  })
  .map(({ transport, port, tunnel, ...rest }) => ({
    ...rest,
    ...(transport === 'tcp' ? { tcp: { dst: port } } : transport === 'udp' ? { udp: { dst: port } } : {}),
    ...(tunnel === null ? {} : { tunnel }),
  }));

/** A frame, some of its bytes changed, then cut anywhere or made longer. */
const broken = fc
  .record({
    options: frames,
    changes: fc.array(fc.tuple(fc.nat(80), byte), { maxLength: 5 }),
    length: fc.option(fc.nat(120), { freq: 2 }),
    tail: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ options, changes, length, tail }) => {
    const bytes = Uint8Array.from([...frame(options), ...tail]);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes.subarray(0, length ?? bytes.length);
  });

/** Any length up to jumbo frames, random bytes behind a frame's beginning or none. */
const long = fc
  .record({ options: fc.option(frames), length: fc.nat(JUMBO), seed: fc.nat() })
  .map(({ options, length, seed }) => {
    const start = options === null ? new Uint8Array(0) : frame(options);
    const bytes = Uint8Array.from({ length }, (_, i) => start[i] ?? Math.imul(i ^ seed, 0x9e3779b1) >>> 24);
    return bytes;
  });

/** A frame whose VLAN tags never end, and one whose header says it is longer than the packet. */
const endless = new Uint8Array(JUMBO).fill(0);
for (let at = 12; at + 1 < JUMBO; at += 4) endless.set([0x81, 0x00], at);

for (const name of ['default', 'published'] as const) {
  const twins = twinsOf(name);

  test(`${name}: broken frames of every path`, () => {
    fc.assert(
      fc.property(fc.array(broken, { minLength: 1, maxLength: 24 }), (packets) => sameForAll(twins, packets)),
      property(60),
    );
  });

  test(`${name}: random bytes up to jumbo frames`, () => {
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 6 }), (packets) => sameForAll(twins, packets)),
      property(25),
    );
  });

  test(`${name}: every length of a whole frame, the longest packet, VLAN tags without end`, () => {
    const whole = frame({ vlans: [3, 4], ipv4: { ihl: 15 }, udp: { dst: 7777 }, l5: [1, 0x8888, 0, 7] });
    sameForAll(
      twins,
      Array.from({ length: whole.length + 1 }, (_, length) => whole.subarray(0, length)),
    );
    const jumbo = new Uint8Array(JUMBO).fill(0x5a);
    jumbo.set(frame({ udp: { dst: 7777 }, l5: [2, 0x8888, 0, 9] }));
    sameForAll(twins, [jumbo, endless, endless.subarray(0, JUMBO - 1)]);
  });

  test(`${name}: programs did run`, () => {
    for (const { emulator } of twins) {
      const { counters } = emulator;
      assert.ok(counters.unmatched < counters.in);
      assert.is(counters.in, counters.out + counters.dropped);
    }
  });
}

test.run();
