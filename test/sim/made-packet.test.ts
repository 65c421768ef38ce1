/** Packets made of field values: the parser reads back what was given, lengths and checksums are right. */

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, type HeaderField, must } from '../../compiler/index.js';
import { MadePacketError, madePacket } from '../../sim/made-packet/index.js';
import { HeaderReader } from '../../sim/pipeline/trace/header-reader.js';
import { itemAt } from '../item-at.js';
import { cases } from '../tiers.js';

const DATA_PLANES = ['default', 'tofino1', 'published'].map((name) => {
  const dataPlane = builtInDataPlane(name);
  if (dataPlane === undefined) throw new Error(`there is no data plane ${name}`);
  return dataPlane;
});
const [plane] = DATA_PLANES as [(typeof DATA_PLANES)[number]];

const made = (text: string) => madePacket(text, plane);

/** Values that a packet holds, by full name; undefined for a header that it lacks. */
function read(bytes: Uint8Array, dataPlane = plane): (name: string) => number | undefined {
  const reader = new HeaderReader(dataPlane);
  reader.read(bytes);
  return (name) => reader.value(dataPlane.headerField(name));
}

function headersOf(bytes: Uint8Array): string[] {
  const reader = new HeaderReader(plane);
  reader.read(bytes);
  return reader.headers().map(({ header }) => header);
}

/** The sum of 16-bit words, folded; 0xffff over what holds its own checksum. */
function sum(...parts: readonly (readonly number[])[]): number {
  let total = 0;
  for (const part of parts) for (const [i, byte] of part.entries()) total += i % 2 === 0 ? byte * 256 : byte;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return total;
}

function assertChecksums(bytes: Uint8Array): void {
  const ipv4 = [...bytes.subarray(14)];
  const headerBytes = (itemAt(bytes, 14) & 15) * 4;
  assert.is(sum(ipv4.slice(0, headerBytes)), 0xffff, 'IPv4');
  const segment = ipv4.slice(headerBytes);
  assert.is(
    sum(ipv4.slice(12, 20), [0, itemAt(bytes, 23)], [segment.length >> 8, segment.length & 255], segment),
    0xffff,
  );
}

test('the first packet of a TCP connection, byte by byte', () => {
  const { bytes, ingressPort, queue } = made('ipv4.src=10.0.0.1 tcp.dst_port=80 tcp.flags=S port=3');
  const hex = Buffer.from(bytes).toString('hex');
  assert.is(
    hex,
    '000000000000000000000000' + // Ethernet addresses
      '0800' +
      '45000028000000004006' + // IPv4: 40 bytes, time to live 64, TCP
      '70d0' +
      '0a00000100000000' +
      '00000050' + // ports
      '0000000000000000' + // numbers
      '50020000' + // five words, SYN
      'a5920000',
  );
  assert.is(ingressPort, 3);
  assert.equal(queue, { nanoseconds: 0, cells: 0 });
  assertChecksums(bytes);
});

/** What is typed, the headers of the packet, and some of its values. */
const MADE: readonly (readonly [string, readonly string[], Readonly<Record<string, number>>])[] = [
  ['hdr.ethernet.dst=02:00:00:00:00:01', ['ethernet'], { 'hdr.ethernet.dst': 0x020000000001 }],
  ['ethernet.ether_type=0x86dd', ['ethernet'], { 'hdr.ethernet.ether_type': 0x86dd }],
  ['ttl=7', ['ethernet', 'ipv4'], { 'hdr.ipv4.ttl': 7, 'hdr.ipv4.total_len': 20 }],
  ['ip.protocol=47', ['ethernet', 'ipv4'], { 'hdr.ipv4.protocol': 47 }],
  ['vlan.vid=5', ['ethernet', 'vlan'], { 'hdr.vlan.vid': 5, 'hdr.ethernet.ether_type': 0x8100 }],
  ['vid=5 ttl=2', ['ethernet', 'vlan', 'ipv4'], { 'hdr.vlan.ether_type': 0x0800 }],
  ['tunnel.dst_id=9', ['ethernet', 'tunnel'], { 'hdr.ethernet.ether_type': 0x1111, 'hdr.tunnel.dst_id': 9 }],
  ['udp.dst_port=53 payload=abcdef', ['ethernet', 'ipv4', 'l4_port', 'udp'], { 'hdr.udp.length': 11 }],
  ['udp.src_port=1,udp.dst_port=2', ['ethernet', 'ipv4', 'l4_port', 'udp'], { 'hdr.ipv4.protocol': 17 }],
  ['l5.key1=0x8888', ['ethernet', 'ipv4', 'l4_port', 'udp', 'l5'], { 'hdr.l4_port.dst_port': 7777 }],
  ['nc.op=1 dst_port=7778', ['ethernet', 'ipv4', 'l4_port', 'udp', 'l5'], { 'hdr.l5.op': 1 }],
  ['ihl=7 udp.dst_port=9', ['ethernet', 'ipv4', 'l4_port', 'udp'], { 'hdr.ipv4.total_len': 36 }],
  ['ipv4.total_len=9 ipv4.checksum=1', ['ethernet', 'ipv4'], { 'hdr.ipv4.total_len': 9, 'hdr.ipv4.checksum': 1 }],
  ['tcp.flags=fpu window=513', ['ethernet', 'ipv4', 'l4_port', 'tcp'], { 'hdr.tcp.tcp4thword': 0x50290201 }],
  [
    'tcp4thword=0x60000001 tcp.flags=0x12',
    ['ethernet', 'ipv4', 'l4_port', 'tcp'],
    { 'hdr.tcp.tcp4thword': 0x60120001 },
  ],
];
for (const [text, headers, values] of MADE) {
  test(`a packet of '${text}'`, () => {
    const { bytes } = made(text);
    assert.equal(headersOf(bytes), headers);
    const value = read(bytes);
    for (const [name, expected] of Object.entries(values)) assert.is(value(name), expected, name);
    if (headers.includes('l4_port')) assertChecksums(bytes);
  });
}

