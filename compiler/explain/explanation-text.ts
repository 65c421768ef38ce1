/** An explanation as text for a terminal. */

import { addTo, counted } from '../data-plane/counting.js';

import type { Register } from '../data-plane/description.js';
import { fieldText, maskText, withAddresses } from '../data-plane/field-text.js';
import { tableOfMember } from '../data-plane/member-table.js';
import { must } from '../data-plane/must.js';
import { rangesText } from '../data-plane/ranges-text.js';
import {
  type ExplainedEntry,
  type ExplainedMemory,
  type ExplainedRow,
  entryText,
  type ProgramExplanation,
} from './explanation.js';
import { byName } from './step-text.js';
import { branchMap } from './text-map.js';
import { wrap } from './text-wrap.js';

/** @param width of the terminal in columns, at least 80 */
export function explanationText(explanation: ProgramExplanation, width: number): string {
  return [
    ...headLines(explanation, width),
    '',
    ...branchLines(explanation, width),
    '',
    ...branchMap(explanation, width),
    '',
    ...rowLines(explanation, width),
    ...memoryLines(explanation),
    '',
    ...tableLines(explanation),
    '',
  ].join('\n');
}

function headLines(
  { program, programId, allocator, filter, cost, rows, tables, branches }: ProgramExplanation,
  width: number,
) {
  const entries = tables.reduce((sum, table) => sum + table.entries, 0);
  const rpbs = new Set(rows.map(({ rpb, pass }) => (cost.switches > 1 ? `${pass}:${rpb}` : rpb))).size;
  const key = withAddresses(filter.key).map((field) => {
    if ('address' in field) return `${field.name} = ${field.address}`;
    const mask = field.match === 'ternary' ? `/${maskText(field.name, field.mask)}` : '';
    return `${field.name} = ${fieldText(field.name, field.value)}${mask}`;
  });
  const ns = (value: number): string => `${Math.round(value)} ns`;
  const once = `${cost.cyclesPerPass} cycles (${ns(cost.nsPerPass)}) in match-action stages`;
  const chain =
    `${cost.switches} in a row, ${once} for each, ${ns(cost.passes * cost.nsPerPass)} together; no recirculation: ` +
    'between two switches a port carries the packets of the program with their state';
  const passes =
    cost.maxBitsPerSecond === null
      ? `1, no recirculation; ${once}`
      : `${cost.passes}: every packet recirculates ${cost.recirculations === 1 ? 'once' : `${cost.recirculations} times`}, ` +
        `which adds ${ns(cost.extraNs)} in match-action stages (${once} for each pass) and uses ` +
        `${cost.recirculatedBitsPerBit * 100} % of the program's bit rate on the recirculation port: ` +
        `the program can take at most ${cost.maxBitsPerSecond / 1e9} Gbit/s`;
  const field = (name: string, text: string): string[] => wrap(text, width, `  ${name.padEnd(10)}`, ' '.repeat(12));
  return [
    ...wrap(
      `program ${program}: ${counted(rows.length, 'row')} in ${counted(rpbs, 'RPB')}, ${counted(branches.length, 'branch')}, ` +
        `${counted(entries, 'entry')}, ${passesText(cost)}; program id ${programId}, allocator ${allocator}`,
      width,
    ),
    ...field(
      'filter',
      `${filter.table} (${filter.path}): ${key.join(', ') || 'every packet'}; priority ${filter.priority}`,
    ),
    ...(cost.switches > 1 ? field('switches', chain) : field('passes', passes)),
  ];
}

/** `2 passes`, and for a chain `2 switches`. */
export const passesText = ({ passes, switches }: ProgramExplanation['cost']): string =>
  switches > 1 ? counted(switches, 'switch') : counted(passes, 'pass');

function branchLines({ branches, rows }: ProgramExplanation, width: number): string[] {
  const busy = new Set(rows.flatMap(({ entries }) => entries.flatMap((entry) => entry.branches)));
  return [
    'branch  id     entered from',
    ...branches.flatMap(({ branch, id, from }) => {
      const ways = from.map((way) => `branch ${way.branch}, row ${way.row}: ${way.conditions}`);
      const head = `${String(branch).padStart(6)}  ${String(id).padEnd(5)}  `;
      const idle = busy.has(branch) ? '' : ' (no steps)';
      return wrap(`${ways.join('; or ') || 'all packets of the program'}${idle}`, width, head, ' '.repeat(head.length));
    }),
  ];
}

