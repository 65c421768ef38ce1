import type { PacketBatch } from '../packets/packet-batch.js';
import { CaptureError } from './capture-error.js';
import type { CaptureIntake } from './capture-intake.js';
import type { CaptureWindow } from './capture-window.js';

/** Maximum captured bytes of a packet, as in libpcap (MAXIMUM_SNAPLEN); a larger value counts as damage. */
export const MAX_CAPTURED_BYTES = 1 << 18;

/** Why a decoder stopped: the window holds no further whole record, or the batch no further packet. */
export type DecodeStop = 'needs-bytes' | 'batch-full';

/** Decodes one format, record by record, without waiting. */
export interface CaptureDecoder {
  /**
   * Moves whole records from the window to the batch; `window.start` stays at the first record not consumed.
   * @throws CaptureError, with the packets before the faulty record already appended.
   */
  decodeInto(batch: PacketBatch, ingressPort: number): DecodeStop;
  /** Offset in bytes of the record that has begun but not ended, or undefined between records. */
  unfinishedRecordOffset(): number | undefined;
}

/** The reader's interface for decoders, besides packets. */
export interface DecoderContext {
  readonly path: string;
  readonly window: CaptureWindow;
  readonly intake: CaptureIntake;
  /** Adds a warning, unless it has been given before. */
  readonly warn: (message: string) => void;
}

/** @throws CaptureError 'corrupt' if the record at `window.start` claims more packet bytes than a packet can have. */
export function requireSaneLength(capturedLength: number, { window, path }: DecoderContext): void {
  if (capturedLength <= MAX_CAPTURED_BYTES) return;
  const detail = `a record claims ${capturedLength} packet bytes, more than the ${MAX_CAPTURED_BYTES} possible`;
  throw new CaptureError('corrupt', path, detail, window.captureOffset);
}
