/** What the compiler's tests share: the source tree, text goldens, and programs in one line. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import {
  type Analysis,
  analyse,
  type CompiledProgram,
  DataPlane,
  type DataPlaneDescription,
  defaultDataPlane,
  type LinkOptions,
  link,
  lower,
  type Program,
  renderDiagnostic,
  type SwitchState,
} from '../../compiler/index.js';

/** Seen from the built file dist/test/compiler/support.js. */
const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export const sourcePath = (...parts: readonly string[]): string => join(repositoryRoot, ...parts);
export const testPath = (...parts: readonly string[]): string => sourcePath('test', 'compiler', ...parts);

/** The seed of every property of the compiler; the printed seed and path of a failure replay it. */
export const PROPERTY = { seed: 20_240_804 } as const;

export const SAMPLE_NAMES = [
  ...['acc', 'bf', 'cache', 'calc', 'cms', 'ecn', 'hh', 'hll', 'l2', 'l3', 'lb', 'nc', 'sf', 'sm', 'tn'],
] as const;

export const sampleSource = (name: string): string =>
  readFileSync(sourcePath('bench', 'programs', `${name}.p4runpro`), 'utf8');

/** Compares with a file of the source tree; UPDATE_GOLDENS=1 writes it instead, but never in CI. */
export function assertGolden(path: string, actual: string): void {
  if (process.env['UPDATE_GOLDENS'] === '1') {
    if (process.env['CI'] === 'true') throw new Error('goldens are not updated in CI');
    writeFileSync(path, actual);
    return;
  }
  assert.ok(existsSync(path), `${path} is missing; UPDATE_GOLDENS=1 writes it`);
  assert.fixture(actual, readFileSync(path, 'utf8'), `${path} differs; UPDATE_GOLDENS=1 rewrites it`);
}

/** All findings of an analysis as a user sees them. */
export const renderAll = (analysis: Analysis, file: string, source: string): string =>
  analysis.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, file, source)).join('\n\n');

/** The programs of a text that must have no errors. */
export function checkedPrograms(source: string, dataPlane = defaultDataPlane()): readonly Program[] {
  const analysis = analyse(source, dataPlane);
  if (analysis.hasErrors) throw new Error(renderAll(analysis, 'source', source));
  return analysis.programs;
}

/** The first program of a text that must have no errors. */
export function checkedProgram(source: string, dataPlane = defaultDataPlane()): Program {
  const [program] = checkedPrograms(source, dataPlane);
  if (program === undefined) throw new Error('the text holds no program');
  return program;
}

/** A program with one filter around these statements. */
export const inProgram = (body: string, memories = ''): string =>
  `${memories}\nprogram p(<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>) {\n${body}\n}\n`;

/** The codes found in a text, in order. */
export const codesOf = (source: string, dataPlane = defaultDataPlane()): string[] =>
  analyse(source, dataPlane).diagnostics.map(({ code }) => code);

/** Links a checked program into a switch; the switch does not change. */
export function linkProgram(
  program: Program,
  state: SwitchState,
  options?: LinkOptions,
  recirculations = 1,
): CompiledProgram {
  return link(lower(program, state.dataPlane, recirculations), state, '0'.repeat(64), options);
}

/** The default data plane with some parts replaced, and its RPBs cut down to these numbers. */
export function smallDataPlane(
  keep: readonly number[],
  shape: { readonly entries?: number; readonly buckets?: number } = {},
  change: Partial<DataPlaneDescription> = {},
): DataPlane {
  const { description } = defaultDataPlane();
  const rpbs = keep.flatMap((number, i) => {
    const rpb = description.rpbs[String(number)];
    return rpb === undefined ? [] : [[String(i + 1), { ...rpb, ...shape }] as const];
  });
  return new DataPlane({ ...description, name: 'small', rpbs: Object.fromEntries(rpbs), ...change });
}
