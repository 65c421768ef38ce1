/**
 * The figure of a program, in the form of the paper's figure 5: RPBs from left to right, branches from top to bottom, a
 * box for the entries of a row. Self-contained, with a background, so that it is legible on light and dark pages and in
 * print; shapes and text repeat the meaning of colours. The colours are those of Okabe and Ito, lightened.
 */

import { counted } from '../../data-plane/counting.js';
import type { DataPlane } from '../../data-plane/data-plane.js';
import type { StepCategory } from '../../data-plane/instructions/instruction.js';
import { must } from '../../data-plane/must.js';
import type { ProgramExplanation } from '../explanation.js';
import { passesText } from '../explanation-text.js';
import {
  type Box,
  boxHeight,
  type FigureLayout,
  GAP,
  LETTER,
  LINE,
  layOut,
  MEMORY_HEIGHT,
  memoryLines,
  type Panel,
  passWord,
} from './figure-layout.js';
import { element, escapeXml, text } from './svg-elements.js';

const INK = '#1b232b';
const SOFT_INK = '#44505c';
const RULE = '#c3cad1';
const BAND = '#f5f7f9';
const MARGIN = 16;
const TITLE_HEIGHT = 46;
const HEADER_HEIGHT = 38;
const FOOTER_HEIGHT = 24;
const PANEL_GAP = 14;
const LEGEND_HEIGHT = 62;
const MIN_WIDTH = 900;

const LOOKS: Record<StepCategory, { readonly fill: string; readonly stroke: string; readonly name: string }> = {
  header: { fill: '#d9eefa', stroke: '#0072b2', name: 'header field' },
  register: { fill: '#f0f0f0', stroke: '#5a5a5a', name: 'registers' },
  address: { fill: '#fbf6c4', stroke: '#8a7c00', name: 'hash, address' },
  memory: { fill: '#cdeee2', stroke: '#00704f', name: 'memory access' },
  forwarding: { fill: '#fbdccb', stroke: '#b04a00', name: 'forwarding' },
  branch: { fill: '#ffe6b8', stroke: '#8f5b00', name: 'BRANCH' },
};

/** The figure of all programs of a file, from top to bottom. @param explanations at least one */
export function explanationSvg(explanations: readonly ProgramExplanation[], dataPlane: DataPlane): string {
  const figures = explanations.map((explanation) => new Figure(explanation, dataPlane));
  const width = Math.max(MIN_WIDTH, ...figures.map((figure) => figure.width));
  const parts: string[] = [];
  let y = MARGIN;
  for (const figure of figures) {
    parts.push(figure.at(y));
    y += figure.height;
  }
  const height = y + LEGEND_HEIGHT;
  const names = explanations.map(({ program }) => program).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" ` +
      `width="${Math.ceil(width)}" height="${Math.ceil(height)}" font-size="10" ` +
      `font-family="'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace" role="img" ` +
      `aria-label="${escapeXml(`Placement of the steps of ${names}: RPBs from left to right, branches from top to bottom`)}">`,
    element('rect', { width: '100%', height: '100%', rx: 8, fill: '#ffffff' }),
    DEFINITIONS,
    ...parts,
    legend(y),
    '</svg>\n',
  ].join('\n');
}

