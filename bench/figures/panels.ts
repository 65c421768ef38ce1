/**
 * Figures of several panels with the same axes: lines, bars, heat maps. Each mark has its value as a label,
 * which a page can show. A series has the same colour in all figures of a report.
 */
import { COLOURS, DASHES, type FigureSpec } from './figure.js';

/** Colours of the series of a reproduction; other series get the remaining colours. */
const SERIES = ['published', 'reproduced', 'ours'] as const;
/** Published figures are grey, as the reference. */
const GREY = '#7f7f7f';
const LEFT_OVER = COLOURS.filter((colour) => colour !== '#000000' && colour !== '#f0e442').slice(2);

function colourScale(names: readonly string[]): { domain: string[]; range: string[] } {
  const others = names.filter((name) => !SERIES.some((known) => known === name));
  const colourOf = (name: string): string => {
    if (name === 'published') return GREY;
    if (name === 'reproduced') return COLOURS[0] ?? GREY;
    if (name === 'ours') return COLOURS[1] ?? GREY;
    return LEFT_OVER[others.indexOf(name) % LEFT_OVER.length] ?? GREY;
  };
  return { domain: [...names], range: names.map(colourOf) };
}

/** Size in pixels. Two panels with their axes are as wide as a report. */
const PANEL = { width: 400, height: 180 };
/** A panel that stands alone in its row is as wide as two with the axis between them. */
const WIDE_PANEL = { width: 860, height: 200 };

const panelSize = (columns: number) => (columns === 1 ? WIDE_PANEL : PANEL);

/** Names of panels above them, or none if there is only one. */
const facet = (panels: readonly string[]) => ({
  field: 'panel',
  type: 'nominal' as const,
  sort: [...panels],
  title: null,
  header: panels.length === 1 ? { labelExpr: "''", labelPadding: 0 } : { labelFontSize: 12 },
});

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
  /** Number of panels in a row. */
  readonly columns: number;
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
export function linePanels({ points, x, y, columns, isLogarithmic, hasOwnScales }: LinePanels): FigureSpec {
  const names = distinct(points.map(({ series }) => series));
  const panels = distinct(points.map(({ panel }) => panel));
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    sort: names,
    scale: colourScale(names),
    legend: { symbolType: 'stroke' },
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
      ...panelSize(columns),
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
    resolve: { scale: { y: hasOwnScales ? 'independent' : 'shared' } },
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
export function barPanels({ bars, x, y, columns, isLogarithmic, hasOwnScales, width }: BarPanels): FigureSpec {
  const size = width === undefined ? panelSize(columns) : { ...panelSize(columns), width };
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
    xOffset: { field: 'series', type: 'nominal' as const, sort: names },
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
            color: { field: 'series', type: 'nominal', title: null, sort: names, scale: colourScale(names) },
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

const MAX_LEVEL_LABELS = 6;
/** Of a character of a label, about. */
const CHARACTER_WIDTH = 7;

/** Labels of many groups stand word below word where the words are narrow enough, and are slanted otherwise. */
function groupLabels(groups: readonly string[], width: number): { labelAngle: number; labelExpr?: string } {
  if (groups.length <= MAX_LEVEL_LABELS) return { labelAngle: 0 };
  const longest = Math.max(...groups.flatMap((group) => group.split(' ')).map(({ length }) => length));
  return longest * CHARACTER_WIDTH <= width / groups.length
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
export function heatPanels(cells: readonly HeatCell[], { x, y, columns }: Axes, legend: string): FigureSpec {
  const panels = distinct(cells.map(({ panel }) => panel));
  return {
    data: { values: cells.map((cell) => ({ ...cell })) },
    facet: facet(panels),
    columns,
    spec: {
      ...panelSize(columns),
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'x', type: 'ordinal', title: x, axis: { labelAngle: 0, labelOverlap: true } },
        y: { field: 'y', type: 'ordinal', title: y, axis: { labelOverlap: true } },
        color: {
          field: 'share',
          type: 'quantitative',
          title: legend,
          scale: { scheme: 'viridis', domain: [0, 1] },
          legend: { format: '.0%', gradientLength: 200 },
        },
      },
    },
  };
}
