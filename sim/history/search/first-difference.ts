/** Two runs of the same packets, such as of two versions of a program: where they begin to differ. */
import type { History } from '../history.js';
import type { PacketOutcome } from '../packet-outcome.js';

/** What differs of a packet: where it went, by which port, and the bytes that left. */
export type DifferentPart = 'verdict' | 'port' | 'bytes';

/** A packet that left two runs in different ways. */
export interface PacketDifference {
  readonly packet: number;
  readonly parts: readonly DifferentPart[];
  readonly outcomes: readonly [PacketOutcome, PacketOutcome];
}

/**
 * The first packet from `from` on that left in another way, of those that have run in both; undefined if none did.
 * Programs, their passes and memory may differ.
 */
export function firstDifference(one: History, other: History, from = 0): PacketDifference | undefined {
  const end = Math.min(one.count, other.count);
  for (let packet = from; packet < end; packet++) {
    const parts = differentParts(one, other, packet);
    if (parts.length > 0) return { packet, parts, outcomes: [one.outcome(packet), other.outcome(packet)] };
  }
  return undefined;
}

const NONE: readonly DifferentPart[] = [];

function differentParts({ columns: a }: History, { columns: b }: History, packet: number): readonly DifferentPart[] {
  const verdict = a.verdict.at(packet) !== b.verdict.at(packet);
  const port = a.port.at(packet) !== b.port.at(packet);
  const low = 2 * packet;
  const bytes = a.digest.at(low) !== b.digest.at(low) || a.digest.at(low + 1) !== b.digest.at(low + 1);
  if (!verdict && !port && !bytes) return NONE;
  return [
    ...(verdict ? (['verdict'] as const) : []),
    ...(port ? (['port'] as const) : []),
    ...(bytes ? (['bytes'] as const) : []),
  ];
}
