/** Conditions of entries: packets have to run again, and each action that may come from a wanted entry is looked at. */
import { must } from '../../../compiler/data-plane/must.js';
import { RPB_KEYS, type TableEntry } from '../../../compiler/index.js';
import { HAR, MAR, type Phv, SAR } from '../../blocks/phv.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import type { RpbTables } from '../../blocks/rpb-tables.js';
import { isSameEntry } from '../../pipeline/installed-entries.js';
import { matchesFilter } from '../../pipeline/trace/filter-match.js';
import { HeaderReader } from '../../pipeline/trace/header-reader.js';
import { sourceLines } from '../../pipeline/trace/source-lines.js';
import { type Condition, compares } from '../conditions/condition.js';
import { ConditionError } from '../conditions/condition-error.js';
import type { History } from '../history.js';
import type { RecordedProgram } from '../history-event.js';
import type { RerunVisitor } from '../recording/past-switch.js';
import { ByVersion } from './by-version.js';
import { type Check, recordCheck } from './check.js';
import { required, versionsOf } from './required.js';

type OfKind<Kind extends Condition['kind']> = Extract<Condition, { readonly kind: Kind }>;

const REGISTERS = { har: HAR, sar: SAR, mar: MAR } as const;

/** The entries of one version of a program that a condition is about. */
interface WantedEntries {
  readonly programId: number;
  /** Passes and RPBs that have some, as {@link cellOf} numbers them. */
  readonly cells: ReadonlySet<number>;
  /** @param branch the branch id of the packet before it */
  readonly has: (entry: RpbEntry, branch: number) => boolean;
}

/** A register before or after an entry of a line. */
export function registerCheck(history: History, condition: OfKind<'register'>): Check {
  const register = REGISTERS[condition.register];
  const holds = ({ registers }: Phv): boolean => compares(must(registers[register], condition.register), condition);
  return rerunCheck(history, entriesOfLine(history, condition), condition.when, holds);
}

/** Whether a packet runs an entry of a line. */
export const lineCheck = (history: History, condition: OfKind<'line'>): Check =>
  rerunCheck(history, entriesOfLine(history, condition), 'before', () => true);

/** Whether a packet hits an entry, of an RPB or a filter. */
export function entryCheck(history: History, { program, entry: number }: OfKind<'entry'>): Check {
  required(history, program, ({ compiled: { entries } }) =>
    number <= entries.length
      ? undefined
      : `program ${program} has ${entries.length.toLocaleString('en-US')} entries, and no entry ${number}`,
  );
  const { dataPlane } = history;
  const entryOf = (programs: ReadonlyMap<string, RecordedProgram>) =>
    programs.get(program)?.compiled.entries[number - 1];
  const isFilter = dataPlane.filterTables.some(({ table }) => tablesOf(history, program, number).includes(table));
  if (isFilter) return filterCheck(history, program, entryOf);
  const isOfRpb = dataPlane.rpbs.some(({ table }) => tablesOf(history, program, number).includes(table));
  if (!isOfRpb) {
    throw new ConditionError(
      'not-in-the-run',
      `entry ${number} of ${program} is one of ${tablesOf(history, program, number).join(', ')}: only hits of filters and of RPBs can be searched for`,
    );
  }
  const wanted = new ByVersion(history, (programs): WantedEntries | undefined => {
    const entry = entryOf(programs);
    const rpb = dataPlane.rpbs.find(({ table }) => table === entry?.table);
    if (entry === undefined || rpb === undefined) return undefined;
    const pass = must(entry.key.find(({ name }) => name === RPB_KEYS.recirculation)?.value, 'pass of an entry');
    return {
      programId: must(programs.get(program), program).compiled.programId,
      cells: new Set([cellOf(history, pass, rpb.index)]),
      has: ({ source }) => isSameEntry(source, entry),
    };
  });
  return rerunCheck(history, wanted, 'before', () => true);
}

/** Tables of the entry of this number in all versions of a program. */
function tablesOf(history: History, name: string, number: number): string[] {
  const entries = versionsOf(history, name).map(({ compiled }) => compiled.entries[number - 1]);
  return [...new Set(entries.flatMap((entry) => (entry === undefined ? [] : [entry.table])))];
}

