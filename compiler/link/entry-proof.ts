/**
 * The proof that a program's entries access no word outside its memory blocks, from the entries alone: the states that
 * packets can carry are followed through the entries, pass by pass and RPB by RPB, from a packet that enters. Every
 * memory access must be within the blocks in its RPB. States from several paths to one place are kept separate, up to a
 * maximum number.
 *
 * It assumes that a packet belongs to the program from its first pass on, and that no entry changes while the packet is
 * in the switch.
 */

import { readable } from '../data-plane/bits.js';
import type { DataPlane, Rpb } from '../data-plane/data-plane.js';
import { FIRST_STATE, isStateWithin, joinStates, type PacketState } from '../data-plane/instructions/packet-state.js';
import { familyOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { where, whereNot } from '../language/known-registers.js';
import {
  type CompiledProgram,
  compiledProgramFromJson,
  DocumentError,
  type MemoryBlock,
  type TableEntry,
} from './compiled-program.js';
import { programIdOf } from './operations.js';
import { type DecodedEntry, type Rule, RuleTable } from './rule-table.js';

/** Maximum number of states with one branch id; more are joined into one that covers all. */
const MAX_STATES = 64;

/** The states of packets by branch id. */
type States = ReadonlyMap<number, readonly PacketState[]>;

/**
 * Why entries of one program might access words outside its blocks, as a sentence; undefined if they never do.
 * @param entries of any tables; only those of RPBs count
 */
export function addressFault(
  entries: readonly TableEntry[],
  blocks: readonly MemoryBlock[],
  dataPlane: DataPlane,
): string | undefined {
  const rules = new RuleTable(dataPlane);
  for (const entry of entries) {
    const fault = rules.add(entry);
    if (fault !== undefined) return fault;
  }
  return faultOf(rules, blocks, dataPlane);
}

/** As {@link addressFault}, of entries whose keys are decoded already. */
export function decodedAddressFault(
  entries: readonly DecodedEntry[],
  blocks: readonly MemoryBlock[],
  dataPlane: DataPlane,
): string | undefined {
  const rules = new RuleTable(dataPlane);
  for (const entry of entries) {
    const fault = rules.addDecoded(entry);
    if (fault !== undefined) return fault;
  }
  return faultOf(rules, blocks, dataPlane);
}

function faultOf(rules: RuleTable, blocks: readonly MemoryBlock[], dataPlane: DataPlane): string | undefined {
  let states: States = new Map([[0, [FIRST_STATE]]]);
  // Behind the last access nothing can be wrong.
  for (let place = 0; place <= rules.lastAccess; place++) {
    const here = rules.at(place);
    if (here === undefined) continue;
    const rpb = must(dataPlane.rpbs[place % dataPlane.rpbCount], 'RPB of a rule');
    const through = new RpbPassage(here, rpb, dataPlane, blocks);
    states = through.take(states);
    if (through.fault !== undefined) {
      return dataPlane.switches > 1
        ? through.fault
        : `${through.fault} in pass ${1 + Math.floor(place / dataPlane.rpbCount)}`;
    }
  }
  return undefined;
}

/**
 * Why a compiled program must not be installed: entries of another program, blocks that do not exist, or
 * accesses that are not proven to be within its blocks. Undefined if it may be installed.
 */
export function documentFault(compiled: CompiledProgram, dataPlane: DataPlane): string | undefined {
  const { programId, entries, memories } = compiled;
  if (programId === 0) return 'it has program id 0, which is reserved for packets without a program';
  const other = entries.find((entry) => programIdOf(entry) !== programId);
  if (other !== undefined) return `an entry of ${other.table} does not have its program id ${programId}`;
  for (const { name, rpb, base, buckets } of memories) {
    const array = dataPlane.rpbs[rpb - 1];
    if (array === undefined || base + buckets > array.buckets) {
      return `memory ${name} is outside the register array of RPB ${rpb}`;
    }
  }
  const isKnown = ({ table }: TableEntry): boolean =>
    dataPlane.recirculationTables.includes(table) ||
    dataPlane.rpbs.some((rpb) => rpb.table === table) ||
    dataPlane.filterTables.some((filter) => filter.table === table);
  const stray = entries.find((entry) => !isKnown(entry));
  if (stray !== undefined) return `it has an entry in ${stray.table}, which is not a table for programs`;
  return (
    placeFault(compiled, dataPlane) ??
    widthFault(entries, dataPlane) ??
    portFault(entries, dataPlane) ??
    addressFault(entries, memories, dataPlane)
  );
}

/** Why passes or RPBs are outside of the data plane. */
function placeFault({ passes, placement }: CompiledProgram, dataPlane: DataPlane): string | undefined {
  const { switches } = dataPlane;
  if (switches > 1 && passes !== switches) return `it has ${passes} passes, and ${switches} are expected, one a switch`;
  const most = 2 ** dataPlane.description.state.recirculationIdBits;
  if (passes < 1 || passes > most) return `it has ${passes} passes, and 1 to ${most} are expected`;
  const outside = placement.find(({ rpb, pass }) => rpb < 1 || rpb > dataPlane.rpbCount || pass >= passes);
  return outside && `a step of line ${outside.line} is placed in RPB ${outside.rpb} of pass ${outside.pass + 1}`;
}

/** Why a parameter is too wide for its action. */
function widthFault(entries: readonly TableEntry[], dataPlane: DataPlane): string | undefined {
  const rpbs = new Map(dataPlane.rpbs.map((rpb) => [rpb.table, rpb]));
  for (const { table, action, parameters } of entries) {
    const rpb = rpbs.get(table);
    const known = rpb?.actions.get(action.slice(rpb.control.length + 1))?.parameters ?? [];
    for (const { name, value } of parameters) {
      const width = known.find((parameter) => parameter.name === name)?.width;
      if (width !== undefined && value >= 2 ** width) return `${action}: ${name} = ${value} does not fit ${width} bits`;
    }
  }
  return undefined;
}

/** Why entries forward packets to a port by which none can leave, as a sentence; undefined if they do not. */
function portFault(entries: readonly TableEntry[], dataPlane: DataPlane): string | undefined {
  const forwards = new Set(dataPlane.rpbs.map(({ control }) => `${control}.forward`));
  for (const { table, action, parameters } of entries) {
    const port = forwards.has(action) ? parameters[0]?.value : undefined;
    const inward = port === undefined ? undefined : dataPlane.inwardPort(port);
    if (inward !== undefined) return `an entry of ${table} forwards to port ${port}, the ${inward} port`;
  }
  return undefined;
}

/**
 * As {@link compiledProgramFromJson}, for documents that are to be installed.
 * @throws {DocumentError} also for one that {@link documentFault} refuses
 */
export function installableProgramFromJson(json: unknown, dataPlane: DataPlane): CompiledProgram {
  const compiled = compiledProgramFromJson(json, dataPlane);
  refuseUnsafe(compiled, dataPlane);
  return compiled;
}

/** @throws {DocumentError} not-to-be-installed, for a program that {@link documentFault} refuses */
export function refuseUnsafe(compiled: CompiledProgram, dataPlane: DataPlane): void {
  const fault = documentFault(compiled, dataPlane);
  if (fault === undefined) return;
  throw new DocumentError('not-to-be-installed', `program ${compiled.program} is not installed: ${fault}`);
}

/** The passage of all packets of a program through one RPB of one pass. */
class RpbPassage {
  fault: string | undefined;
  private readonly after = new Map<number, PacketState[]>();
  private readonly blocks: readonly MemoryBlock[];
  private readonly addressMask: number;

  constructor(
    private readonly rules: readonly Rule[],
    private readonly rpb: Rpb,
    dataPlane: DataPlane,
    blocks: readonly MemoryBlock[],
  ) {
    this.addressMask = 2 ** dataPlane.description.state.addressBits - 1;
    const inArray = blocks.filter((block) => block.rpb === rpb.number && block.base + block.buckets <= rpb.buckets);
    // Adjacent blocks count as one.
    this.blocks = inArray.sort((a, b) => a.base - b.base);
  }

  /** The states after the RPB. */
  take(before: States): States {
    for (const [branch, states] of before) {
      const rules = this.rules.filter(({ branchValue, branchMask }) => (branch & branchMask) === branchValue);
      for (const state of states) this.match(branch, state, rules);
    }
    return this.after;
  }

  /** @param rules of the branch, by priority */
  private match(branch: number, state: PacketState, rules: readonly Rule[]): void {
    let rest: PacketState | undefined = state;
    for (let i = 0; i < rules.length && rest !== undefined; ) {
      // Of matching rules with equal priority, any may be taken.
      const priority = rules[i]?.entry.priority;
      let end = i;
      while (rules[end]?.entry.priority === priority) end++;
      for (let at = i; at < end; at++) this.run(branch, rest, must(rules[at], 'rule'));
      for (let at = i; at < end && rest !== undefined; at++) {
        const registers = whereNot(rest.registers, must(rules[at], 'rule').conditions);
        rest = registers && { ...rest, registers };
      }
      i = end;
    }
    if (rest !== undefined) this.add(branch, rest);
  }

  private run(
    branch: number,
    before: PacketState,
    { conditions, effect, values, setsBranch, accesses, extracted, entry }: Rule,
  ): void {
    const registers = where(before.registers, conditions);
    if (registers === undefined) return;
    const state = registers === before.registers ? before : { ...before, registers };
    if (effect === undefined) return this.add(branch, state);
    if (accesses) this.checkAccess(state, entry);
    const next = setsBranch ? must(values[0], `branch id that ${entry.action} sets`) : branch;
    this.add(next, familyOf(effect).known(state, effect, values, extracted, this.addressMask));
  }

  private checkAccess({ address: { min, max } }: PacketState, { table }: TableEntry): void {
    let inside = min;
    for (const { base, buckets } of this.blocks) if (base <= inside) inside = Math.max(inside, base + buckets);
    if (inside > max) return;
    const at = min === max ? `bucket ${readable(min)}` : `buckets ${readable(min)} to ${readable(max)}`;
    const own =
      this.blocks.length === 0
        ? 'it has no memory there'
        : `its memory there is ${this.blocks.map(({ base, buckets }) => `${base} to ${base + buckets - 1}`).join(', ')}`;
    this.fault ??= `it may access ${at} in ${table}, and ${own}`;
  }

  private add(branch: number, state: PacketState): void {
    const states = this.after.get(branch);
    if (states === undefined) {
      this.after.set(branch, [state]);
      return;
    }
    if (states.some((other) => isStateWithin(state, other))) return;
    states.push(state);
    if (states.length > MAX_STATES) this.after.set(branch, [states.reduce(joinStates)]);
  }
}
