import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  applyFix,
  builtInDataPlane,
  DIAGNOSTIC_CODES,
  Diagnostics,
  defaultDataPlane,
  type Fix,
  nearest,
  renderDiagnostics,
  type Span,
} from '../../compiler/index.js';
import { DIAGNOSTIC_EXAMPLES } from '../../compiler/language/diagnostic-examples.js';
import { assertGolden, renderAll, testPath } from './support.js';

/** A first line `// data plane: NAME` picks another data plane than the default. */
const dataPlaneOf = (source: string) =>
  builtInDataPlane(/^\/\/ data plane: (\w+)/.exec(source)?.[1] ?? 'default') ?? defaultDataPlane();

/** What a fix makes of the line of its finding. */
function fixText(source: string, { line }: Span, fix: Fix): string {
  const lines = applyFix(source, fix).split('\n');
  return `fix: ${fix.title}\n${String(line).padStart(3)} | ${lines[line - 1]}`;
}

for (const [code, severity] of Object.entries(DIAGNOSTIC_CODES)) {
  test(`${severity}[${code}] is found and reads well`, () => {
    const path = testPath('diagnostics', `${code}.p4runpro`);
    assert.ok(existsSync(path), `${code} has no program that provokes it`);
    const source = readFileSync(path, 'utf8');
    const analysis = analyse(source, dataPlaneOf(source));
    const found = analysis.diagnostics.filter((diagnostic) => diagnostic.code === code);
    assert.ok(found.length > 0, `${code} is not found`);
    for (const diagnostic of found) assert.is(diagnostic.severity, severity);
    for (const { message, fix } of analysis.diagnostics) {
      if (fix === undefined) continue;
      const after = analyse(applyFix(source, fix), dataPlaneOf(source)).diagnostics;
      const alike = (list: typeof after): number => list.filter((other) => other.message === message).length;
      assert.ok(alike(after) < alike(analysis.diagnostics), `'${fix.title}' leaves: ${message}`);
    }
    const fixes = analysis.diagnostics.flatMap(({ span, fix }) =>
      fix === undefined ? [] : [fixText(source, span, fix)],
    );
    assertGolden(
      testPath('diagnostics', `${code}.golden.txt`),
      `${[renderAll(analysis, `${code}.p4runpro`, source), ...fixes].join('\n\n')}\n`,
    );
  });
}

for (const [code, example] of Object.entries(DIAGNOSTIC_EXAMPLES)) {
  test(`the example of ${code} has this finding alone, and its cure none`, () => {
    const dataPlane = builtInDataPlane(example.dataPlane ?? 'default') ?? defaultDataPlane();
    const codes = new Set(analyse(example.fault, dataPlane).diagnostics.map((finding) => finding.code));
    assert.equal([...codes], [code]);
    assert.is(renderAll(analyse(example.cure, dataPlane), code, example.cure), '');
  });
}

test('findings come in the order of the text', () => {
  const source = readFileSync(testPath('diagnostics', 'syntax.p4runpro'), 'utf8');
  const starts = analyse(source, defaultDataPlane()).diagnostics.map(({ span }) => span.start);
  assert.equal(
    starts,
    [...starts].sort((a, b) => a - b),
  );
});

test('the underline is below the text after tabs and carriage returns, and on the last line', () => {
  const source = 'program p(<hdr.ipv4.src, 0, 0>) {\r\n\t\tTELEPORT;\r\n}';
  const text = renderAll(analyse(source, defaultDataPlane()), 'a', source);
  assert.ok(text.startsWith('a:2:3: error[unknown-primitive]: there is no primitive TELEPORT\n'));
  assert.ok(text.includes('  2 | \t\tTELEPORT;\n    | \t\t^^^^^^^^'));
});

const NEAREST: readonly (readonly [word: string, nearest: string | undefined])[] = [
  ['EXTRAKT', 'EXTRACT'],
  ['extract', 'EXTRACT'],
  ['AD', 'ADD'],
  ['XADD', 'ADD'],
  ['DAD', 'ADD'],
  ['EXTRCAT', 'EXTRACT'],
  ['FORWARDED', 'FORWARD'],
  ['TELEPORT', undefined],
  ['', undefined],
];
for (const [word, wanted] of NEAREST) {
  test(`nearest to '${word}' is ${wanted}`, () =>
    assert.is(nearest(word, ['EXTRACT', 'ADD', 'FORWARD', 'MODIFY']), wanted));
}

const PROGRAM = 'program p(<hdr.ipv4.src, 1, 1>) {';

const rendered = (source: string): string => renderDiagnostics(analyse(source, defaultDataPlane()), 'a', source);

