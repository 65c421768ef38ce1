import type { CaptureIntake } from './capture-intake.js';
import { type CaptureReader, readCapture } from './capture-reader.js';
import { openByteSource } from './file-source.js';

/**
 * Opens a capture file: pcap or pcapng, plain or gzip, told apart by content. Holds about 1.5 MiB of a file of any size.
 * @param intake selection of packets; several captures may share one
 * @throws CaptureError 'unreadable', 'not-a-capture', 'unsupported-link-type', 'corrupt', or 'truncated' if not even
 * the file header is whole.
 */
export async function openCapture(path: string, intake?: CaptureIntake): Promise<CaptureReader> {
  return readCapture(path, await openByteSource(path), intake);
}
