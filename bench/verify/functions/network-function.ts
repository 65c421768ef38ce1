/**
 * Network functions as plain software. The P4runpro programs are compared with them, and the case studies use them as
 * conventional programs.
 */
import { FIRST_GROUP } from '../../../sim/index.js';
import { DROPPED } from '../../../traces/packets/packet-batch.js';
import type { PacketView } from './packet.js';

/** Marks a packet that the function does not forward; default forwarding applies. */
export const DEFAULT_PORT = -2;

/** The egress port, {@link DROPPED}, {@link DEFAULT_PORT}, or a group by {@link toGroup}. */
export type Decision = number;

/** The decision to copy a packet to the ports of a group; the copies are equal. */
export const toGroup = (group: number): Decision => FIRST_GROUP + group;
/** The group of a decision; undefined for another. */
export const groupOf = (decision: Decision): number | undefined =>
  decision >= FIRST_GROUP ? decision - FIRST_GROUP : undefined;
export { DROPPED };

/** Expected contents of one memory of the P4runpro program. */
export interface ExpectedMemory {
  readonly memory: string;
  /** Values by bucket. */
  readonly values: ArrayLike<number>;
  /** How a word of the program's memory is compared with `values`. */
  readonly reading: (word: number) => number;
}

/** The word equals the value. */
export const asWord = (word: number): number => word;
/** The word is only marked or not. */
export const asMark = (word: number): number => (word === 0 ? 0 : 1);

export interface NetworkFunction {
  /** Processes a packet, which it may rewrite. */
  handle(packet: PacketView): Decision;
  memories(): readonly ExpectedMemory[];
}

/** The number of 32 bits that a program draws for a packet: of its arrival number, where and in which pass it draws. */
export type RandomFunction = (packet: PacketView) => number;

/** A 16-bit hash of a key. */
export type HashFunction = (key: Uint8Array) => number;

/** External inputs of a function. */
export interface SwitchResources {
  /** The hash function whose low bits select the bucket of a memory. */
  readonly hashOf: (memory: string) => HashFunction;
  /** Number of buckets of a memory, a power of two. */
  readonly bucketsOf: (memory: string) => number;
  readonly cpuPort: number;
}

/** A row of buckets; each key has one bucket. */
export class HashedRow {
  readonly buckets: Uint32Array;
  private readonly hash: HashFunction;

  constructor(
    readonly memory: string,
    { hashOf, bucketsOf }: SwitchResources,
  ) {
    this.buckets = new Uint32Array(bucketsOf(memory));
    this.hash = hashOf(memory);
  }

  /** The bucket of a key. */
  placeOf(key: Uint8Array): number {
    return this.hash(key) % this.buckets.length;
  }
}
