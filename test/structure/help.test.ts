/** The help of every command of both programs: lines of at most 100 columns, and defaults that say something. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandName, type, withFolder } from '../command-line.js';

const helps = new Map<string, string>();

/** Asked for once: a help is looked at for the commands that it lists, and for itself. */
async function helpOf(program: CommandName, words: readonly string[]): Promise<string> {
  const key = [program, ...words].join(' ');
  const known = helps.get(key);
  if (known !== undefined) return known;
  const { status, stdout, stderr } = await withFolder((folder) => type(program, [...words, '--help'], { folder }));
  assert.is(status, 0, stderr);
  helps.set(key, stdout);
  return stdout;
}

/** The words of all commands below some words, by the lists in their help. */
async function commandsBelow(program: CommandName, words: readonly string[]): Promise<string[][]> {
  const [, list = ''] = (await helpOf(program, words)).split(/^Commands:\n/m);
  const line = new RegExp(`^  ${[program, ...words].join(' ')} ([a-z0-9-]+)`, 'gm');
  const found = [...list.matchAll(line)].map(([, word = '']) => [...words, word]);
  const further = [];
  for (const each of found) further.push(...(await commandsBelow(program, each)));
  return [...found, ...further];
}

for (const [program, least] of [
  ['p4runpro', 19],
  ['bench', 16],
] as const) {
  const commands = await commandsBelow(program, []);
  test(`${program}: the lists name all commands`, () => assert.ok(commands.length >= least, `${commands.length}`));
  for (const words of [[], ...commands]) {
    const help = await helpOf(program, words);
    test([program, ...words, '--help'].join(' '), () => {
      for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
      assert.not.match(
        help,
        /[^ \]]\[(array|boolean|choices|default|number|required|string)\b/,
        'words without a space',
      );
      assert.not.match(help, /\[default: \[\]\]/, 'an empty list as a default');
      assert.not.match(help, /\bby\s+default\b|; default\b/, 'a default outside the column of defaults');
    });
  }
}

test.run();
