/** The labels below bars: level where they fit, as the renderer leaves too much room below slanted ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { barPanels } from '../../bench/figures/panels.js';

const labelsOf = (groups: readonly string[], width: number): string => {
  const bars = groups.map((group) => ({ panel: 'panel', group, series: 'series', value: 1 }));
  const text = JSON.stringify(barPanels({ bars, x: 'x', y: 'y', columns: 1, width }));
  return /"axis":(\{[^{}]*\})/.exec(text)?.[1] ?? '';
};

const RESOURCES = ['PHV', 'Hash unit', 'SRAM', 'TCAM', 'VLIW', 'SALU', 'Logical table ID'];

test('few groups: level', () => assert.is(labelsOf(RESOURCES.slice(0, 6), 100), '{"labelAngle":0}'));

test('many groups: word below word where each word fits, slanted otherwise', () => {
  assert.is(labelsOf(RESOURCES, 420), `{"labelAngle":0,"labelExpr":"split(datum.label, ' ')"}`);
  assert.is(labelsOf(RESOURCES, 200), '{"labelAngle":-45}');
});

test.run();
