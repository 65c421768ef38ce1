import type { PacketBatch } from '../packets/packet-batch.js';
import { hexadecimalOf } from '../platform/hexadecimal.js';
import type { ByteSource } from './byte-source.js';
import type { CaptureDecoder, DecoderContext } from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import { CaptureIntake } from './capture-intake.js';
import { CaptureWindow } from './capture-window.js';
import { createPcapDecoder, isPcapMagic, PCAP_FILE_HEADER_BYTES } from './pcap.js';
import { createPcapngDecoder, isPcapngMagic, SECTION_HEADER_BYTES } from './pcapng.js';

/** Options for reading packets. */
export interface ReadOptions {
  /** The switch port of packets whose capture names none; the interfaces of a pcapng may: `port 3`. Default 0. */
  readonly ingressPort?: number;
  /**
   * What to do, after all whole packets, about a capture that ends inside a record: throw, or add to `warnings` and
   * end. Default 'error'.
   */
  readonly truncated?: 'error' | 'warn';
}

/** A capture being read, front to back. One `readInto` at a time. */
export interface CaptureReader {
  readonly format: 'pcap' | 'pcapng';
  /** Packets delivered so far. */
  readonly packetsRead: number;
  /** Position in the file on disk, compressed if it is, in bytes; runs ahead of the packets by up to a chunk. */
  readonly bytesRead: number;
  /** Size of the file on disk in bytes; 0 if unknown (a pipe). */
  readonly totalBytes: number;
  /** Warnings on irregularities that did not stop the reading, each once. */
  readonly warnings: readonly string[];
  /** Whether every packet has been delivered; tells the end from a batch that was full to begin with. */
  readonly ended: boolean;
  /**
   * Appends packets to the batch until it is full or the capture ends, and returns how many. 0 means the end, if the
   * batch had room. A packet that does not fit the rest of the batch comes first in the next call.
   * @throws CaptureError 'truncated', 'corrupt', 'unsupported-link-type', 'too-large-packet' or 'unreadable'; never
   * before the packets that precede the trouble have been returned, and again on every later call.
   */
  readInto(batch: PacketBatch, options?: ReadOptions): Promise<number>;
  close(): Promise<void>;
}

/**
 * Reads a capture from a source of its bytes, which is closed with it: pcap or pcapng, told apart by content. Holds about
 * 1.5 MiB of a capture of any size.
 * @param path how errors name it
 * @param intake selection of packets; several captures may share one
 * @throws CaptureError 'unreadable', 'not-a-capture', 'unsupported-link-type', 'corrupt', or 'truncated' if not even
 * the file header is whole.
 */
export async function readCapture(
  path: string,
  source: ByteSource,
  intake = new CaptureIntake(),
): Promise<CaptureReader> {
  try {
    const window = new CaptureWindow(source);
    const warnings: string[] = [];
    const warn = (message: string): void => {
      if (!warnings.includes(message)) warnings.push(message);
    };
    const { format, decoder } = await chooseDecoder({ path, window, intake, warn }, () => source.endedEarly);
    return new StreamingReader(path, format, source, window, decoder, warnings);
  } catch (thrown) {
    await source.close();
    throw thrown;
  }
}

async function chooseDecoder(
  context: DecoderContext,
  isCut: () => boolean,
): Promise<{ format: CaptureReader['format']; decoder: CaptureDecoder }> {
  const { window } = context;
  await window.fillTo(SECTION_HEADER_BYTES);
  const bytes = window.end - window.start;
  if (bytes === 0 && isCut()) {
    throw new CaptureError('truncated', context.path, 'ends inside its gzip data, after 0 whole packets', 0);
  }
  if (bytes === 0) throw new CaptureError('not-a-capture', context.path, 'is empty');
  if (bytes >= 4 && isPcapMagic(window.view, window.start)) {
    requireHeader(bytes, PCAP_FILE_HEADER_BYTES, context.path);
    return { format: 'pcap', decoder: createPcapDecoder(context) };
  }
  if (bytes >= 12 && isPcapngMagic(window.view, window.start)) {
    requireHeader(bytes, SECTION_HEADER_BYTES, context.path);
    return { format: 'pcapng', decoder: createPcapngDecoder(context) };
  }
  const detail = `is not a pcap or pcapng capture: ${describe(window.bytes.subarray(0, Math.min(bytes, 64)))}`;
  throw new CaptureError('not-a-capture', context.path, detail);
}

