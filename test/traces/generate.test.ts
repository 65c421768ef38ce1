import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/data-plane/must.js';
import { Draws } from '../../traces/generate/draws.js';
import {
  clearPacketBatch,
  createPacketBatch,
  createTrafficGenerator,
  type PacketTemplate,
  packetBytes,
  type TrafficTarget,
} from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { cases } from '../tiers.js';
import { type PlainPacket, plainPacket } from './capture-bytes.js';
import { parseFrame } from './frame-parser.js';
import { destination, eachPacket, ethernet, ipv4Udp, oneOf, source, udp, withoutUdp } from './traffic-fixtures.js';

const kinds: Record<string, PacketTemplate> = {
  udp,
  'udp, both ports chosen': { ...udp, udp: {} },
  'udp, one flow of all bits': { ...udp, udp: {}, flows: 2 ** 32 },
  'udp with words, odd lengths': {
    ...udp,
    applicationWords: [0xdeadbeef, 1, 0xffffffff],
    frameBytes: { minimum: 61, maximum: 61 },
  },
  tcp: {
    ...withoutUdp,
    ipv4: { ...ipv4Udp, protocol: 6, ttl: 3, ecn: 2, dscp: 46, options: [0x01010101, 0x94040000] },
    tcp: { destinationPort: 80, flags: 0x12, sequence: 0xfffffffe, acknowledgement: 7, window: 512 },
  },
  'icmp behind a tag': {
    ...withoutUdp,
    ipv4: { ...ipv4Udp, protocol: 1 },
    vlan: { id: 4095, priority: 7 },
  },
  'layer 2': {
    ingressPort: 2,
    ethernet: { ...ethernet, etherType: 0x88b5 },
    flows: 1,
    frameBytes: { minimum: 0, maximum: 0 },
  },
  tunnel: {
    ingressPort: 3,
    ethernet,
    tunnel: { destinationId: 515 },
    flows: 1,
    frameBytes: { minimum: 60, maximum: 99 },
  },
  'udp in a tunnel': { ...udp, tunnel: { destinationId: 9 }, vlan: { id: 2 } },
  jumbo: { ...udp, frameBytes: { minimum: 9000, maximum: 9216 } },
};

const everyKind = Object.values(kinds).map((kind) => oneOf(kind));

/** Packets `firstIndex ..` as plain data, generated in calls of the given sizes. */
function generate(
  targets: readonly TrafficTarget[],
  seed: string,
  firstIndex: number,
  sizes: readonly number[],
): PlainPacket[] {
  const generator = createTrafficGenerator({ targets, seed, packetsPerSecond: 3_000_000, startSeconds: 100 });
  const batch = createPacketBatch(1000, 1 << 20);
  const packets: PlainPacket[] = [];
  for (const size of sizes) {
    for (let done = 0; done < size; ) {
      clearPacketBatch(batch);
      batch.bytes.fill(0xee);
      const appended = generator.generateInto(batch, firstIndex + packets.length, size - done);
      assert.ok(appended > 0);
      for (let i = 0; i < appended; i++) packets.push(plainPacket(batch, i));
      done += appended;
    }
  }
  return packets;
}

