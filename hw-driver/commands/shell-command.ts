/** `p4runpro shell`: the commands on one switch, typed one after another. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import yargs, { type Argv } from 'yargs';
import { reasonOf, writeFile } from '../../system/index.js';
import { EXIT, readText, rejectCommandLine, reportError, requireOnce, UsageError } from '../command-line.js';
import { type OperatorCommand, operatorCommand } from './operator-command.js';
import type { Session } from './session.js';

const HISTORY_LINES = 1000;
const END = ['exit', 'quit'];

/** Exit status of the last command that failed, so that a script of commands can be judged. */
export const shellCommand = (commands: readonly OperatorCommand[]): OperatorCommand =>
  operatorCommand(
    'shell',
    'The same commands, typed one after another; tab completes commands, programs and memories',
    'converse',
    (yargs_) =>
      yargs_
        .option('history', { type: 'string', describe: 'A file that keeps what was typed', requiresArg: true })
        .example('$0 shell --target sim --state switch.snapshot', 'show, memory read lb port, exit'),
    (session, { history }) => converse(session, commands, history),
  );

async function converse(
  session: Session,
  commands: readonly OperatorCommand[],
  history: string | undefined,
): Promise<number> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    // On stderr, so that stdout holds answers alone.
    output: process.stderr,
    terminal: isTerminal,
    prompt: isTerminal ? 'p4runpro> ' : '',
    completer: (line: string) => completions(line, session, commands),
    history: history === undefined ? [] : readHistory(history),
    historySize: HISTORY_LINES,
  });
  if (history !== undefined) {
    const keep = historyKeeper(history);
    lines.on('history', (typed) => keep(typed));
  }
  let status: number = EXIT.done;
  lines.prompt();
  for await (const line of lines) {
    const words = wordsOf(line);
    if (END.includes(words[0] ?? '')) break;
    if (words.length > 0) {
      const outcome = await runLine(words, session, commands);
      if (outcome !== EXIT.done) status = outcome;
    }
    lines.prompt();
  }
  lines.close();
  return status;
}

/** Writes what was typed, the newest first; what hinders it is said once. */
function historyKeeper(path: string): (typed: readonly string[]) => void {
  let isLost = false;
  return (typed) => {
    if (isLost) return;
    try {
      writeFile(path, `${[...typed].reverse().join('\n')}\n`);
    } catch (error) {
      isLost = true;
      process.stderr.write(`p4runpro: what is typed is not kept: cannot write ${path}: ${reasonOf(error)}\n`);
    }
  };
}

/** The newest first, as readline keeps them. */
function readHistory(path: string): string[] {
  if (!existsSync(path)) {
    try {
      writeFile(path, '');
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
    }
  }
  return readText(path)
    .split('\n')
    .filter((line) => line !== '')
    .reverse();
}

async function runLine(
  words: readonly string[],
  session: Session,
  commands: readonly OperatorCommand[],
): Promise<number> {
  let command = async (): Promise<number> => EXIT.done;
  const parser: Argv = commands.reduce(
    (registered, one) =>
      one.register(registered, {
        options: (same) => same,
        choose: (_args, _access, body) => {
          command = () => body(session);
        },
      }),
    yargs()
      .scriptName('')
      .exitProcess(false)
      .version(false)
      .demandCommand(1, 1, 'which command? help says')
      .strict()
      .check((args) => requireOnce(args, ['files', 'programs', 'values', 'memories']))
      .fail(rejectCommandLine),
  );
  try {
    if (words[0] === 'help') session.print(`${await parser.getHelp()}\n`);
    else await parser.parseAsync([...words]);
    return await command();
  } catch (error) {
    return reportError('p4runpro', error);
  }
}

/** Words between blanks; quotes keep blanks together. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** What may come where the line ends: a command, then names of what runs. */
export function completions(
  line: string,
  { controller }: Session,
  commands: readonly OperatorCommand[],
): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const last = words[words.length - 1] ?? '';
  const candidates = (): string[] => {
    const [command] = words;
    if (words.length === 1) return [...commands.map(({ name }) => name), 'help', 'exit'];
    if (command === 'show' && words.length === 2) return ['programs', 'entries', 'memory', 'utilisation', 'drift'];
    if (command === 'memory' && words.length === 2) return ['read', 'write', 'reset'];
    const program = words.slice(1, -1).find((word) => controller.state.programs.has(word));
    const memories = controller.state.programs.get(program ?? '')?.compiled.memories ?? [];
    if (program !== undefined && command !== 'revoke') return memories.map(({ name }) => name);
    return [...controller.state.programs.keys()];
  };
  return [
    candidates()
      .filter((word) => word.startsWith(last))
      .map((word) => `${word} `),
    last,
  ];
}
