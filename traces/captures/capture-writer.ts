import { gzip } from '#platform/gzip';
import { must } from '../packets/must.js';
import type { PacketBatch } from '../packets/packet-batch.js';
import { reasonOf } from '../system/reason.js';
import { MAX_CAPTURED_BYTES } from './capture-decoder.js';
import { CaptureError } from './capture-error.js';
import { copyBytes, type ViewedBytes, viewBytes } from './copy-bytes.js';
import { PCAP_FILE_HEADER_BYTES, PCAP_RECORD_HEADER_BYTES, writePcapFileHeader } from './pcap.js';
import { portName } from './pcapng-interface.js';
import {
  MAX_INTERFACE_NAME,
  PCAPNG_OVERHEAD_BYTES,
  packetBytesEnd,
  SECONDS_OF_INTERFACE,
  writeInterface,
  writePacketBlock,
  writeSection,
} from './pcapng-writing.js';

/** Options for writing a capture. */
export interface WriterOptions {
  /** Whether time stamps count nanoseconds (default) or microseconds, rounded down; pcapng always has nanoseconds. */
  readonly nanoseconds?: boolean;
  /** By default pcapng for names that end in `.pcapng` or `.pcapng.gz`. Only pcapng records ports. */
  readonly format?: 'pcap' | 'pcapng';
  /** Which port of a packet pcapng records, as an interface of that name. Default 'ingress'. */
  readonly ports?: 'ingress' | 'egress';
  /** Name of the interface of a port, in pcapng: ASCII, at most 256 characters. Default `port N`. */
  readonly nameOfPort?: (port: number) => string;
}

/**
 * A capture being written, synchronously: each call returns when its packets are buffered or on disk, so a slow disk
 * holds the caller back. A file appears under its name only at `close`; a device or a pipe gets the packets as they come.
 */
export interface CaptureWriter {
  /** Packets written so far. */
  readonly packetsWritten: number;
  /**
   * Writes packet i of the batch.
   * @throws CaptureError 'unwritable', for pcap also for times before 1970 or after 2106, or 'too-large-packet' above
   * 256 KiB.
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
/** Which of a packet's two ports is recorded. */
const PORTS = 2 ** 16;

/** Where the bytes of a capture go. */
export interface CaptureSink {
  /** @throws Error if they cannot be written */
  write(bytes: Uint8Array): void;
  /** The capture is whole. @throws Error if it cannot be finished */
  close(): void;
  /** The capture is given up. */
  discard(): void;
}

/**
 * Starts a capture of Ethernet packets, packed with gzip if the path ends in `.gz`.
 * @param path how errors name it
 */
export const writeCapture = (path: string, sink: CaptureSink, options: WriterOptions = {}): CaptureWriter =>
  new SinkWriter(path, sink, recordFormat(path, options));

function recordFormat(path: string, options: WriterOptions): RecordFormat {
  const { nanoseconds = true, format, ports = 'ingress', nameOfPort = portName } = options;
  const chosen = format ?? (/\.pcapng(\.gz)?$/.test(path) ? 'pcapng' : 'pcap');
  return chosen === 'pcapng' ? new PcapngRecords(ports, nameOfPort) : new PcapRecords(nanoseconds ? 1 : 1000);
}

/** How a format frames packets. */
interface RecordFormat {
  /** Maximum bytes of a record besides those of the packet. */
  readonly overheadBytes: number;
  /** Error message for a time in whole seconds; undefined if the format can represent it. */
  timeProblem(seconds: number): string | undefined;
  /** Writes what the file begins with; returns where it ends. */
  begin(view: DataView, at: number): number;
  /** Writes a record but for the packet's bytes; returns where they go. */
  record(view: DataView, at: number, batch: PacketBatch, i: number): number;
  /** Where a record ends whose packet begins at `at`. */
  end(at: number, capturedLength: number): number;
}

class PcapRecords implements RecordFormat {
  readonly overheadBytes = PCAP_RECORD_HEADER_BYTES;

  constructor(private readonly nanosecondsPerTick: number) {}

  timeProblem(seconds: number): string | undefined {
    if (seconds >= 0 && seconds < 2 ** 32) return undefined;
    return `pcap cannot express the time ${seconds} s, only those from 1970 to 2106: pcapng can`;
  }

  begin(view: DataView, at: number): number {
    writePcapFileHeader(view, at, this.nanosecondsPerTick === 1);
    return at + PCAP_FILE_HEADER_BYTES;
  }

  record(view: DataView, at: number, batch: PacketBatch, i: number): number {
    view.setUint32(at, must(batch.timeSeconds[i], 'time of a packet'), true);
    view.setUint32(
      at + 4,
      Math.floor(must(batch.timeNanoseconds[i], 'time of a packet') / this.nanosecondsPerTick),
      true,
    );
    view.setUint32(at + 8, must(batch.capturedLength[i], 'length of a packet'), true);
    view.setUint32(at + 12, must(batch.originalLength[i], 'original length of a packet'), true);
    return at + PCAP_RECORD_HEADER_BYTES;
  }

