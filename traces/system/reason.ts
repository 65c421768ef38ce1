/** What the system said, without its internal prefix: `no space left on device`. */
export function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 'its reader has gone';
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^E[A-Z\d]+: /, '').replace(/, \w+( '.*')?$/, '');
}

/** An error that the operating system gave. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error && /^E[A-Z\d]+$/.test(String(error.code));
}
