/** IPv6 in packets that are typed, in what is shown of packets and entries, and in the buckets of flows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, link, lower, must, SwitchState } from '../../compiler/index.js';
import { entryCells } from '../../hw-driver/cli/kit/entry-table.js';
import { flowValues, hashedBucket } from '../../hw-driver/cli/kit/hashed-bucket.js';
import { MadePacketError, madePacket } from '../../sim/made-packet/index.js';
import { HeaderReader } from '../../sim/pipeline/trace/header-reader.js';
import { noMatchText } from '../../sim/pipeline/trace/no-match.js';
import { ipv6Frame } from './ipv6-frames.js';
import { dataPlane, TestSwitch } from './test-switch.js';

const EXTENDED = dataPlane('extended');
const SOURCE = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
const DESTINATION = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
const ADDRESSES = 'ipv6.src=2001:db8::5 ipv6.dst=fe80::102:304:506:708';

/** The frames of ipv6-frames.ts have values in fields that a typed packet leaves 0. */
const SAME = 'ethernet.dst=02:00:00:00:00:01 ethernet.src=02:00:00:00:00:02 traffic_class=0xab flow_label=0xcdef1';
for (const [transport, text] of [
  ['udp', 'udp.src_port=1234 udp.dst_port=80 payload=010203'],
  [
    'tcp',
    'tcp.src_port=1234 tcp.dst_port=80 seq_no=0x01020304 ack_no=0x05060708 tcp.flags=AP window=0x2000 payload=010203',
  ],
  ['icmpv6', 'icmpv6.type=128 payload=00010001010203'],
] as const) {
  test(`a packet of '${text}', byte by byte`, () => {
    const payload = [1, 2, 3];
    const expected = ipv6Frame({ source: SOURCE, destination: DESTINATION, extensions: [], transport, payload }).bytes;
    const typed = `${SAME} ${ADDRESSES} ${text}`;
    assert.equal(madePacket(typed, EXTENDED).bytes, expected);
  });
}

test('words of addresses are given one by one, but not beside the whole', () => {
  const { bytes } = madePacket('ipv6.src[0]=0x20010db8 ip6.src[3]=5 ipv6.dst=fe80::102:304:506:708', EXTENDED);
  assert.equal(bytes, madePacket(ADDRESSES, EXTENDED).bytes);
  for (const [text, says] of [
    ['ipv6.src=::1 ipv6.src[3]=2', /ipv6\.src and ipv6\.src\[3\] are both/],
    ['ipv6.src=10.0.0.1', /ipv6\.src takes an address like 2001:db8::1, not '10\.0\.0\.1'/],
    ['ipv6.src=1::2::3', /ipv6\.src takes an address/],
    ['ipv6.next_header=17 tcp.dst_port=1', /tcp\.dst_port needs ipv6\.next_header=6, not 17/],
    ['ipv6.src=::1 ipv4.ttl=1', /no packet has the headers ipv4 and ipv6 together/],
  ] as const) {
    assert.throws(
      () => madePacket(text, EXTENDED),
      (error: Error) => error instanceof MadePacketError && says.test(error.message),
    );
  }
});

test('headers are shown with whole addresses', () => {
  const reader = new HeaderReader(EXTENDED);
  reader.read(madePacket(`${ADDRESSES} tcp.dst_port=80`, EXTENDED).bytes);
  const headers = reader.headers();
  assert.equal(
    headers.map(({ header, offset }) => [header, offset]),
    [
      ['ethernet', 0],
      ['ipv6', 14],
      ['l4_port', 54],
      ['tcp', 58],
    ],
  );
  assert.equal(must(headers[1], 'IPv6 header').fields, {
    'hdr.ipv6.version': '0x6',
    'hdr.ipv6.traffic_class': '0x0',
    'hdr.ipv6.flow_label': '0x0',
    'hdr.ipv6.payload_len': '0x14',
    'hdr.ipv6.next_header': '0x6',
    'hdr.ipv6.hop_limit': '0x40',
    'hdr.ipv6.src': '0x20010db8000000000000000000000005',
    'hdr.ipv6.dst': '0xfe800000000000000102030405060708',
  });
});

function compiledText(source: string) {
  const { programs, hasErrors, sourceHash } = analyse(source, EXTENDED);
  assert.not(hasErrors);
  const program = must(programs[0], 'program');
  return { program, compiled: link(lower(program, EXTENDED, 1), new SwitchState(EXTENDED), sourceHash) };
}

test('filters are shown as prefixes, addresses, or address and mask', () => {
  for (const [filter, cell, hint] of [
    ['<hdr.ipv6.dst, 2001:db8::/32>', 'hdr.ipv6.dst=2001:db8::/32', '<hdr.ipv6.dst, 2001:db8::/32>'],
    ['<hdr.ipv6.src, ::ffff:10.0.0.1/128>', 'hdr.ipv6.src=::ffff:10.0.0.1', '<hdr.ipv6.src, ::ffff:10.0.0.1/128>'],
    ['<hdr.ipv6.src, ::5, ::ff>', 'hdr.ipv6.src=::5/::ff', '<hdr.ipv6.src, ::5/::ff>'],
    ['<hdr.ipv6.src[1], 7, 0xff>', 'hdr.ipv6.src=0:0:0:7::/0:0:0:ff::', '<hdr.ipv6.src, 0:0:0:7::/0:0:0:ff::>'],
    ['<hdr.ipv6.dst, ::/0>, <hdr.ipv6.next_header, 58, 0xff>', 'hdr.ipv6.next_header=0x3a', undefined],
  ] as const) {
    const { program, compiled } = compiledText(`program p(${filter}) { FORWARD(3); }`);
    const entry = must(
      compiled.entries.find(({ table }) => table.endsWith('tb_flow_filter5')),
      'filter',
    );
    assert.is(entryCells(entry, EXTENDED).at(-1), cell);
    if (hint !== undefined) assert.is(noMatchText(program), `no packet matched the filter of p: ${hint}`);
  }
});

test('the bucket of a flow of IPv6 is the one that its packets count in', () => {
  const { compiled } = compiledText(
    '@counts 1024\nprogram p(<hdr.ipv6.dst, ::/0>) { HASH_5_TUPLE_MEM(counts); LOADI(sar, 1); MEMADD(counts); FORWARD(3); }',
  );
  for (const engine of ['compiled', 'interpreted'] as const) {
    const emulator = new TestSwitch(EXTENDED, engine).insert(...compiled.entries);
    emulator.send(madePacket(`${ADDRESSES} tcp.src_port=1234 tcp.dst_port=80`, EXTENDED).bytes);
    const { rpb, base } = must(compiled.memories[0], 'memory');
    const { memory } = emulator.emulator;
    const words = Array.from({ length: 1024 }, (_, i) => memory.words[memory.index(rpb - 1, base + i)] ?? 0);
    const flow = '2001:db8::5,fe80::102:304:506:708,1234,80,tcp';
    assert.is(words.indexOf(1), hashedBucket(compiled, 'counts', flowValues(flow)));
    assert.is(
      words.reduce((sum, word) => sum + word, 0),
      1,
    );
  }
});

test.run();
