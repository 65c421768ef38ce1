/**
 * Figures of several panels with the same axes: lines, bars, heat maps. Each mark has its value as a label,
 * which a page can show. A series has the same colour in all figures of a report.
 */
import { COLOURS, DASHES, type FigureSpec, LABEL_SIZE } from './figure.js';
import { textWidth } from './text-width.js';

/** Published figures are grey, as the reference. */
const GREY = '#7f7f7f';
/** Colours of the series of a reproduction; other series get the remaining colours. */
const SERIES: ReadonlyMap<string, string> = new Map([
  ['published', GREY],
  ['reproduced', COLOURS[0]],
  ['ours', COLOURS[1]],
]);
const LEFT_OVER = COLOURS.filter((colour) => colour !== '#000000' && colour !== '#f0e442').slice(2);

/** The name of a series without that of its system: "P4runpro, ours" and "ours" are drawn alike. */
const seriesOf = (name: string): string => name.slice(name.lastIndexOf(', ') + 1).trim();

function colourScale(names: readonly string[]): { domain: string[]; range: string[] } {
  const others = names.filter((name) => !SERIES.has(seriesOf(name)));
  const colourOf = (name: string): string =>
    SERIES.get(seriesOf(name)) ?? LEFT_OVER[others.indexOf(name) % LEFT_OVER.length] ?? GREY;
  return { domain: [...names], range: names.map(colourOf) };
}

/** How a figure is laid out: as wide as a report, or for a phone, with one panel in a row. */
export const LAYOUTS = ['wide', 'narrow'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Size in pixels. Two panels with their axes are as wide as a report. */
const PANEL = { width: 400, height: 180 };
/** A panel that stands alone in its row is as wide as two with the axis between them. */
const WIDE_PANEL = { width: 860, height: 200 };
/** With its axis, it is as wide as a phone: letters have the size in which they are drawn. */
const NARROW_PANEL = { width: 290, height: 170 };
/** Of an axis with its title, about. */
const AXIS_WIDTH = 60;

/** Size of a panel, and number of panels in a row. */
function arrangement({ columns, layout }: Pick<Axes, 'columns' | 'layout'>) {
  if (layout === 'narrow') return { columns: 1, size: NARROW_PANEL };
  return { columns, size: columns === 1 ? WIDE_PANEL : PANEL };
}

/** Of the symbol of a series and of the space behind its name. */
const SYMBOL_WIDTH = 40;

/** Series in a row of the legend; all of them in a wide figure. */
function legendColumns(names: readonly string[], layout: Layout | undefined): { columns?: number } {
  if (layout !== 'narrow') return {};
  const longest = Math.max(...names.map((name) => textWidth(name, LABEL_SIZE))) + SYMBOL_WIDTH;
  return { columns: Math.max(1, Math.floor((NARROW_PANEL.width + AXIS_WIDTH) / longest)) };
}

/** Names of panels above them, or none if there is only one. */
const facet = (panels: readonly string[]) => ({
  field: 'panel',
  type: 'nominal' as const,
  sort: [...panels],
  title: null,
  header: panels.length === 1 ? { labelExpr: "''", labelPadding: 0 } : { labelFontSize: 12 },
});

/** An x axis below each column, or below each panel if a place of the last row is empty: no panel stands above that axis. */
const axesBelow = (panels: readonly string[], columns: number) =>
  panels.length % columns === 0 ? {} : { axis: { x: 'independent' as const } };

const distinct = (names: readonly string[]): string[] => [...new Set(names)];

/** A point of a line, by its panel and its series. */
export interface PanelPoint {
  readonly panel: string;
  readonly series: string;
  readonly x: number;
  /** Null for a gap in the line. */
  readonly y: number | null;
}

interface Axes {
  readonly x: string;
  readonly y: string;
  /** Number of panels in a row of a wide figure. */
  readonly columns: number;
  /** Wide if not given. */
  readonly layout?: Layout;
}

/** Data and axes of a figure of lines. */
export interface LinePanels extends Axes {
  readonly points: readonly PanelPoint[];
  readonly isLogarithmic?: boolean;
  /** Whether each panel has its own y axis. */
  readonly hasOwnScales?: boolean;
}

/** Maximum marks with labels; more cannot be told apart or pointed at. */
const MAX_MARKS = 40;

const LINE_WIDTH = { last: 1.5, most: 6, step: 2 };

/** Widths of lines in the order in which they are drawn: where lines coincide, an earlier one is seen beside a later one. */
function widths(names: readonly string[]): number[] {
  const { last, most, step } = LINE_WIDTH;
  const finer = Math.min(step, (most - last) / Math.max(1, names.length - 1));
  return names.map((_, i) => last + finer * (names.length - 1 - i));
}

/** A figure of several panels with lines, for {@link renderFigure}. */
export function linePanels({ points, x, y, isLogarithmic, hasOwnScales, ...axesOf }: LinePanels): FigureSpec {
  const { columns, size } = arrangement(axesOf);
  const names = distinct(points.map(({ series }) => series));
  const panels = distinct(points.map(({ panel }) => panel));
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    sort: names,
    scale: colourScale(names),
    legend: { symbolType: 'stroke', ...legendColumns(names, axesOf.layout) },
  };
  const isCounted = points.every((point) => Number.isInteger(point.x));
  const axes = {
    x: {
      field: 'x',
      type: 'quantitative' as const,
      title: x,
      axis: { format: ',~f', ...(isCounted && { tickMinStep: 1 }) },
    },
    y: {
      field: 'y',
      type: 'quantitative' as const,
      title: y === '' ? null : y,
      scale: isLogarithmic ? { type: 'log' as const } : { zero: true },
    },
  };
  return {
    data: { values: points.map((point) => ({ ...point })) },
    facet: facet(panels),
    columns,
    spec: {
      ...size,
      layer: [
        {
          mark: { type: 'line', invalid: 'break-paths-filter-domains' },
          encoding: {
            ...axes,
            color,
            strokeDash: { field: 'series', type: 'nominal', title: null, sort: names, scale: { range: DASHES } },
            strokeWidth: {
              field: 'series',
              type: 'nominal',
              title: null,
              sort: names,
              scale: { type: 'ordinal', domain: names, range: widths(names) },
            },
          },
        },
        {
          // Few enough marks for labels.
          transform: [
            { filter: 'isValid(datum.y)' },
            { window: [{ op: 'row_number', as: 'n' }], groupby: ['panel', 'series'] },
            { joinaggregate: [{ op: 'count', as: 'all' }], groupby: ['panel', 'series'] },
            { filter: `datum.n % ceil(datum.all / ${MAX_MARKS}) == 1 || datum.all <= ${MAX_MARKS}` },
          ],
          mark: { type: 'point', filled: true, size: 14 },
          encoding: { ...axes, color },
        },
      ],
    },
    resolve: { scale: { y: hasOwnScales ? 'independent' : 'shared' }, ...axesBelow(panels, columns) },
  };
}