const determinism = suite('determinism');
determinism('any split gives the same bytes, also over the edge of a seeding', () => {
  const firstIndex = 4 * 4096 - 60;
  const whole = generate(everyKind, 'a', firstIndex, [120]);
  const property = fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), (sizes) => {
    const packets = generate(everyKind, 'a', firstIndex, sizes);
    const expected = whole.slice(0, packets.length);
    assert.equal(packets.slice(0, expected.length), expected);
  });
  fc.assert(property, { seed: 20250102, numRuns: cases(30) });
});
determinism('the random numbers are those of seedrandom, chunk by chunk', () => {
  const draws = new Draws('a');
  for (const chunk of [0, 3, 4, 1, 2 ** 28]) {
    const random = seedrandom.alea(`a/${chunk}`);
    const at = draws.place(chunk * 4096);
    const expected = Uint32Array.from({ length: 8192 }, () => random() * 2 ** 32);
    assert.equal(draws.draws.slice(at, at + 8192), expected);
  }
  assert.is(draws.place(5 * 4096 - 1), 2 * 4095);
});
determinism('a batch without a byte to spare has the same frames, padded with 0', () => {
  const targets = [...everyKind, oneOf({ ...udp, applicationWords: Array.from({ length: 30 }, (_, n) => n) })];
  const firstIndex = 3 * 4096 - 60;
  const whole = generate(targets, 'a', firstIndex, [120]);
  const property = fc.property(fc.integer({ min: 1, max: 119 }), fc.integer({ min: 0, max: 7 }), (count, spare) => {
    const padded = whole.slice(0, count).reduce((sum, { bytes }) => sum + ((bytes.length + 7) & ~7), 0);
    const batch = createPacketBatch(1000, padded + 8 * spare);
    const generator = createTrafficGenerator({ targets, seed: 'a', packetsPerSecond: 3_000_000, startSeconds: 100 });
    const appended = generator.generateInto(batch, firstIndex, count);
    assert.is(appended, count);
    assert.equal(
      Array.from({ length: count }, (_, i) => plainPacket(batch, i)),
      whole.slice(0, count),
    );
    for (let i = 0; i < count; i++) {
      const end = itemAt(batch.offset, i) + itemAt(batch.capturedLength, i);
      assert.ok(batch.bytes.subarray(end, (end + 7) & ~7).every((byte) => byte === 0));
    }
  });
  fc.assert(property, { seed: 20261129, numRuns: cases(30) });
});
determinism('any order gives the same bytes', () => {
  const generator = createTrafficGenerator({ targets: everyKind, seed: 'a', packetsPerSecond: 3e6, startSeconds: 100 });
  const batch = createPacketBatch(20, 1 << 20);
  for (const index of [9000, 5, 4095, 4096, 5]) {
    clearPacketBatch(batch);
    generator.generateInto(batch, index, 1);
    assert.equal(plainPacket(batch, 0), generate(everyKind, 'a', index, [1])[0]);
  }
});
determinism('packets of some targets are those of all, without the others, in batches however small', () => {
  const firstIndex = 4096 - 60;
  const whole = generate(everyKind, 'a', firstIndex, [120]);
  const picks = fc.tuple(
    fc.array(fc.constantFrom(0, 1), { minLength: everyKind.length, maxLength: everyKind.length }),
    fc.integer({ min: 3, max: 40 }),
  );
  const generator = createTrafficGenerator({ targets: everyKind, seed: 'a', packetsPerSecond: 3e6, startSeconds: 100 });
  const gone = (isWanted: Uint8Array, room: number): Map<number, PlainPacket> => {
    const found = new Map<number, PlainPacket>();
    const batch = createPacketBatch(room, 1 << 20);
    const distances = new Uint32Array(room);
    for (let done = 0; done < 120; ) {
      clearPacketBatch(batch);
      const step = generator.generateSome(batch, firstIndex + done, 120 - done, isWanted, distances);
      assert.ok(step > 0);
      for (let i = 0; i < batch.count; i++) found.set(done + (distances[i] ?? -1), plainPacket(batch, i));
      done += step;
    }
    return found;
  };
  const property = fc.property(picks, ([wanted, room]) => {
    const isWanted = Uint8Array.from(wanted);
    const [some, others] = [
      gone(isWanted, room),
      gone(
        isWanted.map((one) => 1 - one),
        room,
      ),
    ];
    assert.is(some.size + others.size, 120);
    assert.equal(
      whole,
      Array.from(whole, (_, n) => some.get(n) ?? others.get(n)),
    );
  });
  fc.assert(property, { seed: 20261123, numRuns: cases(30) });
});
determinism('another seed differs', () => {
  const bytesOf = (seed: string): string => JSON.stringify(generate([oneOf(udp)], seed, 0, [20]));
  assert.is.not(bytesOf('a'), bytesOf('b'));
});
determinism('the bytes of one packet have not changed since this was written', () => {
  const packets = generate([oneOf({ ...udp, frameBytes: { minimum: 60, maximum: 60 } })], 'golden', 12_345, [1]);
  assert.is(Buffer.from(itemAt(packets, 0).bytes).toString('hex'), GOLDEN);
});
const GOLDEN =
  '0a0b0c0d0e0ff0010203040508004500002e00004000401155fd0a001939c0b900d0fc801e61001ab7c4000102030405060708090a0b0c0d0e0f1011';
determinism.run();

