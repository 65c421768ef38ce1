/** Command lines, read by the list of a program's commands. */
import yargs, { type Argv } from 'yargs';
import { type Command, type CommandRow, commandName, type Program, type Status } from './command.js';
import { EXIT, UsageError } from './command-line.js';
import { requireOneOf } from './unknown-command.js';

/**
 * Reads a command line. What it asks for is run by the caller, when all of the line has been read: yargs would write its
 * help for what takes time, in case it fails. Help is written at once, and leaves nothing to run.
 * @throws {UsageError} naming the nearest command where there is none of this name
 */
export async function readCommandLine(program: Program, words: readonly string[]): Promise<() => Status> {
  let chosen: () => Status = () => EXIT.done;
  const parser = parserOf(program, words, (run) => {
    chosen = run;
  });
  try {
    await parser.parseAsync();
  } catch (thrown) {
    const error = asUsageError(thrown);
    if (error instanceof UsageError) requireKnown(program, words);
    throw error;
  }
  return chosen;
}

/** The help of a program. */
export const helpOf = (program: Program): Promise<string> => parserOf(program, [], () => undefined).getHelp();

type Choose = (run: () => Status) => void;

function parserOf(program: Program, words: readonly string[], choose: Choose): Argv {
  const { name, summary, epilogue, commands, ask, version } = program;
  const parser = yargs([...words]).scriptName(name);
  if (summary !== '') parser.usage(summary);
  if (epilogue !== undefined) parser.epilogue(epilogue);
  register(parser, name, commands, choose)
    .demandCommand(1, 1, ask ?? `which command? See ${name} --help`)
    .strict()
    .check((args, options) => requireOnce(args, listsOf(options)))
    // The status is returned: a process may run several command lines.
    .exitProcess(false)
    .fail(rejectCommandLine);
  return version === undefined ? parser.version(false) : parser.version(version);
}

/** @param typed the words in front of the commands */
function register(parser: Argv, typed: string, rows: readonly CommandRow[], choose: Choose): Argv {
  for (const row of rows) {
    const { usage, describe } = row;
    if ('commands' in row) {
      const now = `${typed} ${commandName(row)}`;
      const ask = `${row.commands.map(commandName).join(' or ')}? See ${now} --help`;
      parser.command(usage, describe, (below) => register(below, now, row.commands, choose).demandCommand(1, 1, ask));
      continue;
    }
    let loaded: Command | undefined;
    const load = async (below: Argv): Promise<Argv> => {
      loaded = await row.load();
      return loaded.options(below);
    };
    parser.command(usage, describe, load, (args) => {
      const asked = loaded;
      if (asked === undefined) throw new Error(`yargs runs ${usage} before it has asked for its options`);
      choose(() => asked.run(args));
    });
  }
  return parser;
}

/** @throws {UsageError} if a word in the place of a command is none, naming the nearest */
function requireKnown({ name, commands, otherWords = [] }: Program, [word, next]: readonly string[]): void {
  if (word === undefined || word.startsWith('-')) return;
  requireOneOf(word, [...commands.map(commandName), ...otherWords], [name]);
  const row = commands.find((one) => commandName(one) === word);
  if (row === undefined || !('commands' in row) || next === undefined || next.startsWith('-')) return;
  requireOneOf(next, row.commands.map(commandName), [name, word]);
}

/** Takes what yargs has to say: complaints about the command line are the user's, errors of a command are its own. */
function rejectCommandLine(message: string | null, error?: Error): never {
  throw error === undefined ? new UsageError(message ?? 'the command line cannot be read') : asUsageError(error);
}

/** What yargs complains of past its own handler, where it has waited for the options of a command, is the user's too. */
const asUsageError = (thrown: unknown): unknown =>
  thrown instanceof Error && thrown.name === 'YError' ? new UsageError(thrown.message) : thrown;

const camelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Names of the options and positionals that were declared as lists, as yargs keeps them. */
function listsOf(options: object): ReadonlySet<string> {
  const lists: unknown = 'array' in options ? options.array : undefined;
  if (!Array.isArray(lists)) throw new Error('yargs does not say which options are lists');
  return new Set(lists.map((name) => camelCase(String(name))));
}

/**
 * Refuses an option that is given twice, of which yargs would make a list.
 * @throws {UsageError} naming the option
 */
function requireOnce(args: Readonly<Record<string, unknown>>, lists: ReadonlySet<string>): true {
  const isTwice = ([name, value]: [string, unknown]): boolean =>
    Array.isArray(value) && name.length > 1 && !lists.has(camelCase(name));
  const [twice] = Object.entries(args).find(isTwice) ?? [];
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
  return true;
}
