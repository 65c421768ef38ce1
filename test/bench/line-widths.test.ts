/** Lines that coincide can be told apart: each has its own width and dashes, and finer ones lie above. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderFigure } from '../../bench/figures/figure.js';
import { linePanels } from '../../bench/figures/panels.js';

const NAMES = ['published', 'reproduced', 'ours', 'ActiveRMT, lc', 'ActiveRMT, mc'];

/** Widths and dashes of the lines of a figure, in the order in which they are drawn. */
async function linesOf(names: readonly string[]): Promise<{ width: number; dashes: string }[]> {
  const points = names.flatMap((series) => [0, 1, 2].map((x) => ({ panel: 'cache', series, x, y: x })));
  const svg = await renderFigure(linePanels({ points, x: 'x', y: 'y', columns: 1 }));
  return [
    ...svg.matchAll(/<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark"[^>]*>/g),
  ].map(([path]) => ({
    width: Number(/stroke-width="([\d.]+)"/.exec(path)?.[1]),
    dashes: String(/stroke-dasharray="([^"]+)"/.exec(path)?.[1]),
  }));
}

test('coinciding lines: from wide to fine, with different dashes', async () => {
  const lines = await linesOf(NAMES.slice(0, 3));
  assert.equal(lines, [
    { width: 5.5, dashes: '1,0' },
    { width: 3.5, dashes: '6,3' },
    { width: 1.5, dashes: '2,2' },
  ]);
});

test('many lines: no wider than 6, one line: 1.5', async () => {
  const widths = async (names: readonly string[]) => (await linesOf(names)).map(({ width }) => width);
  assert.equal(await widths(NAMES), [6, 4.875, 3.75, 2.625, 1.5]);
  assert.equal(await widths(NAMES.slice(0, 1)), [1.5]);
});

test.run();
