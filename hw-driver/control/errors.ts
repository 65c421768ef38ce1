/** Errors of changes that a controller cannot make. */
import { type CommandEnd, DomainError } from '../../compiler/data-plane/domain-error.js';

/** A change of a program that is being changed or revoked. */
export class ProgramBusy extends DomainError {
  override readonly name = 'ProgramBusy';
  readonly code = 'busy';
  readonly ends = 'failed';

  constructor(program: string) {
    super(`program ${program} is being changed or revoked`);
  }
}

/** A program or memory that does not exist. */
export class NoSuchProgram extends DomainError {
  override readonly name = 'NoSuchProgram';
  readonly code = 'no-such-program';
  readonly ends = 'bad-input';

  constructor(what: string) {
    super(`there is no ${what}`);
  }
}

/** A group that the switch does not have. */
export class NoSuchGroup extends DomainError {
  override readonly name = 'NoSuchGroup';
  readonly code = 'no-such-group';
  readonly ends = 'bad-input';

  constructor(group: number) {
    super(`there is no group ${group}`);
  }
}

/** Memory that is not 0 after its reset: it must not be given to another program. */
export class MemoryNotReset extends DomainError {
  override readonly name = 'MemoryNotReset';
  readonly code = 'memory-not-reset';
  readonly ends = 'failed';

  constructor(program: string, rpb: number) {
    super(`memory of program ${program} in RPB ${rpb} is not 0 after its reset`);
  }
}

/** Programs that should run and of which the switch has no entry: repair or forget has to come before other changes. */
export class ProgramsGone extends DomainError {
  override readonly name = 'ProgramsGone';
  readonly code = 'programs-gone';
  readonly ends = 'failed';

  constructor(programs: readonly string[], remedy: string) {
    super(`${goneText(programs)}; ${remedy}`);
  }
}

const MAX_NAMED = 5;

/** The sentence that a switch has no entry of these programs. @param programs at least one */
export function goneText(programs: readonly string[]): string {
  return `the switch has been restarted or emptied and has no entry of ${namesText(programs)}`;
}

/** The first names of a list, and the number of the others. */
function namesText(programs: readonly string[]): string {
  const more = programs.length > MAX_NAMED ? ` and ${programs.length - MAX_NAMED} others` : '';
  return `${programs.slice(0, MAX_NAMED).join(', ')}${more}`;
}

/** The first error of a deployment of several programs, with what became of the others. */
export class DeploymentStopped extends DomainError {
  override readonly name = 'DeploymentStopped';
  readonly code = 'deployment-stopped';

  /**
   * @param deployed the programs that stay on the switch
   * @param untried those behind the refused one
   */
  constructor(
    error: DomainError,
    readonly deployed: readonly string[],
    readonly untried: readonly string[],
    readonly ends: CommandEnd = error.ends,
  ) {
    const were = (count: number): string => (count === 1 ? 'was' : 'were');
    const [done, rest] = [namesText(deployed), namesText(untried)];
    const stay =
      deployed.length === 0
        ? 'no program was deployed'
        : `${done} ${were(deployed.length)} deployed and ${deployed.length === 1 ? 'stays' : 'stay'}`;
    const skipped = deployed.length === 0 || untried.length === 0 ? '' : `, ${rest} ${were(untried.length)} not`;
    super(`${error.message}; ${stay}${skipped}`, { cause: error });
  }
}

/** A program that is on the switch cannot be forgotten: its entries would stay there without an owner. */
export class StillThere extends DomainError {
  override readonly name = 'StillThere';
  readonly code = 'still-there';
  readonly ends = 'failed';

  constructor(program: string) {
    super(`program ${program} has entries on the switch and cannot be forgotten: revoke removes it`);
  }
}
