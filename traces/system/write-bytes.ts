/** Writes all bytes to an open file. */

import { writeSync } from 'node:fs';
import { errorCode } from './reason.js';

const WAIT_MS = 2;
const clock = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Waits where the other end of a pipe is slow. @throws errors of the system */
export function writeBytes(file: number, data: Uint8Array | string): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at, bytes.length - at);
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      // A pipe in non-blocking mode.
      Atomics.wait(clock, 0, 0, WAIT_MS);
    }
  }
}