function requireHeader(bytes: number, headerBytes: number, path: string): void {
  if (bytes >= headerBytes) return;
  throw new CaptureError('truncated', path, `ends inside the file header, after 0 whole packets`, bytes);
}

/** First bytes, in hexadecimal, of files that are often mistaken for captures. */
const LOOKALIKES: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'it is packed with zstd, only gzip is unpacked'],
  ['fd377a585a', 'it is packed with xz, only gzip is unpacked'],
  ['425a68', 'it is packed with bzip2, only gzip is unpacked'],
  ['04224d18', 'it is packed with lz4, only gzip is unpacked'],
  ['504b0304', 'it is a zip archive'],
  ['1f8b', 'it is packed with gzip twice'],
  ['736e6f6f7000', 'it is a snoop capture'],
  ['a1b2cd34', 'it is a modified pcap (Kuznetzov)'],
  ['34cdb2a1', 'it is a modified pcap (Kuznetzov)'],
];

function describe(head: Uint8Array): string {
  const hexadecimal = hexadecimalOf(head);
  for (const [magic, text] of LOOKALIKES) if (hexadecimal.startsWith(magic)) return text;
  const isText = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  return isText ? 'it looks like text' : `it starts with the bytes ${hexadecimal.slice(0, 8)}`;
}

class StreamingReader implements CaptureReader {
  packetsRead = 0;
  ended = false;
  #failure: unknown;
  #closed = false;

  constructor(
    private readonly path: string,
    readonly format: CaptureReader['format'],
    private readonly source: ByteSource,
    private readonly window: CaptureWindow,
    private readonly decoder: CaptureDecoder,
    readonly warnings: string[],
  ) {}

  get bytesRead(): number {
    return this.source.bytesRead;
  }

  get totalBytes(): number {
    return this.source.totalBytes;
  }

  async readInto(batch: PacketBatch, options: ReadOptions = {}): Promise<number> {
    const before = batch.count;
    if (this.#failure === undefined && !this.ended) {
      try {
        await this.#decode(batch, options);
      } catch (thrown) {
        // Kept for the next call, so that the packets before the trouble are not lost.
        this.#failure = thrown;
      }
    }
    const appended = batch.count - before;
    if (appended === 0 && this.#failure !== undefined) throw this.#failure;
    return appended;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.source.close();
  }

  async #decode(batch: PacketBatch, { ingressPort = 0, truncated = 'error' }: ReadOptions): Promise<void> {
    const alreadyRead = this.packetsRead - batch.count;
    try {
      while (this.decoder.decodeInto(batch, ingressPort) === 'needs-bytes') {
        if (await this.window.fill()) continue;
        this.packetsRead = alreadyRead + batch.count;
        this.#end(truncated);
        return;
      }
    } finally {
      this.packetsRead = alreadyRead + batch.count;
    }
  }

  #end(truncated: 'error' | 'warn'): void {
    const recordOffset = this.decoder.unfinishedRecordOffset();
    if (recordOffset !== undefined || this.source.endedEarly) {
      const place = recordOffset === undefined ? 'inside its gzip data' : 'in the middle of a record';
      const detail = `ends ${place}, after ${this.packetsRead} whole packets`;
      const error = new CaptureError('truncated', this.path, detail, recordOffset ?? this.window.captureOffset);
      if (truncated === 'error') throw error;
      this.warnings.push(error.message);
    }
    this.ended = true;
  }
}
