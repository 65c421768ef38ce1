/** Builds captures byte by byte, independently of the code under test, and reads them back through it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openBlobSource } from '../../traces/captures/blob-source.js';
import { readCapture } from '../../traces/captures/capture-reader.js';
import {
  type CaptureError,
  CaptureIntake,
  type CaptureReader,
  clearPacketBatch,
  createPacketBatch,
  openCapture,
  type PacketBatch,
  packetBytes,
  type ReadOptions,
} from '../../traces/index.js';
import { itemAt } from '../item-at.js';

/** A packet as plain data, to compare by value. */
export interface PlainPacket {
  readonly bytes: number[];
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly port: number;
}

/** Collects integers of one byte order. */
export class ByteBuilder {
  readonly #bytes: number[] = [];

  constructor(readonly little: boolean) {}

  u16(...values: number[]): this {
    for (const value of values) this.#integer(value, 2);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.#integer(value, 4);
    return this;
  }

  raw(bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  padTo(multiple: number): this {
    while (this.#bytes.length % multiple !== 0) this.#bytes.push(0);
    return this;
  }

  get bytes(): number[] {
    return this.#bytes;
  }

  #integer(value: number, width: number): void {
    const digits = Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
    this.raw(this.little ? digits : digits.reverse());
  }
}

/** A pcap record: packet bytes, length on the wire, seconds, and ticks of the file's unit. */
export interface PcapRecord {
  readonly bytes: readonly number[];
  readonly originalLength?: number;
  readonly seconds: number;
  readonly ticks: number;
}

/** A whole classic pcap file. */
export function pcapFile(
  { little = true, magic = 0xa1b2c3d4, linkWord = 1 }: { little?: boolean; magic?: number; linkWord?: number },
  records: readonly PcapRecord[],
): number[] {
  const file = new ByteBuilder(little).u32(magic).u16(2, 4).u32(0, 0, 65535, linkWord);
  for (const { bytes, originalLength = bytes.length, seconds, ticks } of records) {
    file.u32(seconds, ticks, bytes.length, originalLength).raw(bytes);
  }
  return file.bytes;
}

/** A pcapng block around a body. */
export function block(little: boolean, type: number, body: readonly number[]): number[] {
  const padded = new ByteBuilder(little).raw(body).padTo(4).bytes;
  const length = padded.length + 12;
  return new ByteBuilder(little).u32(type, length).raw(padded).u32(length).bytes;
}

export function sectionBlock(little: boolean): number[] {
  return block(little, 0x0a0d0d0a, new ByteBuilder(little).u32(0x1a2b3c4d).u16(1, 0).u32(0xffffffff, 0xffffffff).bytes);
}

/** An interface description; options are pairs of code and value bytes. */
export function interfaceBlock(
  little: boolean,
  { linkType = 1, snapBytes = 0, options = [] }: InterfaceFields = {},
): number[] {
  const body = new ByteBuilder(little).u16(linkType, 0).u32(snapBytes);
  for (const [code, value] of options) body.u16(code, value.length).raw(value).padTo(4);
  if (options.length > 0) body.u16(0, 0);
  return block(little, 1, body.bytes);
}

interface InterfaceFields {
  readonly linkType?: number;
  readonly snapBytes?: number;
  readonly options?: readonly (readonly [number, readonly number[]])[];
}

export function enhancedBlock(little: boolean, index: number, ticks: bigint, bytes: readonly number[]): number[] {
  const high = Number(ticks >> 32n);
  const low = Number(ticks & 0xffffffffn);
  const body = new ByteBuilder(little).u32(index, high, low, bytes.length, bytes.length).raw(bytes);
  return block(little, 6, body.bytes);
}

/** Runs a body with a directory that is gone afterwards. */
export async function withDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'traces-test-'));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function plainPacket(batch: PacketBatch, i: number): PlainPacket {
  return {
    bytes: [...packetBytes(batch, i)],
    originalLength: itemAt(batch.originalLength, i),
    seconds: itemAt(batch.timeSeconds, i),
    nanoseconds: itemAt(batch.timeNanoseconds, i),
    port: itemAt(batch.ingressPort, i),
  };
}

/** What came of reading a capture to its end, or to its error. */
export interface Outcome {
  readonly packets: PlainPacket[];
  readonly warnings: readonly string[];
  readonly error: CaptureError | undefined;
}

/** Reads the whole capture in batches of the given size. */
export async function readAll(
  path: string,
  options: ReadOptions = {},
  batch: PacketBatch = createPacketBatch(3, 8192),
  intake = new CaptureIntake(),
): Promise<Outcome> {
  return readWith(() => openCapture(path, intake), options, batch);
}

async function readWith(
  open: () => Promise<CaptureReader>,
  options: ReadOptions,
  batch: PacketBatch,
): Promise<Outcome> {
  const packets: PlainPacket[] = [];
  let warnings: readonly string[] = [];
  try {
    const reader = await open();
    warnings = reader.warnings;
    try {
      for (;;) {
        clearPacketBatch(batch);
        const appended = await reader.readInto(batch, options);
        if (appended !== batch.count) throw new Error(`said ${appended} packets, appended ${batch.count}`);
        if (appended === 0) break;
        for (let i = 0; i < appended; i++) packets.push(plainPacket(batch, i));
      }
      if (!reader.ended || reader.packetsRead !== packets.length) throw new Error('the reader miscounts');
    } finally {
      await reader.close();
    }
    return { packets, warnings, error: undefined };
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'CaptureError') throw thrown;
    return { packets, warnings, error: thrown as CaptureError };
  }
}

/**
 * As {@link readAll}, of a capture of these bytes. Without an intake of the caller's they are read twice, from a file and
 * from a blob, as in a page, with equal outcomes.
 */
export async function readBytes(
  content: Uint8Array | readonly number[],
  options: ReadOptions = {},
  batch?: PacketBatch,
  intake?: CaptureIntake,
): Promise<Outcome> {
  return withDirectory(async (directory) => {
    const path = join(directory, 'some.capture');
    const bytes = Uint8Array.from(content);
    writeFileSync(path, bytes);
    const outcome = await readAll(path, options, batch, intake);
    if (intake === undefined)
      assertSameOutcome(await readBlob(path, bytes, options, batch), outcome, bytes[0] === 0x1f);
    return outcome;
  });
}

const readBlob = (path: string, bytes: Uint8Array<ArrayBuffer>, options: ReadOptions, batch?: PacketBatch) =>
  readWith(
    async () => readCapture(path, await openBlobSource(path, new Blob([bytes]))),
    options,
    batch ?? createPacketBatch(3, 8192),
  );

/** Of packed data that is damaged or cut, a page may unpack more or less before it says so. */
function assertSameOutcome(actual: Outcome, expected: Outcome, isPacked: boolean): void {
  const messageOf = ({ error, warnings }: Outcome): string => error?.message ?? warnings.join();
  if (messageOf(expected).includes('gzip data is damaged')) {
    assert.is(actual.error?.code, 'corrupt');
  } else if (isPacked && / ends in/.test(messageOf(expected))) {
    assert.match(messageOf(actual), /ends in(side its gzip data| the middle of a record)/);
    assert.equal(actual.packets, expected.packets.slice(0, actual.packets.length));
  } else {
    assert.is(messageOf(actual), messageOf(expected));
    assert.equal(actual, { ...expected, error: actual.error });
  }
}

/** Bytes that differ from place to place and packet to packet. */
export function someBytes(length: number, salt = 0): number[] {
  return Array.from({ length }, (_, i) => (i * 7 + salt * 13 + 1) & 0xff);
}
