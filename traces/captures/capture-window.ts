import type { ByteSource } from './byte-source.js';

/** Bytes asked of the source at a time. */
const CHUNK_BYTES = 1 << 18;

/** Maximum record that a decoder needs as a whole; packets with all options are far shorter. */
export const MAX_RECORD_BYTES = 1 << 19;

/**
 * The part of a capture that is in memory: `bytes[start .. end)`. Decoders move `start` forward over whole records;
 * {@link CaptureWindow.fill} moves the rest to the front and reads on. Its memory never grows.
 */
export class CaptureWindow {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES + MAX_RECORD_BYTES);
  /** The same memory as `bytes`. */
  readonly view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  readonly #source: ByteSource;
  /** Bytes of the capture that lie before `bytes[0]`. */
  #bytesBefore = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Offset of `start` in the uncompressed capture, in bytes. */
  get captureOffset(): number {
    return this.#bytesBefore + this.start;
  }

  /** Reads on and returns whether there was more. Assumes at most {@link MAX_RECORD_BYTES} are left in the window. */
  async fill(): Promise<boolean> {
    this.bytes.copyWithin(0, this.start, this.end);
    this.#bytesBefore += this.start;
    this.end -= this.start;
    this.start = 0;
    const got = await this.#source.readInto(this.bytes, this.end, this.bytes.length - this.end);
    this.end += got;
    return got > 0;
  }

  /** Reads until `length` bytes are in the window, and returns whether the capture has as many. */
  async fillTo(length: number): Promise<boolean> {
    while (this.end - this.start < length) if (!(await this.fill())) return false;
    return true;
  }
}
