/** What became of a packet, in short. */

/** By code of the column: see {@link PacketVerdict}. */
export const PACKET_VERDICTS = [
  'forwarded',
  'reported',
  'copied',
  'dropped',
  'unforwarded',
  'truncated',
  'no-group',
] as const;

/**
 * Left by a port, by the CPU port, or as copies; or was dropped: by its program, because nobody forwarded it, because it
 * ends inside a header, or because its group is not there or has no ports.
 */
export type PacketVerdict = (typeof PACKET_VERDICTS)[number];

/** A packet of a run, and its outcome. */
export interface PacketOutcome {
  /** From 0. */
  readonly packet: number;
  /** Id of the program that its filter gave it first, 0 for none. */
  readonly programId: number;
  /** Name of that program; null for none, or one whose entries came without it. */
  readonly program: string | null;
  readonly verdict: PacketVerdict;
  /** Null for a packet that was copied or dropped. */
  readonly port: number | null;
  readonly passes: number;
}
