/** Look-ups by prefixes of 128 bits, against a search through all filters. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ofWords, prefixMask, wordsOf } from '../../compiler/data-plane/ipv6-text.js';
import { analyse, Diagnostics, formatSource, lex, must, parse, type TableEntry } from '../../compiler/index.js';
import { PacketFilter } from '../../sim/pipeline/trace/packet-filter.js';
import { appendPacketBytes, createPacketBatch } from '../../traces/index.js';
import { cases } from '../tiers.js';
import { ipv6Frame } from './ipv6-frames.js';
import { dataPlane, filterEntry, type Masked, TestSwitch } from './test-switch.js';

const EXTENDED = dataPlane('extended');
const BITS = 128;
const LENGTHS = [0, 1, 31, 32, 33, 48, 64, 95, 96, 97, 127, 128];

/** Addresses that share prefixes of all those lengths. */
const addresses = fc.constantFrom(
  ...[...LENGTHS, 2, 40, 70, 120].map((bit) => (0x20010db8n << 96n) | ((1n << BigInt(BITS - 1)) >> BigInt(bit))),
);

const filters = fc.uniqueArray(
  fc.record({
    address: addresses,
    length: fc.constantFrom(...LENGTHS),
    isSource: fc.boolean(),
    priority: fc.nat(1000),
  }),
  { maxLength: 12, selector: ({ priority }) => priority },
);
type Filter = typeof filters extends fc.Arbitrary<(infer Each)[]> ? Each : never;

function entryOf({ address, length, isSource, priority }: Filter, program: number): TableEntry {
  const mask = prefixMask(length, BITS);
  const masks = wordsOf(mask, BITS);
  const keys = wordsOf(address & mask, BITS).map((value, i): [string, Masked] => [
    `hdr.ipv6.${isSource ? 'src' : 'dst'}[${i}]`,
    [value, must(masks[i], 'word of a mask')],
  ]);
  return filterEntry(EXTENDED, 'IPv6', program, Object.fromEntries(keys), priority);
}

const bytesOf = (address: bigint): number[] =>
  wordsOf(address, BITS).flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`${engine}: the filter of the lowest priority that matches decides, while filters come and go`, () => {
    fc.assert(
      fc.property(filters, fc.array(fc.tuple(addresses, addresses), { maxLength: 20 }), (list, packets) => {
        const emulator = new TestSwitch(EXTENDED, engine);
        const entries = list.map((filter, i) => entryOf(filter, i + 1));
        emulator.insert(...entries);
        const compare = (isThere: (i: number) => boolean): void => {
          for (const [source, destination] of packets) {
            const best = list
              .map((filter, i) => ({ ...filter, program: i + 1 }))
              .filter(({ address, length, isSource, program }) => {
                const mask = prefixMask(length, BITS);
                return isThere(program - 1) && ((isSource ? source : destination) & mask) === (address & mask);
              })
              .sort((a, b) => a.priority - b.priority)[0];
            const { bytes } = ipv6Frame({
              source: bytesOf(source),
              destination: bytesOf(destination),
              extensions: [],
              transport: 'other',
              payload: [],
            });
            assert.is(emulator.send(bytes).program, best?.program ?? 0);
          }
        };
        compare(() => true);
        emulator.delete(...entries.filter((_, i) => i % 2 === 0));
        compare((i) => i % 2 === 1);
      }),
      { numRuns: cases(40) },
    );
  });
}

test('a filter on an address is one on its words, and what the text may say wrong of it is told', () => {
  const found = (filter: string) => analyse(`program p(${filter}) { FORWARD(1); }`, EXTENDED);
  const { programs, diagnostics } = found('<hdr.ipv6.dst, 2001:db8:0:8000::/49>, <hdr.tcp.dst_port, 80, 0xffff>');
  assert.equal(diagnostics, []);
  const program = must(programs[0], 'program');
  assert.is(program.filterTable.path, 'IPv6');
  assert.equal(
    program.filters.map(({ field, value, mask }) => [field.name, value, mask]),
    [
      ['hdr.ipv6.dst[0]', 0x20010db8, 0xffffffff],
      ['hdr.ipv6.dst[1]', 0x00008000, 0xffff8000],
      ['hdr.ipv6.dst[2]', 0, 0],
      ['hdr.ipv6.dst[3]', 0, 0],
      ['hdr.l4_port.dst_port', 80, 0xffff],
      ['hdr.ipv6.next_header', 6, 0xff],
    ],
  );
  for (const [filter, code, fix] of [
    ['<hdr.ipv6.dst, 2001:db8::1/32>', 'value-outside-mask', '2001:db8::/32'],
    ['<hdr.ipv6.dst, 2001:db8::1, ffff:ffff::>', 'value-outside-mask', '2001:db8::'],
    ['<hdr.ipv6.dst, 2001:db8::, 32>', 'value-outside-mask', 'ffff:ffff::'],
    ['<hdr.ipv6.dst, 10.0.0.0/8>', 'prefix-of-other-width', undefined],
    ['<hdr.ipv4.dst, ::/0>', 'prefix-of-other-width', undefined],
    ['<hdr.ipv6.dst, ::/0>, <hdr.ipv6.dst[3], 1, 1>', 'duplicate-filter', undefined],
    ['<hdr.ipv6.dst, ::/0>, <hdr.ipv4.dst, 1, 1>', 'mixed-paths', undefined],
    ['<hdr.ipv4.dst, 2001:db8::1, 0xff>', 'value-too-wide', undefined],
    ['<hdr.ipv6.next_header, 17, 0xff>, <hdr.tcp.dst_port, 80, 0xffff>', 'contradicting-protocol', undefined],
  ] as const) {
    assert.equal(
      found(filter).diagnostics.map((finding) => [finding.code, finding.fix?.text]),
      [[code, fix]],
      filter,
    );
  }
});

