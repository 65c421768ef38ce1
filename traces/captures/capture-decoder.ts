import { appendPacket, hasRoomFor, PACKET_MARKS, type PacketBatch } from '../packets/packet-batch.js';
import { CaptureError } from './capture-error.js';
import type { CaptureIntake, IntakeSource } from './capture-intake.js';
import type { CaptureWindow } from './capture-window.js';
import { copyBytes, type ViewedBytes, viewBytes } from './copy-bytes.js';
import { ETHERNET_HEADER_BYTES, type OtherLink, UNKNOWN_ETHER_TYPE, writeEthernetHeader } from './link-type.js';

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
  decodeInto(window: CaptureWindow, batch: PacketBatch, ingressPort: number): DecodeStop;
  /** Offset in bytes of the record that has begun but not ended, or undefined between records. */
  unfinishedRecordOffset(window: CaptureWindow): number | undefined;
}

/** The reader's interface for decoders, besides packets. */
export interface DecoderContext {
  readonly path: string;
  readonly intake: CaptureIntake;
  /** Adds a warning, unless it has been given before. */
  readonly warn: (message: string) => void;
}

/** A packet in a record; decoders reuse one such object. */
export interface PacketRecord {
  /** Index of the first packet byte in the window. */
  start: number;
  capturedLength: number;
  originalLength: number;
  timeSeconds: number;
  timeNanoseconds: number;
  /** Whether the record gives no time; then it is 0. */
  untimed: boolean;
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
    untimed: false,
    frameCheckBytes: 0,
    target: viewBytes(new Uint8Array(0)),
  };
}

/**
 * Appends the packet to the batch, as an Ethernet frame without its frame check sequence, unless it is to be left out.
 * Returns whether there was room; if not, it comes again.
 * @param source what it came by
 * @throws CaptureError 'too-large-packet' if not even an empty batch has room, or 'unsupported-link-type'.
 */
export function deliverPacket(
  record: PacketRecord,
  source: IntakeSource,
  window: CaptureWindow,
  batch: PacketBatch,
  ingressPort: number,
  context: DecoderContext,
): boolean {
  const { intake } = context;
  const { times } = intake;
  times?.see(record);
  if (source.leftOut !== undefined) {
    intake.requireReadable(source, context.path);
    source.packets++;
    return true;
  }
  if (record.capturedLength > record.originalLength) {
    context.warn('records have more captured bytes than bytes on the wire; the captured bytes were used as the length');
    record.originalLength = record.capturedLength;
  }
  const length = Math.max(0, record.originalLength - record.frameCheckBytes);
  const captured = Math.min(record.capturedLength, length);
  const { otherLink } = source;
  if (otherLink !== undefined) {
    return deliverOther(record, otherLink, captured, length, source, window, batch, ingressPort, context);
  }
  if (!hasRoomFor(batch, captured)) return requireRoom(captured, window, batch, context);
  if (times !== undefined && !times.admit(record)) return true;
  const offset = append(record, source, captured, length, batch, ingressPort, intake);
  copyBytes(window, record.start, record.target, offset, captured);
  return true;
}

/** The same for a packet of another link, which has `captured` of `length` bytes, its own header included. */
function deliverOther(
  record: PacketRecord,
  link: OtherLink,
  captured: number,
  length: number,
  source: IntakeSource,
  window: CaptureWindow,
  batch: PacketBatch,
  ingressPort: number,
  context: DecoderContext,
): boolean {
  const { intake } = context;
  const ownHeader = Math.min(link.headerBytes, captured);
  const payloadLength = Math.max(0, length - link.headerBytes);
  const frameCaptured = captured - ownHeader + ETHERNET_HEADER_BYTES;
  if (!hasRoomFor(batch, frameCaptured)) return requireRoom(frameCaptured, window, batch, context);
  if (intake.times !== undefined && !intake.times.admit(record)) return true;
  const frameLength = payloadLength + ETHERNET_HEADER_BYTES;
  const offset = append(record, source, frameCaptured, frameLength, batch, ingressPort, intake);
  putHeader(record, link, captured, payloadLength, window, offset, intake);
  const start = record.start + ownHeader;
  copyBytes(window, start, record.target, offset + ETHERNET_HEADER_BYTES, captured - ownHeader);
  return true;
}

/** False, for a packet that an empty batch has room for. @throws CaptureError 'too-large-packet' */
function requireRoom(length: number, window: CaptureWindow, batch: PacketBatch, context: DecoderContext): false {
  if (length <= batch.bytes.length) return false;
  const detail = `a packet of ${length} bytes exceeds the whole batch of ${batch.bytes.length} bytes`;
  throw new CaptureError('too-large-packet', context.path, detail, window.captureOffset);
}

/** Appends a packet whose bytes are still to come; returns where they go. */
function append(
  record: PacketRecord,
  source: IntakeSource,
  captured: number,
  length: number,
  batch: PacketBatch,
  ingressPort: number,
  intake: CaptureIntake,
): number {
  source.packets++;
  const port = source.port ?? ingressPort;
  const offset = appendPacket(batch, captured, length, port, record.timeSeconds, record.timeNanoseconds);
  if (record.untimed || source.port !== undefined) mark(record, source, batch, intake);
  if (record.target.bytes !== batch.bytes) record.target = viewBytes(batch.bytes);
  return offset;
}

/** Sets the marks of the packet just appended. */
function mark(record: PacketRecord, source: IntakeSource, batch: PacketBatch, intake: CaptureIntake): void {
  if (record.untimed) intake.untimed++;
  batch.marks[batch.count - 1] =
    (record.untimed ? PACKET_MARKS.untimed : 0) | (source.port === undefined ? 0 : PACKET_MARKS.portRecorded);
}

/** Writes the Ethernet header of the packet to its place in the batch. */
function putHeader(
  record: PacketRecord,
  link: OtherLink,
  captured: number,
  payloadLength: number,
  { view }: CaptureWindow,
  offset: number,
  intake: CaptureIntake,
): void {
  const etherType = link.etherType(view, record.start, captured, payloadLength);
  if (etherType === UNKNOWN_ETHER_TYPE) intake.withoutEtherType++;
  const { linkAddresses } = intake;
  writeEthernetHeader(link, view, record.start, captured, etherType, linkAddresses, record.target.bytes, offset);
}

/** @throws CaptureError 'corrupt' if the record at `window.start` claims more packet bytes than a packet can have. */
export function requireSaneLength(capturedLength: number, window: CaptureWindow, path: string): void {
  if (capturedLength <= MAX_CAPTURED_BYTES) return;
  const detail = `a record claims ${capturedLength} packet bytes, more than the ${MAX_CAPTURED_BYTES} possible`;
  throw new CaptureError('corrupt', path, detail, window.captureOffset);
}
