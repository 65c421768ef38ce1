/** How changes of a switch end that cannot be made. */
import { DomainError } from '../../compiler/index.js';

/** A program that is being changed or revoked takes no other change until that is done. */
export class ProgramBusy extends DomainError {
  override readonly name = 'ProgramBusy';
  readonly code = 'busy';
  readonly ends = 'failed';

  constructor(program: string) {
    super(`program ${program} is being changed or revoked`);
  }
}

/** A program or memory that is not there. */
export class NoSuchProgram extends DomainError {
  override readonly name = 'NoSuchProgram';
  readonly code = 'no-such-program';
  readonly ends = 'bad-input';

  constructor(what: string) {
    super(`there is no ${what}`);
  }
}

/** Memory that was reset and is not 0 afterwards: it is not given to another program. */
export class MemoryNotReset extends DomainError {
  override readonly name = 'MemoryNotReset';
  readonly code = 'memory-not-reset';
  readonly ends = 'failed';

  constructor(program: string, rpb: number) {
    super(`memory of program ${program} in RPB ${rpb} was reset and is not 0`);
  }
}

/** Programs that should run and of which the switch has nothing: nothing is changed before that is settled. */
export class ProgramsGone extends DomainError {
  override readonly name = 'ProgramsGone';
  readonly code = 'programs-gone';
  readonly ends = 'failed';

  constructor(programs: readonly string[], remedy: string) {
    super(`${goneText(programs)}; ${remedy}`);
  }
}

const MAX_NAMED = 5;

/** That a switch has nothing of these programs, of which there is at least one. */
export function goneText(programs: readonly string[]): string {
  const named = programs.slice(0, MAX_NAMED).join(', ');
  const more = programs.length > MAX_NAMED ? ` and ${programs.length - MAX_NAMED} others` : '';
  return `the switch has been restarted or emptied and has no entry of ${named}${more}`;
}

/** A program that is on the switch cannot be forgotten: its entries would be nobody's. */
export class StillThere extends DomainError {
  override readonly name = 'StillThere';
  readonly code = 'still-there';
  readonly ends = 'failed';

  constructor(program: string) {
    super(`program ${program} is on the switch: revoke removes it`);
  }
}
