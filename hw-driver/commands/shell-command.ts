/** `p4runpro shell`: the commands for one switch, line by line, with completion and history. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Argv } from 'yargs';
import { EXIT, reportError } from '../command-line.js';
import { readSwitch, type TargetArguments, targetOptions } from '../deploy/operated-switch.js';

export const shellOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .option('history', { type: 'string', describe: 'File that lines are kept in; without one they are forgotten' })
    .requiresArg(['history'])
    .epilogue(
      'Lines are commands as after p4runpro, without --target. exit or Ctrl-D ends; its status is that of the last line.',
    )
    .example('$0 shell --target 127.0.0.1:50052', 'Then, for instance: memory read lb pool_dip')
    .example("echo 'show programs' | $0 shell", 'Commands from a file');

export interface ShellArguments extends TargetArguments {
  readonly history: string | undefined;
}

/** Commands that act on a switch. */
const ON_SWITCH = ['deploy', 'revoke', 'show', 'memory', 'watch', 'drift'];
const OTHERS = ['check', 'compile', 'explain', 'dataplane', 'help', 'exit'];
const MOST_HISTORY = 1000;

/** @param run a command line; what it returns is its exit status */
export async function shell(args: ShellArguments, run: (words: readonly string[]) => Promise<number>): Promise<number> {
  const isTerminal = process.stdin.isTTY === true;
  let names = await knownNames(args);
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal && { output: process.stdout, prompt: `${args.target}> ` }),
    history: historyOf(args.history),
    historySize: MOST_HISTORY,
    completer: (line: string) => completions(line, names),
  });
  let status: number = EXIT.done;
  lines.prompt();
  for await (const line of lines) {
    const words = wordsOf(line);
    if (words[0] === 'exit') break;
    if (words.length > 0 && !line.startsWith('#')) {
      if (args.history !== undefined) appendFileSync(args.history, `${line}\n`);
      status = await runLine(words, args, run);
      names = await knownNames(args);
    }
    lines.prompt();
  }
  lines.close();
  return status;
}

async function runLine(
  words: readonly string[],
  args: ShellArguments,
  run: (words: readonly string[]) => Promise<number>,
): Promise<number> {
  const { target, state, journal, dataplane } = args;
  const where = ['--target', target, '--state', state, '--journal', journal, '--dataplane', dataplane];
  const [command = ''] = words;
  try {
    if (command === 'help') return await run(['--help']);
    if (command === 'shell' || command === 'serve') return refuse(command);
    return await run(ON_SWITCH.includes(command) ? [...words, ...where] : words);
  } catch (error) {
    return reportError('p4runpro', error);
  }
}

function refuse(command: string): number {
  process.stderr.write(`p4runpro: ${command} is for a terminal of its own\n`);
  return EXIT.badInput;
}

/** Words are parted by blanks; quotes hold together. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** Names of programs, and of the memories of each. */
type Names = ReadonlyMap<string, readonly string[]>;

async function knownNames(args: TargetArguments): Promise<Names> {
  return readSwitch(args, async ({ programs }) => {
    return new Map(programs().map(({ program, memories }) => [program, memories.map(({ name }) => name)]));
  });
}

/** For readline: what can stand in place of the last word, and that word. */
export function completions(line: string, names: Names): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const last = words.at(-1) ?? '';
  const found = candidates(words.slice(0, -1), names).filter((word) => word.startsWith(last));
  return [found.map((word) => `${word} `), last];
}

function candidates(before: readonly string[], names: Names): readonly string[] {
  const [command, second, third] = before;
  switch (command) {
    case undefined:
      return [...ON_SWITCH, ...OTHERS];
    case 'show':
      return before.length === 1 ? ['programs', 'entries', 'memory', 'utilisation'] : [];
    case 'revoke':
      return [...names.keys()];
    case 'watch':
      return second === undefined ? [...names.keys()] : (names.get(second) ?? []);
    case 'memory':
      if (second === undefined) return ['read', 'write', 'reset'];
      return third === undefined ? [...names.keys()] : (names.get(third) ?? []);
    case 'drift':
      return ['--repair'];
    default:
      return [];
  }
}

/** The last line first, as readline has it. */
function historyOf(path: string | undefined): string[] {
  if (path === undefined || !existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter(Boolean).slice(-MOST_HISTORY).reverse();
}
