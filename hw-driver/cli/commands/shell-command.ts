/** `p4runpro shell`: commands on one switch, read from the terminal or standard input. */
import { existsSync, readdirSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { articleAskedFor, articleText } from '../../../compiler/reference/index.js';
import { reasonOf, writeFile } from '../../../traces/system/index.js';
import { type CommandRow, commandName, type Program, type Status } from '../kit/command.js';
import { EXIT, reportError, UsageError } from '../kit/command-line.js';
import { readText } from '../kit/inputs.js';
import { helpOf, readCommandLine } from '../kit/read-command-line.js';
import { textWidth } from '../kit/text-width.js';
import { requireOneOf } from '../kit/unknown-command.js';
import type { Session } from './session.js';
import { type SessionCommand, sessionCommand } from './session-command.js';
import { SESSION_COMMANDS } from './session-commands.js';

const HISTORY_LINES = 1000;
const END = ['exit', 'quit'];
/** Commands of the shell itself. */
const OWN = ['help', ...END];
const NAMES = SESSION_COMMANDS.map(commandName);
const OWN_HELP = `Commands of the shell:
  help [WORD]     List the commands, or describe a command or a word of the language
  exit, quit      Leave the shell, as Ctrl-D does

Tab completes commands, programs, memories and files; Ctrl-C clears the line, or ends a command that runs.
`;

/** Exit status of the last command that failed, 0 if none did. */
export const shellCommand = sessionCommand(
  'shell',
  (yargs) =>
    yargs
      .option('history', {
        type: 'string',
        describe: 'File that keeps the typed lines',
        defaultDescription: 'none',
      })
      .example(
        '$0 shell --target sim --state switch.snapshot',
        'A prompt for commands such as show, memory read lb port, exit',
      ),
  (session, { history }) => runShell(session, history),
);

/** The commands on a switch that is open. */
const programOn = (session: Session): Program => ({
  name: '',
  summary: '',
  commands: SESSION_COMMANDS.map((row) => inSession(row, session)),
  otherWords: OWN,
  ask: 'no command is given: help lists them',
});

function inSession(row: CommandRow<SessionCommand>, session: Session): CommandRow {
  const { usage, describe } = row;
  if ('commands' in row) return { usage, describe, commands: row.commands.map((below) => inSession(below, session)) };
  return { usage, describe, load: async () => (await row.load()).inSession(session) };
}

async function runShell(session: Session, history: string | undefined): Promise<number> {
  const program = programOn(session);
  const isTerminal = process.stdin.isTTY === true;
  let isRunning = false;
  const lines = createInterface({
    input: process.stdin,
    // On stderr, so that stdout has the results alone.
    output: process.stderr,
    terminal: isTerminal,
    prompt: isTerminal ? 'p4runpro> ' : '',
    completer: (line: string) => completions(line, session),
    history: history === undefined ? [] : readHistory(history),
    historySize: HISTORY_LINES,
  });
  // In raw mode Ctrl-C makes no signal, and a running command waits for one.
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

/**
 * Writes the typed lines to a file, oldest first; reports the first error and then stops.
 * @returns takes lines newest first
 */
function historyKeeper(path: string): (typed: readonly string[]) => void {
  let isLost = false;
  return (typed) => {
    if (isLost) return;
    try {
      writeFile(path, `${[...typed].reverse().join('\n')}\n`);
    } catch (error) {
      isLost = true;
      process.stderr.write(`p4runpro: the history is not kept: cannot write ${path}: ${reasonOf(error)}\n`);
    }
  };
}

/**
 * Ctrl-C at the prompt: the typed text stays visible, and a new line begins.
 * @param interrupt ends the running command; false if none runs
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
  if (more.length > 0) throw new UsageError('help takes one word');
  if (about === undefined || OWN.includes(about)) {
    session.print(`${await helpOf(program)}\n\n${OWN_HELP}`);
    return EXIT.done;
  }
  if (!NAMES.includes(about)) {
    const { dataPlane } = session.controller.state;
    const article = articleAskedFor(about, dataPlane);
    if (article !== undefined) {
      session.print(articleText(article, textWidth(process.stdout)));
      return EXIT.done;
    }
  }
  requireOneOf(about, NAMES, []);
  const run = await readCommandLine(program, [about, '--help']);
  return run();
}

/** Splits a line at blanks outside of quotes. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** Commands whose arguments are source files. */
const OF_FILES = ['deploy', 'replace', 'change'];

/** Completions of the last word of a line: commands, then files, programs or memories. */
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
    if (command === 'group' && words.length === 2) return ['add', 'remove', 'show'];
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

/** Files and folders whose paths begin with this one; a folder ends with a slash, a file with a blank. */
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
