/** pcapng, https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html. */

import type { PacketBatch } from '../packets/packet-batch.js';
import { type CaptureDecoder, type DecoderContext, type DecodeStop, requireSaneLength } from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import type { IntakeSource } from './capture-intake.js';
import { type CaptureWindow, MAX_RECORD_BYTES } from './capture-window.js';
import { PacketDelivery } from './packet-delivery.js';
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
  readonly #window: CaptureWindow;
  readonly #packet: PacketDelivery;
  /** Of the current section; packets name them by index. */
  #interfaces: DescribedInterface[] = [];
  #little = true;
  /** Bytes still to pass over of a block that is not looked at, and where it began in the capture. */
  #skipBytes = 0;
  #skippedBlockOffset = 0;

  constructor(context: DecoderContext) {
    this.#context = context;
    this.#window = context.window;
    this.#packet = new PacketDelivery(context);
  }

  decodeInto(batch: PacketBatch, ingressPort: number): DecodeStop {
    const window = this.#window;
    const { view } = window;
    this.#packet.into(batch, ingressPort);
    for (;;) {
      if (!this.#skip()) return 'needs-bytes';
      const at = window.start;
      const available = window.end - at;
      if (available < BLOCK_FRAME_BYTES) return 'needs-bytes';
      if (view.getUint32(at) === SECTION_HEADER) {
        if (available < SECTION_HEADER_BYTES) return 'needs-bytes';
        this.#startSection();
        continue;
      }
      const type = view.getUint32(at, this.#little);
      const blockBytes = this.#blockBytes(BLOCK_FRAME_BYTES);
      if (!isRead(type)) {
        this.#startSkip(blockBytes);
        continue;
      }
      if (blockBytes > MAX_RECORD_BYTES) throw this.#corrupt(`a block claims ${blockBytes} bytes`);
      if (available < blockBytes) return 'needs-bytes';
      if (view.getUint32(at + blockBytes - BLOCK_TRAILER_BYTES, this.#little) !== blockBytes) {
        throw this.#corrupt('the lengths at the start and the end of a block differ');
      }
      if (type === INTERFACE_DESCRIPTION) this.#addInterface(blockBytes);
      else if (!this.#deliver(type, blockBytes)) return 'batch-full';
      window.start += blockBytes;
    }
  }

  unfinishedRecordOffset(): number | undefined {
    if (this.#skipBytes > 0) return this.#skippedBlockOffset;
    return this.#window.start < this.#window.end ? this.#window.captureOffset : undefined;
  }

  #startSection(): void {
    const little = byteOrderAt(this.#window.view, this.#window.start);
    if (little === undefined) throw this.#corrupt('a section header has no byte-order magic');
    this.#little = little;
    const version = this.#window.view.getUint16(this.#window.start + 12, little);
    if (version !== VERSION_MAJOR) throw this.#corrupt(`pcapng version ${version} is not known`);
    this.#interfaces = [];
    this.#startSkip(this.#blockBytes(SECTION_HEADER_BYTES));
  }

  #addInterface(blockBytes: number): void {
    if (blockBytes < INTERFACE_FIXED_BYTES + BLOCK_TRAILER_BYTES) {
      throw this.#corrupt('an interface description is too short');
    }
    const described = readInterface(
      this.#window.view,
      this.#window.start,
      this.#window.start + blockBytes,
      this.#little,
    );
    if (described === undefined) throw this.#corrupt('an option of an interface runs past its block');
    const source = this.#context.intake.source(described.linkType, described.port);
    this.#interfaces.push({ ...described, source });
  }

  #deliver(type: number, blockBytes: number): boolean {
    const { view, start: at } = this.#window;
    const little = this.#little;
    const packet = this.#packet;
    const dataAt = type === SIMPLE_PACKET ? SIMPLE_PACKET_DATA_AT : PACKET_DATA_AT;
    const roomBytes = blockBytes - dataAt - BLOCK_TRAILER_BYTES;
    if (roomBytes < 0) throw this.#corrupt('a packet block is shorter than its own header');
    const from = this.#interfaceOf(type);
    packet.frameCheckBytes = from.frameCheckBytes;
    packet.start = at + dataAt;
    packet.untimed = type === SIMPLE_PACKET;
    if (type === SIMPLE_PACKET) {
      packet.originalLength = view.getUint32(at + 8, little);
      packet.capturedLength = Math.min(packet.originalLength, from.snapBytes || packet.originalLength);
      packet.timeSeconds = 0;
      packet.timeNanoseconds = 0;
    } else {
      packet.capturedLength = view.getUint32(at + 20, little);
      packet.originalLength = view.getUint32(at + 24, little);
      from.setTime(packet, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    }
    requireSaneLength(packet.capturedLength, this.#context);
    if (packet.capturedLength > roomBytes) {
      throw this.#corrupt(`a packet of ${packet.capturedLength} bytes does not fit its block of ${blockBytes}`);
    }
    return packet.deliver(from.source);
  }

  #interfaceOf(type: number): DescribedInterface {
    const { view, start: at } = this.#window;
    let index = 0;
    if (type === ENHANCED_PACKET) index = view.getUint32(at + 8, this.#little);
    if (type === OBSOLETE_PACKET) index = view.getUint16(at + 8, this.#little);
    const found = this.#interfaces[index];
    if (found === undefined) throw this.#corrupt(`a packet names interface ${index}, which is not described`);
    return found;
  }

  /** The length that the block at the start of the window claims, in bytes. */
  #blockBytes(minimum: number): number {
    const blockBytes = this.#window.view.getUint32(this.#window.start + 4, this.#little);
    if (blockBytes < minimum || blockBytes % 4 !== 0) {
      throw this.#corrupt(`a block claims ${blockBytes} bytes, which no such block can have`);
    }
    return blockBytes;
  }

  #startSkip(blockBytes: number): void {
    this.#skipBytes = blockBytes;
    this.#skippedBlockOffset = this.#window.captureOffset;
  }

  /** Passes over the block being skipped and returns whether its end was reached. */
  #skip(): boolean {
    const step = Math.min(this.#skipBytes, this.#window.end - this.#window.start);
    this.#window.start += step;
    this.#skipBytes -= step;
    return this.#skipBytes === 0;
  }

  #corrupt(detail: string): CaptureError {
    return new CaptureError('corrupt', this.#context.path, detail, this.#window.captureOffset);
  }
}

/** Whether blocks of the type are looked at; all others are passed over, however long. */
function isRead(type: number): boolean {
  return (
    type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET || type === INTERFACE_DESCRIPTION
  );
}
