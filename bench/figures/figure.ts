/**
 * Figures as self-contained SVG text, by Vega-Lite; deterministic for equal data. Colours are
 * those of Okabe and Ito, which people with colour vision deficiencies can tell apart; lines differ in their dashes too.
 */
import type { TopLevelSpec } from 'vega-lite';
import { textWidth } from './text-width.js';

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

/** Vega takes a function for the width of texts, which its types leave out. */
declare module 'vega' {
  const textMetrics: { width: (item: TextItem, text: unknown) => number };
}

/** Input of {@link renderFigure}. */
export type FigureSpec = TopLevelSpec;

export const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
  '#f0e442',
] as const;
export const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
];
/** Font size of labels in pixels. */
export const LABEL_SIZE = 11;
const FONT = 'Helvetica, Arial, sans-serif';

const CONFIG = {
  font: FONT,
  background: 'white',
  axis: {
    labelFontSize: LABEL_SIZE,
    labelSeparation: 6,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: '#e5e5e5',
  },
  legend: {
    labelLimit: 0,
    labelFontSize: LABEL_SIZE,
    titleFontSize: 11,
    orient: 'top',
    symbolStrokeWidth: 2,
    symbolSize: 300,
  },
  title: { fontSize: 13, anchor: 'start' },
} as const;

const widthOf = ({ fontSize = LABEL_SIZE, fontWeight }: TextItem, text: unknown): number =>
  textWidth(String(text), fontSize, fontWeight === 'bold');

const DECIMALS = 2;

/** Coordinates with digits that can be seen: the others make half of a heat map, and differ between machines. */
const rounded = (svg: string): string =>
  svg.replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(DECIMALS)))),
  );

/** Renders a Vega-Lite specification as SVG, with the style that all figures share. */
export async function renderFigure(spec: FigureSpec): Promise<string> {
  // Loaded on demand, since loading takes a third of a second.
  const [{ parse, resetSVGDefIds, textMetrics, View }, { compile }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
  ]);
  const compiled = compile({ ...spec, config: { ...CONFIG, range: { category: [...COLOURS] }, ...spec.config } });
  textMetrics.width = widthOf;
  // Vega numbers gradients per process; fixed names make equal figures equal.
  resetSVGDefIds();
  const view = new View(parse(compiled.spec), { renderer: 'none' });
  try {
    return `${rounded(await view.toSVG())}\n`;
  } finally {
    view.finalize();
  }
}

/** A point of a line. */
export interface LinePoint {
  readonly x: number;
  /** Null for a gap in the line. */
  readonly y: number | null;
}

/** Data and axes of a figure with one panel. */
export interface LineFigure {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Minimum and maximum of the y axis. */
  readonly range: readonly [number, number];
  readonly series: readonly { readonly name: string; readonly points: readonly LinePoint[] }[];
  /** Times marked by vertical lines. */
  readonly marks: readonly { readonly x: number; readonly text: string }[];
}

/** Line chart over time or another quantity. */
export function lineFigure({ title, x, y, range, series, marks }: LineFigure): Promise<string> {
  const names = series.map(({ name }) => name);
  const values = series.flatMap(({ name, points }) => points.map((point) => ({ ...point, series: name })));
  return renderFigure({
    title,
    width: 520,
    height: 220,
    layer: [
      {
        data: { values: marks.map((mark) => ({ ...mark })) },
        mark: { type: 'rule', color: '#999999', strokeDash: [3, 3] },
        encoding: { x: { field: 'x', type: 'quantitative' }, tooltip: { field: 'text' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.6, invalid: 'break-paths-filter-domains' },
        encoding: {
          x: { field: 'x', type: 'quantitative', title: x, scale: { nice: false } },
          y: { field: 'y', type: 'quantitative', title: y, scale: { domain: [...range], nice: false } },
          color: { field: 'series', type: 'nominal', title: null, sort: names },
          strokeDash: { field: 'series', type: 'nominal', title: null, sort: names, scale: { range: DASHES } },
        },
      },
    ],
  });
}
