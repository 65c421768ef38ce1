/**
 * Deploys, changes and revokes programs on a switch: keeps the resource manager's books, a journal and the switch
 * consistent, by operations in an order in which no packet sees half a program. A transaction that fails or is
 * interrupted is undone or completed, as the entries of the switch then require.
 */

import type { CaseChange, ChangeOptions } from '../../compiler/change/change-cases.js';
import type { ReplaceOptions } from '../../compiler/change/replacement.js';
import { must } from '../../compiler/data-plane/must.js';
import {
  type CompiledProgram,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  type LinkOptions,
  type LoweredProgram,
  link,
  type MemoryBlock,
  type MulticastGroup,
  type Operation,
  type Program,
  refuseUnsafe,
  SwitchState,
} from '../../compiler/index.js';
import { type SwitchTarget, TargetError, TargetUnreachable } from '../../sim/index.js';
import { beginInBooks, endInBooks } from './deployment/books.js';
import { type Difference, driftOf, repairOperations } from './deployment/drift.js';
import { addGroup, missingGroups, type NamedGroup, removeGroup } from './deployment/groups.js';
import { programsGone } from './deployment/presence.js';
import { recoveryOf } from './deployment/recovery.js';
import {
  casesTransaction,
  deployTransaction,
  type Outcome,
  replaceTransaction,
  resetBlocks,
  revokeTransaction,
  type Transaction,
} from './deployment/transaction.js';
import { MemoryNotReset, NoSuchProgram, ProgramBusy, StillThere } from './errors.js';
import { type Journal, NO_JOURNAL } from './journal/records.js';
import type { JournalState } from './journal/replay.js';

/** How a transaction that had been interrupted was ended. */
export interface Recovered {
  readonly kind: Transaction['kind'];
  readonly program: string;
  readonly outcome: Outcome;
}

/** Deploys, changes and revokes programs on a switch. */
export class Controller {
  readonly state: SwitchState;
  /** Transactions that have not ended, by program; `underWay` while a call makes it, otherwise it was interrupted. */
  private readonly open = new Map<string, { readonly transaction: Transaction; underWay: boolean }>();

  /**
   * @param journal takes a record before and after every change
   * @param before the state that an earlier controller of this switch left; {@link recover} ends its transactions
   */
  constructor(
    dataPlane: DataPlane,
    private readonly target: SwitchTarget,
    private readonly journal: Journal = NO_JOURNAL,
    before?: JournalState,
  ) {
    if (target.dataPlane.hash !== dataPlane.hash) {
      throw new Error(`the switch runs data plane '${target.dataPlane.name}', not '${dataPlane.name}'`);
    }
    this.state = new SwitchState(dataPlane);
    for (const compiled of before?.programs.values() ?? []) this.state.commit(compiled);
    for (const [program, { transaction }] of before?.open ?? []) {
      beginInBooks(this.state, transaction);
      this.open.set(program, { transaction, underWay: false });
    }
  }

  /**
   * Allocates a program and installs it.
   * @throws {DoesNotFit} or the switch's own error; the switch and the books are then as before
   */
  async deploy(lowered: LoweredProgram, sourceHash: string, options?: Partial<LinkOptions>): Promise<CompiledProgram> {
    const compiled = link(lowered, this.state, sourceHash, { ...DEFAULT_LINK_OPTIONS, ...options });
    await this.install(compiled);
    return compiled;
  }

  /** Installs a program that was compiled for the present state of the switch. */
  async install(compiled: CompiledProgram): Promise<void> {
    await this.run(deployTransaction(compiled));
  }

  /** Takes a program that the switch already runs into the books. @throws {DoesNotFit} if it conflicts with another */
  adopt(compiled: CompiledProgram): void {
    this.state.commit(compiled);
    this.journal.append({ kind: 'adopt', program: compiled });
  }

