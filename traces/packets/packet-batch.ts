import { must } from './must.js';

/**
 * A batch of packets, the data structure of the whole packet path. Captures and generators fill it, the switch modifies
 * the packets in place and writes their verdicts, and capture writers and digests read it.
 *
 * Where several threads use a batch, every array is in shared memory, so that they access it without a copy. Packet i is
 * `bytes[offset[i] .. offset[i] + capturedLength[i])`; packets start at multiples of 8 bytes, and the bytes up to the
 * next multiple are 0, so that readers may take whole words.
 *
 * Threads that share a batch never write to one cache line: packets start at lines of their own, and each share has
 * verdicts of its own, which {@link gatherVerdicts} brings together.
 */
export interface PacketBatch {
  /** Packets in the batch now; all arrays are valid below it. */
  count: number;
  /** Bytes of `bytes` in use. */
  usedBytes: number;
  /** Packets start at multiples of this. */
  readonly spacing: number;
  readonly bytes: Uint8Array;
  readonly offset: Uint32Array;
  /** Bytes present, which a capture's snap length may have cut. */
  readonly capturedLength: Uint32Array;
  /** Bytes the packet had on the wire, without frame check sequence. */
  readonly originalLength: Uint32Array;
  readonly ingressPort: Uint16Array;
  /** Arrival time: whole seconds since the epoch, and nanoseconds within the second. */
  readonly timeSeconds: Float64Array;
  readonly timeNanoseconds: Uint32Array;
  /** Number of the packet among all that came to the switch, modulo 2^32. Written by the switch. */
  readonly arrival: Uint32Array;
  /** Arrival time as a switch sees it: nanoseconds, modulo 2^32. Written by a switch whose programs can read it. */
  readonly timestamp: Uint32Array;
  /** What the capture said of the packet, see {@link PACKET_MARKS}. */
  readonly marks: Uint8Array;
  /** Verdict: the port the packet left by, or {@link DROPPED} or {@link COPIED}, which are negative. Written by the switch. */
  readonly egressPort: Int32Array;
  /** Verdict: the id of the program that ran, 0 for none. Written by the switch. */
  readonly programId: Uint16Array;
  /** Verdict: how often the packet recirculated. Written by the switch. */
  readonly recirculations: Uint8Array;
  /** Verdict: a 64-bit digest of the packet as it left, two words each. Written by the switch, on request. */
  readonly digest: Uint32Array;
  /** Copies that the switch made of packets; undefined if it made none. See packet-copies.ts. */
  copies: PacketCopies | undefined;
}

/** Copies of the packets of a batch. */
export interface PacketCopies {
  /** Each with the verdict of its own. */
  batch: PacketBatch;
  /** By place in `batch`: the place in their batch of the packet that it is a copy of, which ascends. */
  origin: Uint32Array;
  /** By place in `batch`: its number among the copies of the packet, from 0. */
  number: Uint32Array;
}

/** The `egressPort` of a packet that was dropped. */
export const DROPPED = -1;
/** The `egressPort` of a packet that went to a group: its copies left or were dropped in its place. */
export const COPIED = -2;

/** Bits of a packet's marks. */
export const PACKET_MARKS = {
  /** The capture has no time for the packet; its time is 0 and has no meaning. */
  untimed: 1,
  /** The capture records the ingress port; otherwise `ingressPort` is the default of the reader. */
  portRecorded: 2,
} as const;

/** Memory behind a batch: what crosses to a worker thread. */
export interface PacketBatchMemory {
  /** Shared memory if there is more than one share: bytes are copied into other memory several times as fast. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly maxPackets: number;
  readonly maxBytes: number;
  /** How many threads write verdicts at the same time. */
  readonly shares: number;
}

const ALIGNMENT = 8;
const CACHE_LINE = 64;
/** Bytes per packet of the arrays that all shares read. */
const COMMON_ARRAYS = [8, 4, 4, 4, 4, 4, 4, 2, 2, 1];
/** Bytes per packet of the verdicts, of which each share has its own. */
const VERDICT_ARRAYS = [4, 8, 1];