/** One bar, by its panel, its group on the x axis and its series. */
export interface Bar {
  readonly panel: string;
  readonly group: string;
  readonly series: string;
  readonly value: number;
  /** Range over repeats. */
  readonly least?: number;
  readonly greatest?: number;
}

/** Data and axes of a figure of bars. */
export interface BarPanels extends Axes {
  readonly bars: readonly Bar[];
  readonly isLogarithmic?: boolean;
  readonly hasOwnScales?: boolean;
  readonly width?: number;
}

/** Grouped bars, with the range over repeats as an error bar. */
export function barPanels({ bars, x, y, isLogarithmic, hasOwnScales, width, ...axesOf }: BarPanels): FigureSpec {
  const { columns, size: usual } = arrangement(axesOf);
  const size = width === undefined ? usual : { ...usual, width };
  const names = distinct(bars.map(({ series }) => series));
  const panels = distinct(bars.map(({ panel }) => panel));
  const groups = distinct(bars.map(({ group }) => group));
  const position = {
    x: {
      field: 'group',
      type: 'nominal' as const,
      title: x === '' ? null : x,
      sort: groups,
      axis: groupLabels(groups, size.width),
    },
    ...(isGrouped(bars) && { xOffset: { field: 'series', type: 'nominal' as const, sort: names } }),
  };
  return {
    data: { values: bars.map((bar) => ({ ...bar })) },
    facet: facet(panels),
    columns,
    spec: {
      ...size,
      layer: [
        {
          mark: { type: 'bar' },
          encoding: {
            ...position,
            y: {
              field: 'value',
              type: 'quantitative',
              title: y === '' ? null : y,
              ...(isLogarithmic && { scale: { type: 'log' as const, domainMin: 1 } }),
            },
            color: {
              field: 'series',
              type: 'nominal',
              title: null,
              sort: names,
              scale: colourScale(names),
              legend: legendColumns(names, axesOf.layout),
            },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.least) && datum.greatest > datum.least' }],
          mark: { type: 'rule', color: '#555555', aria: false },
          encoding: { ...position, y: { field: 'least', type: 'quantitative' }, y2: { field: 'greatest' } },
        },
      ],
    },
    // The offset is relative to x.
    resolve: { scale: { x: 'independent', xOffset: 'independent', y: hasOwnScales ? 'independent' : 'shared' } },
  };
}

/** Whether any group has several bars. */
const isGrouped = (bars: readonly Bar[]): boolean =>
  new Set(bars.map(({ panel, group }) => JSON.stringify([panel, group]))).size < bars.length;

/** Labels of groups are level where they fit, else word below word where the words fit, and slanted otherwise. */
function groupLabels(groups: readonly string[], width: number): { labelAngle: number; labelExpr?: string } {
  const room = width / groups.length;
  const fit = (labels: readonly string[]): boolean => labels.every((label) => textWidth(label, LABEL_SIZE) <= room);
  if (fit(groups)) return { labelAngle: 0 };
  return fit(groups.flatMap((group) => group.split(' ')))
    ? { labelAngle: 0, labelExpr: "split(datum.label, ' ')" }
    : { labelAngle: -45 };
}

export interface HeatCell {
  readonly panel: string;
  readonly x: number;
  readonly y: number;
  /** Value from 0 to 1. */
  readonly share: number;
}

/** Heat maps with one colour scale. */
export function heatPanels(cells: readonly HeatCell[], { x, y, ...axesOf }: Axes, legend: string): FigureSpec {
  const { columns, size } = arrangement(axesOf);
  const panels = distinct(cells.map(({ panel }) => panel));
  return {
    data: { values: cells.map((cell) => ({ ...cell })) },
    facet: facet(panels),
    columns,
    spec: {
      ...size,
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'x', type: 'ordinal', title: x, axis: { labelAngle: 0, labelOverlap: true } },
        y: { field: 'y', type: 'ordinal', title: y, axis: { labelOverlap: true } },
        color: {
          field: 'share',
          type: 'quantitative',
          title: legend,
          scale: { scheme: 'viridis', domain: [0, 1] },
          legend: { format: '.0%', gradientLength: 240 },
        },
      },
    },
    resolve: axesBelow(panels, columns),
  };
}
