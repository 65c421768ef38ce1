import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  Diagnostics,
  defaultDataPlane,
  formatSource,
  lex,
  parse,
  type SourceFile,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { PROPERTY, renderAll, SAMPLE_NAMES, sampleSource } from './support.js';

function parsed(source: string): { readonly tree: SourceFile; readonly findings: readonly string[] } {
  const diagnostics = new Diagnostics();
  const tree = parse(lex(source, diagnostics), diagnostics);
  const findings = diagnostics.sorted().map(({ message, span }) => `${span.line}:${span.column} ${message}`);
  return { tree, findings };
}

/** A tree without positions. */
const withoutSpans = (tree: SourceFile): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'span' ? undefined : value)));

const FILTER = '<hdr.ipv4.src, 0, 0>';

test('the grammar: annotations, filters, statements, cases', () => {
  const { tree, findings } = parsed(
    `@a 1\n@b 2\nprogram p(${FILTER}, <x.y, 1, 2>) { NOP; DROP; ADD(har, sar); BRANCH: case(<har, 1, 2>) {} case(<sar, 3, 4>, <mar, 5, 6>) { NOP; }; NOP; }\nprogram q(${FILTER}) {}`,
  );
  assert.equal(findings, []);
  assert.equal(
    tree.annotations.map(({ name, buckets }) => [name.text, buckets.value]),
    [
      ['a', 1],
      ['b', 2],
    ],
  );
  assert.equal(
    tree.programs.map(({ name, filters, body }) => [name.text, filters.length, body.length]),
    [
      ['p', 2, 5],
      ['q', 1, 0],
    ],
  );
  const branch = tree.programs[0]?.body[3];
  assert.is(branch?.kind, 'branch');
  assert.equal(
    branch?.kind === 'branch' && branch.cases.map(({ conditions, body }) => [conditions.length, body.length]),
    [
      [1, 0],
      [2, 1],
    ],
  );
});

test('a memory is declared before the first program, and counts all the same', () => {
  const { tree, findings } = parsed(`@a 1\nprogram p(${FILTER}) {}\n@b 2\nprogram q(${FILTER}) {}`);
  assert.equal(findings, ['3:1 the memory b is declared behind a program']);
  assert.is(tree.annotations.length, 2);
  assert.is(tree.programs.length, 2);
});

test('a primitive without arguments has no parentheses', () => {
  assert.equal(parsed(`program p(${FILTER}) { NOP; DROP(); }`).findings, [
    '1:44 a primitive without arguments is written without parentheses',
  ]);
});

const RECOVERIES: readonly (readonly [name: string, source: string, findings: readonly string[], programs: number])[] =
  [
    [
      'each bad statement is reported, the good ones stay',
      `program p(${FILTER}) {\n ADD(har sar);\n NOP;\n ADD(har,);\n NOP\n}`,
      ["2:9 expected ',', found 'sar'", "4:10 expected an argument, found ')'", "5:5 expected ';', found '}'"],
      1,
    ],
    [
      'an error in a case leaves its neighbours',
      `program p(${FILTER}) {\n BRANCH:\n case(<har, 1, 1>) { ADD(; NOP; }\n case(<har, 2>) { NOP; };\n NOP;\n LOADI(;\n}`,
      ["3:26 expected an argument, found ';'", "4:14 expected ',', found '>'", "6:8 expected an argument, found ';'"],
      1,
    ],
    [
      'an error in one program leaves the next',
      `program (${FILTER}) { NOP; }\nprogram q(<a.b, 1>) { NOP; }\nprogram r(${FILTER}) { NOP; }`,
      ["1:9 expected the name of the program, found '('", "2:18 expected ',', found '>'"],
      1,
    ],
    [
      'a program that is not closed ends at the next',
      `program p(${FILTER}) { NOP;\nprogram q(${FILTER}) { NOP; }`,
      ["2:1 expected '}', found 'program'"],
      1,
    ],
    [
      'a bad annotation leaves the next',
      `@ 5\n@m\n@n 4\nprogram p(${FILTER}) { }`,
      ["1:3 expected the name of a memory, found '5'", "3:1 expected a number of buckets, found '@'"],
      1,
    ],
    [
      'a case without BRANCH, a BRANCH without colon, a BRANCH without case',
      `program p(${FILTER}) {\n case(<har, 1, 1>) { NOP; };\n BRANCH case(<har, 1, 1>) { NOP; };\n BRANCH: ;\n}`,
      ["2:2 a 'case' outside a BRANCH", "3:8 expected ':', found 'case'", "4:10 expected 'case', found ';'"],
      1,
    ],
    ['text before the first program', 'hello NOP;', ["1:1 expected '@' or 'program', found 'hello'"], 0],
    ['a file that ends too early', `program p(${FILTER}) {\n NOP;`, ["2:6 expected '}', found the end of the file"], 0],
    ['a lone closing brace', `program p(${FILTER}) { } }`, ["1:37 expected '@' or 'program', found '}'"], 1],
  ];

