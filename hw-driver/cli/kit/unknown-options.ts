/** Options on a command line that its command does not have. */
import { nearest } from '../../../compiler/language/diagnostics.js';

const OPTION = /^--?[a-zA-Z]/;

/** Names of options without dashes, those of positionals left out. */
export type OptionNames = ReadonlySet<string>;

/**
 * The options of a line that are not among those known, as typed, without values; none behind `--`.
 * `-name` is known if `-n` is, as yargs reads it letter by letter.
 */
export function unknownOptions(words: readonly string[], known: OptionNames): readonly string[] {
  const end = words.indexOf('--');
  const typed = (end < 0 ? words : words.slice(0, end)).filter((word) => OPTION.test(word));
  return [...new Set(typed.map((word) => word.replace(/=.*/s, '')))].filter((option) => !isKnown(option, known));
}

function isKnown(option: string, known: OptionNames): boolean {
  const name = option.replace(/^--?/, '');
  if (!option.startsWith('--')) return known.has(name.charAt(0));
  return [name, name.replace(/^no-/, '')].some((one) => known.has(one) || known.has(kebabCase(one)));
}

const kebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * What to say of unknown options, with the nearest ones.
 * @param help the command that lists the options
 */
export function noSuchOption(unknown: readonly string[], known: OptionNames, help: string): string {
  const candidates = [...known].filter((name) => name.length > 1);
  const near = unknown
    .map((option) => nearest(option.replace(/^--?/, ''), candidates))
    .filter((name) => name !== undefined);
  const hint = near.length === 0 ? `; see ${help}` : `: did you mean ${near.map((name) => `--${name}`).join(' and ')}?`;
  return `there is no option ${unknown.join(' or ')}${hint}`;
}
