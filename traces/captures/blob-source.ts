/** Captures from a blob, as what a person drops on a page: read by blocks, never as a whole. */
import { Gunzip } from 'fflate';
import { type ByteSource, GZIP_MAGIC } from './byte-source.js';
import { CaptureError, reasonOf } from './capture-error.js';
import { crc32 } from './crc32.js';

/** What is in use of a Blob, which the types of ECMAScript lack. */
export interface BlobOfBytes {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

const BLOCK_BYTES = 1 << 20;
/** Bytes of a packed block that are unpacked at once, so that what is unpacked of them stays small. */
const PACKED_BYTES = 1 << 14;
/** CRC-32 and length of what was packed, both little-endian (RFC 1952, section 2.3). */
const TRAILER_BYTES = 8;
/** A gzip file of nothing. */
const EMPTY_MEMBER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);
/** A trailer, and a header of a member as far as it can be when it is not known yet to be whole. */
const KEPT_BYTES = 1 << 16;

/**
 * The bytes of a blob, unpacked if its first bytes say gzip.
 * @param path how errors name it
 * @throws CaptureError 'unreadable'
 */
export async function openBlobSource(path: string, blob: BlobOfBytes): Promise<ByteSource> {
  const plain = new BlobSource(path, blob);
  const head = await plain.peek();
  return GZIP_MAGIC.every((byte, i) => head[i] === byte) ? new UnpackedSource(path, plain) : plain;
}

class BlobSource implements ByteSource {
  readonly endedEarly = false;
  bytesRead = 0;
  #block: Uint8Array = new Uint8Array(0);
  #taken = 0;

  constructor(
    private readonly path: string,
    private readonly blob: BlobOfBytes,
  ) {}

  get totalBytes(): number {
    return this.blob.size;
  }

  /** What comes next, without taking it; empty at the end. */
  async peek(): Promise<Uint8Array> {
    if (this.#taken === this.#block.length && this.bytesRead < this.blob.size) {
      const end = Math.min(this.blob.size, this.bytesRead + BLOCK_BYTES);
      try {
        this.#block = new Uint8Array(await this.blob.slice(this.bytesRead, end).arrayBuffer());
      } catch (thrown) {
        throw new CaptureError('unreadable', this.path, `cannot be read: ${reasonOf(thrown)}`);
      }
      this.#taken = 0;
      if (this.#block.length === 0) throw new CaptureError('unreadable', this.path, 'became shorter while it was read');
    }
    return this.#block.subarray(this.#taken);
  }

  take(bytes: number): void {
    this.#taken += bytes;
    this.bytesRead += bytes;
  }

  async readInto(target: Uint8Array, at: number, length: number): Promise<number> {
    const next = await this.peek();
    const got = Math.min(length, next.length);
    target.set(next.subarray(0, got), at);
    this.take(got);
    return got;
  }

  async close(): Promise<void> {
    this.#block = new Uint8Array(0);
    this.#taken = 0;
  }
}

/** What the members of a gzip file unpack to; as much of them as there is, if the last one is cut. */
class UnpackedSource implements ByteSource {
  endedEarly = false;
  readonly #gunzip = new Gunzip((chunk) => this.#receive(chunk));
  readonly #unpacked: Uint8Array[] = [];
  /** Bytes of the first of them that have been read. */
  #taken = 0;
  #ended = false;
  #failure: CaptureError | undefined;
  /** Of the member that is unpacked now. */
  #checksum = 0;
  #memberBytes = 0;
  /** The part of the file that is unpacked now, after the end of what came before it. */
  #packed: Uint8Array = new Uint8Array(0);
  /** Where that part begins in the file. */
  #packedAt = 0;

  constructor(
    private readonly path: string,
    private readonly blob: BlobSource,
  ) {
    this.#gunzip.onmember = (offset) => this.#startMember(offset);
  }

  get bytesRead(): number {
    return this.blob.bytesRead;
  }

  get totalBytes(): number {
    return this.blob.totalBytes;
  }

  async readInto(target: Uint8Array, at: number, length: number): Promise<number> {
    let chunk = this.#unpacked[0];
    while (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return 0;
      this.#unpack((await this.blob.peek()).subarray(0, PACKED_BYTES));
      chunk = this.#unpacked[0];
    }
    const got = Math.min(length, chunk.length - this.#taken);
    target.set(chunk.subarray(this.#taken, this.#taken + got), at);
    this.#taken += got;
    if (this.#taken === chunk.length) {
      this.#unpacked.shift();
      this.#taken = 0;
    }
    return got;
  }

  async close(): Promise<void> {
    this.#unpacked.length = 0;
    await this.blob.close();
  }

  /** @param next what follows in the file, nothing at its end */
  #unpack(next: Uint8Array): void {
    const isEnd = next.length === 0;
    const kept = this.#packed.subarray(-KEPT_BYTES);
    this.#packedAt += this.#packed.length - kept.length;
    this.#packed = new Uint8Array(kept.length + next.length);
    this.#packed.set(kept);
    this.#packed.set(next, kept.length);
    this.blob.take(next.length);
    try {
      if (isEnd) this.#end();
      else this.#gunzip.push(next);
    } catch (thrown) {
      this.#failure = new CaptureError('corrupt', this.path, `gzip data is damaged: ${reasonOf(thrown)}`);
    }
  }

  /**
   * The library does not say whether the last member has ended, only that another one begins: so one is given to it.
   * Without its begin after the last byte of the file, the file is cut, and what came of the bytes means nothing.
   */
  #end(): void {
    this.#ended = true;
    this.endedEarly = true;
    try {
      this.#gunzip.push(EMPTY_MEMBER, true);
    } catch (thrown) {
      if (!this.endedEarly) throw thrown;
    }
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return;
    this.#checksum = crc32(this.#checksum, chunk);
    this.#memberBytes += chunk.length;
    this.#unpacked.push(chunk);
  }

  /** @param offset in the file: what was unpacked so far are members before it */
  #startMember(offset: number): void {
    if (this.#ended) {
      if (offset !== this.totalBytes) return;
      this.endedEarly = false;
    }
    if (!this.#isWhole(offset - this.#packedAt)) throw new Error('incorrect checksum');
    this.#checksum = 0;
    this.#memberBytes = 0;
  }

  /** Whether the member that is unpacked now is what was packed. @param end of its trailer, in {@link #packed} */
  #isWhole(end: number): boolean {
    const { buffer, byteOffset } = this.#packed;
    const at = end - TRAILER_BYTES;
    if (at < 0) return false;
    const view = new DataView(buffer, byteOffset + at, TRAILER_BYTES);
    return view.getUint32(0, true) === this.#checksum && view.getUint32(4, true) === this.#memberBytes >>> 0;
  }
}
