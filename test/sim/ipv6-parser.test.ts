/** What the parsers find in IPv6 packets: the interpreted and the compiled one, against a parser that is written here. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataPlane, DataPlaneError, dataPlaneFromJson } from '../../compiler/index.js';
import type { PacketParser } from '../../sim/blocks/parser.js';
import { CompiledParser } from '../../sim/engines/compiled/compiled-parser.js';
import { InterpretedParser, Phv } from '../../sim/index.js';
import { cases } from '../tiers.js';
import { type Extension, type Ipv6FrameOptions, ipv6Frame } from './ipv6-frames.js';
import { dataPlane } from './test-switch.js';

const EXTENDED = dataPlane('extended');
const CHIP = new DataPlane({ ...EXTENDED.description, name: 'chip', followsChip: true });

/** `ethernet@0 ipv6@14`, or `dropped` */
function headersOf(bytes: Uint8Array, plane: DataPlane, parser: PacketParser): string {
  const phv = new Phv(plane.headers.length);
  const start = 24;
  const buffer = new Uint8Array(start + bytes.length + 64).fill(0x3c);
  buffer.set(bytes, start);
  phv.begin(buffer, start, start + bytes.length, 1);
  parser.parse(phv);
  if (phv.dropped) return 'dropped';
  return plane.headers
    .map((header, i) => ({ name: header.name, at: (phv.headerStart[i] ?? -1) - start }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map((header) => `${header.name}@${header.at}`)
    .join(' ');
}

const PARSERS: readonly (readonly [string, DataPlane, PacketParser])[] = [
  ['interpreted', EXTENDED, new InterpretedParser(EXTENDED)],
  ['compiled', EXTENDED, new CompiledParser(EXTENDED)],
];
const CHIP_PARSERS: typeof PARSERS = [
  ['interpreted, as the chip', CHIP, new InterpretedParser(CHIP)],
  ['compiled, as the chip', CHIP, new CompiledParser(CHIP)],
];

const address = (last: number): number[] => [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), last];
const BASE: Ipv6FrameOptions = {
  source: address(1),
  destination: address(2),
  extensions: [],
  transport: 'tcp',
  payload: [1, 2, 3],
};
const extended = (kind: Extension['kind'], more: Partial<Extension> = {}): Extension => ({ kind, ...more });

const ROWS: readonly (readonly [name: string, options: Partial<Ipv6FrameOptions>, headers: string])[] = [
  ['TCP', {}, 'ethernet@0 ipv6@14 l4_port@54 tcp@58'],
  [
    'UDP and l5',
    { transport: 'udp', ports: [1, 7777], payload: address(3) },
    'ethernet@0 ipv6@14 l4_port@54 udp@58 l5@62',
  ],
  ['ICMPv6', { transport: 'icmpv6' }, 'ethernet@0 ipv6@14 icmpv6@54'],
  ['another protocol', { transport: 'other' }, 'ethernet@0 ipv6@14'],
  ['VLAN', { vlan: true }, 'ethernet@0 vlan@14 ipv6@18 l4_port@58 tcp@62'],
  ['hop-by-hop options', { extensions: [extended('hop-by-hop')] }, 'ethernet@0 ipv6@14 l4_port@62 tcp@66'],
  [
    'destination options of 24 bytes',
    { extensions: [extended('destination', { units: 2 })], transport: 'udp' },
    'ethernet@0 ipv6@14 l4_port@78 udp@82',
  ],
  [
    'an authentication header, whose unit is a word',
    { extensions: [extended('authentication', { units: 4 })] },
    'ethernet@0 ipv6@14 l4_port@78 tcp@82',
  ],
  [
    'a Routing header at its end',
    { extensions: [extended('routing', { units: 2 })] },
    'ethernet@0 ipv6@14 l4_port@78 tcp@82',
  ],
  [
    'a Routing header with segments left',
    { extensions: [extended('routing', { segmentsLeft: 1 })] },
    'ethernet@0 ipv6@14',
  ],
  [
    'the first fragment',
    { extensions: [extended('fragment', { moreFragments: true })] },
    'ethernet@0 ipv6@14 l4_port@62 tcp@66',
  ],
  ['a later fragment', { extensions: [extended('fragment', { fragmentOffset: 1 })] }, 'ethernet@0 ipv6@14'],
  ['the last fragment', { extensions: [extended('fragment', { fragmentOffset: 0x1fff })] }, 'ethernet@0 ipv6@14'],
  [
    'six extension headers',
    { extensions: new Array<Extension>(6).fill(extended('destination')) },
    'ethernet@0 ipv6@14 l4_port@102 tcp@106',
  ],
  ['seven of them', { extensions: new Array<Extension>(7).fill(extended('destination')) }, 'ethernet@0 ipv6@14'],
];
for (const [name, options, headers] of ROWS) {
  for (const [parser, plane, it] of [...PARSERS, ...CHIP_PARSERS]) {
    test(`${parser}: ${name}`, () => {
      assert.is(headersOf(ipv6Frame({ ...BASE, ...options }).bytes, plane, it), headers);
    });
  }
}

test('another version behind the ether type of IPv6 is no header', () => {
  const { bytes } = ipv6Frame(BASE);
  for (const version of [0, 4, 5, 7, 15]) {
    bytes[14] = (version << 4) | 3;
    for (const [, plane, parser] of PARSERS) assert.is(headersOf(bytes, plane, parser), 'ethernet@0');
  }
});

const extension = fc.record({
  kind: fc.constantFrom('hop-by-hop', 'routing', 'fragment', 'authentication', 'destination'),
  units: fc.nat(4),
  segmentsLeft: fc.constantFrom(0, 0, 0, 2),
  fragmentOffset: fc.constantFrom(0, 0, 0, 5),
  moreFragments: fc.boolean(),
});
const frames: fc.Arbitrary<Ipv6FrameOptions> = fc.record({
  source: fc.constant(address(1)),
  destination: fc.constant(address(2)),
  vlan: fc.boolean(),
  extensions: fc.array(extension, { maxLength: 8 }),
  transport: fc.constantFrom('tcp', 'udp', 'icmpv6', 'other'),
  ports: fc.constantFrom([5, 7777], [5, 80]),
  payload: fc.array(fc.nat(255), { maxLength: 24 }),
});

/** The headers of a frame that is cut at a length: by what it was made of. */
function expected(options: Ipv6FrameOptions, length: number, isChip: boolean): string {
  const ip = options.vlan === true ? 18 : 14;
  const found: string[] = [];
  const isThere = (name: string, at: number, bytes: number): boolean => {
    if (at + bytes > length) return false;
    found.push(`${name}@${at}`);
    return true;
  };
  const cut = (): string => (isChip ? 'dropped' : found.join(' '));
  if (!isThere('ethernet', 0, 14)) return cut();
  if (options.vlan === true && !isThere('vlan', 14, 4)) return cut();
  if (!isThere('ipv6', ip, 40)) return cut();
  let at = ip + 40;
  for (const [i, { kind, units = 0, segmentsLeft = 0, fragmentOffset = 0 }] of options.extensions.entries()) {
    if (i === 6) return found.join(' ');
    if (at + 8 > length) return cut();
    if (kind === 'routing' && segmentsLeft > 0) return found.join(' ');
    if (kind === 'fragment' && fragmentOffset > 0) return found.join(' ');
    const bytes = kind === 'fragment' ? 8 : kind === 'authentication' ? (units + 2) * 4 : (units + 1) * 8;
    if (at + bytes > length) return cut();
    at += bytes;
  }
  const { transport, ports = [0, 0] } = options;
  if (transport === 'other') return found.join(' ');
  if (transport === 'icmpv6') return isThere('icmpv6', at, 4) ? found.join(' ') : cut();
  const rest = transport === 'tcp' ? 16 : 4;
  if (at + 4 + rest > length) return cut();
  isThere('l4_port', at, 4);
  isThere(transport, at + 4, rest);
  if (transport === 'udp' && ports[1] === 7777 && !isThere('l5', at + 8, 16)) return cut();
  return found.join(' ');
}

for (const [name, plane, parser] of [...PARSERS, ...CHIP_PARSERS]) {
  test(`${name}: packets of any extension headers, cut anywhere`, () => {
    fc.assert(
      fc.property(frames, fc.nat(), (options, cut) => {
        const { bytes } = ipv6Frame(options);
        const length = cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length;
        assert.is(headersOf(bytes.subarray(0, length), plane, parser), expected(options, length, plane === CHIP));
      }),
      { numRuns: cases(400) },
    );
  });
}

test('a description says which headers a state skips, and is held to it', () => {
  const { skip, ...state } = EXTENDED.description.parser.states['ipv6'] ?? { extract: [] };
  const withSkip = (changed: object): DataPlane =>
    dataPlaneFromJson({
      extends: 'extended',
      name: 'mine',
      parser: { states: { ipv6: { ...state, skip: { ...skip, ...changed } } } },
    });
  assert.is(withSkip({ most: 3 }).description.parser.states['ipv6']?.skip?.most, 3);
  const problemOf = (changed: object): string => {
    try {
      withSkip(changed);
    } catch (error) {
      assert.instance(error, DataPlaneError);
      return (error as DataPlaneError).problems.join('\n');
    }
    return '';
  };
  assert.match(problemOf({ most: 17 }), /parser state ipv6: it skips 17 headers, not 1 to 16/);
  assert.match(problemOf({ headers: [{ value: 6, bytes: 8, unitBytes: 0 }] }), /a value stands for two headers/);
  assert.match(problemOf({ headers: [{ value: 256, bytes: 8, unitBytes: 0 }] }), /value 256 does not fit 8 bits/);
  assert.match(problemOf({ headers: [{ value: 0, bytes: 1, unitBytes: 0 }] }), /of 1 bytes/);
  const outside = { value: 0, bytes: 8, unitBytes: 0, only: { bitOffset: 60, width: 8, value: 0 } };
  assert.match(problemOf({ headers: [outside] }), /bits 60 to 67 are not within a header of 8 bytes/);
});

test.run();
