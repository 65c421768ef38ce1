/**
 * The explanation of a linked program as data: the entries of each row for each branch, its RPB and the reason, live
 * registers, and resources. Numbers of rows, RPBs and passes count from 1, those of branches from 0.
 */

import { addTo, appendTo } from '../data-plane/counting.js';
import { type DataPlane, FIXED_NAMES } from '../data-plane/data-plane.js';
import type { Gress, Register } from '../data-plane/description.js';
import type { StepCategory, StepText } from '../data-plane/instructions/instruction.js';
import { gressCycles } from '../data-plane/latency.js';
import { passOf, rpbNumberOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Condition, Memory } from '../language/program.js';
import { type AllocateOptions, type Allocation, allocate } from '../link/allocate.js';
import type { CompiledProgram, KeyField } from '../link/compiled-program.js';
import type { SwitchState } from '../link/switch-state.js';
import { emitAllocated, type LoweredProgram } from '../passes/compile.js';
import type { ProgramRows, Row, RowEntry } from '../rows/rows.js';
import { entryInstruction } from '../rows/rows.js';
import { type BranchItem, type BranchItems, branchItems } from './branch-items.js';
import { type PlaceReason, placeReasons } from './place-reasons.js';
import { unitKindOf } from './placement-units.js';
import { reasonText } from './reason-text.js';
import { type RegisterLiveness, registerLiveness } from './register-liveness.js';
import { type SaluFlags, saluFlags } from './salu-flags.js';
import { byName, callText, conditionsText, stepText } from './step-text.js';

/** A table entry of an RPB. */
export interface ExplainedEntry {
  /** Numbers of the branches whose packets meet it; several share it. */
  readonly branches: readonly number[];
  readonly branchMatch: { readonly value: number; readonly mask: number };
  /** Among the entries of one branch, the lowest wins. */
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly action: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly category: StepCategory;
  /** The primitive, e.g. `MEMADD`; MASK, OFFSET, BACKUP and RESTORE for steps without one. */
  readonly verb: string;
  readonly operands: readonly string[];
  /** The branch that packets enter; null if they stay in theirs. */
  readonly enters: number | null;
  /** Lines of its statements in the source. */
  readonly lines: readonly number[];
}

/** Registers whose values are needed before and after the entries of a row, for one branch. */
export interface LiveRegisters {
  readonly branch: number;
  readonly before: readonly Register[];
  /** After each entry of the row that the branch meets. */
  readonly after: readonly { readonly entry: number; readonly registers: readonly Register[] }[];
}

export interface ExplainedRow {
  readonly row: number;
  readonly depth: number;
  /** The row that must be in an earlier RPB; null for the first. */
  readonly after: number | null;
  /** Of its switch. */
  readonly rpb: number;
  /** In a chain, the switch. */
  readonly pass: number;
  readonly gress: Gress;
  readonly entries: readonly ExplainedEntry[];
  readonly live: readonly LiveRegisters[];
  /** Memories in the RPB of this row, which has their first access. */
  readonly memories: readonly string[];
  readonly reason: PlaceReason;
  readonly why: string;
}

export interface ExplainedBranch {
  readonly branch: number;
  readonly id: number;
  /** The cases that lead to it; none for the root branch. */
  readonly from: readonly { readonly branch: number; readonly row: number; readonly conditions: string }[];
}

export interface ExplainedMemory {
  readonly name: string;
  /** Of its switch. */
  readonly rpb: number;
  /** From 1. */
  readonly switch: number;
  /** Its first bucket. */
  readonly base: number;
  readonly buckets: number;
  readonly bytes: number;
}

export interface PassCost {
  /** In a chain, one for each switch. */
  readonly passes: number;
  /** Switches in a row. */
  readonly switches: number;
  readonly recirculations: number;
  /** Time of one pass in the match-action stages of both gresses, without parser, traffic manager and wire. */
  readonly cyclesPerPass: number;
  readonly nsPerPass: number;
  /** Time that the recirculations add, or the switches behind the first. */
  readonly extraNs: number;
  /** Bits on the recirculation port for each bit of the program's packets. */
  readonly recirculatedBitsPerBit: number;
  /** Maximum bit rate of the program if no other uses the recirculation port; null without recirculation. */
  readonly maxBitsPerSecond: number | null;
}

export interface ProgramExplanation {
  readonly program: string;
  readonly programId: number;
  readonly allocator: string;
  readonly filter: {
    readonly table: string;
    readonly path: string;
    readonly key: readonly KeyField[];
    readonly priority: number;
  };
  readonly cost: PassCost;
  readonly branches: readonly ExplainedBranch[];
  readonly rows: readonly ExplainedRow[];
  readonly memories: readonly ExplainedMemory[];
  /** Entries used in each table, and entries that stay free. */
  readonly tables: readonly { readonly table: string; readonly entries: number; readonly free: number }[];
}