const COLUMNS = 'row  depth  RPB    branch    ';
const LIVE = '  live     ';
/** Maximum width of a list of line numbers; longer ones end with dots. */
const MAX_LINES_WIDTH = 14;

function rowLines(explanation: ProgramExplanation, width: number): string[] {
  const lines = explanation.rows.flatMap(({ entries }) => entries.map((entry) => linesText(entry).length));
  const room = width - COLUMNS.length - LIVE.length - Math.max(4, ...lines);
  const memories = byName(explanation.memories);
  /** The number of rows that come directly after a row. */
  const next = new Map<number | null, number>();
  for (const { after } of explanation.rows) addTo(next, after);
  const legend =
    'One line for each table entry. live: registers whose values are needed before/after it (h = har, s = sar, m = mar). ' +
    'MASK and OFFSET are the two steps that compute an address; they, BACKUP and RESTORE are inserted by the compiler. ' +
    (explanation.cost.passes > 1
      ? `RPB 2:5 is RPB 5 ${explanation.cost.switches > 1 ? 'of switch' : 'in pass'} 2.`
      : '');
  return [
    ...wrap(legend.trim(), width),
    '',
    `${COLUMNS}${'step'.padEnd(room)}${LIVE}line`,
    ...explanation.rows.flatMap((row) => [
      ...strandHead(row, explanation.rows, (next.get(row.after) ?? 0) > 1),
      ...oneRow(row, explanation, memories, width, room),
    ]),
  ];
}

/**
 * The heading before the first row of a strand other than that above.
 * @param isFork whether other rows are directly after the same one
 */
function strandHead(row: ExplainedRow, rows: readonly ExplainedRow[], isFork: boolean): string[] {
  if (row.after === null || (row.after === row.row - 1 && !isFork)) return [];
  const branches = new Set<number>();
  for (let i = row.row - 1; i < rows.length; i++) {
    const other = must(rows[i], `row ${i + 1}`);
    if (other !== row && other.after !== other.row - 1) break;
    for (const { branches: served } of other.entries) for (const branch of served) branches.add(branch);
  }
  const noun = branches.size === 1 ? 'branch' : 'branches';
  return [`--- ${noun} ${rangesText([...branches])}, placed separately, after row ${row.after} ---`];
}

function oneRow(
  row: ExplainedRow,
  explanation: ProgramExplanation,
  blocks: ReadonlyMap<string, ExplainedMemory>,
  width: number,
  room: number,
): string[] {
  const live = liveTexts(row);
  const lines = row.entries.flatMap((entry, i) => {
    const head =
      i === 0
        ? `${String(row.row).padStart(3)}  ${String(row.depth).padStart(5)}  ${placeText(row, explanation).padEnd(5)}  `
        : ' '.repeat(19);
    const branches = rangesText(entry.branches);
    const left = `${head}${branches.padEnd(8)}  `;
    const [first = '', ...others] = wrap(entryText(entry), room);
    const right = `  ${must(live[i], `live registers of entry ${i}`).padEnd(7)}  ${linesText(entry)}`;
    // A cell that is too long shifts the following columns.
    return [
      `${left}${first.padEnd(Math.max(0, room + COLUMNS.length - left.length))}${right}`.trimEnd(),
      ...others.map((text) => `${' '.repeat(COLUMNS.length)}${text}`),
    ];
  });
  const memories = row.memories.map((name) => {
    const memory = blocks.get(name);
    return memory === undefined ? [] : [`memory ${name} is in this RPB: ${blockText(memory)}`];
  });
  const notes = [sharingText(row.entries), ...memories.flat(), row.why].filter((note) => note !== '');
  return [...lines, ...notes.flatMap((note) => wrap(note, width, ' '.repeat(12), ' '.repeat(14)))];
}

function linesText({ lines }: ExplainedEntry): string {
  const text = rangesText(lines);
  if (text.length <= MAX_LINES_WIDTH) return text;
  return `${text.slice(0, text.lastIndexOf(', ', MAX_LINES_WIDTH - 4))}, ...`;
}

