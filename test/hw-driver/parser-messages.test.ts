/** Command lines that cannot be read: one sentence with what was found, what is expected, and the help that lists it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandRow, command, type Program } from '../../hw-driver/cli/kit/command.js';
import { UsageError } from '../../hw-driver/cli/kit/command-line.js';
import { readCommandLine } from '../../hw-driver/cli/kit/read-command-line.js';

const draw = command(
  (yargs) =>
    yargs
      .positional('shape', { choices: ['disc', 'square'] as const, demandOption: true })
      .positional('points', { type: 'string', array: true, default: [] as string[] })
      .option('size', { type: 'string', demandOption: true, requiresArg: true })
      .option('ink', { type: 'string', alias: 'i', demandOption: true, requiresArg: true })
      .option('style', { choices: ['solid', 'dotted'] as const }),
  () => 0,
);
const clear = command(
  (yargs) => yargs,
  () => 0,
);

const COMMANDS: readonly CommandRow[] = [
  { usage: 'draw <shape> [points..]', describe: 'Draw a shape', load: async () => draw },
  { usage: 'page', describe: 'Pages', commands: [{ usage: 'clear', describe: 'Clear it', load: async () => clear }] },
];
const pen = (name: string): Program => ({ name, summary: '', commands: COMMANDS });

const INK = ['--size', '1', '--ink', 'red'];
const ROWS: readonly (readonly [words: readonly string[], message: string])[] = [
  [[], 'no command is given: pen --help lists them'],
  [['page'], 'no command is given after pen page: it takes clear; see pen page --help'],
  [['drow'], "there is no command 'drow': did you mean draw?"],
  [
    ['draw', ...INK],
    'too few arguments: found 0, expected at least 1, as in pen draw <shape> [points..]; see pen draw --help',
  ],
  [['draw', 'disc', '--ink', 'red'], 'missing required option --size; see pen draw --help'],
  [['draw', 'disc'], 'missing required option --size and --ink; see pen draw --help'],
  [['draw', 'disc', '--size'], 'option --size needs a value, and has none; see pen draw --help'],
  [['draw', 'disc', ...INK, '--pen', '3'], 'there is no option --pen; see pen draw --help'],
  [['draw', 'disc', ...INK, '--pen=3', '-x'], 'there is no option --pen or -x; see pen draw --help'],
  [['draw', '--stile', 'disc'], 'there is no option --stile: did you mean --style?'],
  [['draw', 'disc', '--sise', '1'], 'there is no option --sise: did you mean --size?'],
  [
    ['draw', 'disc', ...INK, '--sise=1', '--stile'],
    'there is no option --sise or --stile: did you mean --size and --style?',
  ],
  [
    ['draw', '-i', 'red', '--size', '1'],
    'too few arguments: found 0, expected at least 1, as in pen draw <shape> [points..]; see pen draw --help',
  ],
  [['draw', 'disc', '-nk', 'red', '--size', '1'], 'there is no option -nk: did you mean --ink?'],
  [['draw', 'disc', '--shap', 'disc'], 'there is no option --shap; see pen draw --help'],
  [['page', 'clear', 'all'], "unexpected argument 'all'; see pen page clear --help"],
  [['draw', 'ring', ...INK], "<shape> takes disc, square, not 'ring'; see pen draw --help"],
  [['draw', 'disc', ...INK, '--style', 'wavy'], "--style takes solid, dotted, not 'wavy'; see pen draw --help"],
  [['draw', 'disc', ...INK, '--ink', 'red'], '--ink is given more than once'],
];

async function messageOf(program: Program, words: readonly string[]): Promise<string> {
  try {
    await readCommandLine(program, words);
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as UsageError).message;
  }
  return '';
}

for (const [words, message] of ROWS) {
  test(`pen ${words.join(' ')}`, async () => assert.is(await messageOf(pen('pen'), words), message));
}

test('in a shell, where the program is not typed, the pointer is the command help', async () => {
  assert.is(await messageOf(pen(''), ['draw', 'disc']), 'missing required option --size and --ink; see help draw');
});

test('in another language of the system, messages stay in English', async () => {
  const { LC_ALL } = process.env;
  process.env['LC_ALL'] = 'de_DE.UTF-8';
  try {
    assert.is(await messageOf(pen('pen'), ['draw']), ROWS[3]?.[1]);
  } finally {
    if (LC_ALL === undefined) delete process.env['LC_ALL'];
    else process.env['LC_ALL'] = LC_ALL;
  }
});

test.run();
