/** A stream of bytes read on demand: a file, or a decompressed gzip file. */
export interface ByteSource {
  /** Position in the (possibly compressed) file on disk, in bytes. */
  readonly bytesRead: number;
  /** Size of the file on disk, in bytes; 0 if it has none (a pipe). */
  readonly totalBytes: number;
  /** Whether compressed data is truncated. Known once the source has ended. */
  readonly endedEarly: boolean;
  /**
   * Reads up to `length` bytes to `target[at ..]` and returns how many; 0 at the end.
   * @throws CaptureError 'unreadable', or 'corrupt' if compressed data is damaged.
   */
  readInto(target: Uint8Array, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** The first bytes of a gzip file. */
export const GZIP_MAGIC: readonly number[] = [0x1f, 0x8b];