test('what the egress reads of the queue', () => {
  assert.equal(made('ttl=1 deq_timedelta=5000 eg_intr_md.enq_qdepth=7').queue, { nanoseconds: 5000, cells: 7 });
});

test('when the packet comes, and how long it was on the wire', () => {
  const extended = must(builtInDataPlane('extended'), 'data plane');
  const { timestamp, wireLength } = madePacket('ttl=1 timestamp=4294967295 pkt_length=1500', extended);
  assert.equal([timestamp, wireLength], [0xffffffff, 1500]);
  const plain = madePacket('ttl=1', extended);
  assert.equal([plain.timestamp, plain.wireLength], [0, plain.bytes.length]);
  assert.is(madePacket('ttl=1 ig_intr_md.pkt_length=99', extended).wireLength, 99);
});

test('every header field of every data plane holds what was given, and checksums fit (random values)', () => {
  for (const dataPlane of DATA_PLANES) {
    const leads = ['ether_type', 'version', 'ihl', 'protocol', 'fragment_offset', 'checksum', 'total_len', 'length'];
    const fields = [...dataPlane.fields.values()].filter(
      (field): field is HeaderField =>
        field.kind === 'header' && !leads.some((lead) => field.name.endsWith(`.${lead}`)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.nat(), (field, seed) => {
        const wanted = field.width > 31 ? seed : seed % 2 ** field.width;
        // A destination port may lead on to a header that is not there; the port itself is read all the same.
        const { bytes } = madePacket(`${field.name}=${wanted}`, dataPlane);
        assert.is(read(bytes, dataPlane)(field.name), wanted, field.name);
      }),
      { numRuns: cases(150), seed: 13 },
    );
  }
});

/** What is typed, and what is said. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['', /a packet needs a field, as in ipv4\.src=10\.0\.0\.1/],
  ['ttl', /'ttl' is not of the form field=value/],
  ['ttl=', /'ttl=' is not of the form field=value/],
  ['tcp.dstport=3', /no field 'tcp\.dstport': did you mean tcp\.dst_port\?/],
  ['zzzzzzzz=3', /no field 'zzzzzzzz'$/],
  ['toString=3', /no field 'toString'/],
  ['__proto__=3', /no field '__proto__'/],
  ['src=10.0.0.1', /'src' may be ethernet\.src or ipv4\.src/],
  ['ttl=300', /ipv4\.ttl has 8 bits and holds up to 255, not 300/],
  ['ttl=-1', /ipv4\.ttl takes a number, not '-1'/],
  ['ttl=1.2.3.4', /ipv4\.ttl takes a number, not '1\.2\.3\.4'/],
  ['ipv4.src=10.0.0', /ipv4\.src takes a number, or an address like 10\.0\.0\.1, not '10\.0\.0'/],
  ['ipv4.src=10.0.0.256', /ipv4\.src takes .*not '10\.0\.0\.256'/],
  ['ethernet.src=02:00', /ethernet\.src takes an address like 02:00:00:00:00:01/],
  ['tcp.flags=SX', /tcp\.flags takes letters of FSRPAUEC, or a number, not 'SX'/],
  ['tcp.flags=256', /tcp\.flags has 8 bits/],
  ['tcp.dst_port=1 udp.src_port=2', /tcp\.dst_port and udp\.src_port belong to different protocols/],
  ['tcp.dst_port=1 ipv4.protocol=17', /tcp\.dst_port needs ipv4\.protocol=6, not 17/],
  ['tunnel.dst_id=3 ttl=2', /no packet has the headers tunnel and ipv4 together/],
  ['version=6', /with these values the parser does not reach ipv4/],
  ['fragment_offset=1 tcp.flags=S', /the parser does not reach tcp/],
  [
    'tcp.dst_port=80 udp.dst_port=90',
    /^tcp\.dst_port and udp\.dst_port are both the field hdr\.l4_port\.dst_port: give one of them$/,
  ],
  ['ttl=1 ipv4.ttl=1', /ipv4\.ttl is given more than once/],
  ['payload=abc', /payload takes bytes in hexadecimal, not 'abc'/],
  ['payload=ab payload=ab', /payload is given more than once/],
  ['port=512', /ingress_port has 9 bits/],
];
for (const [text, says] of REFUSED) {
  test(`refused: '${text}'`, () => {
    assert.throws(
      () => made(text),
      (error: Error) => error instanceof MadePacketError && says.test(error.message),
    );
  });
}

test('hostile text is refused with a sentence or makes a packet, never anything else', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('ttl', '=', 'tcp.', '.', 'hdr.', '0x', ' ', ',', 'S', '[', '()'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      try {
        made(parts.join(''));
      } catch (error) {
        assert.instance(error, MadePacketError);
      }
    }),
    { numRuns: cases(400), seed: 7 },
  );
});

test.run();
