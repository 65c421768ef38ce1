/** A command that works on a switch, for the command line and for the shell. */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { ProgramsGone } from '../../control/errors.js';
import { type Access, GONE_REMEDY, type Session } from './session.js';

/** Where a command gets its session from. */
export interface Surroundings {
  /** Options that say which switch; in the shell there are none. */
  readonly options: (yargs: Argv) => Argv;
  /** Takes what is to be done once the whole line has been read. */
  readonly choose: (args: object, access: Access, body: (session: Session) => Promise<number>) => void;
}

export interface OperatorCommand {
  /** First word. */
  readonly name: string;
  register(yargs: Argv, surroundings: Surroundings): Argv;
}

/** @param run returns the exit status */
export function operatorCommand<A>(
  usage: string,
  describe: string,
  access: Access,
  options: (yargs: Argv) => Argv<A>,
  run: (session: Session, args: ArgumentsCamelCase<A>) => Promise<number>,
): OperatorCommand {
  return {
    name: usage.split(' ')[0] ?? usage,
    register: (yargs, surroundings) =>
      yargs.command(
        usage,
        describe,
        (command) => options(surroundings.options(command)),
        // What yargs read has the types that `options` declared.
        (args) =>
          surroundings.choose(args, access, (session) => {
            if (access === 'change' || access === 'create') requireAllThere(session);
            return run(session, args as ArgumentsCamelCase<A>);
          }),
      ),
  };
}

/** @throws {ProgramsGone} */
export function requireAllThere({ gone }: Session): void {
  if (gone.length > 0) throw new ProgramsGone(gone, GONE_REMEDY);
}

export const jsonOption = {
  json: { type: 'boolean', default: false, describe: 'Print one JSON document' },
} as const;

/** One document or the text for people. */
export function answer({ print }: Session, json: boolean, schema: string, document: object, text: string): void {
  print(json ? `${JSON.stringify({ schema: `p4runpro/${schema}@1`, ...document }, null, 1)}\n` : text);
}

export const count = (number: number, noun: string, nouns = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : nouns}`;
