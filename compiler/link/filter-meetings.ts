/**
 * Overlaps of filters in different tables: filters of two programs that match some of the same packets. No priority
 * decides between them, but the order in which the data plane looks up its tables. Code that installs a program has to
 * warn.
 */

import { and48, ones } from '../data-plane/bits.js';
import type { DataPlane, FilterTable } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { CompiledProgram, TableEntry } from './compiled-program.js';
import { filtersOf } from './running-filters.js';
import type { SwitchState } from './switch-state.js';

/** Two programs whose filters match some of the same packets. */
export interface FilterMeeting {
  readonly program: string;
  /** The program that already runs. */
  readonly other: string;
  /** The one of the two that runs on those packets. */
  readonly winner: string;
  /** The parsing paths of their tables. */
  readonly path: string;
  readonly otherPath: string;
}

interface Match {
  readonly name: string;
  readonly value: number;
  readonly mask: number;
}

/**
 * The running programs whose filters in another table overlap with those of a program, each once, in order of their
 * names.
 */
export function filterMeetings(
  compiled: Pick<CompiledProgram, 'program' | 'programId' | 'entries'>,
  state: SwitchState,
): FilterMeeting[] {
  const { dataPlane, programs } = state;
  const paths = parserPaths(dataPlane);
  const own = filtersOf(compiled);
  const meetings: FilterMeeting[] = [];
  for (const { compiled: running } of programs.values()) {
    if (running.program === compiled.program) continue;
    const meeting = own.flatMap((filter) =>
      filtersOf(running).flatMap((other) => tablesOf(filter, other, dataPlane, paths)),
    );
    const [first] = meeting;
    if (first === undefined) continue;
    const [table, otherTable] = first;
    const winner = table.index < otherTable.index ? compiled.program : running.program;
    const { program } = compiled;
    meetings.push({ program, other: running.program, winner, path: table.path, otherPath: otherTable.path });
  }
  return meetings.sort((a, b) => (a.other < b.other ? -1 : 1));
}

/** The tables of two filters, if they differ and some packet matches both. */
function tablesOf(
  a: TableEntry,
  b: TableEntry,
  { filterTables }: DataPlane,
  paths: readonly ParserPath[],
): (readonly [FilterTable, FilterTable])[] {
  if (a.table === b.table) return [];
  const [table, other] = [a, b].map((entry) => filterTables.find((filter) => filter.table === entry.table));
  if (table === undefined || other === undefined) return [];
  const both = [...matchesOf(a), ...matchesOf(b)];
  const isPossible = paths.some(
    ({ headers, leads }) =>
      headers.has(table.requires) && headers.has(other.requires) && isConsistent([...both, ...leads]),
  );
  return isPossible ? [[table, other]] : [];
}

const matchesOf = ({ key }: TableEntry): Match[] =>
  key.flatMap((field) =>
    field.match === 'ternary' ? [{ name: field.name, value: field.value, mask: field.mask }] : [],
  );

/** Whether no two of them require different bits of one field. */
function isConsistent(matches: readonly Match[]): boolean {
  const wanted = new Map<string, Match[]>();
  for (const match of matches) {
    const before = wanted.get(match.name) ?? [];
    const isRefused = before.some(({ value, mask }) => {
      const both = and48(mask, match.mask);
      return and48(value, both) !== and48(match.value, both);
    });
    if (isRefused) return false;
    wanted.set(match.name, [...before, match]);
  }
  return true;
}

/** A path of the parser: its headers, and the field values that lead there. */
interface ParserPath {
  readonly headers: ReadonlySet<number>;
  readonly leads: readonly Match[];
}

function parserPaths(dataPlane: DataPlane): ParserPath[] {
  const { parser } = dataPlane.description;
  const paths: ParserPath[] = [];
  const exactly = (field: string, value: number): Match => ({
    name: field,
    value,
    mask: ones(dataPlane.field(field).width),
  });
  const visit = (name: string, before: ParserPath): void => {
    const state = parser.states[name];
    if (state === undefined) return;
    const headers = new Set([...before.headers, ...state.extract.map((header) => dataPlane.headerIndex(header))]);
    paths.push({ headers, leads: before.leads });
    const { select, only } = state;
    const going = only === undefined ? [] : [exactly(only.field, only.value)];
    for (const { value, state: next } of select?.next ?? []) {
      visit(next, {
        headers,
        leads: [...before.leads, ...going, exactly(must(select?.field, 'field that the parser selects by'), value)],
      });
    }
  };
  visit(parser.start, { headers: new Set(), leads: [] });
  return paths;
}

/** One sentence. */
export const meetingText = ({ program, other, winner, path, otherPath }: FilterMeeting): string => {
  const [first, second] = winner === program ? [path, otherPath] : [otherPath, path];
  return (
    `the filters of ${program} (table ${path}) and of the running program ${other} (table ${otherPath}) match some of the ` +
    `same packets, which run ${winner}, as ${first} is looked up before ${second}; --priority has no effect between tables`
  );
};
