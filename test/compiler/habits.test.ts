/** What people write out of habit: each has one finding, whose hint says what to write and whose fix writes it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/data-plane/must.js';
import { analyse, applyFix, type Diagnostic, defaultDataPlane } from '../../compiler/index.js';
import { fieldHabit } from '../../compiler/language/field-habits.js';
import { withoutRepeats } from '../../compiler/reference/finding-articles.js';
import { articleAskedFor } from '../../compiler/reference/index.js';

const dataPlane = defaultDataPlane();

const FIELDS: readonly (readonly [name: string, field: string | undefined, note?: RegExp])[] = [
  ['hdr.tcp.flags', 'hdr.tcp.tcp4thword', /SYN has mask 0x20000/],
  ['tcp.flags', 'hdr.tcp.tcp4thword', /bits 0xff0000/],
  ['hdr.tcp.syn', 'hdr.tcp.tcp4thword', /mask 0x20000/],
  ['hdr.tcp.ack', 'hdr.tcp.tcp4thword', /mask 0x100000/],
  ['tcp.window', 'hdr.tcp.tcp4thword', /bits 0xffff/],
  ['tcp.data_offset', 'hdr.tcp.tcp4thword', /bits 0xf0000000/],
  ['hdr.tcp.seq', 'hdr.tcp.seq_no'],
  ['hdr.tcp.dport', 'hdr.tcp.dst_port'],
  ['hdr.ipv4.tos', 'hdr.ipv4.diffserv'],
  ['hdr.ipv4.dscp', 'hdr.ipv4.diffserv'],
  ['hdr.ipv4.srcAddr', 'hdr.ipv4.src'],
  ['ipv4.ttl', 'hdr.ipv4.ttl'],
  ['hdr.ip.src', 'hdr.ipv4.src'],
  ['hdr.ethernet.type', 'hdr.ethernet.ether_type'],
  ['hdr.eth.dst', 'hdr.ethernet.dst'],
  ['hdr.ipv4.src', undefined],
  ['hdr.tcp.constructor', undefined],
  ['hdr.constructor.name', undefined],
  ['flags', undefined],
];
for (const [name, field, note] of FIELDS) {
  test(`the name ${name} stands for ${field ?? 'nothing'}`, () => {
    const habit = fieldHabit(name, dataPlane);
    assert.is(habit?.field, field);
    if (note === undefined) assert.is(habit?.note, undefined);
    else assert.match(must(habit?.note, 'note'), note);
  });
}

test('a field of elsewhere is replaced by the one it stands for', () => {
  const source = 'program p(<hdr.tcp.dst_port, 80, 0xffff>) {\n    EXTRACT(hdr.tcp.flags, har);\n    FORWARD(1);\n}\n';
  const [finding] = analyse(source, dataPlane).diagnostics;
  assert.is(finding?.code, 'unknown-field');
  assert.match(must(finding?.hint, 'hint'), /^write hdr\.tcp\.tcp4thword: .*SYN has mask 0x20000/);
  assert.equal(analyse(applyFix(source, must(finding?.fix, 'fix')), dataPlane).diagnostics, []);
});

/** The one finding of a text, and the stretch of it that its fix leaves in place of what it covers. */
function only(source: string): Diagnostic {
  const errors = analyse(source, dataPlane).diagnostics.filter(({ code }) => code !== 'register-not-set');
  assert.equal(
    errors.map(({ message }) => message),
    errors.slice(0, 1).map(({ message }) => message),
  );
  return must(errors[0], 'finding');
}

/** Statements; the message; the hint; the text of the fix where there is one. */
const STATEMENTS: readonly (readonly [statement: string, message: string, hint: string, fix?: string])[] = [
  ['HASH(counts);', 'HASH takes 0 arguments, not 1', 'write HASH_MEM(counts);', 'HASH_MEM(counts);'],
  ['HASH(har);', 'HASH takes 0 arguments, not 1', 'write HASH;', 'HASH;'],
  ['HASH(sar);', 'HASH takes 0 arguments, not 1', 'HASH takes what har holds: MOVE(har, sar); HASH;'],
  [
    'HASH(hdr.ipv4.src);',
    'HASH takes 0 arguments, not 1',
    'HASH takes what har holds: EXTRACT(hdr.ipv4.src, har); HASH;',
  ],
  ['MOVE(har, 1001);', 'expected a register (har, sar, mar)', 'write LOADI(har, 1001);', 'LOADI(har, 1001);'],
  ['ADD(sar, 1);', 'expected a register (har, sar, mar)', 'write ADDI(sar, 1);', 'ADDI(sar, 1);'],
  [
    'SGT(sar, 1000);',
    'expected a register (har, sar, mar)',
    'a constant needs a register: LOADI(har, 1000); SGT(sar, har);',
  ],
  [
    'EXTRACT(har, hdr.ipv4.src);',
    'the arguments of EXTRACT are swapped',
    'write EXTRACT(hdr.ipv4.src, har);',
    'EXTRACT(hdr.ipv4.src, har);',
  ],
  ['LOADI(1, sar);', 'the arguments of LOADI are swapped', 'write LOADI(sar, 1);', 'LOADI(sar, 1);'],
];
for (const [statement, message, hint, fix] of STATEMENTS) {
  test(`${statement} has one finding: ${hint}`, () => {
    const source = `@counts 256\nprogram p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    LOADI(mar, 1);\n    MEMREAD(counts);\n    ${statement}\n    FORWARD(1);\n}\n`;
    const finding = only(source);
    assert.is(finding.message, message);
    assert.is(finding.hint, hint);
    assert.is(finding.fix?.text, fix);
    if (finding.fix === undefined) return;
    const after = analyse(applyFix(source, finding.fix), dataPlane).diagnostics;
    assert.equal(
      after.map(({ message: left }) => left).filter((left) => left === message),
      [],
    );
  });
}

