/**
 * Zeroed memory that threads can share. A page that is not isolated from others has none, and no threads either: there it
 * is memory of its own.
 */
export const sharedMemory = (bytes: number): ArrayBuffer | SharedArrayBuffer =>
  hasSharedMemory() ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);

/** Whether threads can share memory: in Node always. */
export const hasSharedMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined';
