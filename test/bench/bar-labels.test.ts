/** The labels below bars: level where they fit, as the renderer leaves too much room below slanted ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { barPanels } from '../../bench/figures/panels.js';

/** Bars of groups that have one series are as wide as their group. */
const offsets = (series: readonly string[]): boolean =>
  JSON.stringify(
    barPanels({
      ...{ x: 'x', y: 'y', columns: 1 },
      bars: series.map((name, i) => ({ panel: 'panel', group: i === 2 ? 'b' : 'a', series: name, value: 1 })),
    }),
  ).includes('"xOffset":{"field"');

test('bars of one group stand beside each other', () =>
  assert.equal([offsets(['p']), offsets(['p', 'q'])], [false, true]));

const labelsOf = (groups: readonly string[], width: number): string => {
  const bars = groups.map((group) => ({ panel: 'panel', group, series: 'series', value: 1 }));
  const text = JSON.stringify(barPanels({ bars, x: 'x', y: 'y', columns: 1, width }));
  return /"axis":(\{[^{}]*\})/.exec(text)?.[1] ?? '';
};

const RESOURCES = ['PHV', 'Hash unit', 'SRAM', 'TCAM', 'VLIW', 'SALU', 'Logical table ID'];

test('labels that fit are level', () => {
  assert.is(labelsOf(['cache', 'lb', 'hh', 'nc', 'all-mixed'], 290), '{"labelAngle":0}');
  assert.is(labelsOf(RESOURCES.slice(0, 6), 600), '{"labelAngle":0}');
});

test('other labels: word below word where each word fits, slanted otherwise', () => {
  assert.is(labelsOf(RESOURCES, 420), `{"labelAngle":0,"labelExpr":"split(datum.label, ' ')"}`);
  assert.is(labelsOf(RESOURCES, 200), '{"labelAngle":-45}');
});

test.run();
