import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { itemAt } from '../item-at.js';
import {
  ByteBuilder,
  block,
  enhancedBlock,
  interfaceBlock,
  readBytes,
  sectionBlock,
  someBytes,
} from './capture-bytes.js';

const SECONDS = 1_700_000_000;
const NANOSECONDS = 123_456_789;

/** Ticks of a resolution at SECONDS and NANOSECONDS, rounded down. */
const ticksAt = (perSecond: bigint): bigint =>
  BigInt(SECONDS) * perSecond + (BigInt(NANOSECONDS) * perSecond) / 1_000_000_000n;

const resolutions = suite('pcapng time stamps');
for (const little of [true, false]) {
  for (const [name, resolution, perSecond, nanoseconds] of [
    ['default µs', undefined, 10n ** 6n, 123_456_000],
    ['seconds', 0, 1n, 0],
    ['ms', 3, 10n ** 3n, 123_000_000],
    ['ns', 9, 10n ** 9n, 123_456_789],
    ['10^-10 s, finer than a nanosecond', 10, 10n ** 10n, 123_456_789],
    ['2^-10', 0x80 | 10, 2n ** 10n, 123_046_875],
    ['2^-32', 0x80 | 32, 2n ** 32n, 123_456_788],
  ] as const) {
    resolutions(`${name}, ${little ? 'little' : 'big'}-endian`, async () => {
      const options = resolution === undefined ? [] : [[9, [resolution]] as const];
      const file = [
        ...sectionBlock(little),
        ...interfaceBlock(little, { options }),
        ...enhancedBlock(little, 0, ticksAt(perSecond), someBytes(61)),
      ];
      const { packets, error } = await readBytes(file, { ingressPort: 4 });
      const expected = { bytes: someBytes(61), originalLength: 61, seconds: SECONDS, nanoseconds, port: 4 };
      assert.is(error, undefined);
      assert.equal(packets, [expected]);
    });
  }
  resolutions(`offset of −5 s, ${little ? 'little' : 'big'}-endian`, async () => {
    const minusFive = little ? [0xfb, 255, 255, 255, 255, 255, 255, 255] : [255, 255, 255, 255, 255, 255, 255, 0xfb];
    const file = [
      ...sectionBlock(little),
      ...interfaceBlock(little, { options: [[14, minusFive]] }),
      ...enhancedBlock(little, 0, 7_000_001n, someBytes(60)),
    ];
    const { packets } = await readBytes(file);
    assert.is(itemAt(packets, 0).seconds, 2);
    assert.is(itemAt(packets, 0).nanoseconds, 1000);
  });
}
resolutions.run();

const blocks = suite('pcapng blocks');
for (const little of [true, false]) {
  const order = little ? 'little' : 'big';
  blocks(`two interfaces with different resolutions, ${order}-endian`, async () => {
    const file = [
      ...sectionBlock(little),
      ...interfaceBlock(little),
      ...interfaceBlock(little, { options: [[9, [9]]] }),
      ...enhancedBlock(little, 1, 3_000_000_007n, someBytes(60, 1)),
      ...enhancedBlock(little, 0, 4_000_008n, someBytes(63, 2)),
    ];
    const { packets } = await readBytes(file);
    assert.equal(
      packets.map(({ seconds, nanoseconds }) => [seconds, nanoseconds]),
      [
        [3, 7],
        [4, 8000],
      ],
    );
  });

  blocks(`simple and obsolete packets, unknown blocks between, ${order}-endian`, async () => {
    const simple = new ByteBuilder(little).u32(100).raw(someBytes(61));
    const obsolete = new ByteBuilder(little).u16(0, 9).u32(0, 2_000_001, 61, 1500).raw(someBytes(61, 3));
    const file = [
      ...sectionBlock(little),
      ...block(little, 0x0bad, someBytes(2_000_000)),
      ...interfaceBlock(little, { snapBytes: 61 }),
      ...block(little, 5, someBytes(20)),
      ...block(little, 3, simple.bytes),
      ...block(little, 0x80000001, []),
      ...block(little, 2, obsolete.bytes),
    ];
    const { packets, error } = await readBytes(file);
    assert.is(error, undefined);
    assert.equal(packets, [
      { bytes: someBytes(61), originalLength: 100, seconds: 0, nanoseconds: 0, port: 0 },
      { bytes: someBytes(61, 3), originalLength: 1500, seconds: 2, nanoseconds: 1000, port: 0 },
    ]);
  });
}

blocks('sections of either byte order, each with interfaces of its own', async () => {
  const file = [
    ...sectionBlock(true),
    ...interfaceBlock(true, { options: [[9, [0]]] }),
    ...enhancedBlock(true, 0, 5n, someBytes(60)),
    ...sectionBlock(false),
    ...interfaceBlock(false, { options: [[9, [3]]] }),
    ...enhancedBlock(false, 0, 5n, someBytes(60)),
  ];
  const { packets } = await readBytes(file);
  assert.equal(
    packets.map(({ seconds, nanoseconds }) => [seconds, nanoseconds]),
    [
      [5, 0],
      [0, 5_000_000],
    ],
  );
});

for (const [name, length] of [
  ['bytes', 4],
  ['bits', 32],
] as const) {
  blocks(`frame check length in ${name}`, async () => {
    const file = [
      ...sectionBlock(true),
      ...interfaceBlock(true, { options: [[13, [length]]] }),
      ...enhancedBlock(true, 0, 0n, someBytes(64)),
    ];
    assert.equal(itemAt((await readBytes(file)).packets, 0).bytes, someBytes(60));
  });
}
blocks.run();

const refusals = suite('pcapng refusals');
const start = [...sectionBlock(true), ...interfaceBlock(true)];
const packet = enhancedBlock(true, 0, 0n, someBytes(60));
/** The packet block with one 32-bit word of it replaced. */
const withWord = (at: number, value: number): number[] => [
  ...packet.slice(0, at),
  ...new ByteBuilder(true).u32(value).bytes,
  ...packet.slice(at + 4),
];
for (const [name, file, code, packetsBefore] of [
  ['an interface never described', [...start, ...packet, ...withWord(8, 1)], 'corrupt', 1],
  ['lengths that differ', [...start, ...packet, ...withWord(packet.length - 4, 96)], 'corrupt', 1],
  ['a length that is no multiple of four', [...start, ...withWord(4, 93)], 'corrupt', 0],
  ['a length below a block’s own', [...start, ...withWord(4, 8)], 'corrupt', 0],
  ['an absurd block length', [...start, ...withWord(4, 0xfffffff0)], 'corrupt', 0],
  ['an absurd packet length', [...start, ...packet, ...withWord(20, 0x7fffffff)], 'corrupt', 1],
  ['a packet that does not fit its block', [...start, ...withWord(20, 61)], 'corrupt', 0],
  ['an option past its block', [...start, ...block(true, 1, [1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 99, 0])], 'corrupt', 0],
  [
    'a second section without byte order',
    [...start, ...packet, ...block(true, 0x0a0d0d0a, Array(16).fill(0))],
    'corrupt',
    1,
  ],
  [
    'a packet of another link type',
    [...start, ...interfaceBlock(true, { linkType: 105 }), ...packet, ...withWord(8, 1)],
    'unsupported-link-type',
    1,
  ],
  [
    'an unused interface of another link type',
    [...start, ...interfaceBlock(true, { linkType: 105 }), ...packet],
    undefined,
    1,
  ],
] as const) {
  refusals(name, async () => {
    const { packets, error } = await readBytes(file);
    assert.is(error?.code, code);
    assert.is(packets.length, packetsBefore);
  });
}
refusals.run();
