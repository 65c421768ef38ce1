/** Where the emulator does what a Tofino does with the generated source: cut packets, IPv4 checksums, copies of fields. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataPlane, dataPlaneFromJson, type Gress } from '../../compiler/index.js';
import { createParser, type EngineName, InterpretedParser, Phv } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch, DROPPED } from '../../traces/index.js';
import { checksumsOf, type FrameOptions, frame, onesSum, word16 } from './frames.js';
import { dataPlane, EGRESS_PORT, filterEntry, property, rpbEntry, TestSwitch } from './test-switch.js';
import { timedRun } from './timed-run.js';

const plane = dataPlane('tofino1');
const ENGINES: readonly EngineName[] = ['compiled', 'interpreted'];
const L5 = [1, 2, 3, 4];

/** The headers of a packet, or that the parser drops it; bytes behind its end look like an IPv4 header. */
function parsed(bytes: Uint8Array, parser: { parse(phv: Phv): void }): string {
  const phv = new Phv(plane.headers.length);
  const buffer = new Uint8Array(bytes.length + 64).fill(0x45);
  buffer.set(bytes);
  phv.begin(buffer, 0, bytes.length, 1);
  parser.parse(phv);
  const names = plane.headers.filter((_, i) => (phv.headerStart[i] ?? -1) >= 0).map(({ name }) => name);
  if (phv.dropped) assert.equal(names, []);
  return phv.dropped ? 'dropped' : names.join(' ');
}

interface Cut {
  readonly name: string;
  readonly options: FrameOptions;
  /** By length: the headers of a packet that is cut there. What comes first holds until the next. */
  readonly from: readonly (readonly [bytes: number, headers: string])[];
}

const CUTS: readonly Cut[] = [
  {
    name: 'no IP',
    options: { payload: [1, 2] },
    from: [
      [0, 'dropped'],
      [14, 'ethernet'],
    ],
  },
  {
    name: 'VLAN',
    options: { vlans: [5] },
    from: [
      [0, 'dropped'],
      [18, 'ethernet vlan'],
    ],
  },
  {
    name: 'tunnel',
    options: { tunnel: 5, payload: [1] },
    from: [
      [0, 'dropped'],
      [16, 'ethernet tunnel'],
    ],
  },
  {
    name: 'ICMP',
    options: { ipv4: {}, payload: [1, 2] },
    from: [
      [0, 'dropped'],
      [34, 'ethernet ipv4'],
    ],
  },
  {
    name: 'TCP',
    options: { tcp: {}, payload: [1] },
    from: [
      [0, 'dropped'],
      [54, 'ethernet ipv4 l4_port tcp'],
    ],
  },
  {
    name: 'UDP',
    options: { udp: { dst: 53 } },
    from: [
      [0, 'dropped'],
      [42, 'ethernet ipv4 l4_port udp'],
    ],
  },
  {
    name: 'a request',
    options: { udp: {}, l5: L5 },
    from: [
      [0, 'dropped'],
      [58, 'ethernet ipv4 l4_port udp l5'],
    ],
  },
  {
    name: 'TCP behind options',
    options: { ipv4: { ihl: 7 }, tcp: {} },
    from: [
      [0, 'dropped'],
      [62, 'ethernet ipv4 l4_port tcp'],
    ],
  },
  // Options are taken on the way to ports only.
  {
    name: 'ICMP behind options',
    options: { ipv4: { ihl: 7 } },
    from: [
      [0, 'dropped'],
      [34, 'ethernet ipv4'],
    ],
  },
  {
    name: 'a fragment',
    options: { ipv4: { ihl: 7, fragmentOffset: 3 }, udp: {} },
    from: [
      [0, 'dropped'],
      [34, 'ethernet ipv4'],
    ],
  },
  // What is no IPv4 header is payload, however short.
  {
    name: 'IP version 6',
    options: { ipv4: { version: 6 }, udp: {} },
    from: [
      [0, 'dropped'],
      [15, 'ethernet'],
    ],
  },
  {
    name: 'IHL 14',
    options: { ipv4: { ihl: 14 }, udp: {} },
    from: [
      [0, 'dropped'],
      [15, 'ethernet'],
    ],
  },
];