for (const [name, source, findings, programs] of RECOVERIES) {
  test(`recovery: ${name}`, () => {
    const result = parsed(source);
    assert.equal(result.findings, findings);
    assert.is(result.tree.programs.length, programs);
  });
}

/** What P4 and C would write, each with one finding, and the statements that are read all the same. */
const HABITS: readonly (readonly [body: string, findings: readonly string[], statements: number])[] = [
  [
    'BRANCH: case(<har, 1, 1>) { }; case(<har, 0, 1>) { }; NOP;',
    ["30 this ';' ends the BRANCH, and another case follows"],
    2,
  ],
  ['BRANCH(har): case(<har, 1, 1>) { };', ['7 BRANCH has no argument'], 1],
  ['BRANCH(har, sar) case(<har, 1, 1>) { };', ['7 BRANCH has no argument'], 1],
  ['branch: case(<har, 1, 1>) { };', ["1 expected 'BRANCH', found 'branch'"], 1],
  ['BRANCH: Case(<har, 1, 1>) { };', ["9 expected 'case', found 'Case'"], 1],
  ['BRANCH: case(har, 1, 1) { };', ["14 expected '<', found 'har'"], 1],
  ['BRANCH: case(<har, 1>) { };', ["21 expected ',', found '>'"], 1],
  ['BRANCH: case(<har, 1, 1) { };', ["24 expected '>', found ')'"], 1],
  ['BRANCH: case(<har, 1, 1> { };', ["25 expected ')', found '{'"], 1],
  ['BRANCH: case(<har, 1, 1>) NOP;', ["27 expected '{', found 'NOP'"], 0],
  ['BRANCH: case(<har, 1, 1>) { } NOP;', ["30 expected ';', found 'NOP'"], 2],
  ['BRANCH: case(<har, 1, 1>) { } else { DROP; }; NOP;', ["31 there is no 'else'"], 2],
  ['BRANCH: case(<har, 1, 1>) { } default: { DROP; }; NOP;', ["31 there is no 'default'"], 2],
  ['BRANCH: { case(<har, 1, 1>) { } } NOP;', ["1 the cases of a BRANCH stand without '{' around them"], 1],
  ['if (x) { DROP; } else { NOP; } NOP;', ["1 there is no 'if'", "18 there is no 'else'"], 1],
  ['switch (har) { case 1: NOP; } NOP;', ["1 there is no 'switch'"], 1],
  ['while (x) { } NOP;', ["1 there is no 'while'"], 1],
  ['NOP NOP;', ["4 expected ';', found 'NOP'"], 2],
  ['NOP; ; NOP;', ["6 no statement stands in front of this ';'"], 2],
  ['LOADI(har 1);', ["10 expected ',', found '1'"], 1],
  ['LOADI(har, 1; NOP;', ["13 expected ')', found ';'"], 2],
  ['FORWARD 3; NOP;', ["9 expected ';', found '3'"], 1],
  ['DROP();', ['5 a primitive without arguments is written without parentheses'], 1],
];
for (const [body, findings, statements] of HABITS) {
  test(`habit: ${body}`, () => {
    const result = parsed(`program p(${FILTER}) {\n${body}\n}`);
    assert.equal(
      result.findings,
      findings.map((finding) => `2:${finding}`),
    );
    assert.is(result.tree.programs[0]?.body.length, statements);
  });
}

