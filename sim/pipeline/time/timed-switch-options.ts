/** Options of the driver with time, and the observer that it reports to. */
import type { DataPlane } from '../../../compiler/index.js';
import type { HeldBatch } from '../../blocks/packets-in-flight.js';
import type { QueueLimits } from '../../blocks/traffic-manager.js';
import { PS_PER_NS } from '../../blocks/virtual-time.js';

/** Rates, latencies and buffer sizes of a switch with virtual time. */
export interface TimedSwitchOptions {
  /** Of each front port, in both directions. */
  readonly portBitsPerSecond: number;
  readonly recirculationBitsPerSecond: number;
  /** Size of the buffer that all queues share, and the maximum of one queue. */
  readonly bufferBytes: number;
  readonly queueBytes: number;
  /** A packet that would have to wait longer for its port's line, or for the pipe, is lost. */
  readonly inputWaitPs: number;
  /** Front ports with a line and a queue of their own; absent if all are alike. */
  readonly ownPorts?: ReadonlyMap<number, OwnPort>;
}

/** A front port that differs from the others. */
export interface OwnPort {
  readonly bitsPerSecond: number;
  /** Maximum of its queue. */
  readonly queueBytes: number;
}

/**
 * How long a packet waits for its port's line or the pipe before it is lost: without a bound, packets of an overload
 * would pile up. Our choice, not a figure of the chip.
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

/** Sizes of the queues in whole cells. */
export function queueLimits(
  { bufferBytes, queueBytes }: TimedSwitchOptions,
  { cellBytes }: DataPlane['description']['trafficManager'],
): QueueLimits {
  const cells = (bytes: number): number => Math.floor(bytes / cellBytes);
  return { cellBytes, bufferCells: cells(bufferBytes), queueCells: cells(queueBytes) };
}

/**
 * Where a packet was lost: before the pipe; in the ingress, by its program; at the tail of a queue that was full, or of
 * one whose buffer was; in the egress, by its program; because nobody forwards it, at the end of the egress of the
 * discard port, behind the ingress on data planes without one, or because its group is not there or has no ports.
 */
export const DROP_REASONS = ['input', 'ingress', 'queue', 'buffer', 'egress', 'unforwarded'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Packets whose first bits have left by their ports, in order of time. */
export interface Departures {
  readonly count: number;
  /** By place: the batch, the place in it, when the packet arrived, and when it left. */
  readonly held: readonly HeldBatch[];
  readonly index: Int32Array;
  readonly arrivalPs: Float64Array;
  readonly departurePs: Float64Array;
}

/**
 * Gets every packet that has ended, in order of time, when its verdict is in the batch; packets that leave, many at
 * once.
 */
export interface TimeObserver {
  /** From this time on, {@link tick} is called before anything else happens. Only {@link tick} changes it. */
  readonly nextTickPs: number;
  /** Called when the observer has got all packets before. */
  tick(nowPs: number): void;
  left(departures: Departures): void;
  lost(held: HeldBatch, i: number, reason: DropReason): void;
}
