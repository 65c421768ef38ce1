/**
 * The layout of the figure of a program: a column for each RPB, wide where the program has a box in it; a
 * lane for each branch; panels from top to bottom for each pass, and for each gress if a pass is too wide.
 */

import { counted } from '../../data-plane/counting.js';
import type { DataPlane } from '../../data-plane/data-plane.js';
import type { StepCategory } from '../../data-plane/instructions/instruction.js';
import { must } from '../../data-plane/must.js';
import type { ExplainedEntry, ExplainedMemory, ExplainedRow, ProgramExplanation } from '../explanation.js';
import { conditionsText } from '../step-text.js';

/** Lengths are in CSS pixels. */
export interface Box {
  readonly row: ExplainedRow;
  readonly column: number;
  /** Lanes from `first` to `last` of the panel. */
  readonly first: number;
  readonly last: number;
  readonly category: StepCategory;
  readonly lines: readonly BoxLine[];
  readonly enters: readonly number[];
  /** The branches whose packets meet it, in the whole panel. */
  readonly branches: readonly number[];
}

export interface BoxLine {
  readonly text: string;
  readonly kind: 'condition' | 'verb' | 'operand';
}

export interface Lane {
  readonly branch: number;
  readonly label: readonly string[];
  readonly height: number;
  /** Distance from the top of the panel. */
  readonly top: number;
  /** Whether packets of the branch come from the previous panel, and whether they continue in the next. */
  readonly continuesFromPrevious: boolean;
  readonly continuesInNext: boolean;
}

export interface Panel {
  readonly pass: number;
  readonly section: Section;
  /** Name of the next panel: `pass 2`, `egress`. */
  readonly next: string;
  readonly lanes: readonly Lane[];
  readonly boxes: readonly Box[];
  /** By column: entries in this pass, and memories first accessed in it. */
  readonly entries: readonly number[];
  readonly memories: readonly (readonly ExplainedMemory[])[];
  /** Height of the lanes, and of the memories below them. */
  readonly height: number;
  readonly memoryHeight: number;
}

/** The columns of a panel: those of a whole pass, or of one gress. */
export interface Section {
  readonly name: string;
  readonly columns: readonly number[];
}

export interface Column {
  readonly x: number;
  readonly width: number;
  readonly isUsed: boolean;
}

export interface FigureLayout {
  readonly columns: readonly Column[];
  readonly panels: readonly Panel[];
  readonly labelWidth: number;
  /** Right end of the last column. */
  readonly right: number;
}

/** Width of a letter of the fixed-width font at 10 px. */
export const LETTER = 6.05;
export const LINE = 12.5;
/** Gap between columns, where arrows run. */
export const GAP = 16;
export const MEMORY_HEIGHT = 52;
/** Maximum width; in wider figures ingress and egress are drawn in separate panels, so that print stays legible. */
const MAX_WIDTH = 1250;
/** Width of the note with the panel in which a lane continues. */
const CONTINUATION_WIDTH = 48;
const BOX_PADDING = 6;
const LANE_GAP = 8;
const UNUSED_WIDTH = 13;
const MAX_LETTERS = 19;
const LABEL_LETTERS = 30;
/** Maximum number of entries of one BRANCH that are written out. */
const MAX_ALTERNATIVES = 14;

export const boxHeight = (lines: number): number => lines * LINE + 8;

export function layOut(explanation: ProgramExplanation, { rpbs }: DataPlane): FigureLayout {
  const all = { name: '', columns: rpbs.map(({ index }) => index) };
  const wide = layOutSections(explanation, [all]);
  if (wide.right <= MAX_WIDTH) return wide;
  const gresses = (['ingress', 'egress'] as const).map((gress) => ({
    name: gress,
    columns: rpbs.filter((rpb) => rpb.gress === gress).map(({ index }) => index),
  }));
  return layOutSections(
    explanation,
    gresses.filter(({ columns }) => columns.length > 0),
  );
}

function layOutSections(explanation: ProgramExplanation, sections: readonly Section[]): FigureLayout {
  const order = laneOrder(explanation);
  const labels = new Map(explanation.branches.map(({ branch }) => [branch, laneLabel(explanation, branch)]));
  const panels = panelsOf(explanation, sections, order, labels);
  const labelWidth = Math.max(60, ...[...labels.values()].flat().map((line) => line.length * LETTER)) + 12;
  const columns: Column[] = [];
  let right = 0;
  for (const section of sections) {
    let x = labelWidth + GAP;
    for (const column of section.columns) {
      const letters = panels.flatMap(({ boxes, memories }) => [
        ...boxes.filter((box) => box.column === column).flatMap(({ lines }) => lines.map(({ text }) => text.length)),
        ...(memories[column] ?? []).flatMap((memory) => memoryLines(memory).map((line) => line.length)),
      ]);
      const isUsed = letters.length > 0;
      const width = isUsed ? Math.max(40, Math.max(...letters) * LETTER + 2 * BOX_PADDING) : UNUSED_WIDTH;
      columns[column] = { x, width, isUsed };
      // An empty column needs no gap for arrows.
      x += width + (isUsed ? GAP : 3);
    }
    right = Math.max(right, x);
  }
  const continuesInNext = panels.some(({ lanes }) => lanes.some((lane) => lane.continuesInNext));
  return { columns, panels, labelWidth, right: right + (continuesInNext ? CONTINUATION_WIDTH : 0) };
}