test('habit: a declaration without @, a program without filters, and semicolons outside', () => {
  assert.equal(parsed(`m 256;\nprogram p(${FILTER}) { };\nprogram q() { }\nprogarm r(${FILTER}) { }`).findings, [
    "1:1 expected '@' or 'program', found 'm'",
    "1:6 no ';' stands behind declarations and programs",
    "2:36 no ';' stands behind declarations and programs",
    "3:11 expected a filter, found ')'",
  ]);
  const { tree, findings } = parsed(`progarm r(${FILTER}) { }`);
  assert.equal(findings, ["1:1 expected 'program', found 'progarm'"]);
  assert.is(tree.programs.length, 1);
});

test('what stands beside characters that are no token is not reported a second time', () => {
  assert.equal(parsed(`program p(${FILTER}) { har = 1; NOP; BRANCH: case(har == 1) { }; }`).findings, [
    "1:39 unexpected '='",
    "1:66 unexpected '=' and 1 more",
  ]);
});

const nested = (levels: number): string =>
  `program p(${FILTER}) {${'BRANCH: case(<har, 0, 0>) {'.repeat(levels)}${'};'.repeat(levels)}}`;

test('nesting: 199 cases are accepted, more are refused', () => {
  assert.equal(parsed(nested(199)).findings, []);
  const { findings } = parsed(nested(200));
  assert.match(findings[0] ?? '', 'more than 200 nested cases');
});

test('nesting: a hundred thousand levels end in a diagnostic, not in a stack overflow', () => {
  const analysis = analyse(nested(100_000), defaultDataPlane());
  assert.ok(analysis.hasErrors);
  assert.ok(analysis.diagnostics.length < 1000, 'one fault is not reported over and over');
});

for (const name of SAMPLE_NAMES) {
  test(`formatting ${name} keeps its meaning, and formatting again changes nothing`, () => {
    const { tree } = parsed(sampleSource(name));
    const text = formatSource(tree);
    const again = parsed(text);
    assert.equal(again.findings, []);
    assert.equal(withoutSpans(again.tree), withoutSpans(tree));
    assert.is(formatSource(again.tree), text);
  });
}

const WORDS = [
  ...['program', 'BRANCH', 'case', 'p', 'ADD', 'MEMADD', 'LOADI', 'HASH_MEM', 'DROP', 'har', 'sar', 'mar', 'm', '@'],
  ...['hdr.ipv4.src', 'hdr.udp.dst_port', 'hdr.no', '(', ')', '{', '}', '<', '>', ',', ';', ':', '1', '0xffffffff'],
  ...['256', '10.0.0.1', '0x', '/*', '*/', '//', '#', '\n', '\r\n', '\t', '\u{1f600}', '$', '.', '__proto__'],
] as const;

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((words) => words.join(' ')),
  fc
    .tuple(fc.constantFrom(...SAMPLE_NAMES), fc.nat(), fc.nat(30), fc.constantFrom(...WORDS))
    .map(([name, at, length, word]) => {
      const source = sampleSource(name);
      const start = at % source.length;
      return source.slice(0, start) + word + source.slice(start + length);
    }),
);

test('hostile input: any text gives a program or a diagnostic, never an exception', () => {
  fc.assert(
    fc.property(hostileText, (source) => {
      const analysis = analyse(source, defaultDataPlane());
      assert.ok(analysis.programs.length > 0 || analysis.hasErrors);
      assert.ok(analysis.diagnostics.length <= source.length + 1, 'at most one finding for each character');
      for (const { span } of analysis.diagnostics) {
        assert.ok(span.line >= 1 && span.column >= 1 && span.start <= span.end);
      }
      renderAll(analysis, 'hostile', source);
    }),
    { ...PROPERTY, numRuns: cases(1500) },
  );
});

const LARGE: readonly (readonly [name: string, source: string])[] = [
  ['one long word', 'x'.repeat(1_000_000)],
  ['one long unknown primitive', `program p(${FILTER}) { ${'Q'.repeat(4_000_000)}; }`],
  ['one long number', '9'.repeat(1_000_000)],
  ['many unclosed parentheses', '('.repeat(200_000)],
  ['many programs without end', 'program '.repeat(50_000)],
  ['many bad statements', `program p(${FILTER}) { ${'ADD(; '.repeat(50_000)} }`],
  ['a comment that never ends', `/*${'*'.repeat(1_000_000)}`],
];

for (const [name, source] of LARGE) {
  test(`hostile input: ${name} is refused`, () => {
    assert.ok(analyse(source, defaultDataPlane()).hasErrors);
  });
}

test.run();
