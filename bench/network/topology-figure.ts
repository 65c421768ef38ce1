/** The topology of a network with the loads of its links, as a figure. */
import { must } from '../../compiler/data-plane/must.js';
import type { FigureSpec } from '../figures/figure.js';
import { directionSummary } from './network-summary.js';
import type { NetworkResult } from './run-network.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** At least, and for each node of the row with the most. */
const WIDTH = { least: 720, node: 95 };
const ROW_HEIGHT = 130;
const LABEL_BELOW = 21;
const KIND_SCALE = { domain: ['switch', 'host'], range: ['square', 'circle'] };
const NODE_MARK = { filled: true, size: 500, opacity: 1, fill: 'white', stroke: '#333333', strokeWidth: 1.5 };

/** Rows of the nodes: hosts in row 0, switches by their distance from the nearest host; without hosts all in row 1. */
function rowsOf({ plan }: NetworkResult): number[] {
  const rows = plan.nodes.map(({ kind }) => (kind === 'host' ? 0 : Number.POSITIVE_INFINITY));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { ends } of plan.links) {
      for (const [here, there] of [ends, [ends[1], ends[0]] as const]) {
        const next = must(rows[there.node], 'row of a node') + 1;
        if (must(rows[here.node], 'row of a node') <= next) continue;
        rows[here.node] = next;
        changed = true;
      }
    }
  }
  return rows.map((row) => (Number.isFinite(row) ? row : 1));
}

/** Nodes of a row stand at equal distances, in the order of the file. */
function placesOf(result: NetworkResult): Place[] {
  const rows = rowsOf(result);
  const inRow = new Map<number, number[]>();
  rows.forEach((row, node) => {
    inRow.set(row, [...(inRow.get(row) ?? []), node]);
  });
  return rows.map((row, node) => {
    const nodes = must(inRow.get(row), 'nodes of a row');
    return { x: (nodes.indexOf(node) + 1) / (nodes.length + 1), y: row };
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A position without an axis. */
const position = (field: string, least: number, most: number) => ({
  field,
  type: 'quantitative' as const,
  axis: null,
  scale: { domain: [least, most] },
});

/** Nodes of the longest row. */
function mostInRow(places: readonly Place[]): number {
  return Math.max(0, ...places.map(({ y }) => places.filter((other) => other.y === y).length));
}

/**
 * Where the label of a link stands: near its lower end, where links are apart, and higher for further links of that node;
 * in the middle of a link within a row.
 */
function labelPlace([lower, upper]: readonly [Place, Place], nth: number) {
  const part = lower.y === upper.y ? 1 / 2 : Math.min(0.2 + 0.15 * nth, 0.8);
  return { xLabel: lower.x + part * (upper.x - lower.x), yLabel: lower.y + part * (upper.y - lower.y) };
}

/** Of the direction from the first place to the second, and back. */
function arrowsOf(from: Place, to: Place): readonly [string, string] {
  if (from.y !== to.y) return from.y < to.y ? ['↑', '↓'] : ['↓', '↑'];
  return from.x <= to.x ? ['→', '←'] : ['←', '→'];
}

/** A row for each link, with the label that says its loads and losses. */
function linkRows(result: NetworkResult, placeOf: (node: number) => Place) {
  const labels = new Map<number, number>();
  return result.plan.links.map(({ name, ends }, link) => {
    const [from, to] = [placeOf(ends[0].node), placeOf(ends[1].node)];
    const both = result.directions.filter((direction) => direction.link === link);
    const loads = both.map((direction) => directionSummary(result, direction).load);
    const lost = both.reduce((sum, direction) => sum + direction.lost.loss + direction.lost.down, 0);
    const arrows = arrowsOf(from, to);
    const text = `${loads.map((load, n) => `${arrows[n]} ${percent(load)}`).join(', ')}${lost > 0 ? `, ${lost.toLocaleString('en-US')} lost` : ''}`;
    const lower = from.y <= to.y ? ends[0].node : ends[1].node;
    const before = labels.get(lower);
    const nth = before === undefined ? 0 : before + 1;
    labels.set(lower, nth);
    const label = labelPlace(from.y <= to.y ? [from, to] : [to, from], nth);
    return { name, x: from.x, y: from.y, x2: to.x, y2: to.y, ...label, load: Math.max(0, ...loads), text };
  });
}

/** Text on a white edge, as links run behind it. */
const legible = <Style extends object>(style: Style) => [
  { type: 'text' as const, ...style, stroke: 'white', strokeWidth: 4 },
  { type: 'text' as const, ...style },
];

/**
 * Links have the width and the colour of the higher of their loads; a label gives the load of each direction with its arrow.
 */
export function topologyFigure(result: NetworkResult): FigureSpec {
  const { plan } = result;
  const places = placesOf(result);
  const placeOf = (node: number): Place => must(places[node], `place of node ${node}`);
  const links = linkRows(result, placeOf);
  const nodes = plan.nodes.map(({ name, kind }, node) => ({ name, kind, ...placeOf(node) }));
  const rows = Math.max(0, ...places.map(({ y }) => y));
  const x = position('x', 0, 1);
  const y = position('y', -0.4, rows + 0.4);
  return {
    width: Math.max(WIDTH.least, WIDTH.node * (1 + mostInRow(places))),
    height: ROW_HEIGHT * (rows + 1),
    view: { stroke: null },
    layer: [
      {
        data: { values: links },
        mark: { type: 'rule' },
        encoding: {
          x,
          y,
          x2: { field: 'x2' },
          y2: { field: 'y2' },
          strokeWidth: { field: 'load', type: 'quantitative', scale: { domain: [0, 1], range: [1, 8] }, legend: null },
          color: {
            field: 'load',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#b0c4de', '#d55e00'] },
            legend: null,
          },
        },
      },
      ...legible({ fontSize: 9, fill: '#333333', dy: -5 }).map((mark) => ({
        data: { values: links },
        mark,
        encoding: {
          x: { ...x, field: 'xLabel' },
          y: { ...y, field: 'yLabel' },
          text: { field: 'text' },
        },
      })),
      {
        data: { values: nodes },
        mark: { type: 'point', ...NODE_MARK },
        encoding: {
          x,
          y,
          shape: {
            field: 'kind',
            type: 'nominal',
            title: null,
            scale: KIND_SCALE,
            legend: null,
          },
        },
      },
      ...legible({ fontSize: 11, dy: LABEL_BELOW, fontWeight: 'bold' as const }).map((mark) => ({
        data: { values: nodes },
        mark,
        encoding: { x, y, text: { field: 'name' } },
      })),
    ],
  };
}
