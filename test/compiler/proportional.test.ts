/** The work of the checker is proportional to the text, for any text: ten times the text, ten times the blocks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, defaultDataPlane, renderDiagnostics } from '../../compiler/index.js';
import { executedBlocks } from '../executed-blocks.js';

const dataPlane = defaultDataPlane();
const FILTER = '<hdr.ipv4.src, 0, 0>';
const OPEN = `@m 256\nprogram p(${FILTER}) {\n`;
const each = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('');

/** A text with n of something. */
const TEXTS: Readonly<Record<string, (n: number) => string>> = {
  'opening parentheses': (n) => '('.repeat(n),
  semicolons: (n) => ';'.repeat(n),
  'semicolons in a program': (n) => `${OPEN}${';'.repeat(n)}}`,
  'letters in a word': (n) => `${OPEN}${'x'.repeat(n)}; }`,
  'digits in a number': (n) => `${OPEN}LOADI(har, ${'1'.repeat(n)}); }`,
  'unclosed cases': (n) => OPEN + 'BRANCH: case(<har, 0, 1>) {'.repeat(n),
  'nested BRANCHes': (n) => `${OPEN}${'BRANCH: case(<har, 0, 1>) {'.repeat(n)}${'};'.repeat(n)}}`,
  'statements in one line': (n) => `${OPEN}${'LOADI(har, 1); '.repeat(n)}}`,
  'memories that nobody uses': (n) => `${each(n, (i) => `@m${i} 256\n`)}program p(${FILTER}) { NOP; }`,
  'memories that are used': (n) =>
    `${each(n, (i) => `@m${i} 4\n`)}program p(${FILTER}) { LOADI(mar, 1); ${each(n, (i) => `MEMREAD(m${i});\n`)}}`,
  'memories of one name': (n) => `${'@m 256\n'.repeat(n)}program p(${FILTER}) { NOP; }`,
  'misspelt memories': (n) =>
    `${each(n, (i) => `@m${i} 4\n`)}program p(${FILTER}) { ${each(n, (i) => `MEMREAD(n${i});\n`)}}`,
  filters: (n) => `program p(${Array.from({ length: n }, () => FILTER).join(', ')}) { NOP; }`,
  'unknown fields': (n) => `program p(${FILTER}) { ${each(n, (i) => `EXTRACT(hdr.f${i}, har);\n`)}}`,
  comments: (n) => `${'// x\n/* y */ # z\n'.repeat(n)}program p(${FILTER}) { NOP; }`,
  'comments in comments': (n) => '/* '.repeat(n),
  'characters beyond ASCII': (n) => `${OPEN}${'é\u{1f600} \u202e;'.repeat(n)}}`,
  'valid programs': (n) => each(n, (i) => `program p${i}(<hdr.ipv4.src, ${i}, 0xffffffff>) { FORWARD(1); }\n`),
  'programs of one name': (n) => `program p(${FILTER}) { NOP; }\n`.repeat(n),
  cases: (n) =>
    `${OPEN}EXTRACT(hdr.ipv4.src, har); BRANCH: ${each(n, (i) => `case(<har, ${i}, 0xffffffff>) { FORWARD(1); }\n`)}; }`,
  'cases of two registers': (n) =>
    `program p(${FILTER}) { EXTRACT(hdr.ipv4.src, har); EXTRACT(hdr.ipv4.dst, sar); BRANCH: ${each(
      n,
      (i) => `case(<har, ${i}, 0xffffffff>, <sar, ${i}, ${i}>) { FORWARD(1); }\n`,
    )}; }`,
  'BRANCHes one after another': (n) =>
    `${OPEN}EXTRACT(hdr.ipv4.src, har); ${each(n, (i) => `BRANCH: case(<har, ${i}, 0xffffffff>) { FORWARD(1); };\n`)}}`,
  'assignments of C': (n) => `${OPEN}${'har = 1; '.repeat(n)}}`,
  'ifs of C': (n) => `${OPEN}${'if (har == 1) { DROP; } else { NOP; }\n'.repeat(n)}}`,
  'cases behind a semicolon': (n) => `${OPEN}BRANCH: ${'case(<har, 0, 1>) { NOP; };\n'.repeat(n)}}`,
  annotations: (n) => '@'.repeat(n),
  colons: (n) => `a${':b'.repeat(n)}`,
  spaces: (n) => `${OPEN}LOADI(har, 1${' '.repeat(n)}); }`,
  'line breaks': (n) => `${OPEN}${'\r\n\r'.repeat(n)}}`,
};

const SMALL = 200;

/** A quadratic pass makes it a hundred; limits that only the longer text passes make it a little more than ten. */
const MAX_GROWTH = 15;

function check(text: string): void {
  renderDiagnostics(analyse(text, dataPlane), 'file', text);
}

for (const [name, text] of Object.entries(TEXTS)) {
  test(`ten times the ${name} take ten times the work`, async () => {
    const count = (n: number): Promise<number> => executedBlocks('/dist/compiler/', () => check(text(n)));
    check(text(SMALL));
    const [small, large] = [await count(SMALL), await count(10 * SMALL)];
    assert.ok(large <= MAX_GROWTH * small, `${small} blocks, then ${large}`);
  });
}

test('the count sees work that grows with the square of the input', async () => {
  const pairs = (n: number) => (): number => {
    const words = Array.from({ length: n }, (_, i) => `w${i}`);
    return words.filter((word, i) => words.some((other, j) => other === word && j < i)).length;
  };
  const [small, large] = [
    await executedBlocks('/dist/test/', pairs(30)),
    await executedBlocks('/dist/test/', pairs(300)),
  ];
  assert.ok(large > 50 * small, `${small} blocks, then ${large}`);
});

test.run();