export const memoryLines = ({ name, base, buckets }: ExplainedMemory): string[] => [
  shortened(name, MAX_LETTERS),
  `${buckets} words`,
  `from ${base}`,
];

/** Branches in depth-first order, so that each is near the BRANCH that leads to it. */
function laneOrder({ branches }: ProgramExplanation): number[] {
  const order: number[] = [];
  const visit = (branch: number): void => {
    if (order.includes(branch)) return;
    order.push(branch);
    for (const child of branches) if (child.from.some((from) => from.branch === branch)) visit(child.branch);
  };
  for (const { branch } of branches) visit(branch);
  return order;
}

function laneLabel({ branches }: ProgramExplanation, number: number): string[] {
  const branch = branches[number];
  if (branch === undefined) return [];
  const ways = [...new Set(branch.from.map(({ conditions }) => conditions))];
  const head = `branch ${number}, id ${branch.id}`;
  if (ways.length === 0) return [head, 'all packets'];
  const terms = must(ways[0], `way into branch ${number}`)
    .split(', ')
    .map((term) => shortened(term, LABEL_LETTERS));
  const shown = terms.length > 3 ? [...terms.slice(0, 2), '...'] : terms;
  return [head, ...shown, ...(ways.length > 1 ? [`or ${ways.length - 1} more`] : [])];
}

function panelsOf(
  explanation: ProgramExplanation,
  sections: readonly Section[],
  order: readonly number[],
  labels: ReadonlyMap<number, readonly string[]>,
): Panel[] {
  const panelOfRow = ({ pass, rpb }: ExplainedRow): number =>
    (pass - 1) * sections.length + sections.findIndex(({ columns }) => columns.includes(rpb - 1));
  const count = Math.max(1, ...explanation.rows.map((row) => panelOfRow(row) + 1));
  const lives = new Map(order.map((branch) => [branch, lifeOf(explanation, branch, panelOfRow)]));
  return Array.from({ length: count }, (_, index): Panel => {
    const pass = Math.floor(index / sections.length) + 1;
    const section = must(sections[index % sections.length], 'section of a figure');
    const rows = explanation.rows.filter((row) => panelOfRow(row) === index);
    const alive = order.filter((branch) => {
      const life = lives.get(branch);
      return life !== undefined && life.from <= index && index <= life.to;
    });
    const boxes = rows.flatMap((row) => boxesOf(row, alive));
    const heights = laneHeights(alive, boxes, labels);
    const memories: ExplainedMemory[][] = [];
    const entries: number[] = [];
    for (const row of rows) {
      const at = row.rpb - 1;
      entries[at] = (entries[at] ?? 0) + row.entries.length;
      const here = explanation.memories.filter(({ name }) => row.memories.includes(name));
      memories[at] = [...(memories[at] ?? []), ...here];
    }
    let top = 0;
    const lanes = alive.map((branch, lane): Lane => {
      const height = must(heights[lane], 'height of a lane');
      const life = lives.get(branch);
      const at = top;
      top += height;
      const [continuesFromPrevious, continuesInNext] = [(life?.from ?? index) < index, (life?.to ?? index) > index];
      return {
        branch,
        label: must(labels.get(branch), `label of branch ${branch}`),
        height,
        top: at,
        continuesFromPrevious,
        continuesInNext,
      };
    });
    const next =
      sections.length > 1 && index % sections.length === 0 ? 'egress' : `${passWord(explanation)} ${pass + 1}`;
    const blocks = Math.max(0, ...Object.values(memories).map(({ length }) => length));
    return { pass, section, next, lanes, boxes, entries, memories, height: top, memoryHeight: blocks * MEMORY_HEIGHT };
  });
}

/** What the panels are of. */
export const passWord = ({ cost }: ProgramExplanation): string => (cost.switches > 1 ? 'switch' : 'pass');

