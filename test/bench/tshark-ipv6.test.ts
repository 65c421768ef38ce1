/** What tshark says of IPv6 packets that a switch has changed. */
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeCapture } from '../../bench/verify/replay/captured-packets.js';
import { withFolder } from '../command-line.js';
import { testWith } from '../external.js';
import { completeFrames, ipv6Frame, ipv6Switch, REWRITE } from '../sim/ipv6-frames.js';
import { badPacketsOf, fieldCounts, TSHARK } from './tshark.js';

const PACKETS = 300;
const captured = (frames: readonly Uint8Array[]) =>
  frames.map((bytes) => ({ bytes, originalLength: bytes.length, port: 3, timeSeconds: 0, timeNanoseconds: 0 }));

testWith(TSHARK, 'tshark finds nothing wrong with IPv6 packets whose addresses a program has changed', () =>
  withFolder(async (folder) => {
    const rewriting = ipv6Switch(REWRITE);
    const frames = fc.sample(completeFrames, { numRuns: PACKETS, seed: 6 }).map((options) => ipv6Frame(options).bytes);
    const left = frames.map((bytes) => rewriting.send(bytes).bytes);
    const write = (name: string, packets: readonly Uint8Array[]): string => {
      const file = join(folder, name);
      writeCapture(file, captured(packets));
      return file;
    };
    const after = write('after.pcapng', left);
    // All of them were looked at: each has a checksum that tshark calls good.
    const statuses = ['tcp', 'udp', 'icmpv6'].map((protocol) => `${protocol}.checksum.status`);
    const good = fieldCounts(after, statuses).map((counts) => counts.get('1') ?? 0);
    assert.is(
      good.reduce((sum, count) => sum + count, 0),
      PACKETS,
    );
    assert.ok(good.every((count) => count > PACKETS / 10));
    const wrong = left.map((bytes, i) => {
      if (i !== 7) return bytes;
      const changed = bytes.slice();
      const ip = changed[12] === 0x81 ? 18 : 14;
      changed[ip + 20] = (changed[ip + 20] ?? 0) ^ 1;
      return changed;
    });
    const faulty = write('wrong.pcapng', wrong);
    assert.equal(await badPacketsOf(folder, [write('before.pcapng', frames), after, faulty]), [`${faulty}: 8`]);
  }),
);

test.run();
