/** A key-value cache between clients and a server. */
import { asWord, type Decision, DROPPED, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import type { PacketView } from './packet.js';

const OP = { read: 1, write: 2 };
export const CACHE_SERVER_PORT = 32;

/** A key of 64 bits that the controller put into the cache. */
export interface CachedKey {
  readonly key1: number;
  readonly key2: number;
  /** Bucket of the value in the program's memory. */
  readonly bucket: number;
}

const nameOf = (key1: number, key2: number): string => `${key1}/${key2}`;

export class Cache implements NetworkFunction {
  /** Values of cached keys. */
  private readonly values: Map<string, number>;

  constructor(
    private readonly keys: readonly CachedKey[],
    private readonly bucketsOf: (memory: string) => number,
  ) {
    this.values = new Map(keys.map(({ key1, key2 }) => [nameOf(key1, key2), 0]));
  }

  handle(packet: PacketView): Decision {
    const name = nameOf(packet.key1, packet.key2);
    const value = this.values.get(name);
    if (value !== undefined && packet.op === OP.read) {
      packet.key3 = value;
      packet.turnRound();
      return packet.ingressPort;
    }
    if (value !== undefined && packet.op === OP.write) {
      this.values.set(name, packet.key3);
      return DROPPED;
    }
    return CACHE_SERVER_PORT;
  }

  /** Whether the key of a request is in the cache. */
  holds({ key1, key2 }: PacketView): boolean {
    return this.values.has(nameOf(key1, key2));
  }

  memories(): ExpectedMemory[] {
    const values = new Uint32Array(this.bucketsOf('value'));
    for (const { key1, key2, bucket } of this.keys) values[bucket] = this.values.get(nameOf(key1, key2)) ?? 0;
    return [{ memory: 'value', values, reading: asWord }];
  }
}

export const isRead = ({ op }: PacketView): boolean => op === OP.read;