test('what a filter says of IPv6 is known of the headers of its packets', () => {
  const codes = (filter: string, statement: string): string[] =>
    analyse(`program p(${filter}) { EXTRACT(hdr.l4_port.src_port, sar); ${statement} FORWARD(1); }`, EXTENDED)
      .diagnostics.filter(({ code }) => code === 'header-not-guaranteed')
      .map(({ span }) => String(span.column));
  assert.equal(codes('<hdr.ipv6.dst, ::/0>, <hdr.l4_port.dst_port, 80, 0xffff>', ''), []);
  assert.equal(codes('<hdr.ipv6.dst, ::/0>, <hdr.tcp.dst_port, 80, 0xffff>', 'EXTRACT(hdr.tcp.flags, har);'), []);
  assert.is(codes('<hdr.ipv6.dst, ::/0>', '').length, 1, 'fragments and other protocols have no ports');
  const behindOptions = codes('<hdr.ipv6.next_header, 0, 0xff>', 'EXTRACT(hdr.tcp.flags, har);');
  assert.is(behindOptions.length, 2, 'what follows an extension header is not known');
  assert.is(codes('<hdr.l4_port.dst_port, 80, 0xffff>', 'EXTRACT(hdr.ipv4.src, har);').length, 1, 'IPv6 has ports too');
  assert.equal(codes('<hdr.ipv4.dst, 10.0.0.0/8>, <hdr.l4_port.dst_port, 80, 0xffff>', ''), []);
});

test('a text that is written from its tree has the same filters', () => {
  for (const filter of ['::/0', '::1/128', '2001:db8::/32', '::5, ::ff', '1, 1', '2001:db8::1, ffff:ffff::1']) {
    const source = `program p(<hdr.ipv6.dst, ${filter}>) { FORWARD(1); }`;
    const text = formatSource(parse(lex(source, new Diagnostics()), new Diagnostics()));
    const [before, after] = [source, text].map((each) => must(analyse(each, EXTENDED).programs[0], each).filters);
    assert.equal(after, before, text);
  }
});

test('a data plane without IPv6 is told which has it', () => {
  for (const field of ['hdr.ipv6.dst', 'hdr.ipv6.src[3]', 'hdr.ipv6.hop_limit']) {
    const { diagnostics } = analyse(`program p(<${field}, 1, 1>) { DROP; }`, dataPlane('default'));
    assert.equal(
      diagnostics.map(({ code, hint }) => [code, hint]),
      [['unknown-field', 'it is in data plane extended']],
    );
  }
});

test('packets are picked by prefixes', () => {
  const batch = createPacketBatch(3, 1024);
  for (const last of [1n, 2n, 1n << 64n]) {
    const source = bytesOf((0x20010db8n << 96n) + last);
    const packet = { source, destination: source, extensions: [], transport: 'tcp', payload: [] } as const;
    appendPacketBytes(batch, ipv6Frame(packet).bytes, 1);
  }
  const picked = (text: string): number[] =>
    [0, 1, 2].filter((i) => new PacketFilter(text, EXTENDED).matchesPacket(batch, i));
  assert.equal(picked('<hdr.ipv6.src, 2001:db8::/64>'), [0, 1]);
  assert.equal(picked('<hdr.ipv6.src, 2001:db8::1/128>, <hdr.tcp.dst_port, 80, 0xffff>'), [0]);
  assert.equal(picked('<hdr.ipv6.src[1], 1, 1>'), [2]);
  assert.equal(picked('<hdr.udp.dst_port, 80, 0xffff>'), []);
  assert.is(ofWords(wordsOf(0x20010db8n << 96n, BITS)), 0x20010db8n << 96n);
});

test.run();
