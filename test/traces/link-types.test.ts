/** Captures of links that are not Ethernet: what stands in front of their packets, and lengths. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureIntake, createPacketBatch } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import {
  ByteBuilder,
  enhancedBlock,
  interfaceBlock,
  pcapFile,
  readBytes,
  sectionBlock,
  someBytes,
} from './capture-bytes.js';

const IPV4 = [0x45, ...someBytes(39)];
const IPV6 = [0x60, ...someBytes(50, 2)];
const DEFAULT = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
const SENDER = [0x02, 0x11, 0x22, 0x33, 0x44, 0x55];
const FROM_SENDER = [2, 0, 0, 0, 0, 2, ...SENDER];

interface Cooked {
  readonly device?: number;
  readonly addressLength?: number;
  readonly protocol: number;
}

/** A header of LINKTYPE_LINUX_SLL or LINKTYPE_LINUX_SLL2. */
const sll = ({ device = 1, addressLength = 6, protocol }: Cooked): number[] =>
  new ByteBuilder(false).u16(4, device, addressLength).raw(SENDER).u16(0, protocol).bytes;
const sll2 = ({ device = 1, addressLength = 6, protocol }: Cooked): number[] =>
  new ByteBuilder(false).u16(protocol, 0).u32(7).u16(device).raw([4, addressLength]).raw(SENDER).u16(0).bytes;

const frames = suite('an Ethernet header added');
for (const [name, linkType, packet, frame] of [
  ['raw IP, IPv4', 101, IPV4, [...DEFAULT, 8, 0, ...IPV4]],
  ['raw IP, IPv6', 101, IPV6, [...DEFAULT, 0x86, 0xdd, ...IPV6]],
  ['raw IP as systems number it', 12, IPV4, [...DEFAULT, 8, 0, ...IPV4]],
  ['raw IP as OpenBSD numbers it', 14, IPV6, [...DEFAULT, 0x86, 0xdd, ...IPV6]],
  ['raw IPv4', 228, IPV4, [...DEFAULT, 8, 0, ...IPV4]],
  ['raw IPv6', 229, IPV6, [...DEFAULT, 0x86, 0xdd, ...IPV6]],
  ['cooked', 113, [...sll({ protocol: 0x0800 }), ...IPV4], [...FROM_SENDER, 8, 0, ...IPV4]],
  [
    'cooked, a VLAN tag follows',
    113,
    [...sll({ protocol: 0x8100 }), 0, 7, 8, 0, ...IPV4],
    [...FROM_SENDER, 0x81, 0, 0, 7, 8, 0, ...IPV4],
  ],
  [
    'cooked, no sender',
    113,
    [...sll({ protocol: 0x86dd, addressLength: 0 }), ...IPV6],
    [...DEFAULT, 0x86, 0xdd, ...IPV6],
  ],
  ['cooked, IEEE 802.2', 113, [...sll({ protocol: 4 }), 0x42, 0x42, 3], [...FROM_SENDER, 0, 3, 0x42, 0x42, 3]],
  ['cooked v2', 276, [...sll2({ protocol: 0x0806 }), ...IPV4], [...FROM_SENDER, 8, 6, ...IPV4]],
  [
    'cooked v2, no sender',
    276,
    [...sll2({ protocol: 0x0800, addressLength: 8 }), ...IPV4],
    [...DEFAULT, 8, 0, ...IPV4],
  ],
] as const) {
  frames(`${name} (${linkType}), in pcap and pcapng`, async () => {
    const expected = { bytes: [...frame], originalLength: frame.length, seconds: 7, nanoseconds: 9000, port: 3 };
    const pcap = pcapFile({ linkWord: linkType }, [{ bytes: packet, seconds: 7, ticks: 9 }]);
    const pcapng = [
      ...sectionBlock(false),
      ...interfaceBlock(false, { linkType }),
      ...enhancedBlock(false, 0, 7_000_009n, packet),
    ];
    for (const file of [pcap, pcapng]) {
      const intake = new CaptureIntake();
      const { packets, error } = await readBytes(file, { ingressPort: 3 }, undefined, intake);
      assert.is(error, undefined);
      assert.equal(packets, [expected]);
      assert.is(intake.withoutEtherType, 0);
      const { links } = intake.account();
      assert.equal(
        links.map(({ packets: count, read }) => [count, read]),
        [[1, 'with an Ethernet header']],
      );
    }
  });
}

for (const [name, linkType, packet, kept] of [
  ['raw IP of no version', 101, [0x05, 1, 2], [0x05, 1, 2]],
  ['raw IP without a byte', 101, [], []],
  ["OpenBSD's loopback under the number of raw IP", 12, [0, 0, 0, 2, ...IPV4], [0, 0, 0, 2, ...IPV4]],
  ['cooked netlink', 113, [...sll({ device: 824, protocol: 0x0800 }), 1, 2], [1, 2]],
  ['cooked CAN', 276, [...sll2({ protocol: 0x000c }), 1, 2], [1, 2]],
  ['half a cooked header', 113, sll({ protocol: 0x0800 }).slice(0, 9), []],
] as const) {
  frames(`${name}: ether type 0xffff, counted`, async () => {
    const intake = new CaptureIntake();
    const file = pcapFile({ linkWord: linkType }, [{ bytes: packet, seconds: 0, ticks: 0 }]);
    const { packets } = await readBytes(file, {}, undefined, intake);
    assert.equal(itemAt(packets, 0).bytes.slice(12), [0xff, 0xff, ...kept]);
    assert.is(intake.withoutEtherType, 1);
    assert.match(intake.notes().missing.join(), /^1 packet of a protocol without an ether type/);
  });
}

