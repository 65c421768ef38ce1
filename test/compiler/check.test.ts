import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, builtInDataPlane, defaultDataPlane } from '../../compiler/index.js';
import { guaranteedHeaders } from '../../compiler/language/parsing-paths.js';
import {
  checkedProgram,
  checkedPrograms,
  codesOf,
  inProgram,
  PROPERTY,
  renderAll,
  SAMPLE_NAMES,
  sampleSource,
} from './support.js';

const dataPlane = defaultDataPlane();

for (const name of SAMPLE_NAMES) {
  test(`${name} has neither errors nor warnings`, () => {
    const source = sampleSource(name);
    const analysis = analyse(source, dataPlane);
    assert.is(renderAll(analysis, name, source), '');
    assert.ok(analysis.programs.length > 0);
  });
}

const ALIASES: readonly (readonly [spelling: string, field: string, register: string])[] = [
  ['hdr.nc.op', 'hdr.l5.op', 'har'],
  ['hdr.nc.key1', 'hdr.l5.key1', 'sar'],
  ['hdr.nc.key2', 'hdr.l5.key2', 'mar'],
  ['hdr.nc.val', 'hdr.l5.key3', 'sar'],
  ['hdr.nc.value', 'hdr.l5.key3', 'sar'],
  ['hdr.tcp.src_port', 'hdr.l4_port.src_port', 'sar'],
  ['hdr.udp.src_port', 'hdr.l4_port.src_port', 'sar'],
  ['hdr.tcp.dst_port', 'hdr.l4_port.dst_port', 'sar'],
  ['hdr.ipv4.totallen', 'hdr.ipv4.total_len', 'sar'],
  ['egintrmd.deqtimedelta', 'eg_intr_md.deq_timedelta', 'har'],
];
for (const [spelling, field, register] of ALIASES) {
  test(`${spelling} is ${field}`, () => {
    const [first, second] = [spelling, field].map((name) => {
      const [statement] = checkedProgram(inProgram(`EXTRACT(${name}, ${register});`)).body;
      return statement?.kind === 'primitive' ? statement.field : undefined;
    });
    assert.ok(first !== undefined && first === second);
  });
}

const header = (name: string): number => dataPlane.headerIndex(name);
const PORT = '<ig_intr_md.ingress_port, 1, 0x1ff>';
const IPV4 = ['ethernet', 'ipv4'];

/** Filters; the table that serves them; the headers that every such packet has. */
const FILTERS: readonly (readonly [filters: string, path: string, guaranteed: readonly string[]])[] = [
  ['<hdr.udp.dst_port, 53, 0xffff>', 'L4', [...IPV4, 'l4_port', 'udp']],
  ['<hdr.tcp.dst_port, 53, 0xffff>', 'L4', [...IPV4, 'l4_port', 'tcp']],
  ['<hdr.udp.dst_port, 7777, 0xffff>', 'L4', [...IPV4, 'l4_port', 'udp', 'l5']],
  ['<hdr.udp.dst_port, 7777, 0xfffe>', 'L4', [...IPV4, 'l4_port', 'udp']],
  ['<hdr.udp.src_port, 7777, 0xffff>', 'L4', [...IPV4, 'l4_port', 'udp']],
  ['<hdr.l4_port.src_port, 1, 0xffff>', 'L4', [...IPV4, 'l4_port']],
  ['<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>', 'L3', IPV4],
  [`<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>, ${PORT}`, 'L3', IPV4],
  ['<hdr.ipv4.protocol, 6, 0xff>', 'L3', [...IPV4, 'l4_port', 'tcp']],
  ['<hdr.ipv4.protocol, 17, 0xff>', 'L3', [...IPV4, 'l4_port', 'udp']],
  ['<hdr.ipv4.protocol, 1, 0xff>', 'L3', IPV4],
  ['<hdr.tunnel.dst_id, 1, 0xffff>', 'tunnel', ['ethernet', 'tunnel']],
  ['<hdr.ethernet.dst, 1, 0xffffffffffff>', 'L2', ['ethernet']],
  ['<hdr.ethernet.ether_type, 0x800, 0xffff>', 'L2', IPV4],
  ['<hdr.ethernet.ether_type, 0x1111, 0xffff>', 'L2', ['ethernet', 'tunnel']],
  ['<hdr.ethernet.ether_type, 0x8100, 0xffff>', 'L2', ['ethernet', 'vlan']],
  ['<hdr.ethernet.ether_type, 0x88b5, 0xffff>', 'L2', ['ethernet']],
  [PORT, 'L2', ['ethernet']],
];
for (const [filters, path, guaranteed] of FILTERS) {
  test(`${filters} goes to the ${path} table and guarantees ${guaranteed.join(', ')}`, () => {
    const program = checkedProgram(`program p(${filters}) { NOP; }`);
    assert.is(program.filterTable.path, path);
    assert.equal(
      [...guaranteedHeaders(dataPlane, program.filterTable, program.filters)].sort((a, b) => a - b),
      guaranteed.map(header).sort((a, b) => a - b),
    );
  });
}

