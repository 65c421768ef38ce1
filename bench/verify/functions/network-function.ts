/**
 * Network functions as anyone would write them for a computer. They are what the P4runpro programs are compared with, and
 * the conventional programs of the case studies.
 */
import { DROPPED } from '../../../traces/index.js';
import type { PacketView } from './packet.js';

/** The function says nothing about the port: the switch's default forwarding does. */
export const DEFAULT_PORT = -2;

/** The port that the packet goes to, {@link DROPPED}, or {@link DEFAULT_PORT}. */
export type Decision = number;
export { DROPPED };

/** What one memory of the P4runpro program must hold. */
export interface ExpectedMemory {
  readonly memory: string;
  /** By bucket. */
  readonly values: ArrayLike<number>;
  /** What a word of the program's memory says in terms of `values`. */
  readonly reading: (word: number) => number;
}

/** A word is the value. */
export const asWord = (word: number): number => word;
/** A word says only whether it is marked. */
export const asMark = (word: number): number => (word === 0 ? 0 : 1);

export interface NetworkFunction {
  /** Decides about a packet, which it may rewrite. */
  handle(packet: PacketView): Decision;
  memories(): readonly ExpectedMemory[];
}

/** 16 bits for a key. */
export type HashFunction = (key: Uint8Array) => number;

/** What a function takes from outside. */
export interface SwitchResources {
  /** The hash function whose low bits pick the bucket of a memory. */
  readonly hashOf: (memory: string) => HashFunction;
  /** Buckets of a memory, a power of two. */
  readonly bucketsOf: (memory: string) => number;
  readonly cpuPort: number;
}

/** A row of buckets, one of which each key has. */
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
