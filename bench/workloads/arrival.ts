/** Programs that arrive one after another, with their packets: which ones, not when. */
import { DomainError } from '../../compiler/index.js';
import type { TrafficTarget } from '../../traces/generate/packet-template.js';
import type { MarkedField } from './instance-marks.js';

/** Thrown for a workload that cannot be built. */
export class WorkloadError extends DomainError {
  override readonly name = 'WorkloadError';
  readonly code: 'no-workload' | 'no-more-programs' = 'no-workload';
  readonly ends = 'bad-input';
}

/** Thrown where a workload has no further program. */
export class WorkloadEnd extends WorkloadError {
  override readonly code = 'no-more-programs';
}

/** One arriving program. */
export interface Arrival {
  /** Number of the arrival, from 0; also the priority of its filter. */
  readonly number: number;
  /** Key of the program, or its name in the user's file. */
  readonly key: string;
  readonly name: string;
  /** Text of the program in plain P4runpro. */
  readonly source: string;
  /** Made when it is first asked for by the workloads of bench: what only compiles does without. */
  readonly traffic: TrafficTarget;
  /** Field values of packets for this program, towards a server and back. */
  readonly address: { readonly forward: readonly MarkedField[]; readonly reverse: readonly MarkedField[] };
  /** Words that the control plane writes into memories after deployment, by memory and bucket. */
  readonly memoryValue: ((memory: string, bucket: number) => number) | undefined;
}

/** Programs in the order of their arrival. */
export interface Workload {
  readonly name: string;
  /** Whether a single program of a user's file keeps its filter and name, on unchanged packets. */
  readonly asWritten: boolean;
  /** Arrival n, determined by the seed. */
  arrival(number: number): Arrival;
}