  /**
   * Removes a program, or what the switch still has of it; its resources are free when its memory has been reset and
   * read back as 0. If removing its entries
   * fails, it runs on as before. If a reset fails, it no longer runs but keeps its resources, as the contents of its
   * memory must not reach the next program; revoking it again repeats the resets.
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link MemoryNotReset} or the switch's own error
   */
  async revoke(name: string): Promise<void> {
    if (this.open.get(name)?.transaction.kind === 'revoke' && (await this.recoverOne(name)) === 'after') return;
    await this.run(revokeTransaction(this.changeable(name)));
  }

  /**
   * Replaces a program by another version: packets meet the old one until the new one is complete. Memories
   * of the same name and size keep their contents.
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link NotReplaceable} {@link DoesNotFit} or the switch's own error;
   *   the old version then runs on, unless the new one already takes the packets
   */
  async replace(
    lowered: LoweredProgram,
    sourceHash: string,
    options?: Partial<ReplaceOptions>,
  ): Promise<CompiledProgram> {
    // Loaded by those that change running programs only.
    const { linkReplacement } = await import('../../compiler/change/replacement.js');
    const before = this.changeable(lowered.program.name);
    const after = linkReplacement(before, lowered, this.state, sourceHash, { ...DEFAULT_LINK_OPTIONS, ...options });
    await this.run(replaceTransaction(before, after));
    return after;
  }

  /**
   * Changes the cases of a running program, entry by entry: no packet meets half of the change, memory keeps its
   * contents. If the change fails, the program runs on as before.
   * @param next the whole program with its new cases
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link NotIncremental} {@link DoesNotFit} or the switch's own error
   */
  async changeCases(next: Program, sourceHash: string, options?: ChangeOptions): Promise<CaseChange> {
    const { changeCases } = await import('../../compiler/change/change-cases.js');
    const before = this.changeable(next.name);
    const change = changeCases(before, next, this.state, sourceHash, options);
    await this.run(casesTransaction(before, change));
    return change;
  }

  /** Programs with a transaction that was interrupted. */
  get interrupted(): readonly Recovered['program'][] {
    return [...this.open].flatMap(([program, { underWay }]) => (underWay ? [] : [program]));
  }

  /** Undoes or completes the transactions that were interrupted. To be called when the switch can be read again. */
  async recover(): Promise<Recovered[]> {
    const recovered: Recovered[] = [];
    for (const program of this.interrupted) {
      const { kind } = this.openTransaction(program).transaction;
      recovered.push({ kind, program, outcome: await this.recoverOne(program) });
    }
    return recovered;
  }

  /** Programs that should run and of which the switch has no entry: it was restarted or emptied. */
  async gone(): Promise<string[]> {
    return programsGone(this.runningDocuments(), this.target);
  }

  /**
   * Drops programs of which the switch has no entry from the books and the journal; the switch is not changed.
   * @param names by default all programs of which the switch has no entry
   * @returns the dropped programs
   * @throws {NoSuchProgram} {@link StillThere}, and drops none
   */
  async forget(names?: readonly string[]): Promise<string[]> {
    const gone = await this.gone();
    for (const name of names ?? []) {
      this.changeable(name);
      if (!gone.includes(name)) throw new StillThere(name);
    }
    const dropped = [...new Set(names ?? gone)];
    for (const program of dropped) {
      this.journal.append({ kind: 'forget', program });
      this.state.release(program);
    }
    return dropped;
  }

  /** Entries that are missing, changed or foreign on the switch; programs that are being changed are left out. */
  async drift(): Promise<Difference[]> {
    return driftOf(this.runningDocuments(), await this.target.entries());
  }

  /**
   * Makes the entries of the switch those of the books.
   * @returns the differences that were removed
   * @throws {ProgramBusy} while a program is being changed; {@link DocumentError} for one that might leave its memory
   */
  async repair(): Promise<Difference[]> {
    const [busy] = this.open.keys();
    if (busy !== undefined) throw new ProgramBusy(busy);
    const entries = await this.target.entries();
    const programs = this.runningDocuments();
    const drift = driftOf(programs, entries);
    const broken = new Set(drift.flatMap((difference) => ('program' in difference ? [difference.program] : [])));
    // The journal is a file, which may have been edited.
    for (const compiled of programs) if (broken.has(compiled.program)) refuseUnsafe(compiled, this.state.dataPlane);
    await this.target.apply(repairOperations(drift, programs, entries));
    return drift;
  }

