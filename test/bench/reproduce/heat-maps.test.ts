/** Figures 18 and 19: what of a map is a number of the paper. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fig18 } from '../../../bench/paper/reproduce/experiments/objectives.js';
import { numbersOfPaper } from '../../../bench/paper/reproduce/reproduction.js';
import { numberIn, publishedTable, textIn } from '../../../hw-driver/cli/kit/published-figures.js';

/** The published map of f1, by segment and RPB. */
function publishedMap(): { memory: number }[][] {
  const map: { memory: number }[][] = [];
  for (const row of publishedTable('heatmaps.csv')) {
    if (textIn(row, 'objective') !== '0.7*x_L-0.3*x_1' || textIn(row, 'resource') !== 'memory') continue;
    const segment = numberIn(row, 'segment_of_100_epochs');
    map[segment] = [...(map[segment] ?? []), { memory: numberIn(row, 'mean_utilization') }];
  }
  return map;
}

test('means of maps are numbers of the paper, distances are not', () => {
  const segments = publishedMap();
  const { comparisons } = fig18.findings(() => ({ curve: { segments } }) as never, { scale: 'quick', seed: '1' });
  const [mean, distance] = comparisons;
  const published = segments.flat().map(({ memory }) => memory);
  assert.is(mean?.quantity, 'f1: mean of the map');
  const expected = published.reduce((sum, share) => sum + share, 0) / published.length;
  assert.ok(Math.abs(Number(mean?.published?.mean) - expected) < 1e-12, `${mean?.published?.mean}`);
  assert.is(mean?.reproducedVerdict, 'agrees');
  assert.ok(Number(distance?.reproduced?.mean) < 1e-12, `${distance?.reproduced?.mean}`);
  assert.equal([distance?.published, distance?.reproducedVerdict], [null, null]);
  assert.equal(
    numbersOfPaper([{ isExtra: false, comparisons }]).map(({ quantity }) => quantity),
    ['f1', 'f2', 'f3', 'hierarchical'].map((objective) => `${objective}: mean of the map`),
  );
  // The others lie elsewhere, with other means.
  const elsewhere = comparisons.filter(({ quantity }) => quantity.includes('distance')).slice(1);
  for (const { quantity, reproduced } of elsewhere) assert.ok(Number(reproduced?.mean) > 0.001, quantity);
});

test.run();
