/**
 * Deploys, changes and revokes programs on a switch: keeps the resource manager's books, a journal and the switch in
 * step, in the orders in which no packet sees half a program. What fails or is cut off in the middle is undone, or done
 * to its end, by what the switch then says that it has.
 */
import { must } from '../../compiler/data-plane/must.js';
import {
  type CaseChange,
  type ChangeOptions,
  type CompiledProgram,
  changeCases,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  type LinkOptions,
  type LoweredProgram,
  link,
  linkReplacement,
  type MemoryBlock,
  type Operation,
  type Program,
  type ReplaceOptions,
  refuseUnsafe,
  SwitchState,
} from '../../compiler/index.js';
import { type SwitchTarget, TargetError, TargetUnreachable } from '../../sim/index.js';
import { beginInBooks, endInBooks } from './deployment/books.js';
import { type Difference, driftOf, repairOperations } from './deployment/drift.js';
import { programsGone } from './deployment/presence.js';
import { settle } from './deployment/settle.js';
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

/** What became of a transaction that had been cut off. */
export interface Settled {
  readonly kind: Transaction['kind'];
  readonly program: string;
  readonly outcome: Outcome;
}

export class Controller {
  readonly state: SwitchState;
  /** Transactions without end, by program; `underWay` where somebody waits for it, cut off otherwise. */
  private readonly open = new Map<string, { readonly transaction: Transaction; underWay: boolean }>();

  /**
   * @param journal records every step
   * @param before what an earlier controller of this switch has left; {@link recover} brings it to an end
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

  /** Installs a program that was compiled for the state that the switch is in. */
  async install(compiled: CompiledProgram): Promise<void> {
    await this.run(deployTransaction(compiled));
  }

  /** Takes over a program that the switch runs already. @throws {DoesNotFit} for what cannot run on one switch */
  adopt(compiled: CompiledProgram): void {
    this.state.commit(compiled);
    this.journal.append({ kind: 'adopt', program: compiled });
  }

  /**
   * Removes a program, or what the switch still has of it; its resources are free when its memory has been reset and read back as 0. If removing its entries
   * fails, it runs on as before. If a reset fails, it is gone but keeps what it had, as what its memory holds must not
   * reach the next program; revoking it again goes on with the resets.
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link MemoryNotReset} or the switch's own error
   */
  async revoke(name: string): Promise<void> {
    if (this.open.get(name)?.transaction.kind === 'revoke' && (await this.settleOpen(name)) === 'after') return;
    await this.run(revokeTransaction(this.changeable(name)));
  }

  /**
   * Puts another version of a program into its place: packets meet the old one until the new one is complete. Memories
   * of one name and size keep their contents.
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link NotReplaceable} {@link DoesNotFit} or the switch's own error;
   *   the old version then runs on, unless packets have turned to the new one already
   */
  async replace(
    lowered: LoweredProgram,
    sourceHash: string,
    options?: Partial<ReplaceOptions>,
  ): Promise<CompiledProgram> {
    const before = this.changeable(lowered.program.name);
    const after = linkReplacement(before, lowered, this.state, sourceHash, { ...DEFAULT_LINK_OPTIONS, ...options });
    await this.run(replaceTransaction(before, after));
    return after;
  }

  /**
   * Gives a running program other cases, entry by entry: no packet meets half of the change, memory keeps its contents.
   * If it fails in the middle, the program runs on as before.
   * @param next the whole program with its new cases
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link NotIncremental} {@link DoesNotFit} or the switch's own error
   */
  async changeCases(next: Program, sourceHash: string, options?: ChangeOptions): Promise<CaseChange> {
    const before = this.changeable(next.name);
    const change = changeCases(before, next, this.state, sourceHash, options);
    await this.run(casesTransaction(before, change));
    return change;
  }

  /** Programs with a transaction that was cut off. */
  get cutOff(): readonly Settled['program'][] {
    return [...this.open].flatMap(([program, { underWay }]) => (underWay ? [] : [program]));
  }

  /** Undoes what was cut off, or does it to its end. To be called when the switch can be asked again. */
  async recover(): Promise<Settled[]> {
    const settled: Settled[] = [];
    for (const program of this.cutOff) {
      const { kind } = this.openTransaction(program).transaction;
      settled.push({ kind, program, outcome: await this.settleOpen(program) });
    }
    return settled;
  }

  /** Programs that should run and of which the switch has no entry: it was restarted, or somebody emptied it. */
  async gone(): Promise<string[]> {
    return programsGone(this.runningDocuments(), this.target);
  }

  /**
   * Drops programs of which the switch has nothing; nothing is changed there.
   * @param names all that are gone if left out
   * @returns those that were dropped
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

  /** What the switch has that it should not have, and the other way round; programs that are being changed aside. */
  async drift(): Promise<Difference[]> {
    return driftOf(this.runningDocuments(), await this.target.entries());
  }