for (const { name, options, from } of CUTS) {
  test(`${name}, cut at every place`, () => {
    const whole = frame(options);
    const parsers = [new InterpretedParser(plane), createParser(plane)];
    for (let length = 0; length <= whole.length; length++) {
      const [, expected = ''] = from.findLast(([bytes]) => bytes <= length) ?? [];
      for (const parser of parsers) assert.is(parsed(whole.subarray(0, length), parser), expected, String(length));
    }
  });
}

test('both parsers find the same in random frames that are cut anywhere', () => {
  const parsers = [new InterpretedParser(plane), createParser(plane)] as const;
  const frames = fc.record({
    vlans: fc.constantFrom<number[]>([], [7]),
    ihl: fc.integer({ min: 0, max: 15 }),
    version: fc.constantFrom(4, 4, 4, 6),
    fragmentOffset: fc.constantFrom(0, 0, 1),
    protocol: fc.constantFrom('tcp', 'udp', 'other'),
    dst: fc.constantFrom(7777, 53),
    cut: fc.nat(90),
  });
  fc.assert(
    fc.property(frames, ({ vlans, ihl, version, fragmentOffset, protocol, dst, cut }) => {
      const ipv4 = { ihl, version, fragmentOffset };
      const transport = protocol === 'tcp' ? { tcp: {} } : protocol === 'udp' ? { udp: { dst }, l5: L5 } : {};
      const bytes = frame({ vlans, ipv4, ...transport });
      const part = bytes.subarray(0, Math.min(cut, bytes.length));
      assert.is(parsed(part, parsers[0]), parsed(part, parsers[1]));
    }),
    property(400),
  );
});

/** Counts every packet at an address in RPB 1, of any kind; a second program counts TCP packets. */
const counting = (target: DataPlane): ReturnType<typeof rpbEntry>[] => [
  filterEntry(target, 'L2', 1),
  rpbEntry(target, 1, 'loadi_sar', [1]),
  rpbEntry(target, 2, 'salu_add_sub'),
];

for (const engine of ENGINES) {
  test(`${engine}: a packet that is cut inside a header ends in the parser: no program, no forwarding, no memory`, () => {
    const target = new TestSwitch(plane, engine).insert(...counting(plane));
    const whole = frame({ tcp: {} });
    const counted = (): number => target.emulator.memory.range(2, 0, 1)[0] ?? -1;
    assert.equal([target.send(whole).port, counted()], [EGRESS_PORT, 1]);
    const cut = target.send(whole.subarray(0, 50));
    assert.equal([cut.port, cut.program, cut.recirculations, counted()], [undefined, 0, 0, 1]);
    assert.equal([...cut.bytes], [...whole.subarray(0, 50)]);
    const { in: packets, out, dropped, unmatched } = target.emulator.counters;
    assert.equal([packets, out, dropped, unmatched], [2, 1, 1, 1]);
    // The next packet is none the worse.
    assert.equal([target.send(whole).port, counted()], [EGRESS_PORT, 2]);
  });
}

test('default runs the same packet as the shorter path', () => {
  const lenient = dataPlane('default');
  const target = new TestSwitch(lenient).insert(...counting(lenient));
  const cut = target.send(frame({ tcp: {} }).subarray(0, 50));
  assert.equal([cut.port, cut.program, target.emulator.memory.range(2, 0, 1)[0]], [EGRESS_PORT, 1, 1]);
});

test('with virtual time too, a packet that is cut inside a header ends in the parser', () => {
  const whole = frame({ tcp: {} });
  const packets = [whole, whole.subarray(0, 50), whole].map((bytes, i) => ({ bytes, atPs: i * 1e6 }));
  const { gone, lost, emulator } = timedRun(plane, packets, { entries: counting(plane) });
  assert.equal(
    gone.map(({ i }) => i),
    [0, 2],
  );
  assert.equal(lost, [{ i: 1, reason: 'ingress' }]);
  assert.is(emulator.memory.range(2, 0, 1)[0], 2);
});

