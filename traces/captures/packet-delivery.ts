/** Appends the packets of a capture to batches, as Ethernet frames without frame check sequences. */
import {
  appendPacket,
  createPacketBatch,
  hasRoomFor,
  PACKET_MARKS,
  type PacketBatch,
} from '../packets/packet-batch.js';
import type { DecoderContext } from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import type { IntakeSource } from './capture-intake.js';
import { copyBytes, viewBytes } from './copy-bytes.js';
import {
  ETHERNET_HEADER_BYTES,
  type LinkedPacket,
  type OtherLink,
  UNKNOWN_ETHER_TYPE,
  writeEthernetHeader,
} from './link-type.js';

/** Its decoder sets the fields of a packet, then delivers it; nothing is allocated per packet. */
export class PacketDelivery implements LinkedPacket {
  /** The window on the capture. */
  readonly view: DataView;
  /** Index of the first packet byte in the window. */
  start = 0;
  capturedLength = 0;
  originalLength = 0;
  timeSeconds = 0;
  timeNanoseconds = 0;
  /** Whether the record gives no time; then it is 0. */
  untimed = false;
  /** Bytes of frame check sequence at the end of the packet on the wire, to be left out of the batch. */
  frameCheckBytes = 0;
  private batch = createPacketBatch(0, 0);
  private ingressPort = 0;
  /** The memory of the batch. */
  private target = viewBytes(this.batch.bytes);

  constructor(private readonly context: DecoderContext) {
    this.view = context.window.view;
  }

  /** Packets that follow go to this batch. */
  into(batch: PacketBatch, ingressPort: number): void {
    this.batch = batch;
    this.ingressPort = ingressPort;
    if (this.target.bytes !== batch.bytes) this.target = viewBytes(batch.bytes);
  }

  /**
   * Appends the packet, unless it is to be left out. Returns whether there was room; if not, it comes again.
   * @param source what it came by
   * @throws CaptureError 'too-large-packet' if not even an empty batch has room, or 'unsupported-link-type'.
   */
  deliver(source: IntakeSource): boolean {
    const { intake } = this.context;
    const { times } = intake;
    times?.see(this);
    if (source.leftOut !== undefined) {
      intake.requireReadable(source, this.context.path);
      source.packets++;
      return true;
    }
    if (this.capturedLength > this.originalLength) this.lengthen();
    const length = Math.max(0, this.originalLength - this.frameCheckBytes);
    const captured = Math.min(this.capturedLength, length);
    this.capturedLength = captured;
    if (source.otherLink !== undefined) return this.deliverOther(source, source.otherLink, length);
    if (!hasRoomFor(this.batch, captured)) return this.requireRoom(captured);
    if (times !== undefined && !times.admit(this)) return true;
    const offset = this.append(source, captured, length);
    copyBytes(this.context.window, this.start, this.target, offset, captured);
    return true;
  }

  private lengthen(): void {
    this.context.warn(
      'records have more captured bytes than bytes on the wire; the captured bytes were used as the length',
    );
    this.originalLength = this.capturedLength;
  }

  /** As {@link deliver}, for a packet of another link. @param length on the wire, its own header included */
  private deliverOther(source: IntakeSource, link: OtherLink, length: number): boolean {
    const { times } = this.context.intake;
    const captured = this.capturedLength;
    const ownHeader = Math.min(link.headerBytes, captured);
    const payloadLength = Math.max(0, length - link.headerBytes);
    const frameCaptured = captured - ownHeader + ETHERNET_HEADER_BYTES;
    if (!hasRoomFor(this.batch, frameCaptured)) return this.requireRoom(frameCaptured);
    if (times !== undefined && !times.admit(this)) return true;
    const offset = this.append(source, frameCaptured, payloadLength + ETHERNET_HEADER_BYTES);
    this.putHeader(link, payloadLength, offset);
    const payloadAt = offset + ETHERNET_HEADER_BYTES;
    copyBytes(this.context.window, this.start + ownHeader, this.target, payloadAt, captured - ownHeader);
    return true;
  }

  /** False, for a packet that an empty batch has room for. @throws CaptureError 'too-large-packet' */
  private requireRoom(length: number): false {
    const room = this.batch.bytes.length;
    if (length <= room) return false;
    const detail = `a packet of ${length} bytes exceeds the whole batch of ${room} bytes`;
    throw new CaptureError('too-large-packet', this.context.path, detail, this.context.window.captureOffset);
  }

  /** Appends a packet whose bytes are still to come; returns where they go. */
  private append(source: IntakeSource, captured: number, length: number): number {
    source.packets++;
    const { batch, timeSeconds, timeNanoseconds } = this;
    const port = source.port ?? this.ingressPort;
    const offset = appendPacket(batch, captured, length, port, timeSeconds, timeNanoseconds);
    if (this.untimed || source.port !== undefined) this.mark(source);
    return offset;
  }

  /** Sets the marks of the packet just appended. */
  private mark(source: IntakeSource): void {
    if (this.untimed) this.context.intake.untimed++;
    this.batch.marks[this.batch.count - 1] =
      (this.untimed ? PACKET_MARKS.untimed : 0) | (source.port === undefined ? 0 : PACKET_MARKS.portRecorded);
  }

  /** Writes the Ethernet header of a packet of another link to its place in the batch. */
  private putHeader(link: OtherLink, payloadLength: number, offset: number): void {
    const { intake } = this.context;
    const etherType = link.etherType(this.view, this.start, this.capturedLength, payloadLength);
    if (etherType === UNKNOWN_ETHER_TYPE) intake.withoutEtherType++;
    writeEthernetHeader(link, this, etherType, intake.linkAddresses, this.target.bytes, offset);
  }
}
