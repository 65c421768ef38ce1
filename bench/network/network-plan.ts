/** A network as plain data, which threads build their nodes of. */
import type { DataPlaneDescription } from '../../compiler/index.js';
import type { EngineName, MemoryWrite, TimedSwitchOptions } from '../../sim/index.js';
import type { LinkSpec } from '../../sim/network/index.js';
import type { PackedOperations } from '../../sim/pipeline/parallel/packed-operations.js';
import type { Answering } from './hosts/index.js';
import type { TrafficSpec } from './traffic-spec.js';

export interface PlannedUpdate {
  readonly name: string;
  readonly atPs: number;
  readonly memory: readonly MemoryWrite[];
  readonly operations: PackedOperations;
}

/** A memory of a program that runs from the start. */
export interface PlannedMemory {
  readonly program: string;
  readonly memory: string;
  readonly rpb: number;
  readonly base: number;
  readonly buckets: number;
}

export interface SwitchPlan {
  readonly kind: 'switch';
  readonly name: string;
  readonly description: DataPlaneDescription;
  /** Number of switches in a row, and the time from one to the next. */
  readonly switches: number;
  readonly betweenSwitchesNs: number;
  readonly engine: EngineName;
  readonly seed: number;
  readonly operations: PackedOperations;
  readonly memory: readonly MemoryWrite[];
  readonly timing: TimedSwitchOptions;
  readonly updates: readonly PlannedUpdate[];
  readonly psPerOperation: number;
  readonly receive: readonly TrafficSpec[];
  /** Names of programs, for reports, by id. */
  readonly programs: ReadonlyMap<number, string>;
  readonly memories: readonly PlannedMemory[];
}

export interface HostPlan {
  readonly kind: 'host';
  readonly name: string;
  readonly seed: string;
  readonly send: readonly TrafficSpec[];
  readonly answer: Answering;
  readonly address: number | undefined;
}

export type NodePlan = SwitchPlan | HostPlan;

/** A packet to follow: its number among those of a node, from 0. */
export interface FollowedPacket {
  readonly node: number;
  readonly number: number;
}

export interface NetworkPlan {
  /** Switches first; each at its number. */
  readonly nodes: readonly NodePlan[];
  readonly links: readonly LinkSpec[];
  readonly endPs: number;
  readonly seed: number;
  /** Length of an interval of series. */
  readonly intervalNs: number;
  readonly followed: readonly FollowedPacket[];
  /** Places of links whose packets are captured. */
  readonly captured: readonly number[];
}
