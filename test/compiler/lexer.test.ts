import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFix, Diagnostics, lex } from '../../compiler/index.js';
import { parseInteger, plainInteger } from '../../compiler/language/integers.js';

/** Tokens without the end token, as kind:text@line:column. */
function tokens(source: string): string[] {
  return lex(source, new Diagnostics())
    .slice(0, -1)
    .map(({ kind, text, span }) => `${kind}:${text}@${span.line}:${span.column}`);
}

function findings(source: string): string[] {
  const diagnostics = new Diagnostics();
  lex(source, diagnostics);
  return diagnostics.sorted().map(({ code, span }) => `${code}@${span.line}:${span.column}+${span.end - span.start}`);
}

const INTEGERS: readonly (readonly [text: string, value: number | undefined])[] = [
  ['0', 0],
  ['4294967295', 0xffffffff],
  ['007', 7],
  ['0x0', 0],
  ['0xFfFfFfFf', 0xffffffff],
  ['0X1f', 31],
  ['0b0', 0],
  ['0b101', 5],
  ['0B11', 3],
  ['0xffffffffffff', 2 ** 48 - 1],
  ['0.0.0.0', 0],
  ['10.0.0.1', 0x0a000001],
  ['255.255.255.255', 0xffffffff],
  ['010.0.0.1', 0x0a000001],
  ['256.0.0.1', undefined],
  ['1.2.3', undefined],
  ['1.2.3.4.5', undefined],
  ['1..2.3', undefined],
  ['0x', undefined],
  ['0b', undefined],
  ['0b2', undefined],
  ['0xg', undefined],
  ['12ab', undefined],
  ['1_000', undefined],
  ['1e3', undefined],
  ['0o7', undefined],
];

for (const [text, value] of INTEGERS) {
  test(`integer ${text} is ${value ?? 'refused'}`, () => {
    assert.is(parseInteger(text), value);
    assert.equal(findings(text), value === undefined ? [`bad-integer@1:1+${text.length}`] : []);
    const [token] = lex(text, new Diagnostics());
    assert.equal(token?.kind, 'integer', 'a bad integer is still one token, so that parsing goes on');
  });
}

test('an integer of more than 48 bits is refused, at any length', () => {
  assert.equal(findings('0x1000000000000'), ['bad-integer@1:1+15']);
  assert.equal(findings('9'.repeat(400)), ['bad-integer@1:1+400']);
});

test('a minus sign is no token, and belongs to the number behind it', () => {
  assert.equal(findings('-1'), ['bad-integer@1:1+2']);
  assert.equal(findings('- 1'), ['unexpected-character@1:1+1']);
});

/** Notations of other languages: one finding each, the value that was meant, and the text to write. */
const NOTATIONS: readonly (readonly [text: string, value: number, written: string | undefined])[] = [
  ['-1', 0xffffffff, '0xffffffff'],
  ['-0x10', 0xfffffff0, '0xfffffff0'],
  ['-2147483648', 0x80000000, '0x80000000'],
  ['-2147483649', 0, undefined],
  ['02:00:00:00:00:01', 0x020000000001, '0x020000000001'],
  ['A:b:c:1:2:f', 0x0a0b0c01020f, '0x0a0b0c01020f'],
  ['2001:db8:1', 0, undefined],
  ['1::2::3', 0, undefined],
  ['2001:db8::10000', 0, undefined],
  ['::300.0.0.1', 0, undefined],
  ['2001:db8:::1', 0, undefined],
  ['12345::/16', 0, undefined],
  ['12345678::1', 0, undefined],
  ['facade::', 0, undefined],
  ['1:2:3:4:5:6:7:8:9/32', 0, undefined],
  ['::ffff:1.2.3.400/128', 0, undefined],
  ['2001:db8::/', 2 ** 96 * 0x20010db8, undefined],
  ['10.0.0.0/', 0x0a000000, undefined],
  ['10.0.0.0/333', 0x0a000000, undefined],
  ['fe80::/129', 2 ** 119 * 0x1fd, undefined],
  ['10.0.0.0/33', 0x0a000000, undefined],
  ['300.0.0.0/8', 0, undefined],
  ['8w0xff', 255, '0xff'],
  ['16s53', 53, '53'],
  ['1_000_000', 1_000_000, '1000000'],
  ['0xffff_0000', 0xffff0000, '0xffff0000'],
  ['255u', 255, '255'],
  ['1UL', 1, '1'],
];
for (const [text, value, written] of NOTATIONS) {
  test(`${text} is one finding, and ${written === undefined ? 'has no other notation' : `means ${written}`}`, () => {
    const diagnostics = new Diagnostics();
    const [token, end] = lex(text, diagnostics);
    assert.is(end?.kind, 'end');
    assert.is(token?.kind === 'integer' && token.value, value);
    assert.equal(
      diagnostics.sorted().map(({ code, fix }) => [code, fix?.text]),
      [['bad-integer', written]],
    );
  });
}

