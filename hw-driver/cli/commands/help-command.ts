/** `p4runpro help`: what a word of the language means, or what a command takes. */
import type { Argv } from 'yargs';
import { wrap } from '../../../compiler/explain/text-wrap.js';
import type { DataPlane } from '../../../compiler/index.js';
import { nearest } from '../../../compiler/language/diagnostics.js';
import {
  type ArticleKind,
  articleAskedFor,
  articleText,
  languageWords,
  nearestWord,
} from '../../../compiler/reference/index.js';
import { type ArgumentsOf, type Command, command, commandName, type Program, type Status } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { readCommandLine } from '../kit/read-command-line.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../kit/shared-options.js';
import { textWidth } from '../kit/text-width.js';

const helpOptions = (yargs: Argv) =>
  yargs
    .positional('words', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'the list of all',
      describe: 'A primitive, field, register, keyword, topic or code of a finding, or a command',
    })
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .example('$0 help MEMADD', 'Says what it does, what it takes, and where it lies')
    .example('$0 help hdr.ipv4.dst --dataplane tofino1', 'Says what programs can do with the field')
    .example('$0 help address', 'Says which addresses of memory are allowed')
    .epilogue('Without a word it lists them.');

/** @param program whose commands it knows */
export function helpCommand(program: Program): Command {
  return command(helpOptions, (args) => help(program, args));
}

function help(program: Program, args: ArgumentsOf<typeof helpOptions>): Status {
  const dataPlane = loadDataPlane(args.dataplane);
  const [word, ...more] = args.words.filter((each) => each !== '');
  if (word === undefined)
    return printed(args.json ? wordsDocument(dataPlane) : wordsText(program, dataPlane, textWidth(process.stdout)));
  const asCommand = program.commands.find((row) => commandName(row) === word);
  if (more.length > 0 && asCommand === undefined)
    throw new UsageError(`help takes one word, not '${[word, ...more].join(' ')}'`);
  const article = more.length > 0 ? undefined : articleAskedFor(word, dataPlane);
  if (article !== undefined && (args.json || asCommand === undefined)) {
    const text = articleText(article, textWidth(process.stdout));
    return printed(args.json ? { schema: 'p4runpro/help@1', dataPlane: dataPlane.name, ...article } : text);
  }
  if (asCommand === undefined)
    throw new UsageError(`there is no word '${cropped(word)}': ${hintFor(word, program, dataPlane)}`);
  if (args.json) throw new UsageError(`${word} is a command: its help is text, not JSON`);
  if (article !== undefined) process.stdout.write(`${articleText(article, textWidth(process.stdout))}\n`);
  return commandHelp(program, [word, ...more]);
}

function printed(what: string | object): number {
  process.stdout.write(typeof what === 'string' ? what : `${JSON.stringify(what, null, 1)}\n`);
  return EXIT.done;
}

async function commandHelp(program: Program, words: readonly string[]): Promise<number> {
  const run = await readCommandLine(program, [...words, '--help']);
  return run();
}

const MAX_SHOWN = 40;
const cropped = (word: string): string => (word.length > MAX_SHOWN ? `${word.slice(0, MAX_SHOWN - 1)}…` : word);

function hintFor(word: string, { name, commands }: Program, dataPlane: DataPlane): string {
  const near = nearestWord(word, dataPlane) ?? nearest(word, commands.map(commandName));
  return near === undefined ? `${name} help lists them` : `did you mean ${near}?`;
}

const TITLES: Readonly<Record<ArticleKind, string>> = {
  topic: 'Topics',
  keyword: 'Keywords',
  register: 'Registers',
  primitive: 'Primitives',
  header: 'Headers',
  field: 'Fields',
  finding: 'Findings',
};

const LABEL_WIDTH = 12;

/** All words, and the commands. */
export function wordsText({ name, commands }: Program, dataPlane: DataPlane, width: number): string {
  const entries = [...languageWords(dataPlane)].filter(([, words]) => words.length > 0);
  const line = (title: string, words: readonly string[]): string[] =>
    wrap(words.join(' '), width, `  ${title.padEnd(LABEL_WIDTH)}`, ' '.repeat(LABEL_WIDTH + 2));
  return [
    ...wrap(
      `${name} help WORD says what a word of the language means, ${name} help COMMAND what a command takes.`,
      width,
    ),
    '',
    ...entries.flatMap(([kind, words]) => line(TITLES[kind], words)),
    ...line('Commands', commands.map(commandName)),
    '',
    ...wrap(
      `${name} fields and ${name} primitives are tables. docs/TUTORIAL.md is a first program, docs/LANGUAGE.md the reference.`,
      width,
    ),
    '',
  ].join('\n');
}

const wordsDocument = (dataPlane: DataPlane): object => ({
  schema: 'p4runpro/words@1',
  dataPlane: dataPlane.name,
  words: Object.fromEntries(languageWords(dataPlane)),
});
