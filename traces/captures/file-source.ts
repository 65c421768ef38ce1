import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../system/reason.js';
import { type ByteSource, GZIP_MAGIC } from './byte-source.js';
import { CaptureError, reasonOf } from './capture-error.js';

const INPUT_BYTES = 1 << 18;
const UNPACKED_CHUNK_BYTES = 1 << 18;

/** Bytes of an ordinary file that are read before other events, such as an interrupt, get their turn. */
const MOST_BYTES_AT_ONCE = 1 << 22;

/** An uncompressed file. The first bytes are read ahead to recognise gzip, also for files without seek. */
class FileSource implements ByteSource {
  readonly endedEarly = false;
  readonly head = new Uint8Array(GZIP_MAGIC.length);
  bytesRead = 0;
  #headBytes = 0;
  #bytesAtOnce = 0;

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    /** An ordinary file: reading it never waits for what others write, and costs less when it is done at once. */
    private readonly isFile: boolean,
    readonly totalBytes: number,
  ) {}

  async readHead(): Promise<void> {
    while (this.#headBytes < this.head.length) {
      const got = await this.#read(this.head, this.#headBytes, this.head.length - this.#headBytes);
      if (got === 0) return;
      this.#headBytes += got;
    }
  }

  async readInto(target: Uint8Array, at: number, length: number): Promise<number> {
    if (this.#headBytes > 0 && length >= this.#headBytes) {
      const got = this.#headBytes;
      target.set(this.head.subarray(0, got), at);
      this.#headBytes = 0;
      this.bytesRead = got;
      return got;
    }
    const got = await this.#read(target, at, length);
    this.bytesRead += got;
    return got;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async #breathe(): Promise<void> {
    this.#bytesAtOnce = 0;
    await new Promise(setImmediate);
  }

  async #read(target: Uint8Array, at: number, length: number): Promise<number> {
    try {
      if (!this.isFile) return (await this.handle.read(target, at, length, null)).bytesRead;
      const got = readSync(this.handle.fd, target, at, length, null);
      this.#bytesAtOnce += got;
      if (this.#bytesAtOnce >= MOST_BYTES_AT_ONCE) await this.#breathe();
      return got;
    } catch (thrown) {
      throw new CaptureError('unreadable', this.path, `cannot be read: ${reasonOf(thrown)}`);
    }
  }
}

/**
 * What a gzip file unpacks to. Driven by hand rather than piped: input is offered only when all output has been taken,
 * so that memory stays bounded and a cut file still yields every byte that can be unpacked.
 */
class GunzipSource implements ByteSource {
  endedEarly = false;
  readonly #path: string;
  readonly #file: FileSource;
  readonly #gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  readonly #input = Buffer.alloc(INPUT_BYTES);
  #unpacked: Uint8Array = new Uint8Array(0);
  #taken = 0;
  #writing = false;
  #ended = false;
  #failure: NodeJS.ErrnoException | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(path: string, file: FileSource) {
    this.#path = path;
    this.#file = file;
    this.#gunzip.on('readable', () => this.#change());
    this.#gunzip.on('end', () => {
      this.#ended = true;
      this.#change();
    });
    this.#gunzip.on('error', (failure: NodeJS.ErrnoException) => {
      this.#failure = failure;
      this.#change();
    });
  }

  get bytesRead(): number {
    return this.#file.bytesRead;
  }

  get totalBytes(): number {
    return this.#file.totalBytes;
  }

  async readInto(target: Uint8Array, at: number, length: number): Promise<number> {
    while (this.#taken === this.#unpacked.length) {
      this.#changed = false;
      const chunk: Uint8Array | null = this.#gunzip.read();
      if (chunk !== null) {
        this.#unpacked = chunk;
        this.#taken = 0;
      } else if (this.#failure !== undefined) {
        return this.#endWith(this.#failure);
      } else if (this.#ended) {
        return 0;
      } else {
        if (!this.#writing) await this.#feed();
        await this.#untilChange();
      }
    }
    const got = Math.min(length, this.#unpacked.length - this.#taken);
    target.set(this.#unpacked.subarray(this.#taken, this.#taken + got), at);
    this.#taken += got;
    return got;
  }

  async close(): Promise<void> {
    this.#gunzip.destroy();
    await this.#file.close();
  }

  async #feed(): Promise<void> {
    const got = await this.#file.readInto(this.#input, 0, this.#input.length);
    this.#writing = true;
    if (got === 0) {
      this.#gunzip.end();
      return;
    }
    this.#gunzip.write(this.#input.subarray(0, got), () => {
      this.#writing = false;
      this.#change();
    });
  }

  #endWith(failure: NodeJS.ErrnoException): number {
    if (failure.code !== 'Z_BUF_ERROR') {
      throw new CaptureError('corrupt', this.#path, `gzip data is damaged: ${failure.message}`);
    }
    this.endedEarly = true;
    return 0;
  }

  #change(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #untilChange(): Promise<void> {
    if (this.#changed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

/**
 * Opens a file for reading, unpacking it if its first bytes say gzip; its name does not matter.
 * @throws CaptureError 'unreadable' if it is missing, a directory, or not permitted.
 */
export async function openByteSource(path: string): Promise<ByteSource> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    const missing = errorCode(thrown) === 'ENOENT';
    throw new CaptureError('unreadable', path, missing ? 'no such file' : `cannot be opened: ${reasonOf(thrown)}`);
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new CaptureError('unreadable', path, 'is a directory');
    const file = new FileSource(path, handle, stat.isFile(), stat.isFile() ? stat.size : 0);
    await file.readHead();
    return GZIP_MAGIC.every((byte, i) => file.head[i] === byte) ? new GunzipSource(path, file) : file;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}