test('with time a packet that the parser drops takes a cycle of the ingress, which it does not on the chip', () => {
  const whole = frame({ tcp: {} });
  const entries = [filterEntry(plane, 'L4', 1), rpbEntry(plane, 1, 'forward', [EGRESS_PORT])];
  const departure = (packets: readonly { bytes: Uint8Array; port: number }[]): number =>
    timedRun(
      plane,
      packets.map((packet) => ({ ...packet, atPs: 0 })),
      { entries },
    ).gone[0]?.departurePs ?? Number.NaN;
  const alone = departure([{ bytes: whole, port: 3 }]);
  const behind = departure([
    { bytes: whole.subarray(0, 50), port: 1 },
    { bytes: whole, port: 3 },
  ]);
  assert.is(Math.round((behind - alone) / (1e12 / plane.description.timing.clockHz)), 1);
});

test('a packet that an action has cut ends in the parser of its next pass', () => {
  // IHL 7 in place of 5: the words behind are taken as options, and the ports lie behind the end.
  const rpbs = { 1: { actions: ['loadi_sar', 'modify_hdripv4ihl_sar'] }, 2: { actions: ['modify_hdripv4ihl_sar'] } };
  const longer = dataPlaneFromJson({ extends: 'tofino1', name: 'longer', rpbs });
  for (const engine of ENGINES) {
    const target = new TestSwitch(longer, engine).insert(
      filterEntry(longer, 'L4', 1),
      rpbEntry(longer, 1, 'loadi_sar', [7]),
      rpbEntry(longer, 2, 'modify_hdripv4ihl_sar'),
      rpbEntry(longer, 3, 'salu_add_sub', [], { pass: 1 }),
      ...['first', 'last'].map((which, pass) => ({
        table: 'SwitchIngress.rec.tb_recirculation',
        key: [
          { name: 'hdr.meta.id.flow_id', match: 'exact' as const, value: 1 },
          { name: 'hdr.meta.rec.iterations', match: 'exact' as const, value: pass },
        ],
        priority: 0,
        action: `SwitchIngress.rec.${which}_recirculate`,
        parameters: [],
      })),
    );
    const { port, program, recirculations } = target.send(frame({ udp: { dst: 53 } }));
    assert.equal([port, program, recirculations], [undefined, 1, 1]);
  }
});

const words = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 0xffffffff, 0xffff0000, 1));
const CHANGES: readonly (readonly [action: string, rpb: number])[] = [
  ['modify_hdripv4dst_sar', 2],
  ['modify_hdripv4ecn_sar', 3],
  ['rt', 4],
];

/** What the IPv4 checksum is wrong by: 0 for a right one, in ones' complement. */
const error = (bytes: Uint8Array): number => onesSum(bytes.subarray(14, 14 + ((bytes[14] ?? 0) & 15) * 4)) % 0xffff;

for (const engine of ENGINES) {
  test(`${engine}: an IPv4 checksum that came wrong leaves wrong by the same, a right one right`, () => {
    const target = new TestSwitch(plane, engine);
    fc.assert(
      fc.property(
        words,
        words,
        fc.integer({ min: 5, max: 13 }),
        fc.nat(0xffff),
        fc.subarray([...CHANGES], { minLength: 1 }),
        (dst, sar, ihl, wrong, changes) => {
          const packet = frame({ ipv4: { dst, ihl, tos: sar & 0xff }, tcp: {} });
          const checksum = ((packet[24] ?? 0) * 256 + (packet[25] ?? 0)) ^ wrong;
          packet.set(word16(checksum), 24);
          target.clear().insert(filterEntry(plane, 'L4', 1), rpbEntry(plane, 1, 'loadi_sar', [sar]));
          for (const [action, rpb] of changes) target.insert(rpbEntry(plane, rpb, action));
          const { bytes } = target.send(packet);
          assert.is(error(bytes), error(packet));
          if (wrong === 0) assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
        },
      ),
      property(150),
    );
  });
}

test('default mends a wrong IPv4 checksum that it touches', () => {
  const lenient = dataPlane('default');
  const packet = frame({ tcp: {} });
  packet[24] = (packet[24] ?? 0) ^ 1;
  const target = new TestSwitch(lenient);
  target.insert(filterEntry(lenient, 'L4', 1), rpbEntry(lenient, 2, 'modify_hdripv4dst_sar'));
  assert.equal(checksumsOf(target.send(packet).bytes), { ipv4: true, transport: true });
});

