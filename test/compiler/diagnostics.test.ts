import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, builtInDataPlane, DIAGNOSTIC_CODES, defaultDataPlane, nearest } from '../../compiler/index.js';
import { assertGolden, renderAll, testPath } from './support.js';

/** A first line `// data plane: NAME` picks another data plane than the default. */
const dataPlaneOf = (source: string) =>
  builtInDataPlane(/^\/\/ data plane: (\w+)/.exec(source)?.[1] ?? 'default') ?? defaultDataPlane();

for (const [code, severity] of Object.entries(DIAGNOSTIC_CODES)) {
  test(`${severity}[${code}] is found and reads well`, () => {
    const path = testPath('diagnostics', `${code}.p4runpro`);
    assert.ok(existsSync(path), `${code} has no program that provokes it`);
    const source = readFileSync(path, 'utf8');
    const analysis = analyse(source, dataPlaneOf(source));
    const found = analysis.diagnostics.filter((diagnostic) => diagnostic.code === code);
    assert.ok(found.length > 0, `${code} is not found`);
    for (const diagnostic of found) assert.is(diagnostic.severity, severity);
    assertGolden(testPath('diagnostics', `${code}.golden.txt`), `${renderAll(analysis, `${code}.p4runpro`, source)}\n`);
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

test('the underline stands under the text behind tabs, carriage returns and on the last line', () => {
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
  ['FORWARDED', 'FORWARD'],
  ['TELEPORT', undefined],
  ['', undefined],
];
for (const [word, wanted] of NEAREST) {
  test(`nearest to '${word}' is ${wanted}`, () =>
    assert.is(nearest(word, ['EXTRACT', 'ADD', 'FORWARD', 'MODIFY']), wanted));
}

test.run();
