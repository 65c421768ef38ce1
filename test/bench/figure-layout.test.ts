/** Figures for screens and for phones: their widths, those of their texts, and coordinates without digits that nobody sees. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderFigure } from '../../bench/figures/figure.js';
import { barPanels, heatPanels, LAYOUTS, linePanels } from '../../bench/figures/panels.js';
import { textWidth } from '../../bench/figures/text-width.js';

for (const [text, size, isBold, width] of [
  ['', 11, false, 0],
  ['ill', 10, false, 6.66],
  ['MW', 10, false, 17.77],
  ['1,024 B', 10, false, 34.47],
  ['1,024 B', 10, true, 37.2276],
] as const) {
  test(`width of '${text}' at ${size} pixels${isBold ? ', bold' : ''}`, () =>
    assert.ok(Math.abs(textWidth(text, size, isBold) - width) < 1e-9, `${textWidth(text, size, isBold)}`));
}

const SERIES = ['P4runpro, published', 'P4runpro, reproduced', 'P4runpro, ours', 'ActiveRMT, block matrix'];
const panels = ['cache', 'lb', 'hh'];

const FIGURES = {
  lines: (layout: (typeof LAYOUTS)[number]) =>
    linePanels({
      points: panels.flatMap((panel) =>
        SERIES.flatMap((series, i) => [0, 1, 2].map((x) => ({ panel, series, x: x * 1000, y: x / (i + 3) }))),
      ),
      ...{ x: 'arrival', y: 'share in use', columns: 2, layout },
    }),
  bars: (layout: (typeof LAYOUTS)[number]) =>
    barPanels({
      bars: panels.flatMap((panel) =>
        SERIES.map((series, i) => ({ panel, group: series, series, value: 9000 / (i + 7) })),
      ),
      ...{ x: '', y: 'programs', columns: 2, layout },
    }),
  maps: (layout: (typeof LAYOUTS)[number]) =>
    heatPanels(
      panels.flatMap((panel) => [0, 1, 2].map((x) => ({ panel, x, y: 1, share: x / 3 }))),
      { x: 'segment', y: 'RPB', columns: 2, layout },
      'in use',
    ),
};

for (const [name, spec] of Object.entries(FIGURES)) {
  test(`${name}: as wide as a report, and as a phone`, async () => {
    const svgs = await Promise.all(LAYOUTS.map((layout) => renderFigure(spec(layout))));
    const [wide, narrow] = svgs.map((svg) => Number(/ width="([\d.]+)"/.exec(svg)?.[1])) as [number, number];
    assert.ok(wide > 840 && wide < 960, `${wide}`);
    assert.ok(narrow > 320 && narrow < 370, `${narrow}`);
    for (const svg of svgs) assert.not.match(svg, / (?:d|transform)="[^"]*\.\d{3}/);
  });
}

test('P4runpro has the colours of its series beside other systems, which have others', async () => {
  const svg = await renderFigure(FIGURES.bars('wide'));
  const colours = SERIES.map((name) => new RegExp(`series: ${name}"[^>]*fill="(#\\w+)"`).exec(svg)?.[1]);
  assert.equal(colours, ['#7f7f7f', '#0072b2', '#d55e00', '#009e73']);
});

test('a place of the last row that is empty has no axis', async () => {
  const axes = async (count: number): Promise<number> => {
    const points = Array.from({ length: count }, (_, i) => ({ panel: `p${i}`, series: 's', x: 1, y: 1 }));
    const svg = await renderFigure(linePanels({ points, x: 'arrival', y: 'y', columns: 2 }));
    return svg.split('>arrival</text>').length - 1;
  };
  assert.equal([await axes(2), await axes(3), await axes(4)], [2, 3, 2]);
});

test.run();
