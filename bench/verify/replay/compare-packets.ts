/** Compares two sequences of packets: changed, missing and additional packets. */
import type { CapturedPacket } from './captured-packets.js';

/** A difference; indices count from 0. */
export type PacketDifference =
  | { readonly kind: 'changed'; readonly expected: number; readonly actual: number }
  /** Expected, but missing. */
  | { readonly kind: 'missing'; readonly expected: number }
  /** Present, but not expected. */
  | { readonly kind: 'extra'; readonly actual: number };

/**
 * Packets are equal in bytes, length on the wire, time to the nanosecond, and port where both captures record it. A
 * packet keeps its time stamp in the switch, so time stamps relate packets of both sequences: if they differ, the earlier
 * packet is missing or extra. For equal time stamps, the following packets decide.
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