function laneHeights(
  lanes: readonly number[],
  boxes: readonly Box[],
  labels: ReadonlyMap<number, readonly string[]>,
): number[] {
  const heights = lanes.map((branch, lane) => {
    const own = boxes.filter(({ first, last }) => first === lane && last === lane);
    const lines = Math.max(1, ...own.map((box) => box.lines.length));
    return Math.max(boxHeight(lines), must(labels.get(branch), `label of branch ${branch}`).length * LINE) + LANE_GAP;
  });
  for (const { first, last, lines } of boxes) {
    const room = heights.slice(first, last + 1).reduce((sum, height) => sum + height, 0) - LANE_GAP;
    heights[last] = must(heights[last], 'height of a lane') + Math.max(0, boxHeight(lines.length) - room);
  }
  return heights;
}

/** The panels from that in which packets enter the branch to that of its last entry. */
function lifeOf(
  { rows, branches }: ProgramExplanation,
  branch: number,
  panelOfRow: (row: ExplainedRow) => number,
): { readonly from: number; readonly to: number } {
  const own = rows.filter(({ entries }) => entries.some((entry) => entry.branches.includes(branch)));
  const entrances = branches[branch]?.from.flatMap(({ row }) => rows[row - 1] ?? []).map(panelOfRow) ?? [];
  const from = entrances.length > 0 ? Math.min(...entrances) : 0;
  return { from, to: Math.max(from, ...own.map(panelOfRow)) };
}

/** One box for neighbouring branches with the same entries. */
function boxesOf(row: ExplainedRow, lanes: readonly number[]): Box[] {
  const items = lanes.map((branch) => row.entries.filter(({ branches }) => branches.includes(branch)));
  const identities = items.map((entries) => entries.map(contentOf).join(';'));
  const boxes: Box[] = [];
  for (let first = 0; first < lanes.length; first++) {
    const entries = items[first] ?? [];
    if (entries.length === 0) continue;
    let last = first;
    while (identities[last + 1] === identities[first]) last++;
    const enters = entries.flatMap((entry) => entry.enters ?? []);
    boxes.push({
      row,
      column: row.rpb - 1,
      first,
      last,
      category: enters.length > 0 ? 'branch' : must(entries[0]?.category, 'category of an entry'),
      lines: enters.length > 0 ? branchLines(entries) : entryLines(entries),
      enters,
      branches: lanes.filter((_, lane) => identities[lane] === identities[first]),
    });
    first = last;
  }
  return boxes;
}

const contentOf = (entry: ExplainedEntry): string =>
  [conditionsText(entry.conditions), entry.action, ...Object.values(entry.parameters), ...entry.operands].join();

function branchLines(entries: readonly ExplainedEntry[]): BoxLine[] {
  const cases = entries.filter(({ enters }) => enters !== null).length;
  const inline = entries.filter(({ enters }) => enters === null);
  return [
    { kind: 'verb', text: 'BRANCH' },
    { kind: 'operand', text: counted(cases, 'case') },
    ...alternativeLines(inline),
  ];
}

/** Lines for the conditions and the step of each of several entries. */
function alternativeLines(entries: readonly ExplainedEntry[]): BoxLine[] {
  const more = entries.length - MAX_ALTERNATIVES;
  const shown = more > 0 ? entries.slice(0, MAX_ALTERNATIVES) : entries;
  const lines = shown.flatMap((entry): BoxLine[] => {
    const terms = conditionsText(entry.conditions);
    const when = terms === '' ? ['otherwise'] : terms.split(', ');
    const does = [entry.verb, operandsOf(entry).join(', ')].join(' ').trim();
    return [
      ...when.map((text): BoxLine => ({ kind: 'condition', text: shortened(text, LABEL_LETTERS) })),
      { kind: 'verb', text: shortened(does, LABEL_LETTERS) },
    ];
  });
  return more > 0 ? [...lines, { kind: 'operand', text: `and ${more} more` }] : lines;
}

const operandsOf = ({ operands }: ExplainedEntry): string[] =>
  operands.map((name) => shortened(name.replace(/^hdr\./, ''), MAX_LETTERS));

function entryLines(entries: readonly ExplainedEntry[]): BoxLine[] {
  const [only, ...others] = entries;
  if (only === undefined || others.length > 0 || conditionsText(only.conditions) !== '')
    return alternativeLines(entries);
  const lines = broken(only.verb).map((text): BoxLine => ({ kind: 'verb', text }));
  let line = '';
  for (const operand of operandsOf(only)) {
    const longer = line === '' ? operand : `${line}, ${operand}`;
    if (longer.length <= MAX_LETTERS - 4 || line === '') line = longer;
    else {
      lines.push({ kind: 'operand', text: `${line},` });
      line = operand;
    }
  }
  return line === '' ? lines : [...lines, { kind: 'operand', text: line }];
}

/** Long verbs in two lines: HASH_5_TUPLE and _MEM, MEMREAD/ and MEMWRITE. */
const broken = (verb: string): string[] => (verb.length <= 13 ? [verb] : verb.split(/(?<=\/)|(?=_MEM$)/));

const shortened = (text: string, letters: number): string =>
  text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
