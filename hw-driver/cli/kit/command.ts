/**
 * What a command is, for both programs: a file that says what it takes and runs it, and a row in the list of its program,
 * which loads that file when the command is asked for.
 */
import type { ArgumentsCamelCase, Argv } from 'yargs';

/** An exit status. */
export type Status = number | Promise<number>;

export interface Command {
  /** Declares positionals, options, examples. */
  readonly options: (yargs: Argv) => Argv;
  /** @param args what yargs made of a command line by these options */
  readonly run: (args: object) => Status;
}

/** What yargs makes of a command line by such options. */
export type ArgumentsOf<Options extends (yargs: Argv) => unknown> =
  ReturnType<Options> extends Argv<infer Declared> ? ArgumentsCamelCase<Declared> : never;

export function command<Declared>(
  options: (yargs: Argv) => Argv<Declared>,
  run: (args: ArgumentsCamelCase<Declared>) => Status,
): Command {
  // What yargs read has the types that `options` declared.
  return { options, run: (args) => run(args as ArgumentsCamelCase<Declared>) };
}

/** A command in the list of its program, or one with commands of its own. */
export type CommandRow<Kind extends Command = Command> = {
  /** Its name, then its positionals, as yargs writes them: `check <files..>`. */
  readonly usage: string;
  readonly describe: string;
} & ({ readonly load: () => Promise<Kind> } | { readonly commands: readonly CommandRow<Kind>[] });

export const commandName = ({ usage }: { readonly usage: string }): string => usage.split(' ')[0] ?? usage;

/** A program: what is typed first, and what may follow. */
export interface Program {
  /** Empty in a shell, where commands are typed alone. */
  readonly name: string;
  /** The first lines of its help. */
  readonly summary: string;
  readonly commands: readonly CommandRow[];
  /** The last lines of its help. */
  readonly epilogue?: string;
  /** First words that it takes beside the commands, for suggestions. */
  readonly otherWords?: readonly string[];
  /** Said where no command is named. */
  readonly ask?: string;
  /** What `--version` says; in a shell there is none. */
  readonly version?: string;
}