  /**
   * Makes the switch what it should be. What was mended.
   * @throws {ProgramBusy} while a program is being changed; {@link DocumentError} for one that might leave its memory
   */
  async repair(): Promise<Difference[]> {
    const [busy] = this.open.keys();
    if (busy !== undefined) throw new ProgramBusy(busy);
    const entries = await this.target.entries();
    const programs = this.runningDocuments();
    const drift = driftOf(programs, entries);
    const broken = new Set(drift.flatMap((difference) => ('program' in difference ? [difference.program] : [])));
    // A journal is a file that anybody can have written.
    for (const compiled of programs) if (broken.has(compiled.program)) refuseUnsafe(compiled, this.state.dataPlane);
    await this.target.apply(repairOperations(drift, programs, entries));
    return drift;
  }

  /** Words of a program's memory, from bucket 0, in each pipe of the switch. @throws {NoSuchProgram} */
  async readPipes(program: string, memory: string): Promise<readonly Uint32Array[]> {
    const { rpb, base, buckets } = this.block(program, memory);
    return this.target.readMemory(rpb, base, buckets);
  }

  /** As {@link readPipes}, of a switch that has one pipe, as the emulated one. @throws {NoSuchProgram} */
  async readMemory(program: string, memory: string): Promise<Uint32Array> {
    const [words, ...others] = await this.readPipes(program, memory);
    if (words === undefined || others.length > 0) {
      throw new Error(`the switch has ${1 + others.length} pipes, each with words of its own: readPipes tells them`);
    }
    return words;
  }

  /** Writes words of a program's memory. @throws {NoSuchProgram} {@link RangeError} for too many */
  async writeMemory(program: string, memory: string, values: ArrayLike<number>, from = 0): Promise<void> {
    const { rpb, base, buckets } = this.block(program, memory);
    if (from + values.length > buckets) {
      throw new RangeError(`memory ${memory} has ${buckets} buckets, not ${from + values.length}`);
    }
    await this.target.writeMemory(rpb, base + from, values);
  }

  /** Sets all words of a program's memory to 0. @throws {NoSuchProgram} */
  async resetMemory(program: string, memory: string): Promise<void> {
    const { rpb, base, buckets } = this.block(program, memory);
    await this.target.apply([{ kind: 'resetMemory', rpb, base, buckets }]);
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

  /** Those that no transaction is about; entries of the others are in between. */
  private runningDocuments(): CompiledProgram[] {
    const programs = [...this.state.programs.values()].filter(({ status }) => status === 'running');
    return programs.map(({ compiled }) => compiled);
  }

  /** Makes a transaction's changes; at an error it is as if there had been none, or it is left cut off. */
  private async run(transaction: Transaction): Promise<void> {
    const { program, operations } = transaction;
    beginInBooks(this.state, transaction);
    const open = { transaction, underWay: true };
    this.open.set(program, open);
    try {
      this.journal.append({ kind: 'begin', transaction });
    } catch (error) {
      this.close(transaction, 'before');
      throw error;
    }
    try {
      await this.applyAll(transaction, operations);
      await this.confirmResets(transaction);
      this.end(transaction, 'after');
    } catch (error) {
      // A change that the switch refuses late would be refused again. But whether one was made when the line broke is not
      // known, and an entry that was to go and is not there is as it should be.
      const isNotThere = error instanceof TargetError && error.code === 'not-found';
      const mayGoOn = isNotThere || error instanceof TargetUnreachable;
      if ((await this.takeBack(transaction, mayGoOn, isNotThere)) !== 'after') throw error;
    } finally {
      open.underWay = false;
    }
  }

  /** Settles after an error, if that can be done now; undefined if the transaction stays cut off. */
  private async takeBack(
    transaction: Transaction,
    mayGoOn: boolean,
    isNotThere: boolean,
  ): Promise<Outcome | undefined> {
    try {
      return await this.settle(transaction, mayGoOn, isNotThere && transaction.kind === 'revoke');
    } catch {
      // The first error says more than that it could not be undone either; the books keep what both ends need.
      return undefined;
    }
  }

  private async settleOpen(program: string): Promise<Outcome> {
    const open = this.openTransaction(program);
    if (open.underWay) throw new ProgramBusy(program);
    open.underWay = true;
    try {
      // With `mayGoOn` there is always an outcome.
      return must(await this.settle(open.transaction, true), 'outcome of a transaction that may go on');
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
   * @param mayGoOn whether one that is past its turn is done to its end now
   * @param goesOn whether it is done to its end wherever it is
   */
  private async settle(transaction: Transaction, mayGoOn: boolean, goesOn = false): Promise<Outcome | undefined> {
    const { outcome, operations } = settle(transaction, await this.target.entries(), goesOn);
    if (outcome === 'after' && !mayGoOn) return undefined;
    await this.target.apply(operations);
    if (outcome === 'after') await this.confirmResets(transaction);
    this.end(transaction, outcome);
    return outcome;
  }

  /** Part by part, each up to where packets are waited for: how far it came is written down in between. */
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