test('of many findings twenty are printed, a hundred of a kind are kept, and all are counted', () => {
  const source = `${PROGRAM} ${'TELEPORT;\n'.repeat(5000)} ADD(har); }`;
  const analysis = analyse(source, defaultDataPlane());
  assert.is(analysis.diagnostics.length, 101);
  assert.equal([...analysis.unlisted], [['unknown-primitive', 4900]]);
  const text = rendered(source);
  assert.is(text.match(/there is no primitive TELEPORT/g)?.length, 20);
  const last = 'and 4,981 more findings: 4,980 error[unknown-primitive], 1 error[wrong-argument-count]';
  assert.is(text.split('\n').at(-1), `a: ${last}`);
});

test('no more than twenty findings are printed, of all kinds together, and errors before warnings', () => {
  const kinds = ['TELEPORT;', 'ADD(har);', 'ADD(har, har);', 'MEMADD(m);', 'EXTRACT(a.b, har);', 'FORWARD(9999);', '&'];
  const source = `${PROGRAM}\n${kinds.map((kind) => `${kind}\n`.repeat(30)).join('')}}`;
  const text = rendered(source);
  assert.is(text.match(/^a:\d+:\d+: /gm)?.length, 20);
  assert.match(text, /and 190 more findings: (\d+ error\[[a-z-]+\](, )?){7}$/);
  const warnings = 'EXTRACT(hdr.l5.op, har);\n'.repeat(30);
  const one = rendered(`${PROGRAM}\n${warnings}TELEPORT;\n}`);
  assert.is(one.match(/^a:\d+:\d+: warning/gm)?.length, 19);
  assert.ok(one.includes('a:32:1: error[unknown-primitive]'));
  assert.ok(one.endsWith('a: and 11 more findings: 11 warning[header-not-guaranteed]'), one.slice(-100));
});

test('a finding is reported once, however many bodies end where the text does', () => {
  const unclosed = `${PROGRAM}\n${'BRANCH: case(<har, 0, 1>) {\n'.repeat(10_000)}`;
  const messages = analyse(unclosed, defaultDataPlane()).diagnostics.map(({ message }) => message);
  assert.equal(messages, ["more than 200 nested cases, found '{'", "expected '}', found the end of the file"]);
  const diagnostics = new Diagnostics();
  const span = { start: 0, end: 1, line: 1, column: 1 };
  for (let i = 0; i < 3; i++) diagnostics.report('syntax', span, 'one');
  diagnostics.report('syntax', span, 'another');
  assert.is(diagnostics.sorted().length, 2);
  assert.is(diagnostics.unlisted().size, 0);
});

test('a long line is cut around the finding, and a long word in a message', () => {
  const before = ' '.repeat(500);
  const source = `${PROGRAM}${before}TELEPORT;${before}}`;
  const [head, line, marks] = rendered(source).split('\n');
  assert.is(head, 'a:1:534: error[unknown-primitive]: there is no primitive TELEPORT');
  assert.is(line, `  1 | …${' '.repeat(40)}TELEPORT;${' '.repeat(111)}…`);
  assert.is(marks, `    | ${' '.repeat(41)}^^^^^^^^`);
  const word = `${PROGRAM} ${'A'.repeat(100_000)}; }`;
  const text = rendered(word);
  assert.ok(text.startsWith(`a:1:35: error[unknown-primitive]: there is no primitive ${'A'.repeat(59)}…\n`));
  assert.ok(text.length < 1000, `${text.length} characters`);
});

test('control characters of the text are not printed', () => {
  const source = `${PROGRAM} /* \u001b]0;title\u0007 \u202e */ TELEPORT\u001b[2J; }`;
  const text = rendered(source);
  assert.not.match(text, /(?!\n)[\p{Cc}\p{Cf}]/u);
  assert.ok(text.includes('/* \ufffd]0;title\ufffd \ufffd */ TELEPORT\ufffd[2J; }'), text);
});

test('random text of any kind leads to a bounded report', () => {
  const noise = Array.from({ length: 200_000 }, (_, i) => String.fromCharCode((i * 7919 + (i >> 5)) % 256)).join('');
  const texts = [noise, '{'.repeat(200_000), ';'.repeat(100_000), '@'.repeat(100_000), '(a'.repeat(100_000)];
  for (const source of [...texts, ...texts.map((text) => PROGRAM + text)]) {
    const text = rendered(source);
    assert.ok(text.length > 0 && text.length < 100_000, `${text.length} characters of ${source.slice(0, 50)}`);
  }
});

test.run();