  /** The groups to which programs copy packets. They belong to the switch, not to programs and the journal. */
  groups(): Promise<readonly MulticastGroup[]> {
    return this.target.groups();
  }

  /**
   * Adds a group with a copy to each port, in this order; replication ids count the ports from 0.
   * @throws {TargetError} for a group that is there, or ports that there are not
   */
  async addGroup(id: number, ports: readonly number[]): Promise<MulticastGroup> {
    return addGroup(this.target, id, ports);
  }

  /** Removes a group; packets to it are dropped then. @throws {NoSuchGroup} */
  async removeGroup(id: number): Promise<void> {
    await removeGroup(this.target, id);
  }

  /** Groups to which running programs copy packets and that the switch does not have: these packets are dropped. */
  missingGroups(): Promise<readonly NamedGroup[]> {
    return missingGroups(this.target, this.runningDocuments());
  }

  /** Words of a program's memory, from bucket 0, pairs low word first, in each pipe of the switch. @throws {NoSuchProgram} */
  async readPipes(program: string, memory: string): Promise<readonly Uint32Array[]> {
    const { rpb, base, buckets } = this.block(program, memory);
    return this.target.readMemory(rpb, base, buckets);
  }

  /** As {@link readPipes}, for a switch with one pipe. @throws {NoSuchProgram} */
  async readMemory(program: string, memory: string): Promise<Uint32Array> {
    const [words, ...others] = await this.readPipes(program, memory);
    if (words === undefined || others.length > 0) {
      throw new Error(`the switch has ${1 + others.length} pipes, each with its own words: use readPipes`);
    }
    return words;
  }

  /**
   * Writes words of a program's memory, from bucket `from`; of a memory of pairs whole ones, low word first.
   * @throws {NoSuchProgram} {@link RangeError} beyond its buckets, or for half a pair
   */
  async writeMemory(program: string, memory: string, values: ArrayLike<number>, from = 0): Promise<void> {
    const { rpb, base, buckets } = this.block(program, memory);
    const written = values.length / this.state.dataPlane.rpb(rpb).words;
    if (!Number.isInteger(written))
      throw new RangeError(`memory ${memory} has pairs, and ${values.length} words are none`);
    if (from + written > buckets) {
      throw new RangeError(`memory ${memory} has ${buckets} buckets, not ${from + written}`);
    }
    await this.target.writeMemory(rpb, base + from, values);
  }

  /** Sets all words of a program's memory to 0. @throws {NoSuchProgram} */
  async resetMemory(program: string, memory: string): Promise<void> {
    const { rpb, base, buckets } = this.block(program, memory);
    await this.target.apply([{ kind: 'resetMemory', rpb, base, buckets }]);
  }

  /** Words in a bucket of a program's memory: 2 in one of pairs. @throws {NoSuchProgram} */
  wordsPerBucket(program: string, memory: string): 1 | 2 {
    return this.state.dataPlane.rpb(this.block(program, memory).rpb).words;
  }

  private block(program: string, memory: string): MemoryBlock {
    const running = this.state.programs.get(program);
    if (running === undefined) throw new NoSuchProgram(`program ${program}`);
    const block = running.compiled.memories.find(({ name }) => name === memory);
    if (block === undefined) throw new NoSuchProgram(`memory ${memory} in program ${program}`);
    return block;
  }

  private changeable(name: string): CompiledProgram {
    const running = this.state.programs.get(name);
    if (running === undefined) throw new NoSuchProgram(`program ${name}`);
    if (running.status !== 'running') throw new ProgramBusy(name);
    return running.compiled;
  }

  /** Programs without a transaction; the entries of the others are partly installed. */
  private runningDocuments(): CompiledProgram[] {
    const programs = [...this.state.programs.values()].filter(({ status }) => status === 'running');
    return programs.map(({ compiled }) => compiled);
  }