frames('addresses by option take the place of all others', async () => {
  const linkAddresses = { source: Uint8Array.of(1, 2, 3, 4, 5, 6), destination: Uint8Array.of(6, 5, 4, 3, 2, 1) };
  for (const [linkType, packet] of [
    [101, IPV4],
    [113, [...sll({ protocol: 0x0800 }), ...IPV4]],
  ] as const) {
    const intake = new CaptureIntake({ linkAddresses });
    const file = pcapFile({ linkWord: linkType }, [{ bytes: packet, seconds: 0, ticks: 0 }]);
    const { packets } = await readBytes(file, {}, undefined, intake);
    assert.equal(itemAt(packets, 0).bytes, [6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 8, 0, ...IPV4]);
    assert.match(intake.notes().done.join(), /added, 01:02:03:04:05:06 > 06:05:04:03:02:01$/);
  }
});

frames('lengths: what was cut off stays cut off, and a batch that is full takes the packet later', async () => {
  const cookedBytes = [...sll({ protocol: 0x0800 }), ...IPV4];
  const records = [1, 2, 3].map((seconds) => ({ bytes: cookedBytes, originalLength: 1516, seconds, ticks: 0 }));
  const intake = new CaptureIntake();
  const file = pcapFile({ linkWord: 113 }, records);
  // One frame of 54 bytes fits, two do not.
  const { packets } = await readBytes(file, {}, createPacketBatch(3, 64), intake);
  assert.equal(
    packets.map(({ bytes, originalLength, seconds }) => [bytes.length, originalLength, seconds]),
    [1, 2, 3].map((seconds) => [14 + 40, 14 + 1500, seconds]),
  );
  assert.is(intake.account().links[0]?.packets, 3);
});
frames.run();

const mixed = suite('several link types');
const file = [
  ...sectionBlock(true),
  ...interfaceBlock(true),
  ...interfaceBlock(true, { linkType: 105 }),
  ...interfaceBlock(true, { linkType: 101, options: [[2, [...Buffer.from('port 5')]]] }),
  ...enhancedBlock(true, 0, 1n, someBytes(60)),
  ...enhancedBlock(true, 1, 2n, someBytes(70)),
  ...enhancedBlock(true, 2, 3n, IPV4),
  ...enhancedBlock(true, 1, 4n, someBytes(80)),
];

mixed('the first packet that cannot be read is an error, after those before it', async () => {
  const { packets, error } = await readBytes(file);
  assert.is(packets.length, 1);
  assert.is(error?.code, 'unsupported-link-type');
});

mixed('on request, packets of other link types are left out and counted', async () => {
  const intake = new CaptureIntake({ skipOtherLinks: true });
  const { packets, error } = await readBytes(file, { ingressPort: 9 }, undefined, intake);
  assert.is(error, undefined);
  assert.equal(
    packets.map(({ bytes, port }) => [bytes.length, port]),
    [
      [60, 9],
      [54, 5],
    ],
  );
  assert.equal(
    intake.account().links.map(({ linkType, packets: count, read }) => [linkType, count, read]),
    [
      [1, 1, 'as it is'],
      [101, 1, 'with an Ethernet header'],
      [105, 2, 'not'],
    ],
  );
  assert.equal(intake.notes().missing, ['2 packets of link type 105 (IEEE 802.11) skipped']);
});

mixed('a pcap of another link type then has no packets', async () => {
  const intake = new CaptureIntake({ skipOtherLinks: true });
  const other = pcapFile({ linkWord: 9 }, [{ bytes: someBytes(30), seconds: 1, ticks: 1 }]);
  const { packets, error } = await readBytes(other, {}, undefined, intake);
  assert.is(error, undefined);
  assert.equal(packets, []);
  assert.equal(intake.notes().missing, ['1 packet of link type 9 (PPP) skipped']);
});

mixed('packets of ports that the switch lacks are left out with a warning, also beyond 16 bits', async () => {
  const names = ['port 63', 'port 511', 'port 512', 'port 65535', 'port 99999'];
  const ports = [
    ...sectionBlock(true),
    ...names.flatMap((name) => interfaceBlock(true, { options: [[2, [...Buffer.from(name)]]] })),
    ...names.flatMap((_, i) => enhancedBlock(true, i, 0n, someBytes(60))),
    ...enhancedBlock(true, 2, 0n, someBytes(60)),
  ];
  const intake = new CaptureIntake({ ports: 512 });
  const { packets } = await readBytes(ports, {}, createPacketBatch(9, 9000), intake);
  assert.equal(
    packets.map(({ port }) => port),
    [63, 511],
  );
  assert.equal(
    intake.account().ports.map(({ port, packets: count, leftOut }) => [port, count, leftOut]),
    [
      [63, 1, false],
      [511, 1, false],
      [512, 2, true],
      [65_535, 1, true],
      [99_999, 1, true],
    ],
  );
  assert.equal(intake.notes().missing, ['4 packets skipped: the switch has no port 512, port 65535, port 99999']);
});

mixed.run();
