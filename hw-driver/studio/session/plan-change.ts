/** What an event does to the switch, planned for the programs that run where it is made. */
import { changeCases } from '../../../compiler/change/change-cases.js';
import { linkReplacement } from '../../../compiler/change/replacement.js';
import { must } from '../../../compiler/data-plane/must.js';
import {
  analyse,
  type CompiledProgram,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  FIXED_NAMES,
  link,
  lower,
  type Program,
  SwitchState,
} from '../../../compiler/index.js';
import type { HistoryChange, RecordedProgram } from '../../../sim/history/index.js';
import { beginInBooks, endInBooks } from '../../control/deployment/books.js';
import {
  casesTransaction,
  deployTransaction,
  replaceTransaction,
  revokeTransaction,
  type Transaction,
} from '../../control/deployment/transaction.js';
import { SessionError } from './failure.js';
import type { NewEvent } from './protocol.js';

type ProgramEvent = NewEvent & { readonly kind: 'deploy' | 'replace' | 'cases' };
type WriteEvent = NewEvent & { readonly kind: 'write' };

/** The programs of a switch at one moment, and the resources that they leave. */
export class Books {
  readonly state: SwitchState;
  readonly programs: Map<string, RecordedProgram>;

  /** @param deployed programs deployed so far, revoked ones too: the priority of the next one */
  constructor(
    dataPlane: SwitchState['dataPlane'],
    programs: ReadonlyMap<string, RecordedProgram>,
    private deployed: number,
  ) {
    this.state = new SwitchState(dataPlane);
    this.programs = new Map(programs);
    for (const { compiled } of programs.values()) this.state.commit(compiled);
  }

  /**
   * Plans an event and takes it into the books.
   * @throws {SessionError} {@link DoesNotFit} {@link NotIncremental} {@link NotReplaceable}; the books are then as before
   */
  plan(event: NewEvent): HistoryChange {
    switch (event.kind) {
      case 'deploy':
        return this.deploy(event);
      case 'replace':
        return this.replace(event);
      case 'cases':
        return this.cases(event);
      case 'revoke': {
        const program = this.running(event.program);
        const { operations } = this.booked(revokeTransaction(program.compiled));
        this.programs.delete(event.program);
        return { kind: 'revoke', program, memory: [], operations };
      }
      case 'write':
        return this.write(event);
    }
  }

  private deploy(event: ProgramEvent): HistoryChange {
    const { program, sourceHash } = this.checked(event);
    const lowered = lower(program, this.state.dataPlane, recirculationsOf(event));
    const filterPriority = event.filterPriority === undefined ? this.deployed : event.filterPriority;
    const compiled = link(lowered, this.state, sourceHash, { ...DEFAULT_LINK_OPTIONS, filterPriority });
    const { operations } = this.booked(deployTransaction(compiled));
    this.deployed++;
    return { kind: 'deploy', program: this.taken(compiled, event.text), memory: [], operations };
  }

  private replace(event: ProgramEvent): HistoryChange {
    const before = this.running(event.program);
    const { program, sourceHash } = this.checked(event);
    const lowered = lower(program, this.state.dataPlane, recirculationsOf(event));
    const filterPriority = event.filterPriority === undefined ? priorityOf(before.compiled) : event.filterPriority;
    const options = { ...DEFAULT_LINK_OPTIONS, filterPriority };
    const compiled = linkReplacement(before.compiled, lowered, this.state, sourceHash, options);
    const { operations } = this.booked(replaceTransaction(before.compiled, compiled));
    return { kind: 'replace', before, after: this.taken(compiled, event.text), memory: [], operations };
  }

  private cases(event: ProgramEvent): HistoryChange {
    const before = this.running(event.program);
    const { program, sourceHash } = this.checked(event);
    const options = { recirculations: event.recirculations };
    const change = changeCases(before.compiled, program, this.state, sourceHash, options);
    const { operations } = this.booked(casesTransaction(before.compiled, change));
    return { kind: 'cases', before, after: this.taken(change.compiled, event.text), memory: [], operations };
  }

  private write({ program: name, memory, bucket, values }: WriteEvent): HistoryChange {
    const { compiled } = this.running(name);
    const block = compiled.memories.find((each) => each.name === memory);
    if (block === undefined) throw new SessionError('refused', `program ${name} has no memory ${memory}`);
    const { words } = this.state.dataPlane.rpb(block.rpb);
    const buckets = values.length / words;
    if (!Number.isInteger(buckets) || buckets === 0) {
      throw new SessionError('refused', `${name}.${memory} has pairs: a low and a high word for each bucket`);
    }
    if (bucket < 0 || bucket + buckets > block.buckets) {
      throw new SessionError('refused', `${name}.${memory} has buckets 0 to ${block.buckets - 1}`);
    }
    const write = { rpb: block.rpb, base: block.base + bucket, values: Uint32Array.from(values) };
    return { kind: 'write', program: name, name: memory, bucket, memory: [write], operations: [] };
  }

  private checked({ text, program: name }: ProgramEvent): { readonly program: Program; readonly sourceHash: string } {
    const { programs, hasErrors, diagnostics, sourceHash } = analyse(text, this.state.dataPlane);
    if (hasErrors) {
      const first = must(
        diagnostics.find(({ severity }) => severity === 'error'),
        'error of a text',
      );
      const message = `${name} has errors: line ${first.span.line}: ${first.message}`;
      throw new SessionError('bad-program', message, diagnostics);
    }
    const program = programs.find((each) => each.name === name);
    if (program === undefined) throw new SessionError('bad-program', `the text has no program ${name}`);
    return { program, sourceHash };
  }

  private running(name: string): RecordedProgram {
    const program = this.programs.get(name);
    if (program === undefined) throw new SessionError('refused', `no program ${name} runs at this moment`);
    return program;
  }

  private booked(transaction: Transaction): Transaction {
    beginInBooks(this.state, transaction);
    endInBooks(this.state, transaction, 'after');
    return transaction;
  }

  private taken(compiled: CompiledProgram, source: string): RecordedProgram {
    const program = { compiled, source };
    this.programs.set(compiled.program, program);
    return program;
  }
}

const recirculationsOf = ({ recirculations }: ProgramEvent): number =>
  recirculations === undefined ? DEFAULT_RECIRCULATIONS : recirculations;

/** The priority of a program's filter. */
export const priorityOf = ({ program, entries }: CompiledProgram): number =>
  must(
    entries.find(({ action }) => action === FIXED_NAMES.setProgram),
    `filter of ${program}`,
  ).priority;
