/** What followed packets do at the nodes of a network. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';

export const FOLLOWED_STEPS = ['sent', 'arrived', 'departed', 'received', 'answered', 'lost'] as const;
export type FollowedStep = (typeof FOLLOWED_STEPS)[number];

/** Gets each step of followed packets, those of a node in order of time. */
export interface Follower {
  /** @param port of the node, -1 for none @param reason of a loss */
  note(step: FollowedStep, batch: PacketBatch, i: number, timePs: number, port: number, reason?: string): void;
}