const align = (bytes: number, to: number): number => (bytes + to - 1) & ~(to - 1);
const arrayBytes = (bytes: number): number => align(bytes, CACHE_LINE);

/** Memory for up to `maxPackets` packets of `maxBytes` bytes in all (padding included). */
export function allocatePacketBatchMemory(maxPackets: number, maxBytes: number, shares = 1): PacketBatchMemory {
  const sum = (widths: readonly number[]): number =>
    widths.reduce((total, width) => total + arrayBytes(width * maxPackets), 0);
  const bytes = arrayBytes(maxBytes) + sum(COMMON_ARRAYS) + shares * sum(VERDICT_ARRAYS);
  const buffer = shares > 1 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return { buffer, maxPackets, maxBytes: align(maxBytes, ALIGNMENT), shares };
}

/** A view of a batch's memory, with the verdicts of one share; threads may each hold one. The count starts at 0. */
export function packetBatchOver(memory: PacketBatchMemory, share = 0): PacketBatch {
  const { buffer, maxPackets, maxBytes, shares } = memory;
  let at = 0;
  const take = (width: number, length = maxPackets): [ArrayBuffer | SharedArrayBuffer, number, number] => {
    const start = at;
    at += arrayBytes(width * length);
    return [buffer, start, length];
  };
  const ofShare = (width: number, length = maxPackets): [ArrayBuffer | SharedArrayBuffer, number, number] => {
    const all = Array.from({ length: shares }, () => take(width, length));
    return all[share] ?? take(width, length);
  };
  return {
    count: 0,
    usedBytes: 0,
    spacing: shares > 1 ? CACHE_LINE : ALIGNMENT,
    bytes: new Uint8Array(...take(1, maxBytes)),
    timeSeconds: new Float64Array(...take(8)),
    offset: new Uint32Array(...take(4)),
    capturedLength: new Uint32Array(...take(4)),
    originalLength: new Uint32Array(...take(4)),
    timeNanoseconds: new Uint32Array(...take(4)),
    arrival: new Uint32Array(...take(4)),
    timestamp: new Uint32Array(...take(4)),
    ingressPort: new Uint16Array(...take(2)),
    programId: new Uint16Array(...take(2)),
    marks: new Uint8Array(...take(1)),
    egressPort: new Int32Array(...ofShare(4)),
    digest: new Uint32Array(...ofShare(4, 2 * maxPackets)),
    recirculations: new Uint8Array(...ofShare(1)),
    copies: undefined,
  };
}

/** An empty batch in memory of its own. */
export function createPacketBatch(maxPackets: number, maxBytes: number): PacketBatch {
  return packetBatchOver(allocatePacketBatchMemory(maxPackets, maxBytes));
}

/** Copies verdicts of packets `from` … `to - 1` to those of share 0. @param shareOf which share has a packet's verdict */
export function gatherVerdicts(
  batch: PacketBatch,
  memory: PacketBatchMemory,
  shareOf: (batch: PacketBatch, i: number) => number,
  from = 0,
  to = batch.count,
): void {
  const views = Array.from({ length: memory.shares }, (_, share) => packetBatchOver(memory, share));
  for (let i = from; i < to; i++) {
    const share = shareOf(batch, i);
    if (share === 0) continue;
    const view = views[share] as PacketBatch;
    batch.egressPort[i] = view.egressPort[i] as number;
    batch.recirculations[i] = view.recirculations[i] as number;
    batch.digest[2 * i] = view.digest[2 * i] as number;
    batch.digest[2 * i + 1] = view.digest[2 * i + 1] as number;
  }
}

/** Numbers packets `from` … `to - 1` in the order of their arrival. @param first number of the first of them */
export function numberArrivals({ arrival }: PacketBatch, from: number, to: number, first: number): void {
  for (let i = from; i < to; i++) arrival[i] = first + i - from;
}

/** Nanoseconds from one packet to the next where the capture has no times: as at a million packets a second. */
export const UNTIMED_GAP = 1000;

