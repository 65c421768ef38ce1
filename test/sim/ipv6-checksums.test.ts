/** Checksums of what leaves, computed from scratch. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../tiers.js';
import { completeFrames, hasRightChecksum, ipv6Frame, ipv6Switch, REWRITE } from './ipv6-frames.js';

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

test.run();
