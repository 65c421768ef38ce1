/**
 * A command of either program: a file with its options and its function, and a row in the list of its program,
 * which loads that file when the command is run.
 */
import type { ArgumentsCamelCase, Argv } from 'yargs';

/** An exit status. */
export type Status = number | Promise<number>;

export interface Command {
  /** Declares positionals, options, examples. */
  readonly options: (yargs: Argv) => Argv;
  /** @param args the options and positionals that yargs read from a command line */
  readonly run: (args: object) => Status;
}

/** The type of the arguments that yargs reads by such options. */
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

/** A program: its name, its help and its commands. */
export interface Program {
  /** Empty in a shell, where the name is not typed. */
  readonly name: string;
  /** The first lines of its help. */
  readonly summary: string;
  readonly commands: readonly CommandRow[];
  /** The last lines of its help. */
  readonly epilogue?: string;
  /** First words of a line that are no commands of this list (of the shell itself), for suggestions. */
  readonly otherWords?: readonly string[];
  /** The message where no command is named. */
  readonly ask?: string;
  /** The version that `--version` prints; absent in a shell. */
  readonly version?: string;
}
