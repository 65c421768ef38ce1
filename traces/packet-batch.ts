/**
 * A batch of packets: the one currency of the packet path. Captures and generators fill it, the switch rewrites the
 * packets where they lie and writes its verdict beside them, and capture writers and digests read it.
 *
 * Every array lies in shared memory, so that a batch can be handed to worker threads without a copy. Packet i is
 * `bytes[offset[i] .. offset[i] + capturedLength[i])`; packets start at multiples of 8 bytes, and the bytes up to the
 * next multiple are 0, so that readers may take whole words.
 */
export interface PacketBatch {
  /** Packets in the batch now; all arrays are valid below it. */
  count: number;
  /** Bytes of `bytes` in use. */
  usedBytes: number;
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
  /** Verdict: the port the packet left by, or {@link DROPPED}. Written by the switch. */
  readonly egressPort: Int32Array;
  /** Verdict: the id of the program that ran, 0 for none. Written by the switch. */
  readonly programId: Uint16Array;
  /** Verdict: how often the packet recirculated. Written by the switch. */
  readonly recirculations: Uint8Array;
  /** Verdict: a 64-bit digest of the packet as it left, two words each. Written by whoever processed it, on request. */
  readonly digest: Uint32Array;
}

/** The `egressPort` of a packet that was dropped. */
export const DROPPED = -1;

/** Shared memory behind a batch: what crosses to a worker thread. */
export interface PacketBatchMemory {
  readonly buffer: SharedArrayBuffer;
  readonly maxPackets: number;
  readonly maxBytes: number;
}

const ALIGNMENT = 8;
/** Bytes per packet of the arrays beside `bytes`, each array starting at a multiple of 8. */
const PER_PACKET_ARRAYS = [8, 4, 4, 4, 4, 4, 8, 2, 2, 1];

const align = (bytes: number): number => (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

/** Shared memory for up to `maxPackets` packets of `maxBytes` bytes in all (padding included). */
export function allocatePacketBatchMemory(maxPackets: number, maxBytes: number): PacketBatchMemory {
  const bytes = PER_PACKET_ARRAYS.reduce((sum, width) => sum + align(width * maxPackets), align(maxBytes));
  return { buffer: new SharedArrayBuffer(bytes), maxPackets, maxBytes: align(maxBytes) };
}

/** A view of a batch's memory; several threads may each hold one. The count starts at 0. */
export function packetBatchOver(memory: PacketBatchMemory): PacketBatch {
  const { buffer, maxPackets, maxBytes } = memory;
  let at = 0;
  const take = (width: number, length = maxPackets): [SharedArrayBuffer, number, number] => {
    const start = at;
    at += align(width * length);
    return [buffer, start, length];
  };
  return {
    count: 0,
    usedBytes: 0,
    bytes: new Uint8Array(...take(1, maxBytes)),
    timeSeconds: new Float64Array(...take(8)),
    offset: new Uint32Array(...take(4)),
    capturedLength: new Uint32Array(...take(4)),
    originalLength: new Uint32Array(...take(4)),
    timeNanoseconds: new Uint32Array(...take(4)),
    egressPort: new Int32Array(...take(4)),
    digest: new Uint32Array(...take(4, 2 * maxPackets)),
    ingressPort: new Uint16Array(...take(2)),
    programId: new Uint16Array(...take(2)),
    recirculations: new Uint8Array(...take(1)),
  };
}

/** An empty batch in memory of its own. */
export function createPacketBatch(maxPackets: number, maxBytes: number): PacketBatch {
  return packetBatchOver(allocatePacketBatchMemory(maxPackets, maxBytes));
}

/** Empties a batch so that it can be filled again. */
export function clearPacketBatch(batch: PacketBatch): void {
  batch.count = 0;
  batch.usedBytes = 0;
}

/** Whether a packet of `length` bytes can still be appended. */
export function hasRoomFor(batch: PacketBatch, length: number): boolean {
  return batch.count < batch.offset.length && batch.usedBytes + align(length) <= batch.bytes.length;
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
  batch.usedBytes = offset + align(capturedLength);
  for (let p = offset + capturedLength; p < batch.usedBytes; p++) batch.bytes[p] = 0;
  batch.offset[i] = offset;
  batch.capturedLength[i] = capturedLength;
  batch.originalLength[i] = originalLength;
  batch.ingressPort[i] = ingressPort;
  batch.timeSeconds[i] = timeSeconds;
  batch.timeNanoseconds[i] = timeNanoseconds;
  batch.egressPort[i] = DROPPED;
  batch.programId[i] = 0;
  batch.recirculations[i] = 0;
  return offset;
}

/** Appends a copy of `bytes` as one packet; a convenience for tests and small jobs. */
export function appendPacketBytes(batch: PacketBatch, bytes: Uint8Array, ingressPort = 0, timeSeconds = 0): void {
  const offset = appendPacket(batch, bytes.length, bytes.length, ingressPort, timeSeconds, 0);
  batch.bytes.set(bytes, offset);
}

/** The bytes of packet i, a view into the batch. */
export function packetBytes(batch: PacketBatch, i: number): Uint8Array {
  const offset = batch.offset[i] ?? 0;
  return batch.bytes.subarray(offset, offset + (batch.capturedLength[i] ?? 0));
}
