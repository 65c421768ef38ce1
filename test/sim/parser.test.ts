import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InterpretedParser, Phv } from '../../sim/index.js';
import { type FrameOptions, frame } from './frames.js';
import { dataPlane } from './test-switch.js';

const L5 = [1, 2, 3, 4];

/** The headers that the parser finds, with their places: `ethernet@0 ipv4@14`. */
function headersOf(bytes: Uint8Array, name = 'default'): string {
  const plane = dataPlane(name);
  const phv = new Phv(plane.headers.length);
  const start = 24;
  const buffer = new Uint8Array(start + bytes.length + 64).fill(0x45);
  buffer.set(bytes, start);
  phv.begin(buffer, start, start + bytes.length, 1);
  new InterpretedParser(plane).parse(phv);
  return plane.headers
    .map((header, i) => ({ name: header.name, at: (phv.headerStart[i] ?? -1) - start }))
    .filter(({ at }) => at >= 0)
    .map((header) => `${header.name}@${header.at}`)
    .join(' ');
}

const IPV4 = 'ethernet@0 ipv4@14';
const ROWS: readonly (readonly [name: string, options: FrameOptions, headers: string])[] = [
  ['Ethernet only', { payload: [1, 2] }, 'ethernet@0'],
  ['Ethernet and VLAN', { vlans: [100] }, 'ethernet@0 vlan@14'],
  ['a stack of VLAN tags: the first', { vlans: [100, 200], udp: {}, l5: L5 }, 'ethernet@0 vlan@14'],
  ['tunnel', { tunnel: 7, payload: [1] }, 'ethernet@0 tunnel@14'],
  ['tunnel behind VLAN', { vlans: [1], tunnel: 7 }, 'ethernet@0 vlan@14 tunnel@18'],
  ['IPv4, no transport', { ipv4: { protocol: 1 } }, IPV4],
  ['IPv4 behind VLAN', { vlans: [1], tcp: {} }, 'ethernet@0 vlan@14 ipv4@18 l4_port@38 tcp@42'],
  ['TCP', { tcp: {} }, `${IPV4} l4_port@34 tcp@38`],
  ['UDP, port not in the list', { udp: { dst: 53 }, l5: L5 }, `${IPV4} l4_port@34 udp@38`],
  ['UDP, source port in the list', { udp: { src: 7777, dst: 7776 }, l5: L5 }, `${IPV4} l4_port@34 udp@38`],
  ['TCP, port in the list', { tcp: { dst: 7777 }, l5: L5 }, `${IPV4} l4_port@34 tcp@38`],
  ...[7777, 7778, 8888, 9999].map(
    (dst) => [`UDP ${dst}`, { udp: { dst }, l5: L5 }, `${IPV4} l4_port@34 udp@38 l5@42`] as const,
  ),
  ...[7776, 7779, 8887, 9998, 0, 65535].map(
    (dst) => [`UDP ${dst}`, { udp: { dst }, l5: L5 }, `${IPV4} l4_port@34 udp@38`] as const,
  ),
  ['one option word', { ipv4: { ihl: 6 }, udp: {}, l5: L5 }, `${IPV4} l4_port@38 udp@42 l5@46`],
  ['the longest header', { ipv4: { ihl: 15 }, tcp: {} }, `${IPV4} l4_port@74 tcp@78`],
  ['IHL 4', { ipv4: { ihl: 4 }, udp: {} }, 'ethernet@0'],
  ['IHL 0', { ipv4: { ihl: 0 }, udp: {} }, 'ethernet@0'],
  ['version 6', { ipv4: { version: 6 }, udp: {} }, 'ethernet@0'],
  ['version 0', { ipv4: { version: 0 }, udp: {} }, 'ethernet@0'],
  ['a fragment with offset', { ipv4: { fragmentOffset: 1 }, udp: {}, l5: L5 }, IPV4],
  ['the last fragment, largest offset', { ipv4: { fragmentOffset: 0x1fff }, tcp: {} }, IPV4],
  [
    'the first fragment: more follow, offset 0',
    { ipv4: { fragmentOffset: 0x2000 }, tcp: {} },
    `${IPV4} l4_port@34 tcp@38`,
  ],
  ["don't fragment", { ipv4: { fragmentOffset: 0x4000 }, tcp: {} }, `${IPV4} l4_port@34 tcp@38`],
];
for (const [name, options, headers] of ROWS) {
  test(`default: ${name}`, () => assert.is(headersOf(frame(options)), headers));
}

const PUBLISHED_ROWS: typeof ROWS = [
  ['NetCache is not parsed', { udp: { dst: 7778 }, l5: L5 }, `${IPV4} l4_port@34 udp@38`],
  ['the cache is', { udp: { dst: 7777 }, l5: L5 }, `${IPV4} l4_port@34 udp@38 l5@42`],
  ['options are not skipped', { ipv4: { ihl: 6 }, tcp: {} }, `${IPV4} l4_port@34 tcp@38`],
  ['fragments have ports', { ipv4: { fragmentOffset: 9 }, tcp: {} }, `${IPV4} l4_port@34 tcp@38`],
];
for (const [name, options, headers] of PUBLISHED_ROWS) {
  test(`published: ${name}`, () => assert.is(headersOf(frame(options), 'published'), headers));
}

/** By the number of bytes from which on they are there. */
const TRUNCATED: readonly (readonly [
  options: FrameOptions,
  steps: readonly (readonly [from: number, headers: string])[],
])[] = [
  [
    { udp: {}, l5: L5, payload: [1, 2, 3] },
    [
      [0, ''],
      [14, 'ethernet@0'],
      [34, IPV4],
      [42, `${IPV4} l4_port@34 udp@38`],
      [58, `${IPV4} l4_port@34 udp@38 l5@42`],
    ],
  ],
  [
    { tcp: {} },
    [
      [0, ''],
      [14, 'ethernet@0'],
      [34, IPV4],
      [54, `${IPV4} l4_port@34 tcp@38`],
    ],
  ],
  [
    { vlans: [1], ipv4: { ihl: 8 }, udp: { dst: 1 } },
    [
      [0, ''],
      [14, 'ethernet@0'],
      [18, 'ethernet@0 vlan@14'],
      [50, 'ethernet@0 vlan@14 ipv4@18'],
      [58, 'ethernet@0 vlan@14 ipv4@18 l4_port@50 udp@54'],
    ],
  ],
  [
    { tunnel: 1 },
    [
      [0, ''],
      [14, 'ethernet@0'],
      [16, 'ethernet@0 tunnel@14'],
    ],
  ],
];
for (const [options, steps] of TRUNCATED) {
  test(`cut off at every byte: ${steps.at(-1)?.[1]}`, () => {
    const bytes = frame(options);
    for (let length = 0; length <= bytes.length; length++) {
      const expected = steps.filter(([from]) => from <= length).at(-1)?.[1];
      assert.is(headersOf(bytes.subarray(0, length)), expected, `${length} bytes`);
    }
  });
}

test.run();
