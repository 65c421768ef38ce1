/** The message of the operating system without its prefix, e.g. `no space left on device`. */
export function reasonOf(error: unknown): string {
  if (errorCode(error) === 'EPIPE') return 'the reader of the pipe has ended';
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^E[A-Z\d]+: /, '').replace(/, \w+( '.*')?$/, '');
}

/** Whether an error comes from the operating system. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error && /^E[A-Z\d]+$/.test(String(error.code));
}

/** The code of what was thrown, as `ENOENT`; undefined where it has none. */
export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
