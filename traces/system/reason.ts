/** The message of the operating system without its prefix, e.g. `no space left on device`. */
export function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 'the reader of the pipe has ended';
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
