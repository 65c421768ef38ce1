/** Compares what left a switch of a packet with what leaves by its program. */
import { must } from '../../compiler/data-plane/must.js';
import type { ExecutedStatement } from '../../compiler/index.js';
import { type PacketBatch, packetBytes } from '../../traces/packets/packet-batch.js';
import { forEachLeft } from '../../traces/packets/packet-copies.js';
import { compareBytes } from './compare-bytes.js';
import type { Mismatch } from './mismatch.js';

/** What a packet or a copy of it becomes by the program. */
export interface Expected {
  readonly trace: readonly ExecutedStatement[];
  /** Undefined: it is dropped. */
  readonly port: number | undefined;
  readonly bytes: Uint8Array;
  /** Its number, of a copy. */
  readonly copy: number | undefined;
}

/** A difference, with the run of the program that it is about. */
export interface OutcomeMismatch {
  readonly mismatch: Mismatch;
  readonly trace: readonly ExecutedStatement[];
}

/**
 * Ports and bytes, in the order in which packets leave.
 * @param batch holds the packet that was sent
 * @param tcpChecksum where the packet has a TCP checksum, or -1
 */
export function compareOutcomes(
  expected: readonly Expected[],
  batch: PacketBatch,
  tcpChecksum: number,
): OutcomeMismatch | undefined {
  const left: { readonly port: number; readonly bytes: Uint8Array }[] = [];
  forEachLeft(batch, (packets, i) => {
    left.push({ port: must(packets.egressPort[i], 'port of a packet'), bytes: packetBytes(packets, i) });
  });
  const leaving = expected.filter(({ port }) => port !== undefined);
  for (const [i, { port, bytes, trace }] of leaving.entries()) {
    const found = left[i];
    if (found === undefined || port !== found.port) {
      return { mismatch: { kind: 'verdict', expected: port, actual: found?.port }, trace };
    }
    const mismatch = compareBytes(bytes, found.bytes, tcpChecksum);
    if (mismatch !== undefined) return { mismatch, trace };
  }
  const more = left[leaving.length];
  if (more === undefined) return undefined;
  const { trace } = must(expected[0], 'outcome of a packet');
  return { mismatch: { kind: 'verdict', expected: undefined, actual: more.port }, trace };
}