/** Filters; the message; the mask of the fix. */
const MASKS: readonly (readonly [filter: string, message: string, mask: string])[] = [
  ['10.0.0.0, 8', '8 is a mask here, not a prefix length', '255.0.0.0'],
  ['10.0.1.0, 24', '24 is a mask here, not a prefix length', '255.255.255.0'],
  ['10.0.0.1, 32', '32 is a mask here, not a prefix length', '255.255.255.255'],
  ['128.0.0.0, 1', '1 is a mask here, not a prefix length', '128.0.0.0'],
  ['10.0.0.0, 0.255.255.255', 'the mask 0.255.255.255 compares the bits that a wildcard mask leaves out', '255.0.0.0'],
];
for (const [filter, message, mask] of MASKS) {
  test(`the mask of <hdr.ipv4.dst, ${filter}> is meant as ${mask}`, () => {
    const source = `program p(<hdr.ipv4.dst, ${filter}>) { FORWARD(1); }`;
    const finding = only(source);
    assert.is(finding.message, message);
    assert.is(finding.hint, `write ${mask}`);
    assert.equal(analyse(applyFix(source, must(finding.fix, 'fix')), dataPlane).diagnostics, []);
  });
}

test('a mask that is no prefix length keeps the hint on the value', () => {
  assert.match(only('program p(<hdr.ipv4.dst, 10.0.0.1, 255.0.0.0>) { FORWARD(1); }').message, /^the value has bits/);
  assert.match(only('program p(<hdr.l4_port.dst_port, 80, 8>) { FORWARD(1); }').message, /^the value has bits/);
});

test('ports of two protocols contradict each other, and are not to be joined', () => {
  const source = 'program p(<hdr.tcp.dst_port, 80, 0xffff>, <hdr.udp.dst_port, 90, 0xffff>) { FORWARD(1); }';
  assert.is(only(source).code, 'contradicting-protocol');
  const alike = source.replace('hdr.udp', 'hdr.tcp');
  assert.is(only(alike).code, 'duplicate-filter');
});

const ASKED: readonly (readonly [word: string, title: string | undefined])[] = [
  ['tcp4thword', 'hdr.tcp.tcp4thword'],
  ['tcp.flags', 'hdr.tcp.tcp4thword'],
  ['if', 'case'],
  ['ELSE', 'case'],
  ['switch', 'BRANCH'],
  ['<', 'filter'],
  ['checksum', 'checksum'],
  ['constructor', undefined],
  ['src', undefined],
];
for (const [word, title] of ASKED) {
  test(`help on ${word} is about ${title ?? 'nothing'}`, () =>
    assert.is(articleAskedFor(word, dataPlane)?.title, title));
}

const inBody = (statements: string): string =>
  `@counts 4096\nprogram p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    LOADI(mar, 1);\n    MEMREAD(counts);\n    ${statements}\n    FORWARD(1);\n}\n`;

/** Memories with an index; the statements that the fix puts in place of all of it. */
const INDICES: readonly (readonly [statement: string, fixed: string])[] = [
  ['MEMADD(counts[mar]);', 'MEMADD(counts);'],
  ['MEMADD(counts[har]);', 'MOVE(mar, har); MEMADD(counts);'],
  ['MEMREAD( counts [ 7 ] ) ;', 'LOADI(mar, 7); MEMREAD(counts);'],
  ['counts[mar] += 1;', 'LOADI(sar, 1); MEMADD(counts);'],
  ['counts[mar]++;', 'LOADI(sar, 1); MEMADD(counts);'],
  ['counts[mar] = sar;', 'MEMWRITE(counts);'],
  ['counts[har] |= har;', 'MOVE(mar, har); MOVE(sar, har); MEMOR(counts);'],
];
for (const [statement, fixed] of INDICES) {
  test(`${statement} has one finding, and is meant as ${fixed}`, () => {
    const source = inBody(statement);
    const finding = only(source);
    assert.is(finding.code, 'unexpected-character');
    assert.match(must(finding.hint, 'hint'), /address .*is mar.*: write /);
    assert.is(applyFix(source, must(finding.fix, 'fix')), inBody(fixed));
    const after = analyse(inBody(fixed), dataPlane).diagnostics.map(({ code }) => code);
    assert.equal(
      after.filter((code) => code !== 'address-not-bounded' && code !== 'register-not-set'),
      [],
    );
  });
}