  end(at: number, capturedLength: number): number {
    return at + capturedLength;
  }
}

class PcapngRecords implements RecordFormat {
  readonly overheadBytes = PCAPNG_OVERHEAD_BYTES + MAX_INTERFACE_NAME;
  readonly #heading = { interfaceIndex: 0, timeSeconds: 0, timeNanoseconds: 0, capturedLength: 0, originalLength: 0 };
  /** By port and by what its time stamps count from. */
  readonly #interfaces = new Map<number, number>();

  constructor(
    private readonly ports: 'ingress' | 'egress',
    private readonly nameOfPort: (port: number) => string,
  ) {}

  timeProblem(seconds: number): string | undefined {
    return Number.isSafeInteger(seconds) ? undefined : `pcapng cannot express the time ${seconds} s`;
  }

  begin(view: DataView, at: number): number {
    return writeSection(view, at);
  }

  record(view: DataView, at: number, batch: PacketBatch, i: number): number {
    const port =
      this.ports === 'egress'
        ? must(batch.egressPort[i], 'port of a packet')
        : must(batch.ingressPort[i], 'port of a packet');
    const seconds = must(batch.timeSeconds[i], 'time of a packet');
    const era = Math.floor(seconds / SECONDS_OF_INTERFACE);
    const key = era * PORTS + port;
    const known = this.#interfaces.get(key);
    const heading = this.#heading;
    heading.interfaceIndex = known ?? this.#interfaces.size;
    heading.timeSeconds = seconds - era * SECONDS_OF_INTERFACE;
    heading.timeNanoseconds = must(batch.timeNanoseconds[i], 'time of a packet');
    heading.capturedLength = must(batch.capturedLength[i], 'length of a packet');
    heading.originalLength = must(batch.originalLength[i], 'original length of a packet');
    if (known !== undefined) return writePacketBlock(view, at, heading);
    this.#interfaces.set(key, heading.interfaceIndex);
    return writePacketBlock(
      view,
      writeInterface(view, at, this.nameOfPort(port).slice(0, MAX_INTERFACE_NAME), era * SECONDS_OF_INTERFACE),
      heading,
    );
  }

  end(at: number, capturedLength: number): number {
    return packetBytesEnd(at, capturedLength);
  }
}

class SinkWriter implements CaptureWriter {
  packetsWritten = 0;
  readonly #buffer = viewBytes(new Uint8Array(BUFFER_BYTES));
  /** The memory of the batch last written. */
  #source: ViewedBytes = viewBytes(new Uint8Array(0));
  readonly #gzip: boolean;
  #used: number;
  #open = true;

  constructor(
    private readonly path: string,
    private readonly sink: CaptureSink,
    private readonly format: RecordFormat,
  ) {
    this.#gzip = path.endsWith('.gz');
    this.#used = format.begin(this.#buffer.view, 0);
  }

  write(batch: PacketBatch, i: number): void {
    const capturedLength = must(batch.capturedLength[i], 'length of a packet');
    const seconds = must(batch.timeSeconds[i], 'time of a packet');
    if (!this.#open) throw new CaptureError('unwritable', this.path, 'is closed already');
    if (capturedLength > MAX_CAPTURED_BYTES) {
      const detail = `a packet of ${capturedLength} bytes exceeds the ${MAX_CAPTURED_BYTES} a capture can hold`;
      throw new CaptureError('too-large-packet', this.path, detail);
    }
    const timeProblem = this.format.timeProblem(seconds);
    if (timeProblem !== undefined) throw new CaptureError('unwritable', this.path, timeProblem);
    if (this.#used + this.format.overheadBytes + capturedLength > BUFFER_BYTES) this.#flush();
    if (this.#source.bytes !== batch.bytes) this.#source = viewBytes(batch.bytes);
    const at = this.format.record(this.#buffer.view, this.#used, batch, i);
    copyBytes(this.#source, must(batch.offset[i], 'offset of a packet'), this.#buffer, at, capturedLength);
    this.#used = this.format.end(at, capturedLength);
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
      this.sink.close();
    } catch (thrown) {
      throw new CaptureError('unwritable', this.path, `cannot be finished: ${reasonOf(thrown)}`);
    }
  }

  abort(): void {
    this.#open = false;
    this.sink.discard();
  }

  #flush(): void {
    try {
      // Each flush is a gzip member of its own; members in a row are one gzip file (RFC 1952, section 2.2).
      const filled = this.#buffer.bytes.subarray(0, this.#used);
      const output = this.#gzip ? gzip(filled) : filled;
      this.sink.write(output);
      this.#used = 0;
    } catch (thrown) {
      this.abort();
      throw new CaptureError('unwritable', this.path, `cannot be written: ${reasonOf(thrown)}`);
    }
  }
}
