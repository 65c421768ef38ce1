/** Reads command lines by the list of a program's commands. */
import yargs, { type Argv } from 'yargs';
import { type Command, type CommandRow, commandName, type Program, type Status } from './command.js';
import { EXIT, UsageError } from './command-line.js';
import { parserMessage } from './parser-messages.js';
import { helpWidth } from './text-width.js';
import { requireOneOf } from './unknown-command.js';
import type { OptionNames } from './unknown-options.js';

/**
 * Reads a command line. The caller runs the command that is returned: if yargs ran it, it would print its help when the
 * command fails. For `--help`, yargs prints the help here, and the returned function does nothing.
 * @throws {UsageError} for an unknown command, with the nearest name, and for wrong arguments
 */
export async function readCommandLine(program: Program, words: readonly string[]): Promise<() => Status> {
  const reading: Reading = { program, words, chosen: () => EXIT.done, known: undefined };
  try {
    await parserOf(reading).parseAsync();
  } catch (thrown) {
    const error = asUsageError(thrown, reading);
    if (error instanceof UsageError) requireKnown(program, words);
    throw error;
  }
  return reading.chosen;
}

/** The help of a program; of one without a name, as in a shell, without the line that only names a command. */
export async function helpOf(program: Program): Promise<string> {
  const text = await parserOf({ program, words: [], chosen: () => EXIT.done, known: undefined }).getHelp();
  return program.name === '' ? text.replace(/^ <command>\n+/, '') : text;
}

/** A command line that is being read. */
interface Reading {
  readonly program: Program;
  readonly words: readonly string[];
  /** Runs the command that was found. */
  chosen: () => Status;
  /** The options of the command that was found. */
  known: OptionNames | undefined;
}

function parserOf(reading: Reading): Argv {
  const { program, words } = reading;
  const { name, summary, epilogue, commands, ask, version } = program;
  const parser = keepNoHelp(yargs([...words]).scriptName(name));
  if (summary !== '') parser.usage(summary);
  if (epilogue !== undefined) parser.epilogue(epilogue);
  register(parser, name, commands, reading)
    .demandCommand(1, 1, ask ?? `no command is given: ${name} --help lists them`)
    .strict()
    .check((args, options) => requireOnce(args, listsOf(options)))
    // The status is returned: a process may run several command lines.
    .exitProcess(false)
    .fail(rejectCommandLine(reading))
    // Messages and help are in English, as all else here is.
    .detectLocale(false)
    .wrap(helpWidth(process.stdout));
  return version === undefined ? parser.version(false) : parser.version(version);
}

/** @param typed the words in front of the command, as typed */
function register(parser: Argv, typed: string, rows: readonly CommandRow[], reading: Reading): Argv {
  for (const row of rows) {
    const { usage, describe } = row;
    if ('commands' in row) {
      const now = `${typed} ${commandName(row)}`;
      const ask = `no command is given after ${now}: it takes ${row.commands.map(commandName).join(' or ')}; see ${now} --help`;
      parser.command(usage, describe, (below) => register(below, now, row.commands, reading).demandCommand(1, 1, ask));
      continue;
    }
    let loaded: Command | undefined;
    const load = async (below: Argv): Promise<Argv> => {
      loaded = await row.load();
      const declared = describeDefaults(requireValues(loaded.options(below)));
      reading.known = optionNames(declared, usage);
      return declared;
    };
    parser.command(usage, describe, load, (args) => {
      const asked = loaded;
      if (asked === undefined) throw new Error(`yargs runs ${usage} before it has asked for its options`);
      reading.chosen = () => asked.run(args);
    });
  }
  return parser;
}

/** @throws {UsageError} for an unknown command, with the nearest name */
function requireKnown({ name, commands, otherWords = [] }: Program, [word, next]: readonly string[]): void {
  if (word === undefined || word.startsWith('-')) return;
  requireOneOf(word, [...commands.map(commandName), ...otherWords], [name]);
  const row = commands.find((one) => commandName(one) === word);
  if (row === undefined || !('commands' in row) || next === undefined || next.startsWith('-')) return;
  requireOneOf(next, row.commands.map(commandName), [name, word]);
}

/**
 * The fail handler of yargs: turns its messages about the command line into usage errors; passes on errors of a
 * command.
 */