const validity = suite('frames');
for (const [name, template] of Object.entries(kinds)) {
  validity(`${name}: lengths, checksums, headers`, () => {
    const { minimum, maximum } = template.frameBytes;
    eachPacket([oneOf(template)], 400, (frame, batch, i) => {
      const length = itemAt(batch.capturedLength, i);
      assert.ok(length >= Math.max(60, minimum) && length <= Math.max(60, maximum));
      assert.is(batch.originalLength[i], length);
      assert.is(batch.ingressPort[i], template.ingressPort);
      assert.is(frame.destination, '0a0b0c0d0e0f');
      assert.is(frame.source, 'f00102030405');
      assert.is(frame.tunnelId, template.tunnel?.destinationId);
      const { vlan, ipv4 } = template;
      assert.is(frame.vlan, vlan && ((vlan.priority ?? 0) << 13) | vlan.id);
      assert.is(frame.ipv4 !== undefined, ipv4 !== undefined);
      if (frame.ipv4 === undefined || ipv4 === undefined) return;
      assert.is(frame.ipv4.protocol, ipv4.protocol);
      assert.is((frame.ipv4.source & ~source.hostMask) >>> 0, 0x0a000000);
      assert.is((frame.ipv4.destination & ~destination.hostMask) >>> 0, 0xc0a80000);
      const ports = template.udp ?? template.tcp;
      if (ports === undefined) return;
      for (const port of ['sourcePort', 'destinationPort'] as const) {
        const wanted = ports[port];
        if (wanted === undefined) assert.ok(frame.ipv4[port] >= 49151);
        else assert.is(frame.ipv4[port], wanted);
      }
    });
  });
}
validity('fields of IPv4 and TCP', () => {
  eachPacket([oneOf(must(kinds['tcp'], 'tcp'))], 5, ({ ipv4 }) => {
    const header = Buffer.from(ipv4?.header ?? []);
    assert.is(header.length, 28);
    assert.is(header[1], (46 << 2) | 2);
    assert.is(header[8], 3);
    assert.is(header.toString('hex', 20), '0101010194040000');
    const transport = Buffer.from(ipv4?.transport ?? []);
    assert.is(transport.toString('hex', 4, 16), 'fffffffe0000000750120200');
  });
});
validity('application words follow UDP', () => {
  eachPacket([oneOf(must(kinds['udp with words, odd lengths'], 'udp with words, odd lengths'))], 5, ({ payload }) => {
    assert.is(Buffer.from(payload).toString('hex', 0, 14), 'deadbeef00000001ffffffff0001');
  });
});
for (const [name, headers] of Object.entries({
  'after 42 bytes of headers': {},
  'after 44': { tunnel: { destinationId: 9 } },
  'after 46': { vlan: { id: 2 } },
})) {
  validity(`payload counts up ${name}, over more than one period`, () => {
    eachPacket([oneOf({ ...udp, ...headers, frameBytes: { minimum: 60, maximum: 700 } })], 300, ({ payload }) => {
      assert.ok(payload.every((byte, i) => byte === (i & 0xff)));
    });
  });
}
validity('a UDP checksum that comes out as 0 is sent as 0xffff', () => {
  const CHECKSUM_AT = 40;
  const targets = [oneOf({ ...udp, udp: {}, flows: 2 ** 20 })];
  const generator = createTrafficGenerator({ targets, seed: 'each', packetsPerSecond: 1000 });
  const batch = createPacketBatch(4096, 1 << 20);
  const frames = new DataView(batch.bytes.buffer, batch.bytes.byteOffset);
  let allOnes = 0;
  for (let index = 0; index < 400_000; ) {
    clearPacketBatch(batch);
    const appended = generator.generateInto(batch, index, 4096);
    assert.ok(appended > 0);
    for (let i = 0; i < appended; i++) {
      const checksum = frames.getUint16(itemAt(batch.offset, i) + CHECKSUM_AT);
      assert.is.not(checksum, 0);
      if (checksum !== 0xffff) continue;
      allOnes++;
      // Its reader sums the frame.
      parseFrame(packetBytes(batch, i));
    }
    index += appended;
  }
  assert.ok(allOnes > 0);
});
validity('lengths reach both ends of their range', () => {
  const seen = new Set<number>();
  eachPacket([oneOf({ ...udp, frameBytes: { minimum: 64, maximum: 71 } })], 500, (_, batch, i) => {
    seen.add(itemAt(batch.capturedLength, i));
  });
  assert.equal([...seen].sort(), [64, 65, 66, 67, 68, 69, 70, 71]);
});
validity('time stamps', () => {
  const at = (packetsPerSecond: number, index: number): [number, number] => {
    const generator = createTrafficGenerator({ targets: [oneOf(udp)], seed: 1, packetsPerSecond, startSeconds: 50 });
    const batch = createPacketBatch(1, 128);
    assert.is(generator.generateInto(batch, index, 1), 1);
    return [itemAt(batch.timeSeconds, 0), itemAt(batch.timeNanoseconds, 0)];
  };
  assert.equal(at(1000, 0), [50, 0]);
  assert.equal(at(1000, 1001), [51, 1_000_000]);
  assert.equal(at(3, 5), [51, 666_666_666]);
  assert.equal(at(0.5, 3), [56, 0]);
  assert.equal(at(1e8, 12_345_678_901), [173, 456_789_010]);
});
validity('a full batch stops the generator', () => {
  const generator = createTrafficGenerator({ targets: [oneOf(udp)], seed: 1, packetsPerSecond: 1 });
  assert.is(generator.generateInto(createPacketBatch(7, 1 << 16), 0, 100), 7);
  assert.ok(generator.generateInto(createPacketBatch(100, 512), 0, 100) >= 4);
  assert.is(generator.generateInto(createPacketBatch(100, 56), 0, 100), 0);
});
validity.run();
