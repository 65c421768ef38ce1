/**
 * `published` against the schema of the authors' program: what `deploy --dataplane published` sends has to have exactly
 * its tables, keys, actions and parameters. The facts are those of results/published/bf-rt-*.csv (source there).
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, defaultDataPlane, isTernary, matchTables, registerTables } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';

/** Rows of a file without quoted fields, as objects of its columns in order. */
function rows(name: string): readonly (readonly string[])[] {
  const text = readFileSync(packageFile('results', 'published', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

const plane = builtInDataPlane('published') ?? defaultDataPlane();
const byFirst = (a: readonly string[], b: readonly string[]): number => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1);

test('published has the tables of the authors’ program: stages, sizes, keys, match types, widths', () => {
  const ours = matchTables(plane).map((table) => [
    table.name,
    String(table.stage),
    String(table.entries),
    table.keys.map(({ name, match, width }) => `${name}:${match}:${width}`).join(' '),
    isTernary(table) ? 'yes' : 'no',
  ]);
  const theirs = rows('bf-rt-tables.csv').map((row) => row.slice(0, 5));
  assert.is(theirs.length, 27);
  assert.equal(ours.sort(byFirst), theirs.sort(byFirst));
});

test('published has the actions of the authors’ program, table by table, with their parameters', () => {
  const actionSets = new Map<string, string[]>();
  for (const [set = '', action = '', parameters = ''] of rows('bf-rt-actions.csv')) {
    actionSets.set(set, [...(actionSets.get(set) ?? []), `${action}(${parameters})`]);
  }
  const theirs = new Map(rows('bf-rt-tables.csv').map((row) => [row[0], actionSets.get(row[5] ?? '')]));
  for (const { name, actions } of matchTables(plane)) {
    const control = `${name.slice(0, name.lastIndexOf('.'))}.`;
    const ours = actions.map((action) => {
      const parameters = action.parameters.map((parameter) => `${parameter.name}:${parameter.width}`).join(' ');
      return `${action.name.startsWith(control) ? action.name.slice(control.length) : action.name}(${parameters})`;
    });
    assert.equal(ours.sort(), [...(theirs.get(name) ?? [])].sort(), name);
  }
});

test('published has the registers of the authors’ program', () => {
  const ours = registerTables(plane).map(({ name, words, width }) => [name, String(words), String(width)]);
  const theirs = rows('bf-rt-registers.csv');
  assert.is(theirs.length, 22);
  assert.equal(ours.sort(byFirst), [...theirs].sort(byFirst));
});

test.run();
