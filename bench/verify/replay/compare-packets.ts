/** Two sequences of packets, one by one: what differs, what is missing, what is too many. */
import type { CapturedPacket } from './captured-packets.js';

/** Places count from 0. */
export type PacketDifference =
  | { readonly kind: 'changed'; readonly expected: number; readonly actual: number }
  /** Expected, but not there. */
  | { readonly kind: 'missing'; readonly expected: number }
  /** There, but not expected. */
  | { readonly kind: 'extra'; readonly actual: number };

/**
 * Packets are equal in bytes, length on the wire, time to the nanosecond, and port where both captures record it. A
 * packet leaves the switch with the time it came with, so times tell which packets belong together: of two that differ,
 * the earlier one is missing or extra. Where times are alike too, the next packets decide.
 */
export function comparePackets(
  expected: readonly CapturedPacket[],
  actual: readonly CapturedPacket[],
): PacketDifference[] {
  const differences: PacketDifference[] = [];
  let e = 0;
  let a = 0;
  while (e < expected.length || a < actual.length) {
    const left = expected[e];
    const right = actual[a];
    if (left !== undefined && right !== undefined && isEqual(left, right)) {
      e++;
      a++;
      continue;
    }
    const kind = kindOf(left, right, expected[e + 1], actual[a + 1]);
    if (kind === 'missing') differences.push({ kind, expected: e++ });
    else if (kind === 'extra') differences.push({ kind, actual: a++ });
    else differences.push({ kind, expected: e++, actual: a++ });
  }
  return differences;
}

type Packet = CapturedPacket | undefined;

function kindOf(left: Packet, right: Packet, leftNext: Packet, rightNext: Packet): PacketDifference['kind'] {
  if (left === undefined) return 'extra';
  if (right === undefined) return 'missing';
  const later = left.timeSeconds - right.timeSeconds || left.timeNanoseconds - right.timeNanoseconds;
  if (later !== 0) return later < 0 ? 'missing' : 'extra';
  if (leftNext !== undefined && isEqual(leftNext, right)) return 'missing';
  if (rightNext !== undefined && isEqual(left, rightNext)) return 'extra';
  return 'changed';
}

function isEqual(left: CapturedPacket, right: CapturedPacket): boolean {
  return (
    left.timeSeconds === right.timeSeconds &&
    left.timeNanoseconds === right.timeNanoseconds &&
    left.originalLength === right.originalLength &&
    (left.port === undefined || right.port === undefined || left.port === right.port) &&
    Buffer.compare(left.bytes, right.bytes) === 0
  );
}
