/** Frames with IPv6 (RFC 8200, 4302, 4443), with lengths and checksums that are computed here from scratch. */
import fc from 'fast-check';
import { must } from '../../compiler/data-plane/must.js';
import { analyse, link, lower, SwitchState } from '../../compiler/index.js';
import type { EngineName } from '../../sim/index.js';
import { dataPlane, TestSwitch } from './test-switch.js';

export interface Extension {
  readonly kind: 'hop-by-hop' | 'routing' | 'fragment' | 'authentication' | 'destination';
  /** Units of its length field. */
  readonly units?: number;
  readonly segmentsLeft?: number;
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
}

export interface Ipv6FrameOptions {
  readonly vlan?: boolean;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly extensions: readonly Extension[];
  /** Behind the extension headers; `other` is a protocol that is not parsed. */
  readonly transport: 'tcp' | 'udp' | 'icmpv6' | 'other';
  readonly ports?: readonly [source: number, destination: number];
  readonly payload: readonly number[];
  readonly withoutChecksum?: boolean;
}

const NUMBERS = { 'hop-by-hop': 0, routing: 43, fragment: 44, authentication: 51, destination: 60 } as const;
const TRANSPORTS = { tcp: 6, udp: 17, icmpv6: 58, other: 103 } as const;
const CHECKSUM_OFFSET = { tcp: 16, udp: 6, icmpv6: 2, other: undefined } as const;

const word16 = (value: number): number[] => [value >>> 8, value & 255];

/** Bytes of a length of units, filled as tools expect it. */
function extensionBytes({ kind, units = 0, segmentsLeft = 0, fragmentOffset = 0, moreFragments }: Extension): number[] {
  switch (kind) {
    case 'fragment':
      return [0, 0, ...word16((fragmentOffset << 3) | (moreFragments === true ? 1 : 0)), 0, 0, 0, 7];
    case 'authentication':
      return [0, units, 0, 0, ...new Array<number>(4 + 4 * units).fill(9)];
    case 'routing':
      return [0, units, 0, segmentsLeft, ...new Array<number>(4 + 8 * units).fill(0)];
    default: {
      // The option PadN.
      const rest = 4 + 8 * units;
      return [0, units, 1, rest, ...new Array<number>(rest).fill(0)];
    }
  }
}

/** A frame, and where its transport header starts. */
export interface Ipv6Frame {
  readonly bytes: Uint8Array;
  readonly segment: number;
}

export function ipv6Frame(options: Ipv6FrameOptions): Ipv6Frame {
  const { source, destination, extensions, transport } = options;
  const chain = extensions.map((extension) => ({ number: NUMBERS[extension.kind], bytes: extensionBytes(extension) }));
  const numbers = [...chain.map(({ number }) => number), TRANSPORTS[transport]];
  const following = chain.flatMap(({ bytes }, i) => [numbers[i + 1] ?? 0, ...bytes.slice(1)]);
  const segment = segmentBytes(options);
  const length = following.length + segment.length;
  const tag = options.vlan === true ? [0x81, 0x00, 0x00, 0x64] : [];
  const head = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...tag, 0x86, 0xdd];
  const fixed = [0x6a, 0xbc, 0xde, 0xf1, ...word16(length), numbers[0] ?? 0, 64, ...source, ...destination];
  const start = head.length + fixed.length + following.length;
  const bytes = Uint8Array.from([...head, ...fixed, ...following, ...segment]);
  const at = CHECKSUM_OFFSET[transport];
  if (at !== undefined && options.withoutChecksum !== true) {
    const checksum = checksumOf(bytes, head.length, start, TRANSPORTS[transport]);
    bytes.set(word16(transport === 'udp' && checksum === 0 ? 0xffff : checksum), start + at);
  }
  return { bytes, segment: start };
}

function segmentBytes({ transport, ports: [source, destination] = [1234, 80], payload }: Ipv6FrameOptions): number[] {
  const ports = [...word16(source), ...word16(destination)];
  switch (transport) {
    case 'tcp':
      return [...ports, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0, ...payload];
    case 'udp':
      return [...ports, ...word16(8 + payload.length), 0, 0, ...payload];
    case 'icmpv6':
      return [128, 0, 0, 0, 0, 1, 0, 1, ...payload];
    default:
      return [...payload];
  }
}