/** Sets the time stamps of packets `from` … `to - 1`, which are numbered, by their times. */
export function stampArrivals(batch: PacketBatch, from: number, to: number): void {
  const { timestamp, timeSeconds, timeNanoseconds, arrival, marks } = batch;
  for (let i = from; i < to; i++) {
    const isUntimed = ((marks[i] as number) & PACKET_MARKS.untimed) !== 0;
    timestamp[i] = isUntimed
      ? Math.imul(arrival[i] as number, UNTIMED_GAP)
      : Math.imul(timeSeconds[i] as number, 1e9) + (timeNanoseconds[i] as number);
  }
}

/** Empties a batch so that it can be filled again. */
export function clearPacketBatch(batch: PacketBatch): void {
  if (batch.copies !== undefined) clearPacketBatch(batch.copies.batch);
  batch.count = 0;
  batch.usedBytes = 0;
}

/** Whether a packet of `length` bytes can still be appended. */
export function hasRoomFor(batch: PacketBatch, length: number): boolean {
  return batch.count < batch.offset.length && batch.usedBytes + align(length, batch.spacing) <= batch.bytes.length;
}

/**
 * Appends an empty packet of `capturedLength` bytes and returns its offset; the caller writes the bytes there.
 * Padding is zeroed. Assumes {@link hasRoomFor}.
 */
export function appendPacket(
  batch: PacketBatch,
  capturedLength: number,
  originalLength: number,
  ingressPort: number,
  timeSeconds: number,
  timeNanoseconds: number,
): number {
  const i = batch.count++;
  const offset = batch.usedBytes;
  batch.usedBytes = offset + align(capturedLength, batch.spacing);
  const paddingEnd = offset + align(capturedLength, ALIGNMENT);
  for (let p = offset + capturedLength; p < paddingEnd; p++) batch.bytes[p] = 0;
  batch.offset[i] = offset;
  batch.capturedLength[i] = capturedLength;
  batch.originalLength[i] = originalLength;
  batch.ingressPort[i] = ingressPort;
  batch.timeSeconds[i] = timeSeconds;
  batch.timeNanoseconds[i] = timeNanoseconds;
  batch.marks[i] = 0;
  batch.egressPort[i] = DROPPED;
  batch.programId[i] = 0;
  batch.recirculations[i] = 0;
  return offset;
}

/**
 * Appends up to `count` whole packets of these lengths, as many as fit; the caller writes their bytes, padding, ingress
 * ports and times. @returns how many
 */
export function appendPackets(batch: PacketBatch, lengths: Uint32Array, count: number): number {
  const { offset, capturedLength, originalLength, spacing, bytes, count: first } = batch;
  const most = Math.min(count, offset.length - first);
  let { usedBytes } = batch;
  let n = 0;
  for (; n < most; n++) {
    const length = lengths[n] as number;
    const end = usedBytes + align(length, spacing);
    if (end > bytes.length) break;
    offset[first + n] = usedBytes;
    capturedLength[first + n] = length;
    originalLength[first + n] = length;
    usedBytes = end;
  }
  const end = first + n;
  batch.marks.fill(0, first, end);
  batch.egressPort.fill(DROPPED, first, end);
  batch.programId.fill(0, first, end);
  batch.recirculations.fill(0, first, end);
  batch.count = end;
  batch.usedBytes = usedBytes;
  return n;
}

/** Appends a copy of `bytes` as one packet; a convenience for tests and small jobs. */
export function appendPacketBytes(batch: PacketBatch, bytes: Uint8Array, ingressPort = 0, timeSeconds = 0): void {
  const offset = appendPacket(batch, bytes.length, bytes.length, ingressPort, timeSeconds, 0);
  batch.bytes.set(bytes, offset);
}

/** The bytes of packet i, a view into the batch. */
export function packetBytes(batch: PacketBatch, i: number): Uint8Array {
  const offset = must(batch.offset[i], 'offset of a packet');
  return batch.bytes.subarray(offset, offset + must(batch.capturedLength[i], 'length of a packet'));
}