/** The RPB, after the number of its pass if there are several. */
export const placeText = ({ rpb, pass }: ExplainedRow, { cost }: ProgramExplanation): string =>
  cost.passes === 1 ? String(rpb) : `${pass}:${rpb}`;

function sharingText(entries: readonly ExplainedEntry[]): string {
  const branches = Math.max(0, ...entries.map((entry) => entry.branches.length));
  if (branches < 2) return '';
  return entries.length === 1
    ? `one entry serves ${branches} branches`
    : `its entries serve up to ${branches} branches each`;
}

/** By index of the entry: live registers of all branches that it serves, before and after it. */
function liveTexts({ live, entries }: ExplainedRow): string[] {
  const behind = entries.map(() => new Set<Register>());
  for (const { after } of live) {
    for (const { entry, registers } of after) {
      const all = must(behind[entry], `entry ${entry}`);
      for (const register of registers) all.add(register);
    }
  }
  const before = new Map(live.map((branch) => [branch.branch, branch.before]));
  return entries.map(({ branches }, i) => {
    const all = new Set(branches.flatMap((branch) => before.get(branch) ?? []));
    return `${initials(all)}/${initials(must(behind[i], `entry ${i}`))}`;
  });
}

const initials = (registers: ReadonlySet<Register>): string =>
  (['har', 'sar', 'mar'] as const)
    .filter((register) => registers.has(register))
    .map((register) => register[0])
    .join('') || '-';

const blockText = ({ base, buckets }: { readonly base: number; readonly buckets: number }): string =>
  `buckets ${base} to ${base + buckets - 1}`;

function memoryLines({ memories, cost }: ProgramExplanation): string[] {
  if (memories.length === 0) return [];
  const name = Math.max(6, ...memories.map((memory) => memory.name.length));
  return [
    '',
    `${'memory'.padEnd(name)}  ${'RPB'.padEnd(cost.switches > 1 ? 5 : 3)}   base  buckets     bytes`,
    ...memories.map(
      (memory) =>
        `${memory.name.padEnd(name)}  ${memoryPlace(memory, cost).padStart(cost.switches > 1 ? 5 : 3)}  ${String(memory.base).padStart(5)}  ` +
        `${String(memory.buckets).padStart(7)}  ${memory.bytes.toLocaleString('en-US').padStart(8)}`,
    ),
  ];
}

const memoryPlace = (memory: ExplainedMemory, { switches }: ProgramExplanation['cost']): string =>
  switches > 1 ? `${memory.switch}:${memory.rpb}` : String(memory.rpb);

/** A line for each table; RPBs with the same numbers of used and free entries share one. */
function tableLines({ tables, cost }: ProgramExplanation): string[] {
  const groups = new Map<string, { names: string[]; rpbs: number[]; member: number; entries: number; free: number }>();
  for (const { table, entries, free } of tables) {
    const rpb = /rpb(\d+)\.tb_operation$/.exec(table)?.[1];
    const { member } = tableOfMember(table);
    const key = rpb === undefined ? table : `${member} ${entries} ${free}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { names: [], rpbs: [], member, entries, free };
      groups.set(key, group);
    }
    if (rpb === undefined) group.names.push(table);
    else group.rpbs.push(Number(rpb));
  }
  const lines = [...groups.values()]
    .map(({ names, rpbs, member, entries, free }) => ({
      member: rpbs.length === 0 ? -1 : member,
      first: Math.min(...rpbs),
      name:
        rpbs.length === 0
          ? names.join()
          : `RPB${rpbs.length === 1 ? '' : 's'} ${rangesText(rpbs)}${cost.switches > 1 ? ` of switch ${member + 1}` : ''}`,
      counts: `${String(entries).padStart(7)}  ${String(free).padStart(9)}`,
    }))
    .sort((a, b) => a.member - b.member || (a.member < 0 ? 0 : a.first - b.first));
  const width = Math.max(5, ...lines.map(({ name }) => name.length));
  return [
    `${'table'.padEnd(width)}  entries  free after`,
    ...lines.map(({ name, counts }) => `${name.padEnd(width)}  ${counts}`),
  ];
}
