/**
 * Errors that are not bugs of the project: each says how a command that throws it ends, so that code that runs commands
 * needs to know no class of them. `traces`, which imports no other folder, gives its errors the same property without
 * the class.
 */

/** `bad-input`: the input of the user cannot be used; `failed`: the operation could not be done. */
export type CommandEnd = 'bad-input' | 'failed';

/** The message is for the user; `name` distinguishes classes of errors, and `code` errors of one class. */
export abstract class DomainError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
  abstract readonly ends: CommandEnd;
}

/** How a command that throws this error ends; undefined for anything else, which is a bug of the project. */
export function commandEnd(thrown: unknown): CommandEnd | undefined {
  if (!(thrown instanceof Error) || !('ends' in thrown)) return undefined;
  return thrown.ends === 'bad-input' || thrown.ends === 'failed' ? thrown.ends : undefined;
}
