/**
 * Errors that are no fault of the project: each says how a command that meets it ends. Code that runs commands needs to know
 * no class of them. `traces`, which imports no other room, gives its errors the same property without the class.
 */

/** `bad-input`: the user gave something that cannot be used; `failed`: what was asked for could not be done. */
export type CommandEnd = 'bad-input' | 'failed';

/** The message is for the user; `code` tells errors of one class apart, and `name` the classes. */
export abstract class DomainError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
  abstract readonly ends: CommandEnd;
}

/** How a command ends that met this error; undefined for all else that can be thrown: a fault of the project. */
export function commandEnd(thrown: unknown): CommandEnd | undefined {
  if (!(thrown instanceof Error) || !('ends' in thrown)) return undefined;
  return thrown.ends === 'bad-input' || thrown.ends === 'failed' ? thrown.ends : undefined;
}
