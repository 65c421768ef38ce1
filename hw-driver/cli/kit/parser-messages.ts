/**
 * What yargs says of a command line that it cannot read, as one sentence: what was found, what is expected, and which
 * help lists it.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { type CommandRow, commandName, type Program } from './command.js';
import { noSuchOption, type OptionNames, unknownOptions } from './unknown-options.js';

/** The command of a line, as far as it is known. */
interface TypedCommand {
  /** `p4runpro cases add`; in a shell without the program. */
  readonly typed: string;
  /** Its positionals as its usage has them: `<file>`, `[values..]`. */
  readonly positionals: readonly string[];
  readonly words: readonly string[];
  /** The command that prints its help. */
  readonly help: string;
}

/** @param part a group of the message, by its number from 1 */
type Sentence = (part: (group: number) => string, command: TypedCommand) => string;

/** The messages of yargs in English, with the sentence in place of each. */
const SENTENCES: readonly (readonly [message: RegExp, sentence: Sentence])[] = [
  [
    /^Not enough non-option arguments: got (\d+), need at least (\d+)$/,
    (part, { typed, positionals }) =>
      `too few arguments: found ${part(1)}, expected at least ${part(2)}, as in ${[typed, ...positionals].join(' ')}`,
  ],
  [
    /^Too many non-option arguments: got (\d+), maximum of (\d+)$/,
    (part) => `too many arguments: found ${part(1)}, expected at most ${part(2)}`,
  ],
  [/^Missing required arguments?: (.+)$/, (part) => `missing required option ${optionList(part(1))}`],
  [/^Unknown (?:arguments?|commands?): (.+)$/, (part, command) => unknownText(part(1).split(', '), command)],
  [/^Not enough arguments following: (.+)$/, (part) => `option ${optionName(part(1))} needs a value, and has none`],
  [
    /^Invalid values:\n {2}Argument: (.+), Given: (.*), Choices: (.*)$/m,
    (part, { positionals }) => {
      const positional = positionals.find((one) => one.replaceAll(/[<>[\].]/g, '') === part(1));
      return `${positional ?? optionName(part(1))} takes ${unquoted(part(3))}, not ${part(2).replaceAll('"', "'")}`;
    },
  ],
];

/**
 * The sentence in place of a message of yargs; a message that is not among those above stays as it is. An unknown
 * option is reported first: it may have taken what is missing as its value.
 * @param words the command line without the name of the program
 * @param known the options of the command; undefined if no command was found
 */
export function parserMessage(
  message: string,
  program: Program,
  words: readonly string[],
  known: OptionNames | undefined,
): string {
  const command = typedCommand(program, words);
  const unknown = known === undefined ? [] : unknownOptions(words, known);
  if (known !== undefined && unknown.length > 0) return noSuchOption(unknown, known, command.help);
  for (const [pattern, sentence] of SENTENCES) {
    const found = pattern.exec(message);
    if (found !== null)
      return `${sentence((group) => must(found[group], 'part of a message'), command)}; see ${command.help}`;
  }
  return message;
}

function typedCommand({ name, commands }: Program, words: readonly string[]): TypedCommand {
  let rows: readonly CommandRow[] = commands;
  let row: CommandRow | undefined;
  const path: string[] = [];
  for (const word of words) {
    const next = rows.find((one) => commandName(one) === word);
    if (next === undefined) break;
    path.push(word);
    row = next;
    rows = 'commands' in next ? next.commands : [];
  }
  const typed = [name, ...path].filter((part) => part !== '').join(' ');
  const positionals = row === undefined ? [] : row.usage.split(' ').slice(1);
  const help = name === '' ? ['help', ...path].join(' ') : `${typed} --help`;
  return { typed, positionals, words, help };
}

/** @param names of options, or of what stands in the place of a positional */
function unknownText(names: readonly string[], { words }: TypedCommand): string {
  const isOption = (name: string): boolean =>
    words.some((word) => word === optionName(name) || word.startsWith(`${optionName(name)}=`));
  const [options, others] = [names.filter(isOption), names.filter((name) => !isOption(name))];
  if (others.length === 0) return `there is no option ${options.map(optionName).join(' or ')}`;
  return `unexpected argument ${names.map((name) => (isOption(name) ? optionName(name) : `'${name}'`)).join(', ')}`;
}

const optionName = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const optionList = (names: string): string => names.split(', ').map(optionName).join(' and ');

const unquoted = (text: string): string => text.replaceAll('"', '');
