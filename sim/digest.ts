/** Digests of what a run did: equal for equal input, whatever the engine, the number of workers or the machine. */
import { createHash, type Hash } from 'node:crypto';
import { DROPPED, type PacketBatch } from '../traces/packet-batch.js';

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const littleEndianWord = (word: number): number =>
  LITTLE_ENDIAN
    ? word
    : ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);

/**
 * Writes the 64-bit digests of packets `from` … `to - 1` to `batch.digest`, of those that belong to one of several
 * shares by the rule of {@link isOfShare}.
 */
export function digestPackets(batch: PacketBatch, from: number, to: number, share: number, shares: number): void {
  const words = packetWords(batch);
  for (let i = from; i < to; i++) {
    if (batch.egressPort[i] !== DROPPED && isOfShare(batch, i, share, shares)) digestPacket(batch, words, i);
  }
}

/**
 * Whether packet i, once classified, is processed by this share: by its program, as programs own state; packets of no
 * program touch none and are dealt out by their place.
 */
export function isOfShare(batch: PacketBatch, i: number, share: number, shares: number): boolean {
  const program = batch.programId[i] as number;
  return (program === 0 ? i : program) % shares === share;
}

/** The bytes of a batch, as {@link digestPacket} reads them. */
export const packetWords = ({ bytes }: PacketBatch): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);

/**
 * Writes the digest of one packet: two lanes of multiply and mix over its words; packets start at multiples of 8 bytes,
 * padded with 0.
 */
export function digestPacket(batch: PacketBatch, words: Uint32Array, i: number): void {
  const length = batch.capturedLength[i] as number;
  const start = (batch.offset[i] as number) >>> 2;
  const end = start + ((length + 3) >>> 2);
  let a = length ^ 0x243f6a88;
  let b = length ^ 0x85a308d3;
  for (let at = start; at < end; at++) {
    const word = littleEndianWord(words[at] as number);
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca77);
    b ^= b >>> 13;
  }
  batch.digest[2 * i] = a;
  batch.digest[2 * i + 1] = b;
}

/** Covers every packet that left, with its port, in order. */
export class OutputDigest {
  private readonly hash: Hash = createHash('sha256');
  private readonly record = new Uint8Array(RECORD_BYTES);
  private readonly view = new DataView(this.record.buffer);
  private readonly pending = new Uint8Array(PENDING_RECORDS * RECORD_BYTES);
  private used = 0;

  /** Takes in a processed batch whose packets have their digests. */
  update(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) if (batch.egressPort[i] !== DROPPED) this.add(batch, i);
  }

  /** Takes in one packet that left, and that has its digest. */
  add(batch: PacketBatch, i: number): void {
    this.view.setUint32(0, batch.egressPort[i] as number, true);
    this.view.setUint32(4, batch.capturedLength[i] as number, true);
    this.view.setUint32(8, batch.digest[2 * i] as number, true);
    this.view.setUint32(12, batch.digest[2 * i + 1] as number, true);
    this.pending.set(this.record, this.used);
    this.used += RECORD_BYTES;
    if (this.used === this.pending.length) this.flush();
  }

  private flush(): void {
    this.hash.update(this.pending.subarray(0, this.used));
    this.used = 0;
  }

  /** Hexadecimal; ends the digest. */
  finish(): string {
    this.flush();
    return this.hash.digest('hex');
  }
}

const RECORD_BYTES = 16;
const PENDING_RECORDS = 2048;

/** Covers every bucket of every RPB, in order. */
export function stateDigest(memory: Uint32Array): string {
  const words = LITTLE_ENDIAN ? memory : Uint32Array.from(memory, littleEndianWord);
  return createHash('sha256')
    .update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
    .digest('hex');
}