/** The field that MODIFY has written is what EXTRACT reads behind it, in the same gress. */
test('EXTRACT of ECN reads what MODIFY wrote, though the parser has copied it', () => {
  for (const engine of ENGINES) {
    const target = new TestSwitch(plane, engine).insert(
      filterEntry(plane, 'L4', 1),
      rpbEntry(plane, 1, 'loadi_sar', [0xfffffffe]),
      rpbEntry(plane, 2, 'modify_hdripv4ecn_sar'),
      rpbEntry(plane, 3, 'extract_hdripv4ecn_mar'),
      rpbEntry(plane, 4, 'xor_sar_mar'),
      rpbEntry(plane, 5, 'modify_hdripv4dst_sar'),
    );
    const { bytes } = target.send(frame({ ipv4: { tos: 1 }, tcp: {} }));
    assert.equal([(bytes[15] ?? 0) & 3, ...bytes.subarray(30, 34)], [2, 0xff, 0xff, 0xff, 0xfc]);
  }
});

/**
 * What remains: the chip has a container for the field of a header that a packet lacks, and MODIFY writes it. Here nothing
 * is written, as the language says, so EXTRACT behind it reads 0 and not what MODIFY was given.
 */
const ABSENT: readonly (readonly [gress: Gress, modify: number, extract: number, show: number])[] = [
  ['ingress', 2, 3, 4],
  ['egress', 12, 13, 14],
];
for (const [gress, modify, extract, show] of ABSENT) {
  test(`${gress}: a field of a header that the packet lacks reads as 0 behind a MODIFY, and the packet stays`, () => {
    for (const engine of ENGINES) {
      const target = new TestSwitch(plane, engine).insert(
        filterEntry(plane, 'L4', 1),
        rpbEntry(plane, 1, 'loadi_sar', [77]),
        rpbEntry(plane, modify, 'modify_hdrl5key3_sar'),
        rpbEntry(plane, extract, 'extract_hdrl5key3_sar'),
        rpbEntry(plane, show, 'modify_hdripv4dst_sar'),
      );
      const packet = frame({ tcp: {} });
      const { bytes } = target.send(packet);
      assert.equal([...bytes.subarray(30, 34)], [0, 0, 0, 0]);
      assert.equal([...bytes.subarray(54)], [...packet.subarray(54)]);
    }
  });
}

test('a packet in which nothing changes leaves byte for byte, its checksums of all ones or zeros too', () => {
  const target = new TestSwitch(plane).insert(filterEntry(plane, 'L4', 1), rpbEntry(plane, 2, 'modify_hdripv4dst_sar'));
  for (const options of [{ tcp: {} }, { udp: { dst: 53 } }]) {
    for (const checksum of [0, 0xffff]) {
      const packet = frame({ ipv4: { dst: 0 }, ...options });
      packet.set(word16(checksum), 24);
      packet.set(word16(checksum), 'tcp' in options ? 50 : 40);
      const sent = packet.slice();
      assert.equal([...target.send(packet).bytes], [...sent]);
    }
  }
});

test('a packet of which the capture lacks a header is taken for one that ends there', () => {
  const target = new TestSwitch(plane).insert(...counting(plane));
  const { emulator } = target;
  const batch = createPacketBatch(1, 256);
  const whole = frame({ tcp: {} });
  appendPacketBytes(batch, whole.subarray(0, 50), 1);
  batch.originalLength[0] = whole.length;
  emulator.process(batch);
  assert.is(batch.egressPort[0], DROPPED);
});

test('followsChip of a description decides whether the parser drops cut packets', () => {
  assert.equal(
    ['default', 'tofino1', 'published'].map((name) => dataPlane(name).description.followsChip),
    [false, true, false],
  );
  const lenient = new DataPlane({ ...plane.description, name: 'lenient', followsChip: false });
  assert.is(parsed(frame({ tcp: {} }).subarray(0, 50), new InterpretedParser(lenient)), 'ethernet ipv4');
});

test.run();