test('published has one table for all of IPv4, with neither ingress port nor 7778', () => {
  const published = builtInDataPlane('published') ?? dataPlane;
  const path = (filters: string): string | undefined =>
    analyse(`program p(${filters}) { NOP; }`, published).programs[0]?.filterTable.path;
  assert.is(path('<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>'), 'L4');
  assert.equal(codesOf(`program p(${PORT}) { NOP; }`, published), ['field-not-filterable']);
  assert.equal(codesOf('program p(<hdr.ethernet.dst, 1, 1>) { NOP; }', published), ['path-not-executed']);
  assert.equal(codesOf('program p(<hdr.udp.dst_port, 7778, 0xffff>) { EXTRACT(hdr.l5.op, har); }', published), [
    'header-not-guaranteed',
  ]);
});

const protocolOf = (filters: string): readonly (number | undefined)[] => {
  const filter = checkedProgram(`program p(${filters}) { NOP; }`).filters.find(
    ({ field }) => field.name === 'hdr.ipv4.protocol',
  );
  return [filter?.value, filter?.mask];
};

test('a port of TCP or UDP implies its protocol, wherever a filter on the protocol stands', () => {
  assert.equal(protocolOf('<hdr.udp.dst_port, 53, 0xffff>'), [17, 0xff]);
  assert.equal(protocolOf('<hdr.udp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 17, 0xff>'), [17, 0xff]);
  assert.equal(protocolOf('<hdr.udp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 0, 0>'), [17, 0xff]);
  assert.equal(protocolOf('<hdr.ipv4.protocol, 1, 1>, <hdr.udp.dst_port, 53, 0xffff>'), [17, 0xff]);
  for (const filters of [
    '<hdr.udp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 6, 0xff>',
    '<hdr.ipv4.protocol, 6, 0xff>, <hdr.udp.dst_port, 53, 0xffff>',
    '<hdr.udp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 0, 1>',
  ]) {
    assert.equal(codesOf(`program p(${filters}) { NOP; }`), ['contradicting-protocol'], filters);
  }
});

test('a memory belongs to the program that uses it', () => {
  const [p, q] = checkedPrograms(
    '@a 4\n@b 65536\nprogram p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 0); MEMREAD(a); }\nprogram q(<hdr.ipv4.src, 0, 1>) { LOADI(mar, 0); MEMREAD(b); }',
  );
  assert.equal(p?.memories, [{ name: 'a', buckets: 4 }]);
  assert.equal(q?.memories, [{ name: 'b', buckets: 65536 }]);
});

const CLEAN: readonly (readonly [name: string, body: string, codes: readonly string[]])[] = [
  ['registers set in every earlier place', 'LOADI(har, 1); MOVE(sar, har); ADD(sar, har);', []],
  ['HASH_5_TUPLE sets har', 'HASH_5_TUPLE; MODIFY(hdr.ipv4.dst, sar);', ['register-not-set']],
  [
    'a register set in a case is not set behind it',
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { LOADI(sar, 1); }; MODIFY(hdr.ipv4.dst, sar);',
    ['register-not-set'],
  ],
  ['a condition of mask 0 reads nothing', 'BRANCH: case(<har, 0, 0>) { };', []],
  ['a narrower case before a wider one', 'LOADI(har, 1); BRANCH: case(<har, 1, 3>) { } case(<har, 1, 1>) { };', []],
  [
    'two cases of which each matches what the other does not',
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { } case(<har, 0, 1>) { };',
    [],
  ],
  [
    'a case covered by an earlier one of fewer conditions',
    'LOADI(har, 1); LOADI(sar, 1); BRANCH: case(<har, 1, 1>) { } case(<har, 3, 3>, <sar, 1, 1>) { };',
    ['unreachable-case'],
  ],
  [
    'a case whose condition is wrong covers nothing',
    'LOADI(har, 1); BRANCH: case(<har, 0x100000000, 1>) { } case(<har, 1, 1>) { }; NOP;',
    ['value-too-wide'],
  ],
  ['a statement with an error sets its registers', 'LOADI(har, 0x100000000); ADDI(har, 1);', ['value-too-wide']],
  [
    'a bad integer is reported once',
    'LOADI(har, 0xg); FORWARD(9z); LOADI(har, 99999999999999999);',
    ['bad-integer', 'bad-integer', 'bad-integer'],
  ],
  ['a port that fits', 'FORWARD(511);', []],
  ['the recirculation port', 'FORWARD(68);', ['port-leads-nowhere']],
  ['keywords in lower case', 'LOADI(har, 1); drop;', ['unknown-primitive']],
  ['an integer of 32 bits as a dotted quad', 'LOADI(har, 255.255.255.255);', []],
];
for (const [name, body, codes] of CLEAN) {
  test(`${name}: ${codes.join(', ') || 'nothing'}`, () => assert.equal(codesOf(inProgram(body)), [...codes]));
}