test('an address with a prefix length is value and mask in a filter', () => {
  for (const [text, length] of [
    ['<hdr.ipv4.dst, 10.1.2.0/24>', 24],
    ['<hdr.ipv4.dst, 0.0.0.0/0 >', 0],
    ['<hdr.ipv4.dst, 10.1.2.3/32>', 32],
    ['<hdr.ipv6.dst, 2001:db8::/32>', 32],
    ['<hdr.ipv6.dst, ::/0 >', 0],
    ['<hdr.ipv6.dst, ::ffff:10.0.0.1/128>', 128],
  ] as const) {
    const diagnostics = new Diagnostics();
    const prefixes = lex(text, diagnostics).flatMap((token) =>
      token.kind === 'integer' ? [token.prefix?.length] : [],
    );
    assert.equal(diagnostics.sorted(), [], text);
    assert.equal(prefixes, [length], text);
  }
});

test('an index behind a field belongs to it', () => {
  const diagnostics = new Diagnostics();
  const texts = lex('hdr.ipv6.dst[2],hdr.ipv6.dst[10] a.b[x]', diagnostics).map(({ text }) => text);
  assert.equal(texts, ['hdr.ipv6.dst[2]', ',', 'hdr.ipv6.dst[10]', 'a.b', 'x', '']);
  assert.equal(
    diagnostics.sorted().map(({ span }) => span.column),
    [37, 39],
  );
});

/** Operators of other languages, with what the hint of each writes in their place. */
const OPERATORS: readonly (readonly [text: string, after: string])[] = [
  ['har = 1;', 'LOADI(har, 1);'],
  ['har=sar;', 'MOVE(har, sar);'],
  ['har = hdr.l5.op;', 'EXTRACT(hdr.l5.op, har);'],
  ['hdr.l5.key3 = sar;', 'MODIFY(hdr.l5.key3, sar);'],
  ['har += 0x10;', 'ADDI(har, 0x10);'],
  ['har -= sar;', 'SUB(har, sar);'],
  ['mar &= 255;', 'ANDI(mar, 255);'],
  ['mar |= sar;', 'OR(mar, sar);'],
  ['mar ^= 10.0.0.1;', 'XORI(mar, 10.0.0.1);'],
  ['case(har == 1)', 'case(<har, 1, 0xffffffff>)'],
  ['@m = 256', '@m 256'],
  ['@m[256]', '@m 256'],
  ['<har, 1, 1> && <sar, 1, 1>', '<har, 1, 1> , <sar, 1, 1>'],
];
for (const [text, after] of OPERATORS) {
  test(`for '${text}' a hint writes '${after}'`, () => {
    const diagnostics = new Diagnostics();
    lex(text, diagnostics);
    const fix = diagnostics.sorted()[0]?.fix;
    assert.is(fix && applyFix(text, fix), after);
  });
}

test('names, fields and punctuation', () => {
  assert.equal(tokens('a_1 hdr.l5.key1(){}<>,;:@'), [
    'name:a_1@1:1',
    'field:hdr.l5.key1@1:5',
    ...[...'(){}<>,;:@'].map((sign, i) => `punctuation:${sign}@1:${16 + i}`),
  ]);
});

test('a field with spaces around its dots is not a field', () => {
  assert.equal(findings('hdr . udp'), ['unexpected-character@1:5+1']);
  assert.equal(findings('hdr.'), ['unexpected-character@1:4+1']);
});

test('comments of three kinds count as white space', () => {
  assert.equal(tokens('a // b\nc # d\ne /* f\ng */ h'), ['name:a@1:1', 'name:c@2:1', 'name:e@3:1', 'name:h@4:6']);
  assert.equal(tokens('// a # /* b\nc'), ['name:c@2:1']);
  assert.equal(tokens('/* // */ a /**/ b /* * / */ c'), ['name:a@1:10', 'name:b@1:17', 'name:c@1:29']);
  assert.equal(tokens('# last line'), []);
});

test('a comment that is not closed extends to the end of the file', () => {
  assert.equal(findings('a\n /* b\n c'), ['unterminated-comment@2:2+2']);
  assert.equal(findings('/*/'), ['unterminated-comment@1:1+2']);
});

test('positions: a tab is one column, each line end ends one line', () => {
  assert.equal(tokens('\t\ta\r\nb\rc\n\r\nd'), ['name:a@1:3', 'name:b@2:1', 'name:c@3:1', 'name:d@5:1']);
  assert.equal(tokens('/* a\r\n */ b'), ['name:b@2:5']);
  assert.equal(tokens('// a\r\nb'), ['name:b@2:1']);
});

