/** Codes of capture errors. */
export type CaptureErrorCode =
  /** The file is readable, but it is not a pcap or pcapng capture (or a gzip of one). */
  | 'not-a-capture'
  /** The packets are not Ethernet frames. */
  | 'unsupported-link-type'
  /** The capture ends in the middle of a record. */
  | 'truncated'
  /** A header or length contradicts the format. */
  | 'corrupt'
  /** One packet is larger than the whole batch it should go to, or than a capture can hold. */
  | 'too-large-packet'
  /** The operating system refused to open or read the file. */
  | 'unreadable'
  /** The file could not be written, or the packet cannot be expressed in its format. */
  | 'unwritable';

/** The one error that reading and writing captures throws. The message is a single line that names the file. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  /** Exit status of a command: that of bad input. */
  readonly ends = 'bad-input';
  readonly code: CaptureErrorCode;
  /** The capture, as the caller named it. */
  readonly path: string;
  /** Offset of the error in the uncompressed capture in bytes, if it helps. */
  readonly byteOffset: number | undefined;

  constructor(code: CaptureErrorCode, path: string, detail: string, byteOffset?: number) {
    super(`${path}: ${detail}${byteOffset === undefined ? '' : ` (byte ${byteOffset})`}`);
    this.code = code;
    this.path = path;
    this.byteOffset = byteOffset;
  }
}

/** Message of an unknown thrown value, for the error that wraps it. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