/** Words that are nearly right, with the text that a fix puts in their place. */
const MEANT: readonly (readonly [body: string, written: string | undefined])[] = [
  ['LOADI(hra, 1);', 'har'],
  ['LOADI(SAR, 1);', 'sar'],
  ['LOADI(r1, 1);', undefined],
  ['BRANCH: case(<mra, 0, 0>) { };', 'mar'],
  ['EXTRACT(ipv4.src, har);', 'hdr.ipv4.src'],
  ['EXTRACT(hdr.ipv4.srcAddr, har);', 'hdr.ipv4.src'],
  ['EXTRACT(headers.ip.total_len, sar);', 'hdr.ipv4.total_len'],
  ['EXTRACT(total_len, sar);', 'hdr.ipv4.total_len'],
  ['EXTRACT(queue, sar);', undefined],
  ['extract(hdr.ipv4.src, har);', 'EXTRACT'],
  ['forward(1);', 'FORWARD'],
  ['drop;', 'DROP'],
  ['return;', undefined],
  ['MEMREAD(cout);', 'count'],
  ['MEMREAD(other);', undefined],
];
for (const [body, written] of MEANT) {
  test(`in ${body} ${written ?? 'nothing'} is meant`, () => {
    const { diagnostics } = analyse(inProgram(`LOADI(mar, 0); MEMREAD(count); ${body}`, '@count 4'), dataPlane);
    assert.equal(
      diagnostics.map(({ fix }) => fix?.text),
      [written],
    );
  });
}

test('a memory is not reported as unused where a statement has a syntax error', () => {
  assert.equal(codesOf(inProgram('MEMREAD(cout);', '@count 4')), ['unknown-memory']);
  assert.equal(codesOf(inProgram('LOADI(mar 0); if (x) { MEMREAD(count); }', '@count 4')), ['syntax', 'syntax']);
});

/** What `covers` means, written down: every register state that the later case matches, the earlier matches. */
test('the cases that are never reached are those that a comparison of all pairs finds', () => {
  const registers = ['har', 'sar', 'mar'];
  const condition = fc.record({
    register: fc.constantFrom(0, 1, 2),
    mask: fc.constantFrom(0, 1, 2, 3, 0x80000000, 0x80000003, 0xffffffff),
    value: fc.nat({ max: 3 }),
  });
  const cases = fc.array(fc.uniqueArray(condition, { selector: ({ register }) => register, minLength: 1 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(cases, (list) => {
      const texts = list.map((conditions) => {
        const parts = conditions.map(
          ({ register, value, mask }) => `<${registers[register]}, ${(value & mask) >>> 0}, ${mask}>`,
        );
        return `case(${parts.join(', ')}) { }`;
      });
      const source = inProgram(`LOADI(har, 1); LOADI(sar, 1); LOADI(mar, 1); BRANCH:\n${texts.join('\n')};`);
      const { diagnostics } = analyse(source, dataPlane);
      const found = diagnostics.flatMap(({ code, span, message }) =>
        code === 'unreachable-case' ? [`${span.line}: ${/line (\d+)/.exec(message)?.[1]}`] : [],
      );
      const first = diagnostics.length === 0 ? 0 : source.slice(0, source.indexOf('case(')).split('\n').length;
      const word = (at: (typeof list)[number], register: number) =>
        at.find((other) => other.register === register) ?? { mask: 0, value: 0 };
      const covers = (a: (typeof list)[number], b: (typeof list)[number]): boolean =>
        registers.every((_, r) => {
          const [wide, narrow] = [word(a, r), word(b, r)];
          return (wide.mask & ~narrow.mask) === 0 && ((wide.value ^ narrow.value) & wide.mask) === 0;
        });
      const expected = list.flatMap((later, i) => {
        const by = list.slice(0, i).findIndex((earlier) => covers(earlier, later));
        return by < 0 ? [] : [`${first + i}: ${first + by}`];
      });
      assert.equal(found, expected);
    }),
    PROPERTY,
  );
});

test('memories are listed with the program that uses them, in the order of their declarations', () => {
  const source =
    '@c 4 @a 1 @b 2\nprogram p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 0); MEMREAD(b); MEMREAD(c); }\n' +
    'program q(<hdr.ipv4.src, 2, 2>) { LOADI(mar, 0); MEMREAD(a); }';
  assert.equal(
    checkedPrograms(source).map(({ memories }) => memories.map(({ name }) => name)),
    [['c', 'b'], ['a']],
  );
});

test.run();
