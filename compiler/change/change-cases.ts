/**
 * Incremental change: the cases of a running program change, and all its other entries stay. The result is
 * the new compiled program and the operations that lead to it, in an order in which every packet is treated entirely by
 * the old program or entirely by the new one.
 */

import { addTo } from '../data-plane/counting.js';
import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import type { Program } from '../language/program.js';
import type { CompiledProgram, TableEntry } from '../link/compiled-program.js';
import { DoesNotFit } from '../link/does-not-fit.js';
import { filterEntry, passesOf, recirculationEntries } from '../link/emit.js';
import { hashUses } from '../link/hash-uses.js';
import type { Operation } from '../link/operations.js';
import type { SwitchState } from '../link/switch-state.js';
import { deferDrops } from '../steps/defer-drops.js';
import { dropKnownLoads } from '../steps/drop-known-loads.js';
import { expand } from '../steps/expand.js';
import { mapSteps, type StepTree } from '../steps/steps.js';
import { Behaviour, Vocabulary } from './behaviour.js';
import { changeOperations } from './change-order.js';
import { type CoveredChange, coverChange, tableEntry } from './cover-change.js';
import { DecodedProgram } from './decoded-program.js';
import { ChangeFinder } from './find-changes.js';
import { NotIncremental } from './not-incremental.js';
import { planBodies } from './plan-bodies.js';
import { rankedChanges } from './ranked-change.js';

/** Options of {@link changeCases}. */
export interface ChangeOptions {
  /** Maximum recirculations of the new program; by default those of the running one. */
  readonly recirculations?: number | undefined;
}

/** Operations that change the cases of a running program, and the program after them. */
export interface CaseChange {
  /** The compiled program after the change. */
  readonly compiled: CompiledProgram;
  readonly operations: readonly Operation[];
  /** All entries that the switch has at any time of the change, those of the old program first. */
  readonly during: readonly TableEntry[];
}

/**
 * Plans the change of a running program into another one of the same name, filters and memories; the state is not
 * changed.
 * @param running the compiled program that runs on a switch in this state
 * @throws {NotIncremental} {@link DoesNotFit}
 */
export function changeCases(
  running: CompiledProgram,
  next: Program,
  state: SwitchState,
  sourceHash: string,
  { recirculations = 0 }: ChangeOptions = {},
): CaseChange {
  const { dataPlane } = state;
  checkSameProgram(running, next, dataPlane);
  const before = new DecodedProgram(running, dataPlane);
  const words = new Vocabulary(next.memories, running.memories);
  const tree = stepsWithoutNops(next, dataPlane);
  const below = new ChangeFinder(new Behaviour(before, words)).find(0, 0, tree);
  if (below.kind === 'impossible') throw new NotIncremental(next.name, { kind: below.reason, line: below.line });
  const changes = rankedChanges(below, before);
  const limit = dataPlane.rpbCount * (dataPlane.switches > 1 ? 1 : Math.max(recirculations + 1, running.passes));
  const free = Int32Array.from(dataPlane.rpbs, ({ table }) => state.freeEntries(table));
  for (;;) {
    const bodies = planBodies({
      program: next,
      tree,
      below,
      changes,
      running: before,
      words,
      limit,
      free,
      passes: dataPlane.switches > 1 ? 1 : running.passes,
    });
    const { programId } = running;
    const covered = coverChange({ program: next.name, programId, running: before, changes, bodies });
    const placement = bodies.log.placement(dataPlane);
    const hashes = hashUses(next, placement, running.memories, dataPlane);
    const change = assemble(running, { sourceHash, placement, hashes }, covered, dataPlane);
    const full = fullTable(running, change, state);
    if (full === undefined) return change;
    // Some entries could not be shared as planned: the next plan uses no new entry in this RPB.
    const rpb = dataPlane.rpbs.find(({ table }) => table === full.table);
    if (rpb === undefined || free[rpb.index] === 0) throw new DoesNotFit(next.name, { kind: 'table-full', ...full });
    free[rpb.index] = 0;
  }
}

