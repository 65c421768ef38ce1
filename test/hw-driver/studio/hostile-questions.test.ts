/** Questions with numbers and texts that nobody means: each is answered or refused with a sentence, and none breaks. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureOf, SessionError } from '../../../hw-driver/studio/session/failure.js';
import type { StudioQuestion } from '../../../hw-driver/studio/session/protocol.js';
import { StudioSession } from '../../../hw-driver/studio/session/session.js';
import { sampleSource } from '../../compiler/support.js';
import { cases } from '../../tiers.js';

const CMS = sampleSource('cms');
const PACKETS = 12;
const working = { progress: () => undefined, signal: new AbortController().signal };

const number = fc.constantFrom(0, 1, 5, 11, 12, 13, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, 2 ** 32);
const text = fc.constantFrom(
  'cms',
  'row1',
  '',
  'x',
  CMS,
  'program',
  'constructor',
  '__proto__',
  '<hdr.ipv4.dst, 1, 1>',
);
const condition = fc.constantFrom(
  'verdict = dropped',
  'writes cms.row1[3]',
  'cms.row1[9999999999] > 0',
  'passes > 9e9',
  '',
);
const memory = fc.record({ program: fc.oneof(fc.constant('cms'), text), memory: fc.oneof(fc.constant('row1'), text) });
const word = memory.chain((names) => number.map((bucket) => ({ ...names, bucket })));

const event = fc.oneof(
  fc.record({
    packet: number,
    kind: fc.constantFrom('deploy' as const, 'replace' as const, 'cases' as const),
    program: fc.oneof(fc.constant('cms'), text),
    text,
    recirculations: number,
    filterPriority: number,
  }),
  fc.record({ packet: number, kind: fc.constant('revoke' as const), program: text }),
  fc
    .record({ packet: number, names: memory, bucket: number, values: fc.array(number, { maxLength: 3 }) })
    .map(({ names, ...others }) => ({ kind: 'write' as const, ...names, ...others })),
);

const question: fc.Arbitrary<StudioQuestion> = fc.oneof(
  fc.record({ kind: fc.constant('rows' as const), from: number, count: number }),
  fc.record({ kind: fc.constantFrom('row-of' as const, 'packet' as const, 'packet-time' as const), packet: number }),
  fc.record({ kind: fc.constantFrom('switch' as const, 'counters' as const, 'memories' as const), at: number }),
  fc.record({ kind: fc.constant('explain' as const), at: number, text, recirculations: number }),
  memory.chain((names) =>
    fc.record({ kind: fc.constant('memory' as const), at: number, from: number, buckets: number }).map((ask) => ({
      ...ask,
      ...names,
    })),
  ),
  fc.record({ kind: fc.constant('word-writes' as const), at: number, word, from: number, count: number }),
  fc.record({
    kind: fc.constant('next-write' as const),
    at: number,
    word,
    direction: fc.constantFrom('before' as const, 'after' as const),
  }),
  fc.record({ kind: fc.constant('overview' as const), from: number, to: number, bins: number }),
  fc.record({
    kind: fc.constant('capture' as const),
    which: fc.constantFrom('arrived' as const, 'left' as const),
    format: fc.constantFrom('pcap' as const, 'pcapng' as const),
    from: number,
    to: number,
  }),
  fc.record({ kind: fc.constant('make-event' as const), event }),
  fc.record({ kind: fc.constant('remove-events' as const), ids: fc.array(number, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('move-event' as const), id: number, packet: number }),
  fc.record({ kind: fc.constant('run' as const), to: number }),
  fc.record({ kind: fc.constant('filter-rows' as const), filter: fc.record({ text, minPasses: number }) }),
  fc.record({
    kind: fc.constant('search' as const),
    at: number,
    condition,
    direction: fc.constantFrom('forwards' as const, 'backwards' as const),
  }),
  fc.record({ kind: fc.constant('compare' as const), program: fc.constant('cms'), text, at: number }),
  fc.record({ kind: fc.constantFrom('compared-packet' as const, 'compared-outcomes' as const), packet: number }),
  fc.record({
    kind: fc.constant('timing' as const),
    bins: number,
    packetsPerSecond: number,
    portBitsPerSecond: number,
    queueBytes: number,
  }),
  fc.record({ kind: fc.constant('packet-at-time' as const), nanoseconds: number }),
  fc.record({ kind: fc.constant('open' as const), dataPlane: text, seed: number }),
);

async function newSession(): Promise<StudioSession> {
  const session = new StudioSession();
  const packets = Array.from({ length: PACKETS }, (_, i) => `ipv4.dst=10.0.0.${i} udp.dst_port=${i} port=4`);
  await session.ask({ kind: 'add-packets', origin: { kind: 'made', packets } }, working);
  await session.ask({ kind: 'make-event', event: { packet: 0, kind: 'deploy', program: 'cms', text: CMS } }, working);
  await session.ask({ kind: 'run' }, working);
  return session;
}

test('questions of any numbers are answered or refused with a sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 10, maxLength: 20 }), async (questions) => {
      const session = await newSession();
      for (const each of questions) {
        try {
          await session.ask(each, working);
        } catch (error) {
          const { code, message } = failureOf(error);
          assert.is.not(code, 'broken', `${message}: ${each.kind}`);
          assert.ok(message.length > 5 || error instanceof SessionError);
        }
      }
      assert.ok((await session.ask({ kind: 'timeline' }, working)).ran <= PACKETS);
    }),
    { numRuns: cases(30) },
  );
});

test.run();
