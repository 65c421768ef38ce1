/** How commands end: exit statuses and error messages. Loaded before everything else, so it imports little. */
import { commandEnd, DomainError } from '../../../compiler/data-plane/domain-error.js';
import { interruptedStatus, isSystemError, reasonOf } from '../../../traces/system/index.js';

/**
 * Exit statuses: done; the operation failed; wrong use or bad input, also a file that cannot be written; interrupted
 * (128 + the number of the signal).
 */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Wrong use or bad input; the message is for the user. */
export class UsageError extends DomainError {
  override readonly name = 'UsageError';
  readonly code = 'wrong-use';
  readonly ends = 'bad-input';
}

/** Ends the process. Modules of users can put something else in the place of `process.exit`. */
export const endProcess: (status: number) => never = process.exit.bind(process);

let running = 'p4runpro';

/** The name of the command that this process runs, for messages. */
export const runningCommand = (): string => running;

/** Reports an error on stderr as one message, and returns the exit status. */
export function reportError(command: string, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const end = commandEnd(error);
  if (end !== undefined) {
    process.stderr.write(`${command}: ${message}\n`);
    return end === 'bad-input' ? EXIT.badInput : EXIT.failed;
  }
  if (isSystemError(error)) {
    // A file for which the command has no message of its own.
    const where = error.path === undefined ? '' : ` ${error.path}`;
    process.stderr.write(`${command}: cannot ${error.syscall}${where}: ${reasonOf(error)}\n`);
    return EXIT.badInput;
  }
  const stack = process.env['P4RUNPRO_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack}` : '';
  process.stderr.write(
    `${command}: internal error: ${message}${stack}\nThis is a bug of ${command}, not an error in its input; ` +
      'P4RUNPRO_DEBUG=1 prints the stack trace.\n',
  );
  return EXIT.failed;
}

/** Runs a command's main function; nothing it throws reaches the user as a stack trace. */
export async function runMain(command: string, main: () => Promise<number>): Promise<void> {
  running = command;
  let isLost = false;
  let status: number | undefined;
  const finish = (): void => {
    const signalled = status === EXIT.interrupted ? interruptedStatus() : status;
    process.exitCode = isLost && status === EXIT.done ? EXIT.badInput : signalled;
  };
  // Reported once, at the first write that fails. The command goes on, as its files can still be written, unless the
  // reader of a pipe has gone (EPIPE): nobody waits for the rest.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isLost) process.stderr.write(`${command}: cannot write to standard output: ${reasonOf(error)}\n`);
    isLost = true;
    if (error.code === 'EPIPE') endProcess(EXIT.badInput);
    if (status !== undefined) finish();
  });
  // There is nowhere to report it.
  process.stderr.on('error', () => undefined);
  try {
    status = await main();
  } catch (error) {
    status = reportError(command, error);
  }
  finish();
}
