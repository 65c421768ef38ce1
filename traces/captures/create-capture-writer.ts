import { OutputFile, reasonOf } from '../system/index.js';
import { CaptureError } from './capture-error.js';
import { type CaptureWriter, type WriterOptions, writeCapture } from './capture-writer.js';

/**
 * Starts a capture file of Ethernet packets, packed with gzip if the path ends in `.gz`. An existing file of that name
 * stays as it is until `close` replaces it.
 * @throws CaptureError 'unwritable' if a file cannot be created beside the path.
 */
export function createCaptureWriter(path: string, options: WriterOptions = {}): CaptureWriter {
  try {
    return writeCapture(path, OutputFile.open(path), options);
  } catch (thrown) {
    throw new CaptureError('unwritable', path, `cannot be created: ${reasonOf(thrown)}`);
  }
}