const cellOf = ({ dataPlane }: History, pass: number, rpb: number): number => pass * dataPlane.rpbCount + rpb;

function entriesOfLine(
  history: History,
  { program, line }: { readonly program: string; readonly line: number },
): ByVersion<WantedEntries | undefined> {
  required(history, program, ({ compiled }) =>
    compiled.placement.some((step) => step.line === line)
      ? undefined
      : `line ${line} of program ${program} has no entry in an RPB`,
  );
  const { dataPlane } = history;
  return new ByVersion(history, (programs) => {
    const version = programs.get(program);
    if (version === undefined) return undefined;
    const { compiled, source } = version;
    const traced = { name: program, placement: compiled.placement, source };
    const steps = compiled.placement.filter((step) => step.line === line);
    const known = new Map<TableEntry, Map<number, boolean>>();
    return {
      programId: compiled.programId,
      cells: new Set(steps.map(({ pass, rpb }) => cellOf(history, pass, rpb - 1))),
      has: ({ source: entry, rpb, pass }, branch) => {
        const byBranch = known.get(entry) ?? new Map<number, boolean>();
        known.set(entry, byBranch);
        const before = byBranch.get(branch);
        if (before !== undefined) return before;
        const action = entry.action.slice(dataPlane.rpb(rpb + 1).control.length + 1);
        const lines = sourceLines({ rpb: rpb + 1, pass, branch, action }, traced);
        const isThere = lines.some((each) => each.line === line);
        byBranch.set(branch, isThere);
        return isThere;
      },
    };
  });
}

/** @param holds asked of packets at wanted entries */
function rerunCheck(
  history: History,
  wanted: ByVersion<WantedEntries | undefined>,
  when: 'before' | 'after',
  holds: (phv: Phv) => boolean,
): Check {
  const found = new Set<number>();
  let [packet, isAtEntry] = [0, false];
  let entries: WantedEntries | undefined;
  let tables: RpbTables | undefined;
  const note = (phv: Phv): void => {
    if (holds(phv)) found.add(packet);
  };
  const visitor: RerunVisitor = {
    switchTo: (emulator) => {
      tables = emulator.tables.rpbs;
    },
    begin: (next) => {
      packet = next;
      entries = wanted.at(packet).value;
    },
    before: (phv, rpb) => {
      isAtEntry = false;
      if (entries === undefined || phv.programId !== entries.programId) return;
      if (!entries.cells.has(cellOf(history, phv.pass, rpb))) return;
      const entry = tables?.entryFor(phv, rpb);
      isAtEntry = entry !== undefined && entries.has(entry, phv.branch);
      if (isAtEntry && when === 'before') note(phv);
    },
    after: (phv) => {
      if (isAtEntry && when === 'after') note(phv);
    },
  };
  /** Where the init block follows each recirculation, a packet may come to the program later. */
  const mayEnterLater = history.dataPlane.description.init.onEveryPass;
  return {
    known: (each) => {
      const version = wanted.at(each).value;
      const isOther = version === undefined || history.columns.programId.at(each) !== version.programId;
      return isOther && !mayEnterLater ? false : undefined;
    },
    found: (each) => found.has(each),
    visitors: [visitor],
    forget: () => found.clear(),
  };
}

/** A filter is hit if it is the first of those of its program that the packet matches. */
function filterCheck(
  history: History,
  program: string,
  entryOf: (programs: ReadonlyMap<string, RecordedProgram>) => TableEntry | undefined,
): Check {
  const { dataPlane, packets } = history;
  const reader = new HeaderReader(dataPlane);
  const versions = new ByVersion(history, (programs) => ({
    entry: entryOf(programs),
    compiled: programs.get(program)?.compiled,
  }));
  return recordCheck((packet) => {
    const { entry, compiled } = versions.at(packet).value;
    if (entry === undefined || compiled?.programId !== history.columns.programId.at(packet)) return false;
    reader.read(packets.bytes(packet));
    const port = packets.ingressPort(packet);
    for (const filterTable of dataPlane.filterTables) {
      const matching = compiled.entries.filter((each) => matchesFilter(each, filterTable, reader, port));
      const best = matching.sort((a, b) => a.priority - b.priority)[0];
      if (best !== undefined) return isSameEntry(best, entry);
    }
    return false;
  });
}