test('a text may begin with a byte order mark; elsewhere it is refused, as are spaces that only look like one', () => {
  assert.equal(tokens('\ufeffa b'), ['name:a@1:2', 'name:b@1:4']);
  const diagnostics = new Diagnostics();
  lex('a\u00a0b \ufeff \u200b\u2003', diagnostics);
  const HINT = 'only space, tab and line breaks separate words; text copied from a page or PDF may hold others';
  assert.equal(
    diagnostics.sorted().map(({ message, hint, span }) => [span.column, message, hint]),
    [
      [2, 'unexpected no-break space (U+00A0)', HINT],
      [5, 'unexpected byte order mark (U+FEFF)', HINT],
      [7, 'unexpected zero-width space (U+200B) and 1 more', HINT],
    ],
  );
});

test('unexpected characters in a row are one finding, and the first is named where it cannot be seen', () => {
  assert.equal(findings('a $ \u{1f600} \ud800'), [
    'unexpected-character@1:3+1',
    'unexpected-character@1:5+2',
    'unexpected-character@1:8+1',
  ]);
  const diagnostics = new Diagnostics();
  lex('$\u0007 \u0007 /=/**/ / // /', diagnostics);
  assert.equal(
    diagnostics.sorted().map(({ message }) => message),
    ["unexpected '$' and 1 more", 'unexpected character U+0007', "unexpected '/' and 1 more", "unexpected '/'"],
  );
});

test('the end token stands behind the last character', () => {
  const end = lex('a\n b ', new Diagnostics()).at(-1);
  assert.equal(end, { kind: 'end', text: '', span: { start: 5, end: 5, line: 2, column: 4 } });
});

/** What is between tokens; numbers and addresses; words and fields; marks. */
const ONE_TOKEN =
  /([ \t\r\n\f\v]+|(?:\/\/|#)[^\n\r]*|\/\*[\s\S]*?\*\/)|((?=:{0,2}[0-9A-Fa-f])(?:[0-9A-Fa-f]{0,8}:){2,7}[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:\/(?:[0-9]{1,3}|(?![/*])))?(?![\w.])|::(?:\/(?:[0-9]{1,3}|(?![/*])))?(?![\w:])|[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}(?![\w:])|(?=:{0,2}[0-9A-Fa-f])[0-9A-Fa-f]{0,8}(?::[0-9A-Fa-f]{0,8}){2,8}(?:\/(?:[0-9]{1,3}|(?![/*])))?(?!\w)|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\/(?:[0-9]{1,3}|(?![/*]))(?![\w.])|-?[0-9][0-9A-Za-z_.]*)|([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+\[[0-9]+\]|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)|([(){}<>,;:@])/y;

const NO_TOKEN = /(?:[^ \t\r\n\f\v0-9A-Za-z(){}<>,;:@/#]|\/(?![/*]))+/uy;

/** The tokens as `tokens` has them, each by one expression. */
function tokensByExpression(source: string): string[] {
  const found: string[] = [];
  const placeOf = (at: number): string => {
    const lines = source.slice(0, at).split(/\r\n|\n|\r/);
    return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
  };
  let at = 0;
  while (at < source.length && !(source.startsWith('/*', at) && !source.includes('*/', at + 2))) {
    ONE_TOKEN.lastIndex = at;
    NO_TOKEN.lastIndex = at;
    const match = ONE_TOKEN.exec(source) ?? NO_TOKEN.exec(source) ?? [];
    const [text = source.charAt(at), , number, word, mark] = match;
    const kinds = { integer: number, field: word?.includes('.') ? word : undefined, name: word, punctuation: mark };
    const kind = Object.entries(kinds).find(([, matched]) => matched !== undefined)?.[0];
    if (kind !== undefined) found.push(`${kind}:${text}@${placeOf(at)}`);
    at += text.length;
  }
  return found;
}

const PIECES = [
  ...['a', 'fe', 'be12', 'g', 'case', 'hdr.ipv4.src', '_', '.', ':', '::', '/', '//', '/*', '*/', '#', '-', '@', ';'],
  ...[
    '0',
    '1',
    '10.0.0.1',
    '10.0.0.0/8',
    'hdr.ipv6.dst[1]',
    '2001:db8::',
    'facade',
    '12345:',
    ',',
    '0x',
    '0xF',
    '0b1',
    '12ab',
    ' ',
    '\t',
    '\r',
    '\n',
    '\f',
    'é',
    '\u{1f600}',
    '<',
  ],
];

test('words, integers, marks and comments end where one expression for all tokens says', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const source = pieces.join('');
      assert.equal(tokens(source), tokensByExpression(source), JSON.stringify(source));
    }),
    { numRuns: 2000 },
  );
});

test('the value of a plain integer is that of any', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(0x)?[0-9a-fA-Fx.]{0,14}$/), (text) => {
      const value = plainInteger(text);
      if (value !== undefined) assert.is(value, parseInteger(text), text);
    }),
  );
  assert.is(plainInteger('0xffffffffffff'), 2 ** 48 - 1);
  assert.is(plainInteger('999999999999'), 999_999_999_999);
  assert.is(plainInteger('0x'), undefined);
  assert.is(plainInteger('1a'), undefined);
});

test.run();