test('an index elsewhere has one finding over its brackets', () => {
  const codes = analyse(inBody('sar = counts[mar];'), dataPlane).diagnostics.map(({ message }) => message);
  assert.equal(codes, ["unexpected '='", "a memory has no index, found '[mar]'"]);
});

const SIZES = [
  'BRANCH: case(<sar, >=1000, 0xff>) { DROP; };',
  'BRANCH: case(<sar, >1000, 0xff>) { DROP; };',
  'BRANCH: case(sar > 1000) { DROP; };',
  'BRANCH: case(sar <= 1000) { DROP; };',
  'if (sar > 1000) { DROP; }',
];
for (const statement of SIZES) {
  test(`${statement} has one finding, whose hint compares by SGT`, () =>
    assert.match(must(only(inBody(statement)).hint, 'hint'), /SGT\(sar, har\); and case\(<sar, 0, 0xffffffff>\)/));
}

/** Declarations of P4 and C; the hint. */
const DECLARATIONS: readonly (readonly [declaration: string, hint: RegExp])[] = [
  ['const bit<32> LIMIT = 1000;', /LOADI\(har, 1\)/],
  ['typedef bit<32> ip_t;', /no types/],
  ['header h_t { bit<32> x; }', /fields are those of the data plane/],
  ['struct headers { h_t h; }', /fields are those of the data plane/],
  ['action a() { x = y + 1; z = 10.0.0.0/8; }', /program NAME/],
  ['table t { key = { hdr.ipv4.dst : exact; } actions = { a; } }', /program NAME/],
  ['control c(inout headers h) { apply { t.apply(); } }', /program NAME/],
  ['uint32_t counts[4096];', /: @counts 4096$/],
  ['register<bit<32>>(4096) counts;', /@NAME BUCKETS/],
];
for (const [declaration, hint] of DECLARATIONS) {
  test(`${declaration} has one finding`, () =>
    assert.match(must(only(`${declaration}\n${inBody('NOP;')}`).hint, 'hint'), hint));
}

test('each declaration of a file is found, and what stands behind them is read', () => {
  const source = `${DECLARATIONS.map(([declaration]) => `${declaration}\n`).join('')}${inBody('TELEPORT;')}`;
  const { diagnostics } = analyse(source, dataPlane);
  assert.is(diagnostics.length, DECLARATIONS.length + 1);
  assert.equal(
    diagnostics.slice(0, -1).map(({ span }) => span.line),
    DECLARATIONS.map((_, i) => i + 1),
  );
  assert.is(diagnostics.at(-1)?.code, 'unknown-primitive');
});

test('a memory that is declared as an array is declared by the fix', () => {
  const source = inBody('NOP;').replace('@counts 4096', 'uint32_t counts[4096];');
  const [finding] = analyse(source, dataPlane).diagnostics;
  assert.is(applyFix(source, must(finding?.fix, 'fix')), inBody('NOP;'));
});

for (const statement of ['LOADI(har, LIMIT);', 'FORWARD(LIMIT);', 'BRANCH: case(<sar, LIMIT, 0xff>) { DROP; };']) {
  test(`${statement} has one finding: there are no named constants`, () =>
    assert.match(must(only(`#define LIMIT 10\n${inBody(statement)}`).hint, 'hint'), /^there are no named constants/));
}

const VARIABLES = ['int x = 5;', 'const y = 6;', 'uint32_t z = har + 7;', 'bit<32> w = 3;'];
for (const statement of VARIABLES) {
  test(`${statement} in a program has one finding`, () => {
    const finding = only(inBody(statement));
    assert.match(finding.message, /^there is no '(int|const|uint32_t|bit)'$/);
    assert.match(must(finding.hint, 'hint'), /registers har, sar, mar|LOADI\(har, 1\)/);
  });
}

test('what stands behind a variable is read', () => {
  const codes = analyse(inBody(`${VARIABLES.join('\n')} TELEPORT;`), dataPlane).diagnostics.map(({ code }) => code);
  assert.equal(codes, [...VARIABLES.map(() => 'syntax'), 'unknown-primitive']);
});

test('a declaration without an end leaves the memory behind it declared', () => {
  assert.match(only(`int x\n${inBody('NOP;')}`).message, /^there is no 'int'$/);
});

test('a register or memory in place of an integer is no constant', () => {
  assert.match(must(only(inBody('FORWARD(counts);')).hint, 'hint'), /^FORWARD\(port\)/);
  assert.match(must(only(inBody('LOADI(har, sar);')).hint, 'hint'), /^LOADI\(register, integer\)/);
});

test('articles shorten long runs of equal lines', () => {
  assert.is(withoutRepeats('a\n  b\n  b\n  b\n  b\nc'), 'a\n  b\n  b\n  b\n  b\nc');
  assert.is(withoutRepeats(`a\n${'  b\n'.repeat(353)}c`), 'a\n  b\n  // … 351 more of this line\n  b\nc');
  const article = must(articleAskedFor('path-too-long', dataPlane), 'article');
  assert.match(must(article.example, 'example'), /MEMREAD\(count\);\n {4}\/\/ … 351 more of this line\n/);
});

test.run();
