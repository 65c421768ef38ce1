/** Classic pcap, https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html. */

import type { PacketBatch } from '../packets/packet-batch.js';
import {
  type CaptureDecoder,
  type DecoderContext,
  type DecodeStop,
  MAX_CAPTURED_BYTES,
  requireSaneLength,
} from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import type { IntakeSource } from './capture-intake.js';
import { LINK_TYPE_ETHERNET } from './link-type.js';
import { PacketDelivery } from './packet-delivery.js';

/** First word of a capture whose time stamps count microseconds. */
export const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** First word of a capture whose time stamps count nanoseconds. */
export const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Bytes of the file header. */
export const PCAP_FILE_HEADER_BYTES = 24;
/** Bytes of the header before each packet. */
export const PCAP_RECORD_HEADER_BYTES = 16;

const VERSION_MAJOR = 2;
const VERSION_MINOR = 4;
const FRAME_CHECK_LENGTH_PRESENT = 1 << 26;

/** The byte order and time unit that a first word stands for, or undefined if it is no pcap magic. */
function readMagic(view: DataView, at: number): { little: boolean; nanoseconds: boolean } | undefined {
  for (const little of [true, false]) {
    const magic = view.getUint32(at, little);
    if (magic === PCAP_MAGIC_MICROSECONDS) return { little, nanoseconds: false };
    if (magic === PCAP_MAGIC_NANOSECONDS) return { little, nanoseconds: true };
  }
  return undefined;
}

/** Whether a pcap file header starts at `at`; assumes four bytes there. */
export function isPcapMagic(view: DataView, at: number): boolean {
  return readMagic(view, at) !== undefined;
}

/** Writes the file header for Ethernet packets, little-endian, {@link PCAP_FILE_HEADER_BYTES} long. */
export function writePcapFileHeader(view: DataView, at: number, nanoseconds: boolean): void {
  view.setUint32(at, nanoseconds ? PCAP_MAGIC_NANOSECONDS : PCAP_MAGIC_MICROSECONDS, true);
  view.setUint16(at + 4, VERSION_MAJOR, true);
  view.setUint16(at + 6, VERSION_MINOR, true);
  view.setUint32(at + 8, 0, true);
  view.setUint32(at + 12, 0, true);
  view.setUint32(at + 16, MAX_CAPTURED_BYTES, true);
  view.setUint32(at + 20, LINK_TYPE_ETHERNET, true);
}

/**
 * A decoder for the capture whose file header lies at `window.start`, which it consumes.
 * Assumes {@link isPcapMagic} and {@link PCAP_FILE_HEADER_BYTES} in the window.
 * @throws CaptureError 'corrupt' for another version of the format, 'unsupported-link-type' for packets that are to be read, and cannot.
 */
export function createPcapDecoder(context: DecoderContext): CaptureDecoder {
  const { window } = context;
  const { view, start } = window;
  const magic = readMagic(view, start);
  if (magic === undefined) throw new CaptureError('not-a-capture', context.path, 'has no pcap magic number');
  const version = view.getUint16(start + 4, magic.little);
  if (version !== VERSION_MAJOR) {
    throw new CaptureError('corrupt', context.path, `has pcap version ${version}, only ${VERSION_MAJOR} is known`, 4);
  }
  // Link type in the lower 16 bits; above them, if bit 26 is set, 4 bits of frame check length in units of 16 bits.
  const linkWord = view.getUint32(start + 20, magic.little);
  const source = context.intake.source(linkWord & 0xffff);
  context.intake.requireReadable(source, context.path);
  const frameCheckBytes = (linkWord & FRAME_CHECK_LENGTH_PRESENT) !== 0 ? (linkWord >>> 28) * 2 : 0;
  window.start += PCAP_FILE_HEADER_BYTES;
  return new PcapDecoder(context, source, magic.little, magic.nanoseconds, frameCheckBytes);
}

class PcapDecoder implements CaptureDecoder {
  readonly #context: DecoderContext;
  readonly #source: IntakeSource;
  readonly #little: boolean;
  readonly #nanosecondsPerTick: number;
  readonly #packet: PacketDelivery;

  constructor(
    context: DecoderContext,
    source: IntakeSource,
    little: boolean,
    nanoseconds: boolean,
    frameCheckBytes: number,
  ) {
    this.#context = context;
    this.#source = source;
    this.#little = little;
    this.#nanosecondsPerTick = nanoseconds ? 1 : 1000;
    this.#packet = new PacketDelivery(context);
    this.#packet.frameCheckBytes = frameCheckBytes;
  }

  decodeInto(batch: PacketBatch, ingressPort: number): DecodeStop {
    const { window } = this.#context;
    const { view, end } = window;
    const source = this.#source;
    const little = this.#little;
    const packet = this.#packet;
    packet.into(batch, ingressPort);
    for (;;) {
      const at = window.start;
      if (end - at < PCAP_RECORD_HEADER_BYTES) return 'needs-bytes';
      const capturedLength = view.getUint32(at + 8, little);
      requireSaneLength(capturedLength, this.#context);
      const next = at + PCAP_RECORD_HEADER_BYTES + capturedLength;
      if (next > end) return 'needs-bytes';
      packet.start = at + PCAP_RECORD_HEADER_BYTES;
      packet.capturedLength = capturedLength;
      packet.originalLength = view.getUint32(at + 12, little);
      packet.timeSeconds = view.getUint32(at, little);
      packet.timeNanoseconds = view.getUint32(at + 4, little) * this.#nanosecondsPerTick;
      // Some writers let the fraction run past a second instead of carrying.
      if (packet.timeNanoseconds >= 1e9) {
        packet.timeSeconds += Math.floor(packet.timeNanoseconds / 1e9);
        packet.timeNanoseconds %= 1e9;
      }
      if (!packet.deliver(source)) return 'batch-full';
      window.start = next;
    }
  }

  unfinishedRecordOffset(): number | undefined {
    const { window } = this.#context;
    return window.start < window.end ? window.captureOffset : undefined;
  }
}