const rejectCommandLine =
  (reading: Reading) =>
  (message: string | null, error?: Error): never => {
    if (error !== undefined) throw asUsageError(error, reading);
    throw new UsageError(message === null ? 'the command line cannot be read' : sentenceOf(message, reading));
  };

const sentenceOf = (message: string, { program, words, known }: Reading): string =>
  parserMessage(message, program, words, known);

/**
 * The errors that yargs throws past its fail handler, after it has waited for the options of a command, are usage
 * errors too.
 */
const asUsageError = (thrown: unknown, reading: Reading): unknown =>
  thrown instanceof Error && thrown.name === 'YError' ? new UsageError(sentenceOf(thrown.message, reading)) : thrown;

/** Has all declared options but switches refused where they come without a value. */
export function requireValues(parser: Argv): Argv {
  if (!hasOptions(parser)) throw new Error('yargs does not say which options there are');
  const { key, boolean: switches, narg } = parser.getOptions();
  // An option that says how many values it takes has said so.
  return parser.requiresArg(Object.keys(key).filter((name) => !switches.includes(name) && !(name in narg)));
}

/** The options of a command, without its positionals, which yargs declares as options too. */
function optionNames(parser: Argv, usage: string): OptionNames {
  if (!hasOptions(parser)) throw new Error('yargs does not say which options there are');
  const positionals = usage.split(' ').map((word) => word.replaceAll(/[<>[\].]/g, ''));
  const { key, alias } = parser.getOptions();
  const names = Object.keys(key).flatMap((name) => [name, ...(alias[name] ?? [])]);
  return new Set(names.filter((name) => !positionals.includes(name)));
}

/** Has help show defaults as they are typed: without the quotes and brackets of yargs. */
function describeDefaults(parser: Argv): Argv {
  if (!hasOptions(parser)) throw new Error('yargs does not say which options there are');
  const { default: defaults, defaultDescription } = parser.getOptions();
  for (const [name, value] of Object.entries(defaults)) {
    if (defaultDescription[name] !== undefined) continue;
    if (typeof value === 'string') parser.default(name, value, value);
    else if (Array.isArray(value) && value.length > 0) parser.default(name, value, value.join(' '));
  }
  return parser;
}

/**
 * Has yargs keep no help of the command that it has read, in case a handler fails: it would write it, which takes longer
 * than to read the command line, and commands do not run in its handlers.
 */
function keepNoHelp(parser: Argv): Argv {
  if (!hasUsage(parser)) throw new Error('yargs does not say what keeps its help');
  parser.getInternalMethods().getUsageInstance().cacheHelpMessage = () => undefined;
  return parser;
}

/** What yargs writes help with, of which its types say nothing. */
interface WritesHelp {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

const hasUsage = (parser: object): parser is WritesHelp =>
  'getInternalMethods' in parser && typeof parser.getInternalMethods === 'function';

/** What yargs keeps of the options, of which its types say nothing. */
interface DeclaredOptions {
  getOptions(): {
    readonly key: object;
    readonly alias: Readonly<Record<string, readonly string[] | undefined>>;
    readonly boolean: readonly string[];
    readonly narg: object;
    readonly default: Readonly<Record<string, unknown>>;
    readonly defaultDescription: Readonly<Record<string, string | undefined>>;
  };
}

const hasOptions = (parser: object): parser is DeclaredOptions =>
  'getOptions' in parser && typeof parser.getOptions === 'function';

const camelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Names of the options and positionals that were declared as lists, as yargs keeps them. */
function listsOf(options: object): ReadonlySet<string> {
  const lists: unknown = 'array' in options ? options.array : undefined;
  if (!Array.isArray(lists)) throw new Error('yargs does not say which options are lists');
  return new Set(lists.map((name) => camelCase(String(name))));
}

/**
 * Refuses an option that is given twice, which yargs would read as a list.
 * @throws {UsageError} naming the option
 */
function requireOnce(args: Readonly<Record<string, unknown>>, lists: ReadonlySet<string>): true {
  const isTwice = ([name, value]: [string, unknown]): boolean =>
    Array.isArray(value) && name.length > 1 && !lists.has(camelCase(name));
  const [twice] = Object.entries(args).find(isTwice) ?? [];
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
  return true;
}
