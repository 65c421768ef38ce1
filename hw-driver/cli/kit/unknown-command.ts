/** What is said of a command that there is not. */
import type { Argv } from 'yargs';
import { nearest } from '../../../compiler/index.js';
import { UsageError } from './command-line.js';

const MOST_SHOWN = 40;

/** What else is known of the commands of a parser. */
export interface MoreCommands {
  /** First words that are not registered with it. */
  readonly first: readonly string[];
  /** Of commands that have commands of their own, those. */
  readonly second: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads a command line with a parser; where it is refused and its command is none, says so, with the nearest that there
 * is.
 * @param parser for a command line, made anew each time
 * @param name of the program, as it is typed; empty in a shell
 * @throws {UsageError} and what the parser throws
 */
export async function parseCommand(
  words: readonly string[],
  parser: (words: readonly string[]) => Argv,
  name: string,
  { first, second }: MoreCommands,
): Promise<void> {
  try {
    await parser(words).parseAsync();
  } catch (error) {
    const [word, next] = words;
    if (!(error instanceof UsageError) || word === undefined || word.startsWith('-')) throw error;
    // Another one, as yargs completes the commands of what was read.
    const registered = await parser([]).getCompletion(['']);
    requireOneOf(word, [...registered.filter((one) => !one.startsWith('-')), ...first], [name]);
    const below = second[word];
    if (below !== undefined && next !== undefined && !next.startsWith('-')) requireOneOf(next, below, [name, word]);
    throw error;
  }
}

/** @param before the words in front, that of the program first @throws {UsageError} naming the nearest */
export function requireOneOf(word: string, commands: readonly string[], before: readonly string[]): void {
  if (commands.includes(word)) return;
  const near = nearest(word, commands);
  const shown = word.length > MOST_SHOWN ? `${word.slice(0, MOST_SHOWN - 1)}…` : word;
  const asked = before.filter((part) => part !== '');
  const help = asked.length === 0 ? 'help' : `${asked.join(' ')} --help`;
  const hint = near === undefined ? `${help} lists them` : `did you mean ${near}?`;
  throw new UsageError(`there is no command '${[...asked.slice(1), shown].join(' ')}': ${hint}`);
}
