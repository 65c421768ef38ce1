/** `p4runpro shell`: the commands on one switch, typed one after another. */
import { existsSync, readdirSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { reasonOf, writeFile } from '../../../traces/system/index.js';
import { type CommandRow, commandName, type Program, type Status } from '../kit/command.js';
import { EXIT, reportError, UsageError } from '../kit/command-line.js';
import { readText } from '../kit/inputs.js';
import { helpOf, readCommandLine } from '../kit/read-command-line.js';
import { requireOneOf } from '../kit/unknown-command.js';
import type { Session } from './session.js';
import { type SessionCommand, sessionCommand } from './session-command.js';
import { SESSION_COMMANDS } from './session-commands.js';

const HISTORY_LINES = 1000;
const END = ['exit', 'quit'];
/** Commands of the shell itself. */
const OWN = ['help', ...END];
const NAMES = SESSION_COMMANDS.map(commandName);
const OWN_HELP = `The shell itself:
  help [COMMAND]  List all commands, or describe one
  exit, quit      Leave, as Ctrl-D does

Tab completes commands, programs, memories and files; Ctrl-C clears the line, or ends a command that runs.
`;

/** Exit status of the last command that failed, so that a script of commands can be judged. */
export const shellCommand = sessionCommand(
  'converse',
  (yargs) =>
    yargs
      .option('history', { type: 'string', describe: 'A file that keeps what was typed', requiresArg: true })
      .example('$0 shell --target sim --state switch.snapshot', 'show, memory read lb port, exit'),
  (session, { history }) => converse(session, history),
);

/** The commands on a switch that is open. */
const programOn = (session: Session): Program => ({
  name: '',
  summary: '',
  commands: SESSION_COMMANDS.map((row) => inSession(row, session)),
  otherWords: OWN,
  ask: 'which command? help says',
});

function inSession(row: CommandRow<SessionCommand>, session: Session): CommandRow {
  const { usage, describe } = row;
  if ('commands' in row) return { usage, describe, commands: row.commands.map((below) => inSession(below, session)) };
  return { usage, describe, load: async () => (await row.load()).inSession(session) };
}

async function converse(session: Session, history: string | undefined): Promise<number> {
  const program = programOn(session);
  const isTerminal = process.stdin.isTTY === true;
  let isRunning = false;
  const lines = createInterface({
    input: process.stdin,
    // On stderr, so that stdout holds answers alone.
    output: process.stderr,
    terminal: isTerminal,
    prompt: isTerminal ? 'p4runpro> ' : '',
    completer: (line: string) => completions(line, session),
    history: history === undefined ? [] : readHistory(history),
    historySize: HISTORY_LINES,
  });
  // The terminal is in raw mode: the key makes no signal, and a command that runs waits for one.
  onCtrlC(lines, process.stderr, () => isRunning && process.kill(process.pid, 'SIGINT'));
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
      isRunning = true;
      const outcome = await runLine(words, session, program);
      isRunning = false;
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

/**
 * Ctrl-C at the prompt: what was typed stays to be seen, and a new line begins.
 * @param interrupt ends the command that runs; false if none does
 */
export function onCtrlC(lines: Interface, output: NodeJS.WritableStream, interrupt: () => boolean): void {
  lines.on('SIGINT', () => {
    if (interrupt()) return;
    output.write('^C\n');
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    lines.prompt();
  });
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

async function runLine(words: readonly string[], session: Session, program: Program): Promise<number> {
  try {
    if (words[0] === 'help') return await help(words.slice(1), session, program);
    const run = await readCommandLine(program, words);
    return await run();
  } catch (error) {
    return reportError('p4runpro', error);
  }
}

/** @throws {UsageError} */
async function help([about, ...more]: readonly string[], session: Session, program: Program): Promise<Status> {
  if (more.length > 0) throw new UsageError('help takes one command');
  if (about === undefined || OWN.includes(about)) {
    session.print(`${await helpOf(program)}\n\n${OWN_HELP}`);
    return EXIT.done;
  }
  requireOneOf(about, NAMES, []);
  const run = await readCommandLine(program, [about, '--help']);
  return run();
}

/** Words between blanks; quotes keep blanks together. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** Commands that take files of programs. */
const OF_FILES = ['deploy', 'replace', 'change'];

/** What may come where the line ends: a command, then files, or names of what runs. */
export function completions(line: string, { controller }: Session): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const last = words[words.length - 1] ?? '';
  if (words.length > 1 && OF_FILES.includes(words[0] ?? '') && !last.startsWith('-')) return [filesFrom(last), last];
  const candidates = (): string[] => {
    const [command] = words;
    if (words.length === 1) return [...NAMES, ...OWN];
    if (command === 'help') return words.length === 2 ? NAMES : [];
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

/** Files and folders that a path may go on to; a folder ends with a slash, as more can follow. */
function filesFrom(path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const begin = path.slice(folder.length);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begin) && (begin.startsWith('.') || !name.startsWith('.')))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ' '}`)
      .sort();
  } catch {
    // No such folder: nothing to complete.
    return [];
  }
}