  /** Makes a transaction's changes; after an error they are undone, or the transaction stays interrupted. */
  private async run(transaction: Transaction): Promise<void> {
    const { program, operations } = transaction;
    beginInBooks(this.state, transaction);
    const open = { transaction, underWay: true };
    this.open.set(program, open);
    try {
      await this.journal.appendAndWait({ kind: 'begin', transaction });
    } catch (error) {
      this.close(transaction, 'before');
      throw error;
    }
    try {
      await this.applyAll(transaction, operations);
      await this.confirmResets(transaction);
      this.end(transaction, 'after');
    } catch (error) {
      // An operation that the switch refuses after the commit point would be refused again. But whether an operation
      // was made when the connection broke is unknown, and an entry that was to be deleted and is missing is as it
      // should be.
      const isNotThere = error instanceof TargetError && error.code === 'not-found';
      const mayComplete = isNotThere || error instanceof TargetUnreachable;
      if ((await this.recoverAfterError(transaction, mayComplete, isNotThere)) !== 'after') throw error;
    } finally {
      open.underWay = false;
    }
  }

  /** Undoes or completes a transaction after an error; undefined if it stays interrupted. */
  private async recoverAfterError(
    transaction: Transaction,
    mayComplete: boolean,
    isNotThere: boolean,
  ): Promise<Outcome | undefined> {
    try {
      return await this.endByEntries(transaction, mayComplete, isNotThere && transaction.kind === 'revoke');
    } catch {
      // The caller reports the first error; the books keep the resources of both outcomes.
      return undefined;
    }
  }

  private async recoverOne(program: string): Promise<Outcome> {
    const open = this.openTransaction(program);
    if (open.underWay) throw new ProgramBusy(program);
    open.underWay = true;
    try {
      // With `mayComplete` there is always an outcome.
      return must(await this.endByEntries(open.transaction, true), 'outcome of a transaction that may be completed');
    } finally {
      open.underWay = false;
    }
  }

  private openTransaction(program: string) {
    const open = this.open.get(program);
    if (open === undefined) throw new Error(`program ${program} has no open transaction`);
    return open;
  }

  /**
   * Ends a transaction by the entries that the switch has: undoes it before its commit point, completes it after that.
   * @param mayComplete whether to complete it now; otherwise the result is undefined where it would be completed
   * @param completes whether to complete it even before its commit point
   */
  private async endByEntries(
    transaction: Transaction,
    mayComplete: boolean,
    completes = false,
  ): Promise<Outcome | undefined> {
    const { outcome, operations } = recoveryOf(transaction, await this.target.entries(), completes);
    if (outcome === 'after' && !mayComplete) return undefined;
    await this.target.apply(operations);
    if (outcome === 'after') await this.confirmResets(transaction);
    this.end(transaction, outcome);
    return outcome;
  }

  /**
   * Applies operations in parts that end with a drain; between the parts, the journal takes the number of operations
   * made.
   */
  private async applyAll({ program }: Transaction, operations: readonly Operation[]): Promise<void> {
    for (let done = 0; done < operations.length; ) {
      const drain = operations.findIndex(({ kind }, i) => i >= done && kind === 'drain');
      const end = drain < 0 ? operations.length : drain + 1;
      await this.target.apply(operations.slice(done, end));
      done = end;
      if (done < operations.length) this.journal.append({ kind: 'step', program, done });
    }
  }

  private async confirmResets(transaction: Transaction): Promise<void> {
    for (const { rpb, base, buckets } of resetBlocks(transaction)) {
      const pipes = await this.target.readMemory(rpb, base, buckets);
      if (pipes.some((words) => words.some((word) => word !== 0))) throw new MemoryNotReset(transaction.program, rpb);
    }
  }

  private end(transaction: Transaction, outcome: Outcome): void {
    this.journal.append({ kind: 'end', program: transaction.program, outcome });
    this.close(transaction, outcome);
  }

  private close(transaction: Transaction, outcome: Outcome): void {
    this.open.delete(transaction.program);
    endInBooks(this.state, transaction, outcome);
  }
}
