/** Changes of a recorded run, planned by a controller for the programs that run where they are made. */
import {
  type Allocator,
  analyse,
  type DataPlane,
  DomainError,
  lower,
  type Program,
  renderDiagnostics,
} from '../../../compiler/index.js';
import { PlanningTarget } from '../../../hw-driver/control/planning-target.js';
import { Controller } from '../../../hw-driver/index.js';
import type { HistoryChange, RecordedProgram } from '../../../sim/history/index.js';

/** Programs that cannot be recorded as they are. */
export class HistoryError extends DomainError {
  override readonly name = 'HistoryError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'program-with-errors' | 'name-in-use' | 'not-one-program' | 'not-in-the-run',
    message: string,
  ) {
    super(message);
  }
}

/** How programs are placed. */
export interface PlacementOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
}

/** A program's text, with a name for its findings. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export class ChangePlanner {
  private readonly target: PlanningTarget;
  private readonly controller: Controller;
  private readonly programs = new Map<string, RecordedProgram>();
  private deployed = 0;

  constructor(private readonly options: PlacementOptions) {
    this.target = new PlanningTarget(options.dataPlane);
    this.controller = new Controller(options.dataPlane, this.target);
  }

  /** A deployment for each program of a text, in order. @throws {HistoryError} {@link DoesNotFit} */
  async deploy(source: SourceText): Promise<HistoryChange[]> {
    const { allocator, dataPlane, recirculations } = this.options;
    const { programs, sourceHash } = this.checked(source);
    const changes: HistoryChange[] = [];
    for (const program of programs) {
      if (this.programs.has(program.name)) {
        throw new HistoryError('name-in-use', `${source.file}: program ${program.name} runs already`);
      }
      const lowered = lower(program, dataPlane, recirculations);
      const filterPriority = this.deployed++;
      const compiled = await this.controller.deploy(lowered, sourceHash, { allocator, filterPriority });
      const recorded = { compiled, source: source.text };
      this.programs.set(program.name, recorded);
      changes.push({ kind: 'deploy', program: recorded, ...this.target.take() });
    }
    return changes;
  }

  /** @throws {HistoryError} for a program that does not run */
  async revoke(name: string): Promise<HistoryChange> {
    const program = this.running(name);
    await this.controller.revoke(name);
    this.programs.delete(name);
    return { kind: 'revoke', program, ...this.target.take() };
  }

  /** @param source the whole text of a program with its new cases @throws {HistoryError} {@link NotIncremental} {@link DoesNotFit} */
  async changeCases(source: SourceText): Promise<HistoryChange> {
    const { programs, sourceHash } = this.checked(source);
    const [program, ...more] = programs;
    if (program === undefined || more.length > 0) {
      throw new HistoryError('not-one-program', `${source.file} has ${programs.length} programs, where one is needed`);
    }
    const before = this.running(program.name);
    const { recirculations } = this.options;
    const { compiled } = await this.controller.changeCases(program, sourceHash, { recirculations });
    const after = { compiled, source: source.text };
    this.programs.set(program.name, after);
    return { kind: 'cases', before, after, ...this.target.take() };
  }

  /** Writes words of a memory from bucket 0 on. */
  async write(program: string, name: string, words: Uint32Array): Promise<HistoryChange> {
    await this.controller.writeMemory(program, name, words);
    return { kind: 'write', program, name, bucket: 0, ...this.target.take() };
  }

  private running(name: string): RecordedProgram {
    const program = this.programs.get(name);
    if (program === undefined)
      throw new HistoryError('not-in-the-run', `no program ${name} runs when the script changes it`);
    return program;
  }

  private checked({ file, text }: SourceText): { readonly programs: readonly Program[]; readonly sourceHash: string } {
    const analysis = analyse(text, this.options.dataPlane);
    if (!analysis.hasErrors) return analysis;
    throw new HistoryError('program-with-errors', `${file} has errors:\n${renderDiagnostics(analysis, file, text)}`);
  }
}
