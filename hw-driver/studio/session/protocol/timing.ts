/** The run in virtual time: lines of ports, slots of the pipe, queues. */
import type { DropReason } from '../../../../sim/pipeline/time/timed-switch-options.js';

/** What may differ from the switch of the data plane. */
export interface TimingQuestion {
  /** Bins of equal lengths of virtual time. */
  readonly bins: number;
  /** Packets arrive at this rate in place of their time stamps. */
  readonly packetsPerSecond?: number;
  /** Of each front port and of the recirculation port. */
  readonly portBitsPerSecond?: number;
  readonly recirculationBitsPerSecond?: number;
  /** Most of one queue. */
  readonly queueBytes?: number;
  /** How fast the control plane changes entries. */
  readonly operationsPerSecond?: number;
}

/** Columns by bin, of the time from the first packet on. */
export interface TimingBins {
  readonly bins: number;
  readonly nanosecondsPerBin: number;
  readonly packetsIn: Uint32Array;
  readonly packetsOut: Uint32Array;
  /** Losses by bin and reason: `bin * reasons + reason`, reasons as {@link TimingResult.reasons} lists them. */
  readonly lost: Uint32Array;
  /** Most cells in all queues together. */
  readonly mostCells: Uint32Array;
  /** Of packets that left: mean and longest time in the switch. */
  readonly meanLatencyNs: Float64Array;
  readonly mostLatencyNs: Float64Array;
}

export interface TimingResult {
  readonly series: TimingBins;
  readonly reasons: readonly DropReason[];
  readonly cellBytes: number;
  /** Queues that were used: the most cells in each bin. */
  readonly queues: readonly {
    readonly port: number;
    readonly isRecirculation: boolean;
    readonly mostCells: Uint32Array;
  }[];
  /** Events of the timeline as they were played: when they began and ended, and packets that met both sides of one. */
  readonly updates: readonly {
    readonly event: number;
    readonly startNs: number;
    readonly endNs: number;
    readonly mixedPackets: number;
  }[];
  /** Packets whose time stamp was earlier than that of the packet before, and without one: they came with that. */
  readonly early: number;
  readonly untimed: number;
}

/** A packet in the last run in virtual time. */
export interface PacketTime {
  /** Since the first packet. */
  readonly arrivalNs: number;
  /** Null for a packet that was lost or copied. */
  readonly departureNs: number | null;
  readonly lost: DropReason | null;
}
