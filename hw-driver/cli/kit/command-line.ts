/** What the commands share: options, exit statuses, messages. */
import {
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  commandEnd,
  type DataPlane,
  DomainError,
  dataPlaneFromJson,
} from '../../../compiler/index.js';
import { interruptedStatus, isSystemError, readInput, reasonOf } from '../../../traces/system/index.js';

/**
 * Exit statuses: done; the thing itself failed; wrong use or bad input, also a place that cannot be written; interrupted
 * (128 + SIGINT, or the signal that it was).
 */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Wrong use or bad input; the message is for the user. */
export class UsageError extends DomainError {
  override readonly name = 'UsageError';
  readonly code = 'wrong-use';
  readonly ends = 'bad-input';
}

/** Reports an error on stderr as one message, and returns the exit status. */
export function reportError(command: string, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const end = commandEnd(error);
  if (end !== undefined) {
    process.stderr.write(`${command}: ${message}\n`);
    return end === 'bad-input' ? EXIT.badInput : EXIT.failed;
  }
  if (isSystemError(error)) {
    // A file that the command did not speak of by itself.
    const where = error.path === undefined ? '' : ` ${error.path}`;
    process.stderr.write(`${command}: cannot ${error.syscall}${where}: ${reasonOf(error)}\n`);
    return EXIT.badInput;
  }
  const stack = process.env['P4RUNPRO_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack}` : '';
  process.stderr.write(
    `${command}: internal error: ${message}${stack}\nThis is a fault of ${command}, not of its input; ` +
      'P4RUNPRO_DEBUG=1 shows where it arose.\n',
  );
  return EXIT.failed;
}

/** Runs a command's main function; nothing it throws reaches the user as a stack trace. */
export async function runMain(command: string, main: () => Promise<number>): Promise<void> {
  let isLost = false;
  let status: number | undefined;
  const finish = (): void => {
    const signalled = status === EXIT.interrupted ? interruptedStatus() : status;
    process.exitCode = isLost && status === EXIT.done ? EXIT.badInput : signalled;
  };
  // Told once, at the first write that fails. The work goes on, as its files can still be written, but for a reader that
  // has gone: nobody waits for the rest.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isLost) process.stderr.write(`${command}: cannot write to standard output: ${reasonOf(error)}\n`);
    isLost = true;
    if (error.code === 'EPIPE') process.exit(EXIT.badInput);
    if (status !== undefined) finish();
  });
  // There is nowhere to say it.
  process.stderr.on('error', () => undefined);
  try {
    status = await main();
  } catch (error) {
    status = reportError(command, error);
  }
  finish();
}

/** A text file that the user named. @throws {UsageError} */
export function readText(path: string): string {
  try {
    return readInput(path).toString('utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder, not a file' : reasonOf(error);
    throw new UsageError(`${path}: ${reason}`);
  }
}

/** JSON that the user named. @throws {UsageError} */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A data plane by name, or the JSON file that describes one. @throws {UsageError} or {@link DataPlaneError} */
export function loadDataPlane(nameOrFile: string): DataPlane {
  const builtIn = builtInDataPlane(nameOrFile);
  if (builtIn !== undefined) return builtIn;
  if (!nameOrFile.endsWith('.json')) {
    const names = BUILT_IN_DATA_PLANES.join(', ');
    throw new UsageError(`there is no data plane '${nameOrFile}': it is one of ${names}, or a .json file`);
  }
  return dataPlaneFromJson(readJson(nameOrFile));
}

/** A whole number within bounds. @throws {UsageError} naming the option */
export function wholeNumber(option: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) {
    throw new UsageError(`${option} takes a whole number from ${minimum} to ${maximum}, not '${text}'`);
  }
  return value;
}

/** Takes what yargs has to say: complaints about the command line are the user's, errors of a command are its own. */
export function rejectCommandLine(message: string | null, error?: Error): never {
  if (error !== undefined && error.name !== 'YError') throw error;
  throw new UsageError(message ?? error?.message ?? 'the command line cannot be read');
}

/**
 * Refuses an option that is given twice, of which yargs would make a list.
 * @param lists the options and positionals that are lists
 * @throws {UsageError} naming the option
 */
export function requireOnce(args: Readonly<Record<string, unknown>>, lists: readonly string[]): true {
  const isTwice = ([name, value]: [string, unknown]): boolean =>
    Array.isArray(value) && name.length > 1 && !lists.includes(name);
  const [twice] = Object.entries(args).find(isTwice) ?? [];
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
  return true;
}
