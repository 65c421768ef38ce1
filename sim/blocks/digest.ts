/** Digests of the results of a run: equal for equal input on any engine, number of workers and machine. */
import { sha256 } from '#platform/sha256';
import type { PacketBatch, PacketCopies } from '../../traces/packets/packet-batch.js';
import { forEachLeft } from '../../traces/packets/packet-copies.js';
import { bytesOfHexadecimal, hexadecimalOf } from '../../traces/platform/hexadecimal.js';
import { DIGEST } from './digest-constants.js';
import { DigestKernel } from './digest-kernel.js';

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const littleEndianWord = (word: number): number =>
  LITTLE_ENDIAN
    ? word
    : ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);

/** Below this number, getting the kernel ready takes as long as it saves. */
const FEW_PACKETS = 16;

/** The kernel of this thread, made when it is first asked for. */
let kernel: DigestKernel | undefined;

/**
 * Writes the 64-bit digests of packets `from` … `to - 1` to `batch.digest`, of those that left and belong to one of
 * several shares by the rule of {@link isOfShare}.
 */
export function digestPackets(batch: PacketBatch, from: number, to: number, share: number, shares: number): void {
  if (shares === 1 && to - from >= FEW_PACKETS) {
    kernel ??= DigestKernel.make();
    if (kernel !== undefined) {
      digestByKernel(kernel, batch, from, to);
      if (batch.copies !== undefined) digestCopies(batch.copies, from);
      return;
    }
  }
  const words = packetWords(batch);
  for (let i = from; i < to; i++) {
    if ((batch.egressPort[i] as number) >= 0 && isOfShare(batch, i, share, shares)) digestPacket(batch, words, i);
  }
  if (batch.copies !== undefined) digestCopies(batch.copies, from);
}

/** Digests the copies of packets from `from` on, which are the last ones. */
function digestCopies({ batch, origin }: PacketCopies, from: number): void {
  const words = packetWords(batch);
  for (let j = batch.count - 1; j >= 0 && (origin[j] as number) >= from; j--) digestPacket(batch, words, j);
}

function digestByKernel(kernel: DigestKernel, batch: PacketBatch, from: number, to: number): void {
  for (let i = from; i < to; ) {
    const next = kernel.run(batch, i, to);
    // A packet that is longer than the memory of the kernel.
    if (next === i) digestPacket(batch, packetWords(batch), i);
    i = Math.max(next, i + 1);
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
  const { even, odd } = DIGEST;
  let a = length ^ even.start;
  let b = length ^ odd.start;
  for (let at = start; at < end; at += 2) {
    a = Math.imul(a ^ littleEndianWord(words[at] as number), even.multiplier);
    a ^= a >>> even.shift;
    b = Math.imul(b ^ littleEndianWord(words[at + 1] as number), odd.multiplier);
    b ^= b >>> odd.shift;
  }
  batch.digest[2 * i] = a ^ Math.imul(b, even.final);
  batch.digest[2 * i + 1] = b ^ Math.imul(a, odd.final);
}

/** Words of the record of a packet: its port, its length, and the two of its digest. */
export const RECORD = { egressPort: 0, capturedLength: 1, digest: 2, words: 4 } as const;

/** Packets as {@link OutputDigest} takes them, without their bytes. */
export interface PacketRecords {
  /** {@link RECORD} words each; a port is negative for a packet that did not leave. */
  readonly words: Uint32Array;
  count: number;
  /** How many of them left. */
  left: number;
}

/** @param packets maximum */
export const createPacketRecords = (packets: number): PacketRecords => ({
  words: new Uint32Array(packets * RECORD.words),
  count: 0,
  left: 0,
});

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
  private readonly pending = new Uint32Array(RECORDS_PER_BLOCK * RECORD.words);
  /** The record as words. */
  private used: number;

  constructor(state: OutputDigestState = { chain: '', pending: '' }) {
    this.chain = bytesOfHexadecimal(state.chain);
    const bytes = bytesOfHexadecimal(state.pending);
    new Uint8Array(this.pending.buffer).set(bytes);
    this.used = bytes.length / Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Adds a processed batch whose packets and copies have digests. */
  update(batch: PacketBatch): void {
    const { count, egressPort, copies } = batch;
    if (copies !== undefined) return forEachLeft(batch, (packets, i) => this.add(packets, i));
    for (let i = 0; i < count; i++) if ((egressPort[i] as number) >= 0) this.add(batch, i);
  }

  /** Adds one packet that left and has a digest. */
  add({ egressPort, capturedLength, digest }: PacketBatch, i: number): void {
    const { pending, used } = this;
    pending[used] = littleEndianWord(egressPort[i] as number);
    pending[used + 1] = littleEndianWord(capturedLength[i] as number);
    pending[used + 2] = littleEndianWord(digest[2 * i] as number);
    pending[used + 3] = littleEndianWord(digest[2 * i + 1] as number);
    this.used = used + RECORD.words;
    if (this.used === pending.length) this.endBlock();
  }

  /** Adds packets by their records. */
  addRecords({ words, count, left }: PacketRecords): void {
    const { pending } = this;
    if (left === count && LITTLE_ENDIAN) return this.addWords(words, count * RECORD.words);
    for (let at = 0; at < count * RECORD.words; at += RECORD.words) {
      if (((words[at + RECORD.egressPort] as number) | 0) < 0) continue;
      const { used } = this;
      for (let w = 0; w < RECORD.words; w++) pending[used + w] = littleEndianWord(words[at + w] as number);
      this.used = used + RECORD.words;
      if (this.used === pending.length) this.endBlock();
    }
  }

  /** Adds records that are as they are hashed. @param end number of their words */
  private addWords(words: Uint32Array, end: number): void {
    const { pending } = this;
    for (let at = 0; at < end; ) {
      const taken = Math.min(end - at, pending.length - this.used);
      pending.set(words.subarray(at, at + taken), this.used);
      at += taken;
      this.used += taken;
      if (this.used === pending.length) this.endBlock();
    }
  }

  private endBlock(): void {
    this.chain = this.hashed();
    this.used = 0;
  }

  get state(): OutputDigestState {
    return { chain: hexadecimalOf(this.chain), pending: hexadecimalOf(this.pendingBytes()) };
  }

  /** Digest of all packets so far, as hexadecimal text. */
  finish(): string {
    return hexadecimalOf(this.hashed());
  }

  private hashed(): Uint8Array {
    return sha256(this.chain, this.pendingBytes());
  }

  private pendingBytes(): Uint8Array {
    return new Uint8Array(this.pending.buffer, 0, this.used * Uint32Array.BYTES_PER_ELEMENT);
  }
}

const RECORDS_PER_BLOCK = 1024;

/** Hash of every bucket of every RPB, in order. */
export function stateDigest(memory: Uint32Array): string {
  const words = LITTLE_ENDIAN ? memory : Uint32Array.from(memory, littleEndianWord);
  return hexadecimalOf(sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)));
}
