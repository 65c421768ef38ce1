/**
 * Copies of the packets of a batch, which the replication engine of a switch makes. They lie in a batch of their own
 * that grows, in the order of the packets that they are copies of, and of one packet by their numbers.
 */
import {
  appendPacket,
  COPIED,
  createPacketBatch,
  hasRoomFor,
  type PacketBatch,
  type PacketCopies,
} from './packet-batch.js';

const FIRST_ROOM = { packets: 64, bytes: 2 ** 14 } as const;

/** The copies of a batch's packets; none yet, if the batch never had any. */
export function copiesOf(batch: PacketBatch): PacketCopies {
  batch.copies ??= {
    batch: createPacketBatch(FIRST_ROOM.packets, FIRST_ROOM.bytes),
    origin: new Uint32Array(FIRST_ROOM.packets),
    number: new Uint32Array(FIRST_ROOM.packets),
  };
  return batch.copies;
}

/**
 * Appends `count` copies of packet i of a batch as it is now, numbered from 0; they have its programs and
 * recirculations, and no egress port yet. @returns the place of the first among the copies of the batch
 */
export function appendCopies(batch: PacketBatch, i: number, count: number): number {
  const copies = copiesOf(batch);
  const length = batch.capturedLength[i] as number;
  const first = copies.batch.count;
  for (let number = 0; number < count; number++) {
    if (!hasRoomFor(copies.batch, length)) grow(copies, length);
    appendCopy(copies, number, batch, i);
  }
  return first;
}

/**
 * Adds copies that others have made of packets of a batch, with their verdicts, behind those that it has. Each packet's
 * are in one of the lists.
 */
export function addCopies(batch: PacketBatch, lists: readonly PacketCopies[]): void {
  const copies = copiesOf(batch);
  const all = lists.flatMap((list) => Array.from({ length: list.batch.count }, (_, j) => ({ list, j })));
  const origin = ({ list, j }: (typeof all)[number]): number => list.origin[j] as number;
  all.sort((a, b) => origin(a) - origin(b) || a.j - b.j);
  for (const { list, j } of all) {
    const from = list.batch;
    const length = from.capturedLength[j] as number;
    if (!hasRoomFor(copies.batch, length)) grow(copies, length);
    appendCopy(copies, list.number[j] as number, from, j);
    const to = copies.batch.count - 1;
    copies.origin[to] = list.origin[j] as number;
    copies.batch.egressPort[to] = from.egressPort[j] as number;
    copies.batch.digest[2 * to] = from.digest[2 * j] as number;
    copies.batch.digest[2 * to + 1] = from.digest[2 * j + 1] as number;
  }
}

function appendCopy(copies: PacketCopies, number: number, batch: PacketBatch, i: number): void {
  appendCopyTo(copies.batch, batch, i);
  const j = copies.batch.count - 1;
  copies.origin[j] = i;
  copies.number[j] = number;
}

/** Appends packet i of a batch as it is now to another batch, which has room for it. */
export function appendCopyTo(to: PacketBatch, batch: PacketBatch, i: number): void {
  const length = batch.capturedLength[i] as number;
  const offset = batch.offset[i] as number;
  const at = appendPacket(
    to,
    length,
    batch.originalLength[i] as number,
    batch.ingressPort[i] as number,
    batch.timeSeconds[i] as number,
    batch.timeNanoseconds[i] as number,
  );
  // Packets are short: a loop takes less time than a view of each.
  for (let p = 0; p < length; p++) to.bytes[at + p] = batch.bytes[offset + p] as number;
  const j = to.count - 1;
  to.marks[j] = batch.marks[i] as number;
  to.programId[j] = batch.programId[i] as number;
  to.recirculations[j] = batch.recirculations[i] as number;
}

/** At least twice the room, and room for a packet of this length. */
function grow(copies: PacketCopies, length: number): void {
  const before = copies.batch;
  const after = createPacketBatch(2 * before.offset.length, 2 * (before.bytes.length + length));
  after.bytes.set(before.bytes.subarray(0, before.usedBytes));
  after.count = before.count;
  after.usedBytes = before.usedBytes;
  for (const key of [
    'offset',
    'capturedLength',
    'originalLength',
    'ingressPort',
    'timeSeconds',
    'timeNanoseconds',
    'marks',
    'egressPort',
    'programId',
    'recirculations',
    'digest',
  ] as const) {
    after[key].set(before[key]);
  }
  copies.batch = after;
  copies.origin = grown(copies.origin, after.offset.length);
  copies.number = grown(copies.number, after.offset.length);
}

function grown(from: Uint32Array, length: number): Uint32Array {
  const to = new Uint32Array(length);
  to.set(from);
  return to;
}

/** A packet that left: one of the batch, or a copy of one. */
export type LeftPacket = (packets: PacketBatch, i: number) => void;

/** Calls a function for each packet of a batch that left and for each copy that did, those of a packet in its place. */
export function forEachLeft(batch: PacketBatch, visit: LeftPacket): void {
  const { copies } = batch;
  let next = 0;
  for (let i = 0; i < batch.count; i++) {
    if ((batch.egressPort[i] as number) >= 0) visit(batch, i);
    if (copies === undefined) continue;
    const { batch: copied, origin } = copies;
    for (; next < copied.count && origin[next] === i; next++) {
      if ((copied.egressPort[next] as number) >= 0) visit(copied, next);
    }
  }
}

/** A packet of a batch, or a copy in the batch of copies. */
export interface PlacedPacket {
  readonly packets: PacketBatch;
  readonly place: number;
}

/** The copies of packet i of a batch, in order. */
export function placesOfCopies({ copies }: PacketBatch, i: number): PlacedPacket[] {
  if (copies === undefined) return [];
  const { batch: packets, origin } = copies;
  const placed: PlacedPacket[] = [];
  for (let place = firstCopy(copies, i); place < packets.count && origin[place] === i; place++) {
    placed.push({ packets, place });
  }
  return placed;
}

/** What left of packet i of a batch: itself, or those of its copies that did, in order. */
export function leftOf(batch: PacketBatch, i: number): PlacedPacket[] {
  const port = batch.egressPort[i] as number;
  if (port >= 0) return [{ packets: batch, place: i }];
  if (port !== COPIED) return [];
  return placesOfCopies(batch, i).filter(({ packets, place }) => (packets.egressPort[place] as number) >= 0);
}

/** The place of the first copy of packet i or of a later one; origins ascend. */
function firstCopy({ batch, origin }: PacketCopies, i: number): number {
  let [from, to] = [0, batch.count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((origin[middle] as number) < i) from = middle + 1;
    else to = middle;
  }
  return from;
}
