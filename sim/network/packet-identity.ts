/**
 * Who a packet in a network is. Its batch says so in fields that no switch with time reads, and that copies of packets
 * take over: the time stamp is when its first sender sent it, the nanoseconds of the time stamp are the sender and the
 * packet's number, and marks say whether a host has answered it, and whether it is followed.
 */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';

const NUMBER_BITS = 20;
/** Senders that can be told apart. */
export const MAX_SENDERS = 2 ** (32 - NUMBER_BITS);

/** Highest number of a packet that can be told from all others. */
export const MAX_FOLLOWED = 2 ** NUMBER_BITS - 1;

/** Beside those of traces/packets. */
const MARK = { answer: 4, followed: 8 } as const;

/** Makes packet i one that a sender sends now. @param number of the packet among those of its sender, from 0 */
export function identify(batch: PacketBatch, i: number, sender: number, number: number, sentPs: number): void {
  batch.timeSeconds[i] = sentPs;
  batch.timeNanoseconds[i] = ((sender << NUMBER_BITS) | (number & (2 ** NUMBER_BITS - 1))) >>> 0;
  batch.marks[i] = 0;
}

/** When its first sender sent the packet; an answer has the time of what it answers. */
export const sentPsOf = (batch: PacketBatch, i: number): number => batch.timeSeconds[i] as number;

export const senderOf = (batch: PacketBatch, i: number): number => (batch.timeNanoseconds[i] as number) >>> NUMBER_BITS;

/** The packet's number among those of its sender, modulo 2^20. */
export const numberOf = (batch: PacketBatch, i: number): number =>
  (batch.timeNanoseconds[i] as number) & (2 ** NUMBER_BITS - 1);

export const isAnswer = (batch: PacketBatch, i: number): boolean => ((batch.marks[i] as number) & MARK.answer) !== 0;

export const isFollowed = (batch: PacketBatch, i: number): boolean =>
  ((batch.marks[i] as number) & MARK.followed) !== 0;

export function markAnswer(batch: PacketBatch, i: number): void {
  batch.marks[i] = (batch.marks[i] as number) | MARK.answer;
}

export function markFollowed(batch: PacketBatch, i: number): void {
  batch.marks[i] = (batch.marks[i] as number) | MARK.followed;
}
