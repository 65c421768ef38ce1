/** What modules of users may not do to the process that they run in: end it, or throw where nobody catches. */
import { thrownText } from '../../../compiler/data-plane/thrown-text.js';
import { endProcess, reportError, runningCommand, UsageError } from './command-line.js';

/** Addresses of the modules that were loaded, with the paths that the user gave. */
const guests = new Map<string, string>();

/**
 * From now on `process.exit` and `process.abort` throw, and what is thrown outside of a call ends the command with one
 * message. The project itself ends with {@link endProcess}.
 * @param href address of the module that is loaded next
 * @param path as the user gave it
 */
export function admitGuest(href: string, path: string): void {
  if (guests.size === 0) {
    for (const name of ['exit', 'abort'] as const) {
      const refuse = (): never => {
        const error = new Error(`process.${name}() is not for a module: the command ends by itself`);
        // The first place in the stack is then the module's.
        Error.captureStackTrace(error, refuse);
        throw error;
      };
      process[name] = refuse;
    }
    process.on('uncaughtException', (error) => endProcess(reportError(runningCommand(), attributed(error))));
  }
  guests.set(href, path);
}

/** An error that names the module in whose code it arose; the same error where the stack names none. */
export function attributed(error: unknown): unknown {
  const stack = error instanceof Error ? error.stack : undefined;
  const path = [...guests].find(([href]) => stack?.includes(href))?.[1];
  if (path === undefined) return error;
  return new UsageError(`${path} threw ${thrownText(error)} in a timer or a promise of its own`, { cause: error });
}
