/**
 * A command on a switch: on the command line it connects to the switch that its options name, in a shell it uses the
 * open one.
 */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { ProgramsGone } from '../../control/errors.js';
import { type Command, command } from '../kit/command.js';
import { type Access, GONE_REMEDY, openSession, type Session, type TargetArguments, targetOptions } from './session.js';

export interface SessionCommand extends Command {
  /** The same command on an open switch, without the options that select the switch. */
  readonly inSession: (session: Session) => Command;
}

/** @param run returns the exit status */
export function sessionCommand<Declared>(
  access: Access,
  options: (yargs: Argv) => Argv<Declared>,
  run: (session: Session, args: ArgumentsCamelCase<Declared>) => Promise<number>,
): SessionCommand {
  const inSession = (session: Session): Command =>
    command(options, (args) => {
      if (access === 'change' || access === 'create') requireAllThere(session);
      return run(session, args);
    });
  return {
    inSession,
    options: (yargs) => options(targetOptions(yargs)),
    run: async (args) => {
      // `targetOptions` declares them.
      const session = await openSession(args as TargetArguments, access);
      try {
        return await inSession(session).run(args);
      } finally {
        await session.close();
      }
    },
  };
}

/** @throws {ProgramsGone} */
export function requireAllThere({ gone }: Session): void {
  if (gone.length > 0) throw new ProgramsGone(gone, GONE_REMEDY);
}

/** Prints the result: one JSON document, or text. */
export function answer({ print }: Session, json: boolean, schema: string, document: object, text: string): void {
  print(json ? `${JSON.stringify({ schema: `p4runpro/${schema}@1`, ...document }, null, 1)}\n` : text);
}
