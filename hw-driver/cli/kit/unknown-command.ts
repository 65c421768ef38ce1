/** The message about an unknown command. */
import { nearest } from '../../../compiler/language/diagnostics.js';
import { UsageError } from './command-line.js';

const MAX_SHOWN = 40;

/** @param before the words in front, the name of the program first @throws {UsageError} with the nearest name */
export function requireOneOf(word: string, commands: readonly string[], before: readonly string[]): void {
  if (commands.includes(word)) return;
  const near = nearest(word, commands);
  const shown = word.length > MAX_SHOWN ? `${word.slice(0, MAX_SHOWN - 1)}…` : word;
  const asked = before.filter((part) => part !== '');
  const help = asked.length === 0 ? 'help' : `${asked.join(' ')} --help`;
  const hint = near === undefined ? `${help} lists them` : `did you mean ${near}?`;
  throw new UsageError(`there is no command '${[...asked.slice(1), shown].join(' ')}': ${hint}`);
}
