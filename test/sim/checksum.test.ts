import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/index.js';
import { adjustedChecksum, foldSum } from '../../sim/blocks/checksum.js';
import { checksumsOf, type FrameOptions, frame, onesSum, word16 } from './frames.js';
import {
  dataPlane,
  filterEntry,
  property,
  recirculationEntry,
  rpbEntry,
  smallDataPlane,
  TestSwitch,
} from './test-switch.js';

const plane = dataPlane('default');
const testSwitch = new TestSwitch(plane);

/** Every packet is changed by these actions, with sar loaded in RPB 1. */
function program(sar: number, actions: readonly string[], target = testSwitch): void {
  target.clear().insert(filterEntry(target.plane, 'L4', 1), rpbEntry(target.plane, 1, 'loadi_sar', [sar]));
  actions.forEach((action, i) => {
    // From RPB 11 on: `published` modifies the ECN bits in egress only.
    target.insert(rpbEntry(target.plane, action === 'rt' ? 2 : 11 + i, action));
  });
}

const CHANGES = ['modify_hdripv4dst_sar', 'modify_hdrl5key3_sar', 'modify_hdripv4ecn_sar', 'rt'];

/** Values with many carries beside random ones. */
const words = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 0xffffffff, 0xffff0000, 0x0000ffff, 0x00010000, 0xfffefffe, 1),
);
const packets = fc
  .record({
    src: words,
    dst: words,
    ihl: fc.integer({ min: 5, max: 15 }),
    tos: fc.nat(255),
    l5: fc.array(words, { minLength: 4, maxLength: 4 }),
    payload: fc.array(fc.nat(255), { maxLength: 9 }),
    transport: fc.constantFrom('tcp', 'udp', 'udp without checksum'),
  })
  .map(({ src, dst, ihl, tos, l5, payload, transport }): FrameOptions => {
    const ipv4 = { src, dst, ihl, tos };
    if (transport === 'tcp') return { ipv4, tcp: { word4: l5[0] ?? 0 }, payload };
    return { ipv4, l5, payload, udp: transport === 'udp' ? { dst: 7777 } : { dst: 7777, checksum: 'none' } };
  });

test('the frames of these tests have right checksums', () => {
  for (const options of [{ tcp: {} }, { udp: {} }, { ipv4: { ihl: 7 }, udp: {}, payload: [1] }]) {
    assert.equal(checksumsOf(frame(options)), { ipv4: true, transport: true });
  }
  assert.equal(checksumsOf(frame({ udp: { checksum: 'none' } })), { ipv4: true, transport: 'none' });
});

test('checksums that were right are right after every change', () => {
  const changes = fc.subarray(CHANGES, { minLength: 1 });
  fc.assert(
    fc.property(packets, words, changes, (options, sar, actions) => {
      const packet = frame(options);
      const before = checksumsOf(packet);
      assert.ok(before.ipv4 && before.transport);
      program(sar, actions);
      assert.equal(checksumsOf(testSwitch.send(packet).bytes), before);
    }),
    property(700),
  );
});

/** Loads sar in RPB 1, rewrites the destination in RPB 11, then runs a second pass that rewrites it again. */
test('checksums are right after changes in several passes', () => {
  const again = recirculationEntry('first', 1, 0);
  for (const options of [
    { udp: {}, l5: [1, 2, 3, 4] },
    { tcp: {}, payload: [1, 2, 3] },
  ]) {
    program(0x01020304, CHANGES);
    testSwitch.insert(again, rpbEntry(plane, 4, 'loadi_sar', [0xfffffffe], { pass: 1 }));
    testSwitch.insert(rpbEntry(plane, 5, 'modify_hdripv4dst_sar', [], { pass: 1 }));
    const { bytes, recirculations } = testSwitch.send(frame(options));
    assert.is(recirculations, 1);
    assert.equal([...bytes.subarray(30, 34)], [255, 255, 255, 254]);
    assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
  }
});

test('a wrong checksum keeps its error: the switch does not correct it', () => {
  const packet = frame({ tcp: {} });
  packet[50] = (packet[50] ?? 0) ^ 1;
  program(5, ['modify_hdripv4dst_sar']);
  assert.equal(checksumsOf(testSwitch.send(packet).bytes), { ipv4: true, transport: false });
});

test('an UDP checksum of 0 stays 0; one that is computed as 0 is sent as all ones', () => {
  program(0x0a0b0c0d, ['modify_hdripv4dst_sar', 'modify_hdrl5key3_sar']);
  const none = testSwitch.send(frame({ udp: { checksum: 'none' }, l5: [1, 2, 3, 4] })).bytes;
  assert.equal([...none.subarray(40, 42)], [0, 0]);
  const packet = frame({ udp: {}, l5: [1, 2, 3, 4] });
  const checksum = (packet[40] ?? 0) * 256 + (packet[41] ?? 0);
  // The destination 10.0.0.2 becomes 10.0.x.y, and all words together 0xffff.
  program(0x0a000000 + ((2 + checksum) % 0xffff), ['modify_hdripv4dst_sar']);
  const { bytes } = testSwitch.send(packet);
  assert.equal([...bytes.subarray(40, 42)], [255, 255]);
  assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
});