export interface Explained {
  readonly explanation: ProgramExplanation;
  readonly compiled: CompiledProgram;
}

/**
 * Links a program into a switch in this state, which is not changed, and explains the result.
 * @throws {DoesNotFit}
 */
export function explain(
  lowered: LoweredProgram,
  state: SwitchState,
  sourceHash: string,
  options: AllocateOptions,
): Explained {
  const allocation = allocate(lowered, state, options);
  const compiled = emitAllocated(lowered, allocation, sourceHash, options.filterPriority);
  const { program, dataPlane } = lowered;
  const filter = compiled.entries.find(({ action }) => action === FIXED_NAMES.setProgram);
  const explanation: ProgramExplanation = {
    program: program.name,
    programId: compiled.programId,
    allocator: options.allocator.name,
    filter: {
      table: program.filterTable.table,
      path: program.filterTable.path,
      key: filter?.key.filter((field) => field.match === 'exact' || field.mask !== 0) ?? [],
      priority: options.filterPriority,
    },
    cost: passCost(compiled.passes, dataPlane),
    ...new Explainer(lowered, allocation, state, options).parts(),
    memories: compiled.memories.map((memory) => ({
      ...memory,
      rpb: rpbNumberOf(memory.rpb, dataPlane.rpbsPerSwitch),
      switch: passOf(memory.rpb, dataPlane.rpbsPerSwitch) + 1,
      bytes: memory.buckets * dataPlane.rpb(memory.rpb).words * BYTES_PER_WORD,
    })),
    tables: tablesOf(compiled, state),
  };
  return { explanation, compiled };
}

const BYTES_PER_WORD = 4;

function passCost(passes: number, dataPlane: DataPlane): PassCost {
  const { timing, ports } = dataPlane.description;
  const cyclesPerPass = gressCycles(dataPlane, 'ingress') + gressCycles(dataPlane, 'egress');
  const nsPerPass = (cyclesPerPass * 1e9) / timing.clockHz;
  const { switches } = dataPlane;
  const recirculations = switches > 1 ? 0 : passes - 1;
  return {
    passes,
    switches,
    recirculations,
    cyclesPerPass,
    nsPerPass,
    extraNs: (passes - 1) * nsPerPass,
    recirculatedBitsPerBit: recirculations,
    maxBitsPerSecond: recirculations === 0 ? null : ports.bitsPerSecond / recirculations,
  };
}

function tablesOf({ entries }: CompiledProgram, state: SwitchState): ProgramExplanation['tables'] {
  const counts = new Map<string, number>();
  for (const { table } of entries) addTo(counts, table);
  const rpbFree = new Map(
    state.dataPlane.rpbs.map((rpb) => [rpb.table, must(state.entries[rpb.index], `free entries of RPB ${rpb.number}`)]),
  );
  return [...counts]
    .map(([table, used]) => ({ table, entries: used, free: (rpbFree.get(table) ?? state.freeEntries(table)) - used }))
    .sort((a, b) => a.table.localeCompare(b.table, 'en', { numeric: true }));
}

/** A case that leads to a branch, from the row of its BRANCH. */
interface Entrance {
  readonly branch: number;
  readonly row: number;
  readonly conditions: readonly Condition[];
}

const originKey = (action: string, depth: number, branch: number): string => `${action} ${depth} ${branch}`;

class Explainer {
  private readonly rows: ProgramRows;
  private readonly items: BranchItems;
  private readonly memories: ReadonlyMap<string, Memory>;
  private readonly blocks: ReadonlyMap<string, Allocation['memories'][number]>;
  private readonly flags: SaluFlags;
  private readonly liveness: RegisterLiveness;
  /** By action, depth and branch: lines of the statements that it comes from. */
  private readonly originLines = new Map<string, number[]>();
  /** By branch ID, the cases that set it. */
  private readonly entrances = new Map<number, Entrance[]>();

  constructor(
    private readonly lowered: LoweredProgram,
    private readonly allocation: Allocation,
    private readonly state: SwitchState,
    private readonly options: AllocateOptions,
  ) {
    this.rows = lowered.rows;
    this.items = branchItems(this.rows);
    this.flags = saluFlags(this.items);
    this.liveness = registerLiveness(this.items, this.flags);
    this.memories = byName(lowered.program.memories);
    this.blocks = byName(allocation.memories);
    for (const { action, depth, branch, span } of this.rows.origins) {
      appendTo(this.originLines, originKey(action, depth, branch), span.line);
    }
    // By branch, then depth: the order in which they are listed.
    for (const item of [...this.items.byDepth].sort((a, b) => a.branch - b.branch)) this.noteEntrances(item);
  }

  private noteEntrances({ branch, row, entries }: BranchItem): void {
    for (const { does, conditions } of entries) {
      if (does.kind === 'setBranch') appendTo(this.entrances, does.id, { branch, row: row + 1, conditions });
    }
  }

