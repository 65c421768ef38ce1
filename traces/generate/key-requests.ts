/** Requests of clients for keys of a key-value store whose keys are shared out among servers. */
import { foldSum, halvesSum } from './internet-checksum.js';
import { type FrameSource, frameSource } from './packet-frame.js';
import { fixedTime, type TimedPacket } from './packet-stream.js';
import type { AddressPattern, PacketTemplate } from './packet-template.js';
import { PROTOCOL_UDP } from './validate-template.js';
import { Zipf } from './zipf.js';

export interface KeyRequests {
  readonly packetsPerSecond: number;
  readonly keys: number;
  /** Of Zipf's law. */
  readonly exponent: number;
  readonly servers: number;
  /** Share of requests that write. */
  readonly writes: number;
  readonly firstKey: number;
  /** Without addresses and words. */
  readonly template: PacketTemplate;
  readonly source: AddressPattern;
  /** Address of the first server; the others follow. */
  readonly firstServer: number;
}

const OP = { read: 1, write: 2 } as const;
/** Places in a frame: Ethernet has 14 bytes, IPv4 20, UDP 8; the words are the operation and two of the key. */
const UDP_CHECKSUM = 40;
const WORDS = 42;

/** The server of a key, by its rank: a hash, as popular keys must not follow the order of servers. */
export function serverOf(rank: number, servers: number): number {
  let h = rank;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % servers;
}

export function* keyRequests(
  { packetsPerSecond, keys, exponent, servers, writes, firstKey, template, source, firstServer }: KeyRequests,
  random: () => number,
  flowKey: number,
): Generator<TimedPacket, undefined> {
  const popularity = new Zipf(keys, exponent);
  // A frame for each server; operation and key are written into it.
  const frames = Array.from({ length: servers }, (_, server): FrameSource => {
    const destination = { base: firstServer + server, hostMask: 0 };
    const ipv4 = { source, destination, protocol: PROTOCOL_UDP };
    return frameSource({ ...template, ipv4, applicationWords: [0, 0, 0, 0] }, flowKey);
  });
  for (let i = 0; ; i++) {
    const rank = popularity.rankOf(random());
    const op = random() < writes ? OP.write : OP.read;
    const made = frames[serverOf(rank, servers)];
    if (made === undefined) throw new Error(`no frame for the server of key ${rank}`);
    const bytes = made.frame(Math.floor(random() * template.flows));
    writeWords(bytes, op, firstKey + rank);
    yield { nanoseconds: fixedTime(i, packetsPerSecond), ingressPort: template.ingressPort, bytes };
  }
}

/** Writes operation and key over words of 0, and adds them to the checksum (RFC 1624). */
function writeWords(bytes: Uint8Array, op: number, key: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(WORDS, op);
  view.setUint32(WORDS + 4, key);
  const sum = (~view.getUint16(UDP_CHECKSUM) & 0xffff) + halvesSum(op) + halvesSum(key);
  // A checksum of 0 would say that there is none.
  view.setUint16(UDP_CHECKSUM, ~foldSum(sum) & 0xffff || 0xffff);
}
