/**
 * Overlaps of filters in different tables: filters of two programs that match some of the same packets. No priority
 * decides between them, but the order in which the data plane looks up its tables. Code that installs a program has to
 * warn.
 */

import { and48, ones } from '../data-plane/bits.js';
import type { DataPlane, FilterTable } from '../data-plane/data-plane.js';
import { skippedHeaders } from '../data-plane/description.js';
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
  const own = filtersOf(compiled);
  const others = new Set<string>();
  for (const { table } of dataPlane.filterTables) {
    if (own.some((filter) => pathsOfBoth(filter.table, table, dataPlane).length > 0)) {
      for (const name of state.programsWithFilterIn(table)) others.add(name);
    }
  }
  others.delete(compiled.program);
  const meetings: FilterMeeting[] = [];
  for (const name of others) {
    const { compiled: running } = must(programs.get(name), 'running program with a filter');
    const first = firstMeeting(own, filtersOf(running), dataPlane);
    if (first === undefined) continue;
    const [table, otherTable] = first;
    const winner = table.index < otherTable.index ? compiled.program : running.program;
    const { program } = compiled;
    meetings.push({ program, other: running.program, winner, path: table.path, otherPath: otherTable.path });
  }
  return meetings.sort((a, b) => (a.other < b.other ? -1 : 1));
}

/** The tables of the first two filters that differ in their table, and of which some packet matches both. */
function firstMeeting(
  own: readonly TableEntry[],
  theirs: readonly TableEntry[],
  dataPlane: DataPlane,
): readonly [FilterTable, FilterTable] | undefined {
  for (const filter of own) {
    for (const other of theirs) {
      const paths = pathsOfBoth(filter.table, other.table, dataPlane);
      if (paths.length === 0) continue;
      const both = [...matchesOf(filter), ...matchesOf(other)];
      if (!isConsistent(both)) continue;
      if (paths.some((path) => hasHeadersOf(both, path, dataPlane) && isConsistent([...both, ...path.leads]))) {
        return [tableOf(filter, dataPlane), tableOf(other, dataPlane)];
      }
    }
  }
  return undefined;
}

const tableOf = ({ table }: TableEntry, { filterTables }: DataPlane): FilterTable =>
  must(
    filterTables.find((filter) => filter.table === table),
    'filter table',
  );

/** The parser's paths to the headers of two different tables; none for one table, in which priority decides. */
function pathsOfBoth(a: string, b: string, dataPlane: DataPlane): readonly ParserPath[] {
  if (a === b) return NO_PATHS;
  const known = pathsOfPlanes.get(dataPlane) ?? new Map<string, Map<string, readonly ParserPath[]>>();
  pathsOfPlanes.set(dataPlane, known);
  const ofFirst = known.get(a) ?? new Map<string, readonly ParserPath[]>();
  known.set(a, ofFirst);
  const paths = ofFirst.get(b) ?? pathsBetween(a, b, dataPlane);
  ofFirst.set(b, paths);
  return paths;
}

const NO_PATHS: readonly ParserPath[] = [];
/** By the two tables. */
const pathsOfPlanes = new WeakMap<DataPlane, Map<string, Map<string, readonly ParserPath[]>>>();

function pathsBetween(a: string, b: string, dataPlane: DataPlane): readonly ParserPath[] {
  const required = dataPlane.filterTables.filter(({ table }) => table === a || table === b);
  if (required.length < 2) return NO_PATHS;
  return parserPaths(dataPlane).filter(({ headers }) => required.every(({ requires }) => headers.has(requires)));
}

/** What a filter compares. */
function matchesOf({ key }: TableEntry): Match[] {
  const matches: Match[] = [];
  for (const field of key) {
    if (field.match !== 'ternary' || field.mask === 0) continue;
    matches.push({ name: field.name, value: field.value, mask: field.mask });
  }
  return matches;
}

/** Whether the path has the headers of fields that are not 0: those of others read as 0. */
const hasHeadersOf = (matches: readonly Match[], { headers }: ParserPath, dataPlane: DataPlane): boolean =>
  matches.every(({ name, value }) => {
    const field = dataPlane.field(name);
    return value === 0 || field.kind !== 'header' || headers.has(field.header);
  });

/** Whether no two of them require different bits of one field. */
function isConsistent(matches: readonly Match[]): boolean {
  return matches.every((match, i) => {
    for (let j = 0; j < i; j++) {
      const other = must(matches[j], 'match of a filter');
      if (other.name !== match.name) continue;
      const both = and48(other.mask, match.mask);
      if (and48(other.value, both) !== and48(match.value, both)) return false;
    }
    return true;
  });
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
    const skipped = skippedHeaders(state).map(({ value }) => value);
    for (const { value, state: next } of select?.next ?? []) {
      const field = must(select?.field, 'field that the parser selects by');
      for (const lead of [value, ...skipped]) {
        visit(next, { headers, leads: [...before.leads, ...going, exactly(field, lead)] });
      }
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
