/**
 * Deploys and revokes programs on a switch: keeps the resource manager's books and the switch in step, in the orders in
 * which no packet sees half a program. A failure in the middle is rolled back.
 */
import {
  type CaseChange,
  type ChangeOptions,
  type CompiledProgram,
  changeCases,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  installOperations,
  inverseOf,
  type LinkOptions,
  type LoweredProgram,
  link,
  type MemoryBlock,
  type Operation,
  type Program,
  revokeOperations,
  SwitchState,
} from '../compiler/index.js';
import { type SwitchTarget, TargetError } from '../sim/index.js';
import { NO_LOG, type Transaction, type TransactionLog } from './deploy/transaction.js';

/** A program that is being changed or revoked takes no other change until that is done. */
export class ProgramBusy extends Error {
  constructor(program: string) {
    super(`program ${program} is being changed or revoked`);
    this.name = 'ProgramBusy';
  }
}

/** A change that the switch refused, and that could not be taken back either: it has a part of it now. */
export class NotUndone extends Error {
  constructor(refusal: TargetError, failure: unknown) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    super(`${refusal.message}; and what had been changed could not be undone: ${reason}`, { cause: failure });
    this.name = 'NotUndone';
  }
}

/** More words than a memory has buckets. */
export class OutOfMemoryBlock extends RangeError {
  constructor(memory: string, buckets: number, words: number) {
    super(`memory ${memory} has ${buckets} buckets, not ${words}`);
    this.name = 'OutOfMemoryBlock';
  }
}

/** Memory that still holds something after it was reset. */
export class NotReset extends Error {
  constructor(program: string, memory: string) {
    super(`memory ${memory} of program ${program} is not 0 after its reset: it stays taken`);
    this.name = 'NotReset';
  }
}

/** A program or memory that is not there. */
export class NoSuchProgram extends Error {
  constructor(what: string) {
    super(`there is no ${what}`);
    this.name = 'NoSuchProgram';
  }
}

export class Controller {
  readonly state: SwitchState;

  /** @param log told of every change before it is made */
  constructor(
    dataPlane: DataPlane,
    private readonly target: SwitchTarget,
    private readonly log: TransactionLog = NO_LOG,
  ) {
    if (target.dataPlane.hash !== dataPlane.hash) {
      throw new Error(`the switch runs data plane '${target.dataPlane.name}', not '${dataPlane.name}'`);
    }
    this.state = new SwitchState(dataPlane);
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
    this.state.commit(compiled);
    try {
      const operations = installOperations(compiled);
      await this.transact({ action: 'deploy', before: null, after: compiled, operations });
    } catch (error) {
      this.state.release(compiled.program);
      throw error;
    }
  }

  /** Takes over a program that the switch runs already. @throws {DoesNotFit} for what cannot run on one switch */
  adopt(compiled: CompiledProgram): void {
    this.state.commit(compiled);
  }

  /**
   * Removes a program; its resources are free when its memory has been reset. If removing its entries fails, it runs on
   * as before. If a reset fails, it is gone but keeps what it had, as what its memory holds must not reach the next
   * program; revoking it again goes on with the resets.
   * @throws {NoSuchProgram} {@link ProgramBusy}
   */
  async revoke(name: string): Promise<void> {
    const status = this.state.programs.get(name)?.status;
    if (status === 'changing') throw new ProgramBusy(name);
    const compiled = this.state.beginRevoke(name);
    if (compiled === undefined) throw new NoSuchProgram(`program ${name}`);
    const operations = revokeOperations(compiled);
    const isReset = ({ kind }: Operation): boolean => kind === 'resetMemory';
    this.log.begin({ action: 'revoke', before: compiled, after: null, operations });
    if (status === 'running') {
      try {
        await this.applyOrUndo(operations.filter((operation) => !isReset(operation)));
      } catch (error) {
        if (error instanceof TargetError) this.log.end('undone');
        this.state.cancelRevoke(name);
        throw error;
      }
    }
    await this.target.apply(operations.filter(isReset));
    await this.confirmReset(compiled);
    this.log.end('done');
    this.state.release(name);
  }

  /**
   * Gives a running program other cases, entry by entry: no packet meets half of the change, memory keeps its contents.
   * If it fails in the middle, the program runs on as before.
   * @param next the whole program with its new cases
   * @throws {NoSuchProgram} {@link ProgramBusy} {@link NotIncremental} {@link DoesNotFit} or the switch's own error
   */
  async changeCases(next: Program, sourceHash: string, options?: ChangeOptions): Promise<CaseChange> {
    const running = this.state.programs.get(next.name);
    if (running === undefined) throw new NoSuchProgram(`program ${next.name}`);
    if (running.status !== 'running') throw new ProgramBusy(next.name);
    const before = running.compiled;
    const change = changeCases(before, next, this.state, sourceHash, options);
    this.state.exchange({ ...before, entries: change.during }, 'changing');
    try {
      const { operations, compiled } = change;
      await this.transact({ action: 'change', before, after: compiled, operations });
    } catch (error) {
      this.state.exchange(before, 'running');
      throw error;
    }
    this.state.exchange(change.compiled, 'running');
    return change;
  }

  /** Words of a program's memory, from bucket 0. @throws {NoSuchProgram} */
  async readMemory(program: string, memory: string): Promise<Uint32Array> {
    const { rpb, base, buckets } = this.block(program, memory);
    return this.target.readMemory(rpb, base, buckets);
  }

  /** Writes words of a program's memory. @param from first bucket @throws {NoSuchProgram} {@link OutOfMemoryBlock} */
  async writeMemory(program: string, memory: string, values: ArrayLike<number>, from = 0): Promise<void> {
    const { rpb, base, buckets } = this.block(program, memory);
    if (from + values.length > buckets) throw new OutOfMemoryBlock(memory, buckets, from + values.length);
    await this.target.writeMemory(rpb, base + from, values);
  }

  private block(program: string, memory: string): MemoryBlock {
    const running = this.state.programs.get(program);
    if (running === undefined) throw new NoSuchProgram(`program ${program}`);
    const block = running.compiled.memories.find(({ name }) => name === memory);
    if (block === undefined) throw new NoSuchProgram(`memory ${memory} in program ${program}`);
    return block;
  }

  private async confirmReset({ program, memories }: CompiledProgram): Promise<void> {
    for (const { name, rpb, base, buckets } of memories) {
      const words = await this.target.readMemory(rpb, base, buckets);
      if (words.some((word) => word !== 0)) throw new NotReset(program, name);
    }
  }

  /** If the switch cannot be asked, the transaction stays open: nobody knows what of it was made. */
  private async transact(transaction: Transaction): Promise<void> {
    this.log.begin(transaction);
    try {
      await this.applyOrUndo(transaction.operations);
    } catch (error) {
      if (error instanceof TargetError) this.log.end('undone');
      throw error;
    }
    this.log.end('done');
  }

  /**
   * Makes the changes; at an error those that were made are undone in reverse order, which is as safe for packets as the
   * order itself if no packet meets two of the changes. Of a switch that cannot be asked nobody knows what it has done:
   * nothing is undone then.
   */
  private async applyOrUndo(operations: readonly Operation[]): Promise<void> {
    try {
      await this.target.apply(operations);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      const done = operations.slice(0, error.applied);
      const back = done.reverse().flatMap((operation): Operation[] => [...inverseOf(operation), { kind: 'drain' }]);
      await this.target.apply(back).catch((failure: unknown) => {
        throw new NotUndone(error, failure);
      });
      throw error;
    }
  }
}
