/** pcapng, https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html. */

import type { PacketBatch } from '../packets/packet-batch.js';
import {
  type CaptureDecoder,
  createPacketRecord,
  type DecoderContext,
  type DecodeStop,
  deliverPacket,
  requireSaneLength,
} from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import type { IntakeSource } from './capture-intake.js';
import { type CaptureWindow, MAX_RECORD_BYTES } from './capture-window.js';
import { INTERFACE_FIXED_BYTES, type PcapngInterface, readInterface } from './pcapng-interface.js';

/** Bytes of the smallest section header block, which every capture starts with. */
export const SECTION_HEADER_BYTES = 28;

/** Block types. The section header's reads the same in both byte orders. */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const VERSION_MAJOR = 1;
/** Type and length before the body, length again after it. */
const BLOCK_FRAME_BYTES = 12;
/** Block bytes before the packet's own. */
const SIMPLE_PACKET_DATA_AT = 12;
const PACKET_DATA_AT = 28;
const BLOCK_TRAILER_BYTES = 4;

/** Whether a pcapng section starts at `at`; assumes twelve bytes there. */
export function isPcapngMagic(view: DataView, at: number): boolean {
  return view.getUint32(at) === SECTION_HEADER && byteOrderAt(view, at) !== undefined;
}

/** Whether the section at `at` is little-endian; undefined if its byte-order magic is neither. */
function byteOrderAt(view: DataView, at: number): boolean | undefined {
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  return view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC ? false : undefined;
}

/** A decoder for a capture that starts with a section header block, see {@link isPcapngMagic}. */
export function createPcapngDecoder(context: DecoderContext): CaptureDecoder {
  return new PcapngDecoder(context);
}

type DescribedInterface = PcapngInterface & { readonly source: IntakeSource };

class PcapngDecoder implements CaptureDecoder {
  readonly #context: DecoderContext;
  readonly #record = createPacketRecord();
  /** Of the current section; packets name them by index. */
  #interfaces: DescribedInterface[] = [];
  #little = true;
  /** Bytes still to pass over of a block that is not looked at, and where it began in the capture. */
  #skipBytes = 0;
  #skippedBlockOffset = 0;

  constructor(context: DecoderContext) {
    this.#context = context;
  }