  parts(): Pick<ProgramExplanation, 'branches' | 'rows'> {
    const { problem, dataPlane } = this.lowered;
    const { placement } = this.allocation;
    const isOnePass = placement.every((x) => x <= dataPlane.rpbCount);
    const reasons = placeReasons(problem, placement, this.state, unitKindOf(this.options.allocator));
    const rows = this.rows.rows.map((row, i): ExplainedRow => {
      const logical = must(placement[i], `placement of row ${i + 1}`);
      const { rpb, pass } = dataPlane.placeOf(logical);
      const reason = must(reasons[i], `reason of row ${i + 1}`);
      const entries = row.entries.map((entry) => this.entry(entry, row, i));
      return {
        row: i + 1,
        depth: row.depth,
        after: row.after < 0 ? null : row.after + 1,
        rpb: rpbNumberOf(rpb.number, dataPlane.rpbsPerSwitch),
        pass: pass + 1,
        gress: rpb.gress,
        entries,
        live: this.live(i),
        memories: problem.tree[i]?.memories.map(({ name }) => name) ?? [],
        reason,
        why: reasonText(reason, { row: i, isOnePass, dataPlane, rows: this.rows, problem }),
      };
    });
    return { branches: this.branches(), rows };
  }

  private entry(entry: RowEntry, row: Row, number: number): ExplainedEntry {
    const { does, priority, conditions } = entry;
    const branches = this.items.branchesOf(entry);
    const text: StepText =
      does.kind === 'step'
        ? stepText(
            does.step,
            this.memories,
            branches.flatMap((branch) => this.flags.at(branch, row.depth)),
          )
        : { category: 'branch', verb: 'BRANCH', operands: [] };
    const action = entryInstruction(entry).name;
    return {
      branches,
      branchMatch: entry.branch,
      priority,
      conditions,
      action,
      parameters: this.parameters(entry, number, action),
      ...text,
      enters: does.kind === 'step' ? null : this.items.branchWith(does.id),
      lines: this.linesOf(entry, row, branches, action),
    };
  }

  /** Lines of an entry's statements: of its BRANCH, or of its step in all branches that share it. */
  private linesOf(
    { does, conditions }: RowEntry,
    { depth }: Row,
    branches: readonly number[],
    action: string,
  ): number[] {
    const name = does.kind === 'setBranch' ? 'branch' : action;
    const own = does.kind === 'setBranch' ? [] : does.step.spans.map(({ line }) => line);
    // A BRANCH may do one action for several of its cases: then only the step has its line.
    const isAlone = does.kind === 'setBranch' || conditions.length === 0;
    const origins = (branch: number): readonly number[] => this.originLines.get(originKey(name, depth, branch)) ?? [];
    const lines = isAlone ? [...own, ...branches.flatMap(origins)] : own;
    return [...new Set(lines)].sort((a, b) => a - b);
  }

  private parameters({ does }: RowEntry, number: number, action: string): Record<string, number> {
    const { dataPlane } = this.lowered;
    const logical = must(this.allocation.placement[number], 'placement of a row');
    const { actions } = dataPlane.placeOf(logical).rpb;
    const names = actions.get(action)?.parameters.map(({ name }) => name) ?? [];
    return Object.fromEntries(
      names.map((name, i) => {
        if (does.kind === 'setBranch') return [name, does.id];
        const parameter = does.step.parameters[i];
        if (parameter === undefined) return [name, 0];
        if (parameter.kind === 'constant') return [name, parameter.value];
        const { kind, memory } = parameter;
        if (kind === 'sizeMask') return [name, must(this.memories.get(memory), `memory ${memory}`).buckets - 1];
        return [name, must(this.blocks.get(memory), `block of memory ${memory}`).base];
      }),
    );
  }

  private live(number: number): LiveRegisters[] {
    const numbers = new Map(this.rows.rows[number]?.entries.map((entry, i) => [entry, i]));
    return must(this.items.ofRow[number], `row ${number + 1}`).map(({ branch, depth, entries }) => ({
      branch,
      before: this.liveness.before(branch, depth),
      after: entries.map((entry) => ({
        entry: must(numbers.get(entry), 'entry of a row'),
        registers: this.liveness.after(branch, depth, entry),
      })),
    }));
  }

  private branches(): ExplainedBranch[] {
    return this.rows.branchIds.map((id, branch) => ({
      branch,
      id,
      from: (this.entrances.get(id) ?? []).map((entrance) => ({
        branch: entrance.branch,
        row: entrance.row,
        conditions: conditionsText(entrance.conditions) || 'always',
      })),
    }));
  }
}

/** The conditions and the step of an entry as text. */
export const entryText = ({ verb, operands, enters, conditions }: ExplainedEntry): string => {
  const does = enters === null ? callText(verb, operands) : `enter branch ${enters}`;
  const when = conditionsText(conditions);
  return when === '' ? does : `${when}: ${does}`;
};
