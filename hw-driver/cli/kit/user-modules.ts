/** Modules of users that options name: their paths, how they are loaded, and calls under a time limit. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Context, createContext, Script } from 'node:vm';
import { thrownText } from '../../../compiler/data-plane/thrown-text.js';
import { UsageError } from './command-line.js';
import { admitGuest } from './guest-process.js';
import { loadEnds } from './trial-load.js';

/** Whether a word is the path of a module, by its end. */
export const isModulePath = (word: string): boolean => /\.[cm]?[jt]s$/.test(word);

/** What a sentence about options calls such paths. */
export const MODULE_PATHS = 'a .js or .mjs module';

/** How long code of users may take for one answer, in seconds, unless the user says otherwise. */
export const DEFAULT_ANSWER_SECONDS = 10;

/**
 * The default export of a module, which is loaded twice: in a thread, to see that its loading ends, and here.
 * @param path relative to the working directory
 * @throws {UsageError} if there is no such file, it cannot be loaded, or has no default export
 */
export async function defaultExportOf(path: string, seconds = DEFAULT_ANSWER_SECONDS): Promise<unknown> {
  const file = resolve(path);
  if (!existsSync(file)) throw new UsageError(`${path}: no such file`);
  if (!statSync(file).isFile()) throw new UsageError(`${path}: not a file`);
  const { href } = pathToFileURL(file);
  const late = (): UsageError => new UsageError(`${path} was not loaded in ${seconds} s`);
  if (!(await loadEnds(href, seconds))) throw late();
  admitGuest(href, path);
  const loaded = import(href).catch((error: unknown) => {
    const where = error instanceof SyntaxError ? `; node --check ${path} shows where` : '';
    throw new UsageError(`${path} cannot be loaded: ${thrownText(error)}${where}`, { cause: error });
  });
  const module = (await within(seconds, loaded, late)) as {
    readonly default?: unknown;
  };
  if (module.default === undefined) {
    const others = Object.keys(module);
    const found = others.length === 0 ? 'it exports nothing' : `it exports ${others.join(', ')}`;
    throw new UsageError(`${path} has no default export: ${found}`);
  }
  return module.default;
}

/** A promise, or the error of a time limit; the clock keeps the process alive where nothing else does. */
async function within<Value>(seconds: number, promise: Promise<Value>, late: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  if (seconds === Number.POSITIVE_INFINITY) return promise;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const called: { run: (() => unknown) | undefined } = { run: undefined };
let context: Context | undefined;
let call: Script | undefined;

/**
 * Calls a function that has to return within a time, and is ended where it does not: also where it loops.
 * @param seconds infinite for no limit; a limit takes some 0.1 ms a call
 * @param late makes the error that is thrown then
 */
export function callWithin(seconds: number, run: () => unknown, late: () => Error): unknown {
  if (seconds === Number.POSITIVE_INFINITY) return run();
  const before = called.run;
  called.run = run;
  try {
    // Made when there is something to call: a context takes a millisecond.
    context ??= createContext(called);
    call ??= new Script('run()');
    return call.runInContext(context, { timeout: Math.ceil(seconds * 1000) });
  } catch (error) {
    // Not an instance of this context's Error.
    if ((error as { readonly code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw late();
    throw error;
  } finally {
    called.run = before;
  }
}
