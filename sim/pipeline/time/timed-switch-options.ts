/** What a switch with time is told, and what it tells. */
import type { DataPlane } from '../../../compiler/index.js';
import type { HeldBatch } from '../../blocks/packets-in-flight.js';
import { PS_PER_NS } from '../../blocks/virtual-time.js';

export interface TimedSwitchOptions {
  /** Of each front port, in both directions. */
  readonly portBitsPerSecond: number;
  readonly recirculationBitsPerSecond: number;
  /** What all queues share, and what one queue takes at most. */
  readonly bufferBytes: number;
  readonly queueBytes: number;
  /** A packet that would have to wait longer for its port's line, or for the pipe, is lost. */
  readonly inputWaitPs: number;
}

/**
 * Packets that a sender cannot get rid of within this time are lost: without a bound, a load that the lines or the pipe
 * cannot take would pile up. Ours, not the chip's.
 */
export const INPUT_WAIT_NS = 100_000;

/** The switch as its data plane describes it. */
export function timedSwitchOptions({ description }: DataPlane): TimedSwitchOptions {
  const { ports, trafficManager } = description;
  return {
    portBitsPerSecond: ports.bitsPerSecond,
    recirculationBitsPerSecond: ports.recirculationBitsPerSecond,
    bufferBytes: trafficManager.bufferBytes,
    queueBytes: trafficManager.bufferBytes,
    inputWaitPs: INPUT_WAIT_NS * PS_PER_NS,
  };
}

/**
 * Where a packet was lost: before the pipe; in the ingress, by its program; at the tail of a queue that was full, or of
 * one whose buffer was; in the egress, by its program; because nobody forwards it, at the end of the egress of the
 * discard port, or behind the ingress on data planes without one.
 */
export const DROP_REASONS = ['input', 'ingress', 'queue', 'buffer', 'egress', 'unforwarded'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Told of every packet whose way has ended, with its verdict in the batch; of those that leave, in order of time. */
export interface TimeObserver {
  /** From this time on, {@link tick} is called before anything else happens. */
  readonly nextTickPs: number;
  tick(nowPs: number): void;
  /** The packet's first bit leaves by its port. */
  left(held: HeldBatch, i: number, arrivalPs: number, departurePs: number): void;
  lost(held: HeldBatch, i: number, reason: DropReason): void;
}
