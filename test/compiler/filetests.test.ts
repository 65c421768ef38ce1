/**
 * File tests: a file holds a program, the passes after which its forms are looked at, and their text. What each of them
 * says stands in test/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  link,
  lower,
  PASS_NAMES,
  PASSES,
  SwitchState,
} from '../../compiler/index.js';
import { PassPrinter } from '../../compiler/passes/print/print-form.js';
import { headOf } from './file-test.js';
import { assertGolden, renderAll, SAMPLE_NAMES, sampleSource, sourcePath, testPath } from './support.js';

interface FileTest {
  /** All that stands above the expected text. */
  readonly head: string;
  readonly passes: ReadonlySet<string>;
  readonly dataPlane: string;
  readonly recirculations: number;
  readonly source: string;
}

/** Directives are comments of the language: `// after: align branches`, `// program: cache`, `// recirculations: 2`. */
function readFileTest(text: string): FileTest {
  const head = headOf(text);
  const directive = (name: string): string | undefined => new RegExp(`^// ${name}: (.+)$`, 'm').exec(head)?.[1];
  const passes = directive('after')?.split(' ') ?? [];
  assert.ok(passes.length > 0, 'a file test says after which passes: // after: all');
  for (const pass of passes) assert.ok(pass === 'all' || PASS_NAMES.some((name) => name === pass), `no pass ${pass}`);
  const program = directive('program');
  return {
    head,
    passes: new Set(passes),
    dataPlane: directive('dataplane') ?? 'default',
    recirculations: Number(directive('recirculations') ?? DEFAULT_RECIRCULATIONS),
    source: program === undefined ? head : sampleSource(program),
  };
}

/** Compiles all programs of a file for one switch, one after another, and prints what was asked for. */
function printed({ passes, dataPlane: name, recirculations, source }: FileTest): string {
  const dataPlane = builtInDataPlane(name);
  assert.ok(dataPlane, `no data plane ${name}`);
  const printer = new PassPrinter(new Set(PASS_NAMES.filter((pass) => passes.has('all') || passes.has(pass))));
  const analysis = analyse(source, dataPlane, printer.observe);
  assert.not(analysis.hasErrors, renderAll(analysis, 'program', source));
  const state = new SwitchState(dataPlane);
  for (const program of analysis.programs) {
    const lowered = lower(program, dataPlane, recirculations, printer.observe);
    state.commit(link(lowered, state, analysis.sourceHash, DEFAULT_LINK_OPTIONS, printer.observe));
  }
  return printer.text();
}

const FOLDER = testPath('filetests');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.txt'))
  .sort();

for (const file of files) {
  test(`filetests/${file}`, () => {
    const path = testPath('filetests', file);
    const fileTest = readFileTest(readFileSync(path, 'utf8'));
    assertGolden(path, `${fileTest.head}\n\n${printed(fileTest)}`);
  });
}

test('there is a file test for each of the fifteen programs at every pass', () => {
  for (const name of SAMPLE_NAMES) {
    const { head } = readFileTest(readFileSync(testPath('filetests', 'programs', `${name}.txt`), 'utf8'));
    assert.match(head, `// program: ${name}`);
    assert.match(head, '// after: all');
  }
});

test('compiler/README.md lists the passes', () => {
  const table = PASSES.map(({ name, makes }) => `| \`${name}\` | ${makes} |`).join('\n');
  assert.ok(
    readFileSync(sourcePath('compiler', 'README.md'), 'utf8').includes(table),
    `it needs this table:\n${table}`,
  );
});

test.run();
