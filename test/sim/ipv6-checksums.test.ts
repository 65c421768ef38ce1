/** Checksums of what leaves, computed from scratch. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../tiers.js';
import {
  completeFrames,
  type Extension,
  hasRightChecksum,
  type Ipv6FrameOptions,
  ipv6Frame,
  ipv6Switch,
  REWRITE,
} from './ipv6-frames.js';

const TURN = 'program turn(<hdr.ipv6.src, 2000::/8>) { RETURN; }';

for (const engine of ['compiled', 'interpreted'] as const) {
  const rewriting = ipv6Switch(REWRITE, engine);
  test(`${engine}: checksums are right behind changes of addresses, ports, sequence numbers, windows and words of requests`, () => {
    fc.assert(
      fc.property(completeFrames, (options) => {
        const { bytes } = ipv6Frame(options);
        assert.ok(hasRightChecksum(bytes, options), 'of the packet that comes');
        const { bytes: after, port } = rewriting.send(bytes);
        assert.is(port, 3);
        const ip = options.vlan === true ? 18 : 14;
        assert.is(after[ip + 7], 63, 'hop limit');
        assert.is(after[ip + 1], ((63 & 15) << 4) | 0xc, 'traffic class, beside the flow label');
        assert.equal(after.subarray(ip + 8, ip + 12), after.subarray(ip + 32, ip + 36));
        assert.not.equal(after.subarray(ip + 8), bytes.subarray(ip + 8));
        assert.ok(hasRightChecksum(after, options), 'of the packet that leaves');
      }),
      { numRuns: cases(200) },
    );
  });

  test(`${engine}: a UDP checksum of 0 stays 0, and a wrong one stays wrong by as much`, () => {
    fc.assert(
      fc.property(completeFrames, (options) => {
        const { bytes, segment } = ipv6Frame({ ...options, transport: 'udp', withoutChecksum: true });
        const { bytes: after } = rewriting.send(bytes);
        assert.equal([...after.subarray(segment + 6, segment + 8)], [0, 0]);
        const wrong = ipv6Frame(options).bytes;
        wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 0x10;
        assert.not(hasRightChecksum(rewriting.send(wrong).bytes, options));
      }),
      { numRuns: cases(100) },
    );
  });

  test(`${engine}: RETURN swaps addresses, which leaves checksums right`, () => {
    const turning = ipv6Switch(TURN, engine);
    fc.assert(
      fc.property(completeFrames, (options) => {
        const { bytes } = ipv6Frame(options);
        const { bytes: after, port } = turning.send(bytes);
        assert.is(port, 1);
        const swapped = ipv6Frame({ ...options, source: options.destination, destination: options.source }).bytes;
        assert.equal(after.subarray(12), swapped.subarray(12));
        assert.equal([...after.subarray(0, 12)], [...bytes.subarray(6, 12), ...bytes.subarray(0, 6)]);
      }),
      { numRuns: cases(100) },
    );
  });
}

const ADDRESS = 'program address(<hdr.ipv6.dst, ::/0>) { LOADI(har, 77); MODIFY(hdr.ipv6.dst[3], har); FORWARD(1); }';
const frameBehind = (extensions: readonly Extension[]): Ipv6FrameOptions => ({
  source: [0x20, ...new Array<number>(15).fill(1)],
  destination: [0x20, ...new Array<number>(15).fill(2)],
  extensions,
  transport: 'udp',
  payload: [1, 2, 3, 4],
});

test('the checksum of a header that the parser does not come to stays as it is', () => {
  const changing = ipv6Switch(ADDRESS);
  const options = (count: number): Extension[] => new Array<Extension>(count).fill({ kind: 'destination' });
  for (const [extensions, follows] of [
    [options(6), true],
    [options(7), false],
    [[{ kind: 'routing', segmentsLeft: 1 }], false],
  ] as const) {
    const frame = frameBehind(extensions);
    const { bytes, segment } = ipv6Frame(frame);
    const { bytes: after, port } = changing.send(bytes);
    assert.is(port, 1);
    assert.equal([...after.subarray(50, 54)], [0, 0, 0, 77]);
    assert.is(hasRightChecksum(after, frame), follows);
    if (!follows) assert.equal(after.subarray(segment), bytes.subarray(segment));
  }
});

test.run();
