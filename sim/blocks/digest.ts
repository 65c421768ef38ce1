/** Digests of the results of a run: equal for equal input on any engine, number of workers and machine. */
import { createHash } from 'node:crypto';
import { DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';

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
 * Which share a classified packet belongs to: by its program, as programs own state; packets of no program touch none
 * and are dealt out by their place.
 */
export function shareOf(batch: PacketBatch, i: number, shares: number): number {
  const program = batch.programId[i] as number;
  return (program === 0 ? i : program) % shares;
}

export function isOfShare(batch: PacketBatch, i: number, share: number, shares: number): boolean {
  return shareOf(batch, i, shares) === share;
}

/** The bytes of a batch, as {@link digestPacket} reads them. */
export const packetWords = ({ bytes }: PacketBatch): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);

/**
 * Writes the digest of one packet: two lanes of multiply and mix, one over the even words of the packet, one over the
 * odd; each then takes in the other. Packets start at multiples of 8 bytes, padded with 0.
 */
export function digestPacket(batch: PacketBatch, words: Uint32Array, i: number): void {
  const length = batch.capturedLength[i] as number;
  const start = (batch.offset[i] as number) >>> 2;
  const end = start + ((length + 7) >>> 3) * 2;
  let a = length ^ 0x243f6a88;
  let b = length ^ 0x85a308d3;
  for (let at = start; at < end; at += 2) {
    a = Math.imul(a ^ littleEndianWord(words[at] as number), 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ littleEndianWord(words[at + 1] as number), 0x85ebca77);
    b ^= b >>> 13;
  }
  batch.digest[2 * i] = a ^ Math.imul(b, 0xc2b2ae3d);
  batch.digest[2 * i + 1] = b ^ Math.imul(a, 0x27d4eb2f);
}

/** State of an output digest as hexadecimal text, from which another digest can resume. */
export interface OutputDigestState {
  readonly chain: string;
  readonly pending: string;
}

/**
 * Covers every packet that left, with its port, in order: SHA-256 over the records of {@link RECORDS_PER_BLOCK} packets
 * and the hash of all before them, block by block, as a hash that has begun cannot be saved.
 */
export class OutputDigest {
  private chain: Uint8Array;
  private readonly pending = new Uint32Array(RECORDS_PER_BLOCK * RECORD_WORDS);
  /** The record as words. */
  private used: number;

  constructor(state: OutputDigestState = { chain: '', pending: '' }) {
    this.chain = Buffer.from(state.chain, 'hex');
    const bytes = Buffer.from(state.pending, 'hex');
    new Uint8Array(this.pending.buffer).set(bytes);
    this.used = bytes.length / Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Adds a processed batch whose packets have digests. */
  update(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) if (batch.egressPort[i] !== DROPPED) this.add(batch, i);
  }

  /** Adds one packet that left and has a digest. */
  add(batch: PacketBatch, i: number): void {
    const { pending, used } = this;
    pending[used] = littleEndianWord(batch.egressPort[i] as number);
    pending[used + 1] = littleEndianWord(batch.capturedLength[i] as number);
    pending[used + 2] = littleEndianWord(batch.digest[2 * i] as number);
    pending[used + 3] = littleEndianWord(batch.digest[2 * i + 1] as number);
    this.used = used + RECORD_WORDS;
    if (this.used < pending.length) return;
    this.chain = this.hashed();
    this.used = 0;
  }

  get state(): OutputDigestState {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    return { chain: hex(this.chain), pending: hex(this.pendingBytes()) };
  }

  /** Digest of all packets so far, as hexadecimal text. */
  finish(): string {
    return Buffer.from(this.hashed()).toString('hex');
  }

  private hashed(): Uint8Array {
    return createHash('sha256').update(this.chain).update(this.pendingBytes()).digest();
  }

  private pendingBytes(): Uint8Array {
    return new Uint8Array(this.pending.buffer, 0, this.used * Uint32Array.BYTES_PER_ELEMENT);
  }
}

/** Adds the record of a packet: port, length and digest. */
const RECORD_WORDS = 4;
const RECORDS_PER_BLOCK = 1024;

/** Hash of every bucket of every RPB, in order. */
export function stateDigest(memory: Uint32Array): string {
  const words = LITTLE_ENDIAN ? memory : Uint32Array.from(memory, littleEndianWord);
  return createHash('sha256')
    .update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
    .digest('hex');
}
