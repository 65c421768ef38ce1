/** Options and results of a run with timing model. */
import { type DataPlane, gressCycles, must, stateHeaderBytes } from '../../../compiler/index.js';
import type { DropReason, PlayedUpdate, PortCounters, TimedSwitchOptions } from '../../../sim/index.js';
import type { IntervalRow, QueueRow } from './interval-series.js';
import type { LatencySummary } from './latencies.js';

export interface TimingOptions {
  readonly switch: TimedSwitchOptions;
  /** Constant rate in place of time stamps. */
  readonly packetsPerSecond: number | undefined;
  /** Length of an interval of the series. */
  readonly intervalNs: number;
  /** Of a chain: from the port of a switch to that of the next. */
  readonly betweenSwitchesNs?: number;
}

/** Counters of a run. */
export interface TimedTraffic {
  readonly options: TimingOptions;
  /** Number of packets with an earlier time stamp than the previous packet. */
  readonly early: number;
  /** Number of packets without time stamps. */
  readonly untimed: number;
  /** Time from the arrival of the first packet to the departure of the last. */
  readonly endPs: number;
  readonly bytesOut: number;
  readonly lost: Readonly<Record<DropReason, number>>;
  readonly latencyNs: LatencySummary | null;
  readonly mostCells: number;
  readonly mostInFlight: number;
  /** `switch` from 1, of a chain. */
  readonly ports: readonly ({ readonly switch?: number; readonly port: number } & Readonly<PortCounters>)[];
  readonly intervals: readonly IntervalRow[];
  readonly queues: readonly QueueRow[];
  readonly updates: readonly PlayedUpdate[] | undefined;
}

/** The timing part of the JSON document of a run. */
export interface TimingSummary {
  readonly portGbps: number;
  /** In a chain, of the ports between switches. */
  readonly recirculationGbps: number;
  /** Of a chain: from the port of a switch to that of the next. */
  readonly betweenSwitchesNs?: number;
  readonly bufferBytes: number;
  readonly queueBytes: number;
  readonly cellBytes: number;
  readonly stateHeaderBytes: number;
  /** Cycles of the match-action stages. */
  readonly cycles: { readonly ingress: number; readonly egress: number };
  readonly clockHz: number;
  /** Latencies around the stages: parameters of the data plane. */
  readonly fixedNs: DataPlane['description']['timing']['fixedNanoseconds'];
  /** Constant rate; null for time stamps. */
  readonly packetsPerSecond: number | null;
  readonly earlyTimeStamps: number;
  /** Virtual time from the first arrival to the last departure. */
  readonly seconds: number;
  /** Rate of the frames that left, without check sequence, preamble and gap. */
  readonly throughputGbps: number;
  /** Latency from the first bit at the ingress port to the first bit at the egress port. */
  readonly latencyNs: LatencySummary | null;
  readonly lost: Readonly<Record<DropReason, number>>;
  /** Number of packets that left with a congestion mark: ECN 3. */
  readonly marked: number;
  readonly mostBufferCells: number;
  readonly mostPacketsInSwitch: number;
  readonly ports: TimedTraffic['ports'];
  readonly updates: readonly PlayedUpdate[] | null;
}

const PS_PER_SECOND = 1e12;

/** Bits per nanosecond, which is Gbit/s. */
export const gigabitsPerSecond = (bytes: number, ps: number): number => (ps > 0 ? (bytes * 8 * 1000) / ps : 0);

export function summariseTiming(dataPlane: DataPlane, traffic: TimedTraffic): TimingSummary {
  const { timing, trafficManager } = dataPlane.description;
  const { options } = traffic;
  return {
    portGbps: options.switch.portBitsPerSecond / 1e9,
    recirculationGbps: options.switch.recirculationBitsPerSecond / 1e9,
    ...(dataPlane.switches > 1 ? { betweenSwitchesNs: must(options.betweenSwitchesNs, 'time between switches') } : {}),
    bufferBytes: options.switch.bufferBytes,
    queueBytes: options.switch.queueBytes,
    cellBytes: trafficManager.cellBytes,
    stateHeaderBytes: stateHeaderBytes(dataPlane),
    cycles: { ingress: gressCycles(dataPlane, 'ingress'), egress: gressCycles(dataPlane, 'egress') },
    clockHz: timing.clockHz,
    fixedNs: timing.fixedNanoseconds,
    packetsPerSecond: options.packetsPerSecond ?? null,
    earlyTimeStamps: traffic.early,
    seconds: traffic.endPs / PS_PER_SECOND,
    throughputGbps: gigabitsPerSecond(traffic.bytesOut, traffic.endPs),
    latencyNs: traffic.latencyNs,
    lost: traffic.lost,
    marked: traffic.intervals.reduce((sum, { packetsMarked }) => sum + packetsMarked, 0),
    mostBufferCells: traffic.mostCells,
    mostPacketsInSwitch: traffic.mostInFlight,
    ports: traffic.ports,
    updates: traffic.updates ?? null,
  };
}
