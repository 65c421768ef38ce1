import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { MAX_CAPTURED_BYTES } from './capture-decoder.js';
import { CaptureError, reasonOf } from './capture-error.js';
import { copyBytes, type ViewedBytes, viewBytes } from './copy-bytes.js';
import type { PacketBatch } from './packet-batch.js';
import { PCAP_FILE_HEADER_BYTES, PCAP_RECORD_HEADER_BYTES, writePcapFileHeader } from './pcap.js';

/** How a capture is written. */
export interface WriterOptions {
  /** Whether time stamps count nanoseconds (default) or microseconds, rounded down. */
  readonly nanoseconds?: boolean;
}

/**
 * A capture being written, synchronously: each call returns when its packets are buffered or on disk, so a slow disk
 * holds the caller back. The file appears under its name only at `close`.
 */
export interface CaptureWriter {
  /** Packets written so far. */
  readonly packetsWritten: number;
  /**
   * Writes packet i of the batch.
   * @throws CaptureError 'unwritable', also for times before 1970 or after 2106, or 'too-large-packet' above 256 KiB.
   */
  write(batch: PacketBatch, i: number): void;
  /** Writes the packets of the batch that `filter` accepts (all without one), in order; returns how many. */
  writeBatch(batch: PacketBatch, filter?: (batch: PacketBatch, i: number) => boolean): number;
  /** Finishes the file and gives it its name. @throws CaptureError 'unwritable', with nothing left behind. */
  close(): void;
  /** Gives up; nothing is left behind. Does nothing once closed. */
  abort(): void;
}

const BUFFER_BYTES = 1 << 20;
let writersCreated = 0;

/**
 * Starts a pcap file of Ethernet packets, packed with gzip if the path ends in `.gz`. An existing file of that name
 * stays as it is until `close` replaces it.
 * @throws CaptureError 'unwritable' if a file cannot be created beside the path.
 */
export function createCaptureWriter(path: string, options: WriterOptions = {}): CaptureWriter {
  const partialPath = `${path}.${process.pid}-${writersCreated++}.partial`;
  try {
    return new PcapWriter(path, partialPath, openSync(partialPath, 'wx'), options.nanoseconds ?? true);
  } catch (thrown) {
    throw new CaptureError('unwritable', path, `cannot be created: ${reasonOf(thrown)}`);
  }
}

class PcapWriter implements CaptureWriter {
  packetsWritten = 0;
  readonly #buffer = viewBytes(new Uint8Array(BUFFER_BYTES));
  /** The memory of the batch last written. */
  #source: ViewedBytes = viewBytes(new Uint8Array(0));
  readonly #gzip: boolean;
  readonly #nanosecondsPerTick: number;
  #used = PCAP_FILE_HEADER_BYTES;
  #open = true;

  constructor(
    private readonly path: string,
    private readonly partialPath: string,
    private readonly file: number,
    nanoseconds: boolean,
  ) {
    this.#gzip = path.endsWith('.gz');
    this.#nanosecondsPerTick = nanoseconds ? 1 : 1000;
    writePcapFileHeader(this.#buffer.view, 0, nanoseconds);
  }

  write(batch: PacketBatch, i: number): void {
    const capturedLength = batch.capturedLength[i];
    const seconds = batch.timeSeconds[i];
    if (!this.#open) throw new CaptureError('unwritable', this.path, 'is closed already');
    if (capturedLength > MAX_CAPTURED_BYTES) {
      const detail = `a packet of ${capturedLength} bytes exceeds the ${MAX_CAPTURED_BYTES} a capture can hold`;
      throw new CaptureError('too-large-packet', this.path, detail);
    }
    if (!(seconds >= 0 && seconds < 2 ** 32)) {
      throw new CaptureError('unwritable', this.path, `pcap cannot express the time ${seconds} s`);
    }
    if (this.#used + PCAP_RECORD_HEADER_BYTES + capturedLength > BUFFER_BYTES) this.#flush();
    if (this.#source.bytes !== batch.bytes) this.#source = viewBytes(batch.bytes);
    const { view } = this.#buffer;
    const at = this.#used;
    view.setUint32(at, seconds, true);
    view.setUint32(at + 4, Math.floor(batch.timeNanoseconds[i] / this.#nanosecondsPerTick), true);
    view.setUint32(at + 8, capturedLength, true);
    view.setUint32(at + 12, batch.originalLength[i], true);
    copyBytes(this.#source, batch.offset[i], this.#buffer, at + PCAP_RECORD_HEADER_BYTES, capturedLength);
    this.#used = at + PCAP_RECORD_HEADER_BYTES + capturedLength;
    this.packetsWritten++;
  }

  writeBatch(batch: PacketBatch, filter?: (batch: PacketBatch, i: number) => boolean): number {
    const before = this.packetsWritten;
    for (let i = 0; i < batch.count; i++) if (filter === undefined || filter(batch, i)) this.write(batch, i);
    return this.packetsWritten - before;
  }

  close(): void {
    if (!this.#open) return;
    this.#flush();
    try {
      this.#open = false;
      closeSync(this.file);
      renameSync(this.partialPath, this.path);
    } catch (thrown) {
      rmSync(this.partialPath, { force: true });
      throw new CaptureError('unwritable', this.path, `cannot be finished: ${reasonOf(thrown)}`);
    }
  }

  abort(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      closeSync(this.file);
    } finally {
      rmSync(this.partialPath, { force: true });
    }
  }

  #flush(): void {
    try {
      // Each flush is a gzip member of its own; members in a row are one gzip file (RFC 1952, section 2.2).
      const filled = this.#buffer.bytes.subarray(0, this.#used);
      const output = this.#gzip ? gzipSync(filled) : filled;
      for (let at = 0; at < output.length; ) at += writeSync(this.file, output, at, output.length - at);
      this.#used = 0;
    } catch (thrown) {
      this.abort();
      throw new CaptureError('unwritable', this.path, `cannot be written: ${reasonOf(thrown)}`);
    }
  }
}
