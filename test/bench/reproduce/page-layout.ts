/** The page of a reproduction with all experiments, laid out by a browser as wide as a screen and as narrow as a phone. */
import * as assert from 'uvu/assert';
import { type DrawnFigures, reproductionPage } from '../../../bench/paper/page/page.js';
import { EXPERIMENTS } from '../../../bench/paper/reproduce/experiments/index.js';
import type { ExperimentRecord, ReproductionDocument } from '../../../bench/paper/reproduce/reproduction.js';
import type { View } from './chromium.js';

/** Each experiment that was not run stands there with the longest table. */
function withAll(document: ReproductionDocument): ReproductionDocument {
  const run = new Map(document.experiments.map((experiment) => [experiment.id, experiment]));
  const longest = document.experiments.reduce((a, b) => (a.comparisons.length > b.comparisons.length ? a : b));
  const experiments = EXPERIMENTS.map(({ id, title, about, isExtra }): ExperimentRecord => {
    const record = { ...longest, id, title, about, isExtra: isExtra === true, series: [id], figures: [] };
    return run.get(id) ?? record;
  });
  return { ...document, experiments };
}

/** Both drawings of each figure of a page. */
const drawnIn =
  (html: string): DrawnFigures =>
  (name) => {
    const figure = html.slice(html.lastIndexOf('<figure', html.indexOf(`href="${name}.svg"`)));
    const [wide, narrow] = figure.match(/<svg [\s\S]*?<\/svg>/g) ?? [];
    if (wide === undefined || narrow === undefined) throw new Error(`figure ${name} is not drawn twice`);
    return { wide, narrow };
  };

interface Layout {
  readonly overflow: number;
  /** Elements beyond the window that no frame scrolls. */
  readonly cut: readonly string[];
  /** Frames that scroll: of tables and figures. */
  readonly scrolling: readonly string[];
  /** Width of each figure as a share of its frame. */
  readonly shares: readonly number[];
  readonly legendsInside: boolean;
  /** Size of the smallest letters of a figure in pixels. */
  readonly letters: number;
  /** Lines of the navigation. */
  readonly lines: number;
}

const LOOK = `(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const all = (within, selector) => [...within.querySelectorAll(selector)];
  const box = (element) => element.getBoundingClientRect();
  const seen = all(document, 'body *').filter((each) => each.closest('.wide') === null || each.matches('.wide'));
  const svgs = all(document, 'figure svg').filter((svg) => svg.getClientRects().length > 0);
  const lettersOf = (svg) => all(svg, 'text')
    .map((text) => parseFloat(window.getComputedStyle(text).fontSize) * box(svg).width / svg.viewBox.baseVal.width);
  const isInside = (part, whole) => part.left >= whole.left && part.right <= whole.right && part.top >= whole.top;
  return {
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    cut: seen.filter((each) => !each.closest('[hidden]') && box(each).right > window.innerWidth).map((each) => each.outerHTML.slice(0, 80)),
    scrolling: all(document, '.wide').filter((each) => each.scrollWidth > each.clientWidth)
      .map(({ firstElementChild: { classList, localName } }) => classList[0] ?? localName),
    shares: svgs.map((svg) => box(svg).width / box(svg.parentElement).width),
    legendsInside: svgs.every((svg) => {
      const legends = all(svg, '.role-legend');
      return legends.length > 0 && legends.every((legend) => isInside(box(legend), box(svg)));
    }),
    letters: Math.min(...svgs.flatMap(lettersOf)),
    lines: new Set(all(document, 'nav a').map((link) => Math.round(box(link).top))).size,
  };
})()`;

/**
 * The page with all experiments as screens show it.
 * @param page one with some experiments, whose figures are drawn in it
 */
export function layoutViews(document: ReproductionDocument, page: string): View[] {
  const html = reproductionPage(withAll(document), drawnIn(page));
  return [
    { html, width: 1400, isDark: false, look: LOOK },
    { html, width: 820, isDark: false, look: LOOK },
    { html, width: 390, isDark: true, look: LOOK },
  ];
}

/** Nothing is cut or wider than the page. @param found what the views show */
export function assertLayout(found: readonly unknown[]): void {
  const [screen, tablet, phone] = found as readonly [Layout, Layout, Layout];
  for (const [name, { overflow, cut, legendsInside }] of Object.entries({ screen, tablet, phone })) {
    assert.ok(overflow <= 0, `${name}: ${overflow} pixels too wide`);
    assert.equal(cut, [], name);
    assert.ok(legendsInside, name);
  }
  assert.equal(screen.scrolling, []);
  for (const share of screen.shares) assert.ok(share > 0.9 && share <= 1, `a figure takes ${share} of its frame`);
  assert.ok(screen.lines >= 2 && screen.lines <= 3, `${screen.lines} lines of navigation`);
  assert.ok(phone.lines > screen.lines && phone.lines < 15, `${phone.lines} lines of navigation`);
  assert.equal([...new Set(phone.scrolling)].sort(), ['plain', 'table']);
  for (const share of phone.shares) assert.ok(share > 0.9, `a figure takes ${share} of its frame`);
  for (const { letters } of [screen, tablet, phone]) assert.ok(letters > 9.5, `letters of ${letters} pixels`);
  assert.not(phone.scrolling.includes('counts'), 'the summary is cut');
}