function checkSameProgram(running: CompiledProgram, next: Program, dataPlane: DataPlane): void {
  const differs = (what: 'name' | 'filters' | 'memories' | 'data plane') =>
    new NotIncremental(running.program, { kind: 'other-program', differs: what });
  if (running.dataPlane.hash !== dataPlane.hash) throw differs('data plane');
  if (running.program !== next.name) throw differs('name');
  const filters = running.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);
  const wanted = filters.map(({ priority }) => filterEntry(next, running.programId, priority));
  if (filters.length === 0 || JSON.stringify(filters) !== JSON.stringify(wanted)) throw differs('filters');
  for (const { name, buckets } of running.memories) {
    if (next.memories.find((memory) => memory.name === name)?.buckets !== buckets) throw differs('memories');
  }
}

function stepsWithoutNops({ body }: Program, dataPlane: DataPlane): StepTree {
  const tree = dropKnownLoads(deferDrops(expand(body, dataPlane)));
  return mapSteps(tree, (steps) => steps.filter(({ kind }) => kind !== 'nop'));
}

function assemble(
  running: CompiledProgram,
  parts: Pick<CompiledProgram, 'sourceHash' | 'placement' | 'hashes'>,
  { targets, branches }: CoveredChange,
  dataPlane: DataPlane,
): CaseChange {
  const { programId } = running;
  const isRpbEntry = ({ table }: TableEntry): boolean => dataPlane.rpbs.some((rpb) => rpb.table === table);
  const before = running.entries.filter(isRpbEntry);
  const kept = new Set(targets.flatMap(({ entry }) => entry ?? []));
  const made = targets.flatMap((placed) =>
    placed.entry === undefined ? [tableEntry(placed, programId, dataPlane)] : [],
  );
  const after = [...before.filter((entry) => kept.has(entry)), ...made];
  const passes = passesOf(
    targets.map(({ x }) => x),
    dataPlane,
  );
  const recirculation = recirculationEntries(programId, passes, dataPlane);
  const old = running.entries.filter(({ table }) => dataPlane.recirculationTables.includes(table));
  const operations = changeOperations({ before, after, branches, ...recirculationChanges(old, recirculation) });
  const filters = running.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);
  const compiled = { ...running, ...parts, passes, entries: [...after, ...recirculation, ...filters] };
  const inserted = operations.flatMap((operation) => (operation.kind === 'insertEntry' ? [operation.entry] : []));
  return { compiled, operations, during: [...running.entries, ...inserted] };
}

/** The changes of the recirculation table: a pass is inserted before packets use it, and deleted when none does. */
function recirculationChanges(before: readonly TableEntry[], after: readonly TableEntry[]) {
  const grow: Operation[] = [];
  const shrink: Operation[] = [];
  for (const [pass, entry] of [...after.entries()].reverse()) {
    const old = before[pass];
    const into = before.length > after.length ? shrink : grow;
    if (old === undefined) grow.push({ kind: 'insertEntry', entry });
    else if (old.action !== entry.action) into.push({ kind: 'replaceEntry', before: old, entry });
  }
  for (const [i, entry] of before.slice(after.length).entries()) {
    if (i === (after.length === 0 ? 1 : 0)) shrink.push({ kind: 'drain' });
    shrink.push({ kind: 'deleteEntry', entry });
  }
  return { grow, shrink };
}

/** The first table that has too few free entries for the change, including entries that exist only during it. */
function fullTable(running: CompiledProgram, { during }: CaseChange, state: SwitchState) {
  const more = new Map<string, number>();
  for (const { table } of during.slice(running.entries.length)) addTo(more, table);
  for (const [table, needed] of more) {
    const free = state.freeEntries(table);
    if (needed > free) return { table, needed, free };
  }
  return undefined;
}