const DEFINITIONS = [
  '<defs>',
  element(
    'marker',
    { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    `<path d="M0 0L8 4L0 8z" fill="${LOOKS.branch.stroke}"/>`,
  ),
  element(
    'pattern',
    { id: 'memory', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    `<rect width="6" height="6" fill="${LOOKS.memory.fill}"/><rect width="1.2" height="6" fill="#b0e0cf"/>`,
  ),
  '</defs>',
].join('');

class Figure {
  readonly width: number;
  readonly height: number;
  private readonly layout: FigureLayout;

  constructor(
    private readonly explanation: ProgramExplanation,
    private readonly dataPlane: DataPlane,
  ) {
    this.layout = layOut(explanation, dataPlane);
    this.width = this.layout.right + 2 * MARGIN;
    this.height = this.layout.panels.reduce((sum, panel) => sum + heightOf(panel), TITLE_HEIGHT);
  }

  at(top: number): string {
    const parts = [this.title()];
    let y = TITLE_HEIGHT;
    for (const panel of this.layout.panels) {
      parts.push(this.panel(panel, y));
      y += heightOf(panel);
    }
    return element('g', { transform: `translate(${MARGIN} ${top})` }, `\n${parts.join('\n')}\n`);
  }

  private title(): string {
    const { program, tables, branches, cost, rows, memories } = this.explanation;
    const entries = tables.reduce((sum, table) => sum + table.entries, 0);
    const facts = [
      counted(rows.length, 'row'),
      counted(branches.length, 'branch'),
      counted(entries, 'table entry'),
      counted(memories.length, 'memory block'),
      passesText(cost),
    ];
    return [
      text(0, 16, program, { fill: INK, 'font-size': 15, 'font-weight': 'bold' }),
      text(0, 33, facts.join(', '), { fill: SOFT_INK, 'font-size': 11 }),
    ].join('');
  }

  private panel(panel: Panel, top: number): string {
    const lanesTop = top + HEADER_HEIGHT;
    const bands = panel.lanes.map((lane, i) => {
      const y = lanesTop + lane.top;
      const band =
        i % 2 === 0 ? element('rect', { x: 0, y, width: this.layout.right, height: lane.height, fill: BAND }) : '';
      const middle = y + lane.height / 2 - ((lane.label.length - 1) * LINE) / 2 + 3.5;
      const label = lane.label.map((line, k) =>
        text(4, middle + k * LINE, line, k === 0 ? { fill: INK, 'font-weight': 'bold' } : { fill: SOFT_INK }),
      );
      return band + label.join('');
    });
    return [
      ...bands,
      this.header(panel, top),
      ...panel.lanes.map((_, lane) => this.thread(panel, lane, lanesTop)),
      ...this.sameEntry(panel, lanesTop),
      ...panel.boxes.map((box) => this.box(panel, box, lanesTop)),
      ...this.arrows(panel, lanesTop),
      this.footer(panel, lanesTop + panel.height),
      this.memories(panel, lanesTop + panel.height + FOOTER_HEIGHT),
    ].join('\n');
  }

  /** The numbers of the RPBs, and lines over those in ingress and in egress. */
  private header({ pass, section }: Panel, top: number): string {
    const { columns } = this.layout;
    const numbers = section.columns.map((column) => {
      const { x, width, isUsed } = must(columns[column], `column ${column}`);
      return text(x + width / 2, top + 32, String(column + 1), {
        'text-anchor': 'middle',
        fill: isUsed ? INK : '#7b8692',
        'font-size': isUsed ? 11 : 8,
        'font-weight': isUsed ? 'bold' : 'normal',
      });
    });
    const gresses = (['ingress', 'egress'] as const).flatMap((gress) => {
      const own = section.columns.filter((column) => this.dataPlane.rpbs[column]?.gress === gress);
      const first = columns[own[0] ?? -1];
      const last = columns[own.at(-1) ?? -1];
      if (first === undefined || last === undefined) return [];
      const [from, to] = [first.x, last.x + last.width];
      return [
        text(from, top + 12, gress, { fill: SOFT_INK }),
        element('line', { x1: from, y1: top + 17, x2: to, y2: top + 17, stroke: SOFT_INK, 'stroke-width': 1.5 }),
      ];
    });
    const label = this.explanation.cost.passes === 1 ? 'RPB' : `${passWord(this.explanation)} ${pass}, RPB`;
    return [text(4, top + 32, label, { fill: INK, 'font-weight': 'bold' }), ...numbers, ...gresses].join('');
  }

  private footer({ entries, section }: Panel, y: number): string {
    const { columns, right } = this.layout;
    return [
      element('line', { x1: 0, y1: y + 2, x2: right, y2: y + 2, stroke: RULE }),
      text(4, y + 15, 'entries', { fill: SOFT_INK }),
      ...section.columns.flatMap((column) => {
        const { x, width } = must(columns[column], `column ${column}`);
        const count = entries[column] ?? 0;
        return count === 0
          ? []
          : [text(x + width / 2, y + 15, String(count), { 'text-anchor': 'middle', fill: SOFT_INK })];
      }),
    ].join('');
  }

  private middle = (panel: Panel, lane: number, top: number): number => {
    const at = panel.lanes[lane];
    return at === undefined ? top : top + at.top + at.height / 2;
  };

  /**
   * The line of a branch's packets, behind the boxes: from the left edge or its first box to its last box or the right
   * edge.
   */
  private thread(panel: Panel, lane: number, top: number): string {
    const { columns, right, labelWidth } = this.layout;
    const at = panel.lanes[lane];
    if (at === undefined) return '';
    const own = panel.boxes.filter(({ first, last }) => first <= lane && lane <= last).map(({ column }) => column);
    const isRoot = this.explanation.branches[at.branch]?.from.length === 0;
    const entrance = this.entrances(panel, at.branch).map(
      ({ column }) =>
        must(columns[column]?.x, 'column of the figure') +
        must(columns[column]?.width, 'column of the figure') +
        GAP / 2,
    );
    const from = at.continuesFromPrevious || isRoot ? labelWidth : Math.min(...entrance, right);
    const lastColumn = columns[Math.max(...own, -1)];
    const to = at.continuesInNext ? right : lastColumn === undefined ? from : lastColumn.x + lastColumn.width;
    const y = this.middle(panel, lane, top);
    const going = at.continuesInNext
      ? text(right - 3, y - 4, `to ${panel.next}`, { 'text-anchor': 'end', fill: SOFT_INK, 'font-size': 8 })
      : '';
    return element('line', { x1: from, y1: y, x2: to, y2: y, stroke: '#8a949e', 'stroke-width': 1.2 }) + going;
  }

  private entrances(panel: Panel, branch: number): Box[] {
    return panel.boxes.filter(({ enters }) => enters.includes(branch));
  }

  /** A dashed line between boxes with the same entries of one row that have other lanes between them. */
  private sameEntry(panel: Panel, top: number): string[] {
    return panel.boxes.flatMap((box, i) => {
      const next = panel.boxes
        .slice(i + 1)
        .find((other) => other.row === box.row && other.branches.join() === box.branches.join());
      const column = this.layout.columns[box.column];
      if (next === undefined || column === undefined) return [];
      const x = column.x + column.width / 2;
      const [y1, y2] = [this.middle(panel, box.last, top), this.middle(panel, next.first, top)];
      return [element('line', { x1: x, y1, x2: x, y2, stroke: SOFT_INK, 'stroke-dasharray': '2 3' })];
    });
  }

  private box(panel: Panel, { row, column, first, last, category, lines }: Box, top: number): string {
    const at = this.layout.columns[column];
    const [from, to] = [panel.lanes[first], panel.lanes[last]];
    if (at === undefined || from === undefined || to === undefined) return '';
    const height = first === last ? boxHeight(lines.length) : to.top + to.height - from.top - 8;
    const middle = top + (from.top + to.top + to.height) / 2;
    const { fill, stroke } = LOOKS[category];
    const shape = outline(category, at.x, middle - height / 2, at.width, height, { fill, stroke });
    const start = middle - ((lines.length - 1) * LINE) / 2 + 3.5;
    const labels = lines.map((line, i) =>
      text(at.x + at.width / 2, start + i * LINE, line.text, {
        'text-anchor': 'middle',
        fill: INK,
        ...(line.kind === 'verb' ? { 'font-weight': 'bold' } : {}),
        ...(line.kind === 'condition' ? { 'font-style': 'italic' } : {}),
      }),
    );
    const hover = `row ${row.row}, RPB ${row.rpb}, ${passWord(this.explanation)} ${row.pass}, ${counted(row.entries.length, 'entry')}: ${row.why}`;
    return element('g', {}, element('title', {}, escapeXml(hover)) + shape + labels.join(''));
  }

  /** Arrows from a BRANCH, through the gap beside its column, to the lanes of its cases. */
  private arrows(panel: Panel, top: number): string[] {
    const { columns } = this.layout;
    const trunks = new Map<number, number>();
    return panel.boxes.flatMap((box) => {
      const column = columns[box.column];
      if (box.enters.length === 0 || column === undefined) return [];
      const nth = trunks.get(box.column) ?? 0;
      trunks.set(box.column, nth + 1);
      const side = column.x + column.width;
      const x = side + 4 + (nth % 3) * 4;
      const y = this.middle(panel, box.first, top) + 5;
      return [...new Set(box.enters)].flatMap((branch) => {
        const lane = panel.lanes.findIndex((candidate) => candidate.branch === branch);
        if (lane < 0) return [];
        const target = this.middle(panel, lane, top);
        const own = panel.boxes.filter(
          ({ first, last, column: at }) => first <= lane && lane <= last && at > box.column,
        );
        const first = columns[Math.min(...own.map(({ column: at }) => at))];
        const style = { fill: 'none', stroke: LOOKS.branch.stroke, 'stroke-width': 1.4 };
        if (first !== undefined) {
          return [
            element('path', {
              d: `M${r(side)} ${r(y)}H${r(x)}V${r(target)}H${r(first.x - 1)}`,
              ...style,
              'marker-end': 'url(#arrow)',
            }),
          ];
        }
        const isLater = panel.lanes[lane]?.continuesInNext === true;
        return [
          element('path', { d: `M${r(side)} ${r(y)}H${r(x)}V${r(target)}H${r(x + 6)}`, ...style }),
          ...(isLater ? [] : [element('circle', { cx: x + 8.5, cy: target, r: 2.5, fill: LOOKS.branch.stroke })]),
        ];
      });
    });
  }

  private memories({ memories, memoryHeight, section }: Panel, top: number): string {
    if (memoryHeight === 0) return '';
    const blocks = section.columns.flatMap((column) => {
      const { x, width } = must(this.layout.columns[column], `column ${column}`);
      return (memories[column] ?? []).map((memory, i) => {
        const y = top + 6 + i * MEMORY_HEIGHT;
        const lines = memoryLines(memory).map((line, k) =>
          text(x + width / 2, y + 13 + k * LINE, line, {
            'text-anchor': 'middle',
            fill: INK,
            ...(k === 0 ? { 'font-weight': 'bold' } : {}),
          }),
        );
        const { stroke } = LOOKS.memory;
        const rect = { x, y, width, height: MEMORY_HEIGHT - 8, fill: 'url(#memory)', stroke, 'stroke-width': 1.2 };
        return element('rect', rect) + lines.join('');
      });
    });
    return [text(4, top + 24, 'memory', { fill: SOFT_INK }), ...blocks].join('');
  }
}

const heightOf = ({ height, memoryHeight }: Panel): number =>
  HEADER_HEIGHT + height + FOOTER_HEIGHT + memoryHeight + PANEL_GAP;

const r = (value: number): string => String(Math.round(value * 10) / 10);

/** The outline of a box; its shape depends on the category, so that no information is in the colour alone. */
function outline(
  category: StepCategory,
  x: number,
  y: number,
  width: number,
  height: number,
  look: { readonly fill: string; readonly stroke: string },
): string {
  if (category === 'branch') {
    const cut = 6;
    const [right, bottom] = [x + width, y + height];
    const points: readonly (readonly [number, number])[] = [
      [x + cut, y],
      [right - cut, y],
      [right, y + cut],
      [right, bottom - cut],
      [right - cut, bottom],
      [x + cut, bottom],
      [x, bottom - cut],
      [x, y + cut],
    ];
    return element('polygon', { points: points.map(([px, py]) => `${r(px)},${r(py)}`).join(' '), ...look });
  }
  const rx = category === 'forwarding' ? 10 : category === 'memory' ? 0 : 3;
  const rect = element('rect', { x, y, width, height, rx, ...look, 'stroke-width': category === 'memory' ? 2 : 1 });
  if (category !== 'address') return rect;
  const inner = element('line', { x1: x + 3, y1: y + 3, x2: x + 3, y2: y + height - 3, stroke: look.stroke });
  return rect + inner;
}

function legend(top: number): string {
  const y = top + 4;
  const parts: string[] = [];
  let x = MARGIN;
  for (const category of ['header', 'register', 'address', 'memory', 'forwarding', 'branch'] as const) {
    const { name, ...look } = LOOKS[category];
    parts.push(outline(category, x, y, 24, 14, look), text(x + 30, y + 10.5, name, { fill: INK }));
    x += 30 + name.length * LETTER + 18;
  }
  parts.push(
    element('rect', { x, y, width: 24, height: 14, fill: 'url(#memory)', stroke: LOOKS.memory.stroke }),
    text(x + 30, y + 10.5, 'memory block', { fill: INK }),
  );
  const notes = [
    'A box over several lanes, or boxes joined by dashes: the same entries for all these branches. Arrow: a case of a BRANCH; dot: a case without steps.',
  ];
  parts.push(...notes.map((note, i) => text(MARGIN, y + 32 + i * 14, note, { fill: SOFT_INK })));
  return parts.join('');
}