  decodeInto(window: CaptureWindow, batch: PacketBatch, ingressPort: number): DecodeStop {
    const { view } = window;
    for (;;) {
      if (!this.#skip(window)) return 'needs-bytes';
      const at = window.start;
      const available = window.end - at;
      if (available < BLOCK_FRAME_BYTES) return 'needs-bytes';
      if (view.getUint32(at) === SECTION_HEADER) {
        if (available < SECTION_HEADER_BYTES) return 'needs-bytes';
        this.#startSection(window);
        continue;
      }
      const type = view.getUint32(at, this.#little);
      const blockBytes = this.#blockBytes(window, BLOCK_FRAME_BYTES);
      if (!isRead(type)) {
        this.#startSkip(window, blockBytes);
        continue;
      }
      if (blockBytes > MAX_RECORD_BYTES) throw this.#corrupt(window, `a block claims ${blockBytes} bytes`);
      if (available < blockBytes) return 'needs-bytes';
      if (view.getUint32(at + blockBytes - BLOCK_TRAILER_BYTES, this.#little) !== blockBytes) {
        throw this.#corrupt(window, 'the lengths at the start and the end of a block differ');
      }
      if (type === INTERFACE_DESCRIPTION) this.#addInterface(window, blockBytes);
      else if (!this.#deliver(type, blockBytes, window, batch, ingressPort)) return 'batch-full';
      window.start += blockBytes;
    }
  }

  unfinishedRecordOffset(window: CaptureWindow): number | undefined {
    if (this.#skipBytes > 0) return this.#skippedBlockOffset;
    return window.start < window.end ? window.captureOffset : undefined;
  }

  #startSection(window: CaptureWindow): void {
    const little = byteOrderAt(window.view, window.start);
    if (little === undefined) throw this.#corrupt(window, 'a section header has no byte-order magic');
    this.#little = little;
    const version = window.view.getUint16(window.start + 12, little);
    if (version !== VERSION_MAJOR) throw this.#corrupt(window, `pcapng version ${version} is not known`);
    this.#interfaces = [];
    this.#startSkip(window, this.#blockBytes(window, SECTION_HEADER_BYTES));
  }

  #addInterface(window: CaptureWindow, blockBytes: number): void {
    if (blockBytes < INTERFACE_FIXED_BYTES + BLOCK_TRAILER_BYTES) {
      throw this.#corrupt(window, 'an interface description is too short');
    }
    const described = readInterface(window.view, window.start, window.start + blockBytes, this.#little);
    if (described === undefined) throw this.#corrupt(window, 'an option of an interface runs past its block');
    const source = this.#context.intake.source(described.linkType, described.port);
    this.#interfaces.push({ ...described, source });
  }

  #deliver(type: number, blockBytes: number, window: CaptureWindow, batch: PacketBatch, ingressPort: number): boolean {
    const { view, start: at } = window;
    const little = this.#little;
    const record = this.#record;
    const dataAt = type === SIMPLE_PACKET ? SIMPLE_PACKET_DATA_AT : PACKET_DATA_AT;
    const roomBytes = blockBytes - dataAt - BLOCK_TRAILER_BYTES;
    if (roomBytes < 0) throw this.#corrupt(window, 'a packet block is shorter than its own header');
    const from = this.#interfaceOf(type, window);
    record.frameCheckBytes = from.frameCheckBytes;
    record.start = at + dataAt;
    record.untimed = type === SIMPLE_PACKET;
    if (type === SIMPLE_PACKET) {
      record.originalLength = view.getUint32(at + 8, little);
      record.capturedLength = Math.min(record.originalLength, from.snapBytes || record.originalLength);
      record.timeSeconds = 0;
      record.timeNanoseconds = 0;
    } else {
      record.capturedLength = view.getUint32(at + 20, little);
      record.originalLength = view.getUint32(at + 24, little);
      from.setTime(record, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    }
    requireSaneLength(record.capturedLength, window, this.#context.path);
    if (record.capturedLength > roomBytes) {
      throw this.#corrupt(window, `a packet of ${record.capturedLength} bytes does not fit its block of ${blockBytes}`);
    }
    return deliverPacket(record, from.source, window, batch, ingressPort, this.#context);
  }

  #interfaceOf(type: number, window: CaptureWindow): DescribedInterface {
    const { view, start: at } = window;
    let index = 0;
    if (type === ENHANCED_PACKET) index = view.getUint32(at + 8, this.#little);
    if (type === OBSOLETE_PACKET) index = view.getUint16(at + 8, this.#little);
    const found = this.#interfaces[index];
    if (found === undefined) throw this.#corrupt(window, `a packet names interface ${index}, which is not described`);
    return found;
  }

  /** The length the block at `window.start` claims, in bytes. */
  #blockBytes(window: CaptureWindow, minimum: number): number {
    const blockBytes = window.view.getUint32(window.start + 4, this.#little);
    if (blockBytes < minimum || blockBytes % 4 !== 0) {
      throw this.#corrupt(window, `a block claims ${blockBytes} bytes, which no such block can have`);
    }
    return blockBytes;
  }

  #startSkip(window: CaptureWindow, blockBytes: number): void {
    this.#skipBytes = blockBytes;
    this.#skippedBlockOffset = window.captureOffset;
  }

  /** Passes over the block being skipped and returns whether its end was reached. */
  #skip(window: CaptureWindow): boolean {
    const step = Math.min(this.#skipBytes, window.end - window.start);
    window.start += step;
    this.#skipBytes -= step;
    return this.#skipBytes === 0;
  }

  #corrupt(window: CaptureWindow, detail: string): CaptureError {
    return new CaptureError('corrupt', this.#context.path, detail, window.captureOffset);
  }
}

/** Whether blocks of the type are looked at; all others are passed over, however long. */
function isRead(type: number): boolean {
  return (
    type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET || type === INTERFACE_DESCRIPTION
  );
}