/** The checksum over pseudo header and segment (RFC 8200, section 8.1), of a segment with any checksum field: 0 if right. */
export function checksumOf(bytes: Uint8Array, ipv6: number, segment: number, protocol: number): number {
  const length = bytes.length - segment;
  const covered = [
    ...bytes.subarray(ipv6 + 8, ipv6 + 40),
    ...word16(length),
    0,
    protocol,
    ...bytes.subarray(segment),
    0,
  ];
  let sum = 0;
  for (let i = 0; i + 1 < covered.length; i += 2) sum += (covered[i] ?? 0) * 256 + (covered[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** Whether the checksum of a frame is right, where it has one. */
export function hasRightChecksum(bytes: Uint8Array, { vlan, transport, extensions }: Ipv6FrameOptions): boolean {
  const ipv6 = vlan === true ? 18 : 14;
  const segment = extensions.reduce((at, extension) => at + extensionBytes(extension).length, ipv6 + 40);
  return transport === 'other' || checksumOf(bytes, ipv6, segment, TRANSPORTS[transport]) === 0;
}

const extension: fc.Arbitrary<Extension> = fc.record({
  kind: fc.constantFrom('hop-by-hop', 'routing', 'fragment', 'authentication', 'destination'),
  units: fc.constantFrom(2, 4),
  moreFragments: fc.constant(false),
});
const address = fc.array(fc.nat(255), { minLength: 15, maxLength: 15 }).map((bytes) => [0x20, ...bytes]);

/** Frames of all transports that have ports or a type, complete, with at most the extension headers that are skipped. */
export const completeFrames: fc.Arbitrary<Ipv6FrameOptions> = fc.record({
  vlan: fc.boolean(),
  source: address,
  destination: address,
  extensions: fc.uniqueArray(extension, { maxLength: 4, selector: ({ kind }) => kind }).map(inOrder),
  transport: fc.constantFrom('tcp', 'udp', 'icmpv6'),
  ports: fc.tuple(fc.integer({ min: 40_002, max: 40_500 }), fc.constantFrom(40_001, 7777)),
  // Zeros in front, so that tools guess no protocol.
  payload: fc.array(fc.nat(255), { minLength: 12, maxLength: 36 }).map((bytes) => [0, 0, 0, 0, ...bytes]),
  withoutChecksum: fc.constant(false),
});

/** Hop-by-Hop Options stand first (RFC 8200, section 4.1). */
function inOrder(extensions: readonly Extension[]): Extension[] {
  const order = ['hop-by-hop', 'routing', 'fragment', 'authentication', 'destination'];
  return [...extensions].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Changes what the checksums of TCP, UDP and ICMPv6 cover, and what they do not. */
export const REWRITE = `
program rewrite(<hdr.ipv6.dst, ::/0>) {
  EXTRACT(hdr.ipv6.src[3], sar);
  ADDI(sar, 0x89abcdef);
  MODIFY(hdr.ipv6.src[3], sar);
  MODIFY(hdr.ipv6.dst[1], sar);
  EXTRACT(hdr.ipv6.dst[2], mar);
  MODIFY(hdr.ipv6.src[0], mar);
  EXTRACT(hdr.ipv6.hop_limit, har);
  SUBI(har, 1);
  MODIFY(hdr.ipv6.hop_limit, har);
  MODIFY(hdr.ipv6.traffic_class, har);
  MODIFY(hdr.tcp.window, sar);
  MODIFY(hdr.tcp.seq_no, sar);
  MODIFY(hdr.l4_port.src_port, sar);
  MODIFY(hdr.l5.key3, sar);
  FORWARD(3);
}
`;

/** A switch of `extended` that runs the only program of a text. */
export function ipv6Switch(source: string, engine?: EngineName): TestSwitch {
  const plane = dataPlane('extended');
  const { programs, hasErrors, diagnostics, sourceHash } = analyse(source, plane);
  if (hasErrors) throw new Error(JSON.stringify(diagnostics, null, 1));
  const compiled = link(lower(must(programs[0], 'program'), plane, 1), new SwitchState(plane), sourceHash);
  return new TestSwitch(plane, engine).insert(...compiled.entries);
}