test('the transport checksum of a packet that is cut off before it is left alone', () => {
  const packet = frame({ udp: {}, l5: [1, 2, 3, 4] }).subarray(0, 41);
  testSwitch.clear().insert(filterEntry(plane, 'L3', 1), rpbEntry(plane, 1, 'loadi_sar', [7]));
  testSwitch.insert(rpbEntry(plane, 2, 'modify_hdripv4dst_sar'));
  const { bytes } = testSwitch.send(packet);
  assert.equal([...bytes.subarray(34)], [...packet.subarray(34)]);
  assert.is(onesSum(bytes.subarray(14, 34)), 0xffff);
});

test('a field at an odd place counts as the low half of its word', () => {
  const protocolToo = smallDataPlane(({ rpbs }) => ({
    rpbs: Object.fromEntries(
      Object.entries(rpbs).map(([number, rpb]) => [
        number,
        { ...rpb, actions: [...rpb.actions, 'modify_hdripv4protocol_sar'] },
      ]),
    ),
  }));
  const target = new TestSwitch(protocolToo);
  program(0xabcdef07, ['modify_hdripv4protocol_sar'], target);
  const { bytes } = target.send(frame({ tcp: {}, payload: [1, 2, 3] }));
  assert.is(bytes[23], 7);
  assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
});

test('published does not change checksums', () => {
  const published = new TestSwitch(dataPlane('published'));
  for (const options of [{ udp: {}, l5: [1, 2, 3, 4] }, { tcp: {} }]) {
    const packet = frame(options);
    program(0xfffffffe, CHANGES, published);
    const { bytes } = published.send(packet);
    const checksum = 'tcp' in options ? 50 : 40;
    assert.equal([...bytes.subarray(24, 26)], [...packet.subarray(24, 26)]);
    assert.equal([...bytes.subarray(checksum, checksum + 2)], [...packet.subarray(checksum, checksum + 2)]);
    assert.is(checksumsOf(bytes).ipv4, false);
  }
});

/** As {@link checksumsOf}, with the length that the UDP header says in its pseudo header (RFC 768). */
function statedChecksumsOf(bytes: Uint8Array): ReturnType<typeof checksumsOf> {
  const headerBytes = ((bytes[14] ?? 0) & 15) * 4;
  const transport = bytes.subarray(14 + headerBytes);
  if (bytes[23] !== 17) return checksumsOf(bytes);
  const pseudo = [...bytes.subarray(26, 34), 0, 17, ...transport.subarray(4, 6)];
  const checksums = checksumsOf(bytes);
  if (checksums.transport === 'none') return checksums;
  return { ipv4: checksums.ipv4, transport: onesSum([...pseudo, ...transport]) === 0xffff };
}

test('every field that extended writes is in the checksums that cover it', () => {
  const extended = new TestSwitch(dataPlane('extended'));
  const { rpbs } = extended.plane;
  const written = must(rpbs[0], 'RPB 1').actions;
  const changes = [...written.values()].filter(({ effect }) => effect.kind === 'modify').map(({ name }) => name);
  const layout = [
    'ipv4ttl',
    'l4portsrcport',
    'l4portdstport',
    'tcpseqno',
    'tcpackno',
    'tcpflags',
    'tcpwindow',
    'udplength',
  ];
  for (const field of layout) assert.ok(changes.includes(`modify_hdr${field}_har`), field);
  fc.assert(
    fc.property(
      packets,
      words,
      words,
      fc.shuffledSubarray(changes, { minLength: 1, maxLength: 8 }),
      (options, har, sar, some) => {
        const packet = frame(options);
        const before = statedChecksumsOf(packet);
        extended.clear().insert(filterEntry(extended.plane, 'L4', 1));
        extended.insert(
          rpbEntry(extended.plane, 1, 'loadi_sar', [sar]),
          rpbEntry(extended.plane, 2, 'loadi_har', [har]),
        );
        some.forEach((action, i) => {
          extended.insert(rpbEntry(extended.plane, 3 + i, action));
        });
        assert.equal(statedChecksumsOf(extended.send(packet).bytes), before);
      },
    ),
    property(200),
  );
});

test('an adjusted checksum is that of the changed words', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 2, maxLength: 8 }), fc.nat(0xffff), (list, value) => {
      const sumOf = (numbers: readonly number[]): number => onesSum(numbers.flatMap(word16));
      const changed = [value, ...list.slice(1)];
      // 0x4500: a header is never all zeros.
      const checksum = ~sumOf([0x4500, ...list]) & 0xffff;
      const adjusted = adjustedChecksum(checksum, value - (list[0] ?? 0));
      assert.is(sumOf([0x4500, ...changed, adjusted]), 0xffff);
    }),
    property(1000),
  );
  assert.equal([0, 0xffff, 0x10000, 0x1fffe, 0xffffffff].map(foldSum), [0, 0xffff, 1, 0xffff, 0xffff]);
});

test.run();
