import { CaptureError } from './capture-error.js';
import type { CaptureWindow } from './capture-window.js';
import { copyBytes, type ViewedBytes, viewBytes } from './copy-bytes.js';
import { appendPacket, hasRoomFor, type PacketBatch } from './packet-batch.js';

/** The most bytes of one packet that a record may hold, as in libpcap (MAXIMUM_SNAPLEN); more is taken for damage. */
export const MAX_CAPTURED_BYTES = 1 << 18;

/** Why a decoder stopped: the window holds no further whole record, or the batch no further packet. */
export type DecodeStop = 'needs-bytes' | 'batch-full';

/** Decodes one format, record by record, without waiting. */
export interface CaptureDecoder {
  /**
   * Moves whole records from the window to the batch; `window.start` stays at the first record not consumed.
   * @throws CaptureError, with the packets before the faulty record already appended.
   */
  decodeInto(window: CaptureWindow, batch: PacketBatch, ingressPort: number): DecodeStop;
  /** Offset in bytes of the record that has begun but not ended, or undefined between records. */
  unfinishedRecordOffset(window: CaptureWindow): number | undefined;
}

/** What a decoder tells the reader besides packets. */
export interface DecoderContext {
  readonly path: string;
  /** Adds a warning, unless it has been given before. */
  readonly warn: (message: string) => void;
}

/** A packet as found in a record; decoders fill one such object again and again. */
export interface PacketRecord {
  /** Index of the first packet byte in the window. */
  start: number;
  capturedLength: number;
  originalLength: number;
  timeSeconds: number;
  timeNanoseconds: number;
  /** Bytes of frame check sequence at the end of the packet on the wire, to be left out of the batch. */
  frameCheckBytes: number;
  /** The memory of the batch last delivered to. */
  target: ViewedBytes;
}

/** A record for a decoder to fill. */
export function createPacketRecord(): PacketRecord {
  return {
    start: 0,
    capturedLength: 0,
    originalLength: 0,
    timeSeconds: 0,
    timeNanoseconds: 0,
    frameCheckBytes: 0,
    target: viewBytes(new Uint8Array(0)),
  };
}

/**
 * Appends the packet to the batch, without its frame check sequence, and returns whether there was room.
 * @throws CaptureError 'too-large-packet' if not even an empty batch has room.
 */
export function deliverPacket(
  record: PacketRecord,
  window: CaptureWindow,
  batch: PacketBatch,
  ingressPort: number,
  context: DecoderContext,
): boolean {
  if (record.capturedLength > record.originalLength) {
    context.warn('records hold more bytes than they say the packet had; the bytes held were taken as its length');
    record.originalLength = record.capturedLength;
  }
  const originalLength = Math.max(0, record.originalLength - record.frameCheckBytes);
  const capturedLength = Math.min(record.capturedLength, originalLength);
  if (!hasRoomFor(batch, capturedLength)) {
    if (capturedLength <= batch.bytes.length) return false;
    const detail = `a packet of ${capturedLength} bytes exceeds the whole batch of ${batch.bytes.length} bytes`;
    throw new CaptureError('too-large-packet', context.path, detail, window.captureOffset);
  }
  const { timeSeconds, timeNanoseconds } = record;
  const offset = appendPacket(batch, capturedLength, originalLength, ingressPort, timeSeconds, timeNanoseconds);
  if (record.target.bytes !== batch.bytes) record.target = viewBytes(batch.bytes);
  copyBytes(window, record.start, record.target, offset, capturedLength);
  return true;
}

/** @throws CaptureError 'corrupt' if the record at `window.start` claims more packet bytes than a packet can have. */
export function requireSaneLength(capturedLength: number, window: CaptureWindow, path: string): void {
  if (capturedLength <= MAX_CAPTURED_BYTES) return;
  const detail = `a record claims ${capturedLength} packet bytes, more than the ${MAX_CAPTURED_BYTES} possible`;
  throw new CaptureError('corrupt', path, detail, window.captureOffset);
}
