/** Reads whole files into memory. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** Maximum bytes of a file: far above any program, document, snapshot or journal, so longer input is an endless device. */
const MAX_BYTES = 256 * 1024 * 1024;
const PART_BYTES = 1024 * 1024;

/**
 * Contents of a file, a device or a pipe.
 * @param maxBytes the largest file that is read, in bytes
 * @throws errors of the system, and one for more than `maxBytes`, which devices such as `/dev/zero` are
 */
export function readInput(path: string, maxBytes: number = MAX_BYTES): Buffer {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return readStream(file, maxBytes);
    if (stat.size > maxBytes) throw new Error(tooLong(maxBytes));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function readStream(file: number, maxBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const part = Buffer.allocUnsafe(PART_BYTES);
    const length = readSync(file, part);
    if (length === 0) return Buffer.concat(parts, bytes);
    bytes += length;
    if (bytes > maxBytes) throw new Error(tooLong(maxBytes));
    parts.push(length === PART_BYTES ? part : Buffer.from(part.subarray(0, length)));
  }
}

function tooLong(maxBytes: number): string {
  return `more than ${(maxBytes / (1024 * 1024)).toLocaleString('en-US')} MiB`;
}
