import { isPowerOfTwo } from '../../../compiler/index.js';
import { UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { BYTES_PER_BUCKET } from '../../workloads/workload.js';

/** Maximum size of a memory in the language. */
const MAX_BUCKETS = 2 ** 16;

/** The value of `--memory`: bytes of each memory. @throws {UsageError} unless it is a power of two of buckets */
export function memorySize(text: string): number {
  const bytes = wholeNumber('--memory', text, BYTES_PER_BUCKET, BYTES_PER_BUCKET * MAX_BUCKETS);
  if (!isPowerOfTwo(bytes)) throw new UsageError(`--memory takes a power of two in bytes, not ${text}`);
  return bytes;
}
