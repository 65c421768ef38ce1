/** Frames that hosts change: addresses, values, and checksums that stay right. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ECHO } from '../../../bench/network/hosts/echo.js';
import { sendFrom } from '../../../bench/network/hosts/frame-addresses.js';
import type { HostType } from '../../../bench/network/hosts/host-type.js';
import { answeringFromText } from '../../../bench/network/hosts/index.js';
import { KEY_VALUE, valueOfKey } from '../../../bench/network/hosts/key-value.js';
import type { HostOutlet } from '../../../sim/network/index.js';
import { appendPacketBytes, createPacketBatch, packetBytes } from '../../../traces/index.js';
import { frame } from '../../sim/frames.js';
import { cases } from '../../tiers.js';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const port = fc.integer({ min: 0, max: 2 ** 16 - 1 });

/** What a process answers to some frames, in order; its clock goes on by a second each. */
function answers(type: HostType, values: Record<string, number>, frames: readonly Uint8Array[]): Uint8Array[] {
  const host = type.make(values, 1);
  const sent: Uint8Array[] = [];
  let nowPs = 0;
  const outlet: HostOutlet = {
    get nowPs() {
      return nowPs;
    },
    isOwn: () => false,
    send: () => assert.unreachable(),
    answer: (batch, i) => sent.push(packetBytes(batch, i).slice()),
    refuse: () => assert.unreachable(),
  };
  for (const bytes of frames) {
    const batch = createPacketBatch(1, 4096);
    appendPacketBytes(batch, bytes);
    host.receive(batch, 0, outlet);
    while (host.nextPs < Number.POSITIVE_INFINITY) {
      nowPs = host.nextPs;
      host.act(outlet);
    }
    nowPs += 1e12;
  }
  return sent;
}

const KV = { servicens: 1000, queue: 10, random: 0 };

test('an answer is the frame that its sender would get: ends exchanged, the value in it, checksums right', () => {
  fc.assert(
    fc.property(word, word, port, port, word, fc.boolean(), (src, dst, from, to, key, hasSum) => {
      const udp = (source: number, destination: number) => ({
        ...{ src: source, dst: destination },
        ...(hasSum ? {} : { checksum: 'none' as const }),
      });
      const request = frame({ ipv4: { src, dst }, udp: udp(from, to), l5: [1, key, 0, 0] });
      const [answer] = answers(KEY_VALUE, KV, [request]);
      const expected = frame({ ipv4: { src: dst, dst: src }, udp: udp(to, from), l5: [1, key, 0, valueOfKey(key)] });
      // `frame` has the same Ethernet addresses always.
      assert.equal([...(answer ?? []).slice(12)], [...expected.slice(12)]);
      assert.equal([...(answer ?? []).slice(0, 6)], [...request.slice(6, 12)]);
    }),
    { numRuns: cases(200) },
  );
});

test('what is written is read', () => {
  const request = (op: number, value: number): Uint8Array =>
    frame({ udp: { src: 1, dst: 7777 }, l5: [op, 5, 0, value] });
  const [, , read] = answers(KEY_VALUE, KV, [request(1, 0), request(2, 0x1234_5678), request(1, 0)]);
  assert.equal([...(read ?? []).slice(54, 58)], [0x12, 0x34, 0x56, 0x78]);
});

test('an echo exchanges the ends of TCP and UDP; frames without IPv4, and short ones, keep the rest', () => {
  const tcp = frame({ ipv4: { src: 1, dst: 2 }, tcp: { src: 3, dst: 4 } });
  const [answer] = answers(ECHO, {}, [tcp]);
  assert.equal(
    [...(answer ?? []).slice(12)],
    [...frame({ ipv4: { src: 2, dst: 1 }, tcp: { src: 4, dst: 3 } }).slice(12)],
  );
  const other = frame({ payload: [1, 2, 3] });
  const [same] = answers(ECHO, {}, [other]);
  assert.equal([...(same ?? []).slice(12)], [...other.slice(12)]);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (bytes) => {
      for (const [type, values] of [[ECHO, {}] as const, [KEY_VALUE, KV] as const]) {
        const [sent] = answers(type, { ...values }, [bytes]);
        assert.is(sent?.length, bytes.length);
      }
    }),
    { numRuns: cases(200) },
  );
});

test('a sender with an address of its own has right checksums', () => {
  fc.assert(
    fc.property(word, word, fc.boolean(), (before, address, isTcp) => {
      const made = (src: number): Uint8Array =>
        frame({ ipv4: { src }, ...(isTcp ? { tcp: { src: 5, dst: 6 } } : { udp: { src: 5, dst: 6 } }), payload: [9] });
      const bytes = made(before);
      sendFrom(bytes, address);
      assert.equal([...bytes], [...made(address)]);
    }),
    { numRuns: cases(200) },
  );
});

test('types of hosts by their texts', () => {
  assert.equal(answeringFromText('key-value:queue=5'), {
    type: 'key-value',
    values: { servicens: 1000, queue: 5, random: 0 },
  });
  assert.equal(answeringFromText('./mine.mjs'), { module: './mine.mjs' });
  for (const [text, problem] of [
    ['key-value:queue', /'queue' is not of the form name=number/],
    ['key-value:queue=1,queue=2', /queue is given more than once/],
    ['echo:delay=1', /echo has no 'delay'; it has no parameters/],
    ['key-value:queue=0.5', /0.5 is not a whole number from 1 to 1000000 requests/],
  ] as const) {
    assert.match(JSON.stringify(answeringFromText(text)), problem);
  }
});

test.run();
