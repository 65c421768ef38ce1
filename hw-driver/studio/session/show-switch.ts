/** The switch at a moment: programs, entries of RPBs with their lines, memories, and what is free. */

import { must } from '../../../compiler/data-plane/must.js';
import { explainedText, explainPrograms, explanationSvg, proposalText } from '../../../compiler/explain/index.js';
import {
  type Analysis,
  analyse,
  type CompiledProgram,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  FIXED_NAMES,
  RPB_KEYS,
  type Rpb,
  type SwitchState,
  type TableEntry,
} from '../../../compiler/index.js';
import type { History, RecordedProgram } from '../../../sim/history/index.js';
import { entryTextOf } from './entry-text.js';
import { SessionError } from './failure.js';
import { Books, priorityOf } from './plan-change.js';
import type { ExplainedText, MemorySummary, ShownEntry, ShownProgram, ShownRpb, SwitchView } from './protocol.js';

/** @throws {RangeError} for a moment that has not come */
export function showSwitch(history: History, at: number): SwitchView {
  const { dataPlane } = history;
  const running = [...history.programsBefore(at).values()].sort((a, b) => a.compiled.programId - b.compiled.programId);
  const { state } = new Books(dataPlane, history.programsBefore(at), 0);
  const programs = running.map(({ compiled, source }): ShownProgram => {
    const filters = compiled.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);
    return { program: compiled.program, programId: compiled.programId, compiled, text: source, filters };
  });
  const fixed = [...dataPlane.filterTables.map(({ table }) => table), FIXED_NAMES.recirculationTable];
  return {
    at,
    programs,
    rpbs: dataPlane.rpbs.map((rpb) => shownRpb(rpb, running, state)),
    tables: fixed.map((table) => {
      const used = running.reduce((sum, { compiled }) => sum + entriesIn(compiled, table), 0);
      return { table, used, free: state.freeEntries(table) };
    }),
  };
}

const entriesIn = ({ entries }: CompiledProgram, table: string): number =>
  entries.filter((entry) => entry.table === table).length;

function shownRpb(rpb: Rpb, running: readonly RecordedProgram[], state: SwitchState): ShownRpb {
  const entries = running.flatMap(({ compiled }) =>
    compiled.entries.filter(({ table }) => table === rpb.table).map((entry) => shownEntry(entry, rpb, compiled)),
  );
  const memories = running.flatMap(({ compiled }) =>
    compiled.memories
      .filter((block) => block.rpb === rpb.number)
      .map(({ name, base, buckets }) => ({ program: compiled.program, memory: name, base, buckets })),
  );
  const freeBuckets = must(state.buckets[rpb.index], `free buckets of RPB ${rpb.number}`);
  return { rpb: rpb.number, entries, freeEntries: state.freeEntries(rpb.table), memories, freeBuckets };
}

function shownEntry(entry: TableEntry, rpb: Rpb, { program, programId, placement }: CompiledProgram): ShownEntry {
  const keyOf = (name: string) => entry.key.find((key) => key.name === name);
  const pass = must(keyOf(RPB_KEYS.recirculation), 'key of the pass').value;
  const branch = keyOf(RPB_KEYS.branch);
  const isOfBranch = (id: number): boolean => {
    if (branch === undefined) return true;
    const mask = branch.match === 'exact' ? -1 : branch.mask;
    return (id & mask) === (branch.value & mask);
  };
  const action = entry.action.slice(rpb.control.length + 1);
  const placed = action === 'set_branch_id' ? 'branch' : action;
  const steps = placement.filter(
    (step) => step.rpb === rpb.number && step.pass === pass && step.action === placed && isOfBranch(step.branch),
  );
  const lines = [...new Set(steps.map(({ line }) => line))].sort((a, b) => a - b);
  return { entry, ...entryTextOf(entry), program, programId, pass, lines };
}

/** Memories of the programs of a moment, by program id. @throws {RangeError} */
export function memoriesAt(history: History, at: number): MemorySummary[] {
  const running = [...history.programsBefore(at).values()].sort((a, b) => a.compiled.programId - b.compiled.programId);
  return running.flatMap(({ compiled: { program, programId, memories } }) =>
    memories.map(({ name: memory, rpb, base, buckets }) => {
      return { program, programId, memory, rpb, base, buckets, wordsPerBucket: history.dataPlane.rpb(rpb).words };
    }),
  );
}

/** The priority of the filter that a program has, or, of one that does not run, that puts it behind all that run. */
function priorityAmong(running: ReadonlyMap<string, RecordedProgram>, names: ReadonlySet<string>): number {
  const own = [...running].find(([name]) => names.has(name))?.[1];
  if (own !== undefined) return priorityOf(own.compiled);
  return Math.max(-1, ...[...running.values()].map(({ compiled }) => priorityOf(compiled))) + 1;
}

/** Width of the lines of an explanation in words. */
const COLUMNS = 100;

/**
 * A program that runs under the same name is taken out first, as its next version would be placed without it.
 * @throws {SessionError} `bad-program` {@link RangeError}
 */
export function explainAt(
  history: History,
  at: number,
  text: string,
  recirculations = DEFAULT_RECIRCULATIONS,
): ExplainedText {
  const { dataPlane } = history;
  const analysis: Analysis = analyse(text, dataPlane);
  if (analysis.hasErrors) throw new SessionError('bad-program', 'the text has errors', analysis.diagnostics);
  const own = new Set(analysis.programs.map(({ name }) => name));
  const others = new Map([...history.programsBefore(at)].filter(([name]) => !own.has(name)));
  const { state } = new Books(dataPlane, others, 0);
  const filterPriority = priorityAmong(history.programsBefore(at), own);
  const options = { ...DEFAULT_LINK_OPTIONS, filterPriority, recirculations };
  const results = explainPrograms(analysis, dataPlane, state, options);
  const texts = results.map((result) => explainedText(result, dataPlane, recirculations, COLUMNS));
  const figures = results.map((result) => (result.fits ? explanationSvg([result], dataPlane) : null));
  const proposals = results.map((result) =>
    result.fits ? [] : result.proposals.map((proposal) => proposalText(proposal, recirculations)),
  );
  return { results, texts, figures, proposals };
}
