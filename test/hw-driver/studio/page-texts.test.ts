/** What the page writes of packets: headers from their bytes, numbers, times. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldText } from '../../../compiler/data-plane/field-text.js';
import { must } from '../../../compiler/index.js';
import { bitsOf, decoded } from '../../../hw-driver/studio/page/panes/packet/decode.js';
import { byteText, counted, grouped, hexWord } from '../../../hw-driver/studio/page/state/format.js';
import { secondsSince } from '../../../hw-driver/studio/page/state/time-text.js';
import { verdictText } from '../../../hw-driver/studio/page/state/verdicts.js';
import { NOT_RUN } from '../../../hw-driver/studio/session/protocol/rows.js';
import { StudioSession } from '../../../hw-driver/studio/session/session.js';
import { PACKET_VERDICTS } from '../../../sim/history/packet-outcome.js';
import { PROPERTY, sampleSource } from '../../compiler/support.js';

const WORKING = { progress: () => undefined, signal: new AbortController().signal };

test('bits of bytes are those of their binary digits', () => {
  const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(bytes, fc.nat(31), fc.integer({ min: 1, max: 128 }), (list, offset, width) => {
      const digits = Array.from(list, (byte) => byte.toString(2).padStart(8, '0')).join('');
      assert.is(bitsOf(list, offset, width), BigInt(`0b${digits.slice(offset, offset + width)}`));
    }),
    PROPERTY,
  );
});

/** Packets with all kinds of headers, and one of bytes that are none. */
const PACKETS = [
  'ipv4.src=10.1.2.3 ipv4.dst=10.0.0.9 udp.src_port=5000 udp.dst_port=7777 l5.op=1 l5.key1=0x8888',
  'ipv6.src=2001:db8::1 ipv6.dst=2001:db8::2 tcp.dst_port=443',
  'ethernet.src=2 ethernet.ether_type=0x88b5',
  'hex 0102030405060708090a',
];

test('the headers that are decoded from the bytes of a packet have the values of its trace', async () => {
  const session = new StudioSession();
  const { dataPlane } = await session.ask({ kind: 'open', dataPlane: 'extended' }, WORKING);
  const text = sampleSource('cache');
  await session.ask({ kind: 'make-event', event: { packet: 0, kind: 'deploy', program: 'cache', text } }, WORKING);
  await session.ask({ kind: 'add-packets', origin: { kind: 'made', packets: PACKETS } }, WORKING);
  await session.ask({ kind: 'run' }, WORKING);
  let fields = 0;
  for (const packet of PACKETS.keys()) {
    const { trace, arrived } = await session.ask({ kind: 'packet', packet }, WORKING);
    const headers = decoded(trace.headers, dataPlane.headers, arrived);
    assert.equal(
      headers.map(({ header }) => header),
      trace.headers.map(({ header }) => header),
    );
    for (const [h, traced] of trace.headers.entries()) {
      const found = must(headers[h], 'decoded header');
      assert.is(found.from, traced.offset);
      for (const field of found.fields) {
        const [name, value] = must(
          Object.entries(traced.fields).find(([full]) => full.endsWith(`.${field.name}`)),
          `field ${field.name} in the trace`,
        );
        assert.is(field.value, BigInt(value), name);
        assert.is(field.text, fieldText(name, BigInt(value)), name);
        fields++;
      }
    }
  }
  assert.ok(fields > 30, `${fields} fields`);
});

test('numbers and times as people read them', () => {
  assert.is(grouped(1_234_567), '1,234,567');
  assert.is(counted(1, 'packet'), '1 packet');
  assert.is(counted(0, 'copy', 'copies'), '0 copies');
  assert.is(hexWord(0x8b), '0x0000008b');
  assert.is(hexWord(-1), '0xffffffff');
  for (const [bytes, text] of [
    [999, '999 B'],
    [1000, '1 kB'],
    [12_345, '12.3 kB'],
    [123_456_789, '123 MB'],
    [5_000_000_000_000, '5000 GB'],
  ] as const) {
    assert.is(byteText(bytes), text);
  }
  const start = { seconds: 100, nanoseconds: 900_000_000 };
  assert.is(secondsSince(start, 100, 900_000_000), '0.000000');
  assert.is(secondsSince(start, 102, 1_000), '1.100001');
  assert.is(secondsSince(start, 100, 899_000_000), '-0.001000');
  assert.is(secondsSince(start, 99, 0), '-1.900000');
});

test('each verdict has words, and packets that have not run too', () => {
  const texts = [...PACKET_VERDICTS.keys(), NOT_RUN].map((code) => verdictText(code).text);
  assert.is(new Set(texts).size, PACKET_VERDICTS.length + 1);
});

test.run();
