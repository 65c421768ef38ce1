/** Updates of a switch under traffic, and what became of them. */
import type { Operation } from '../../../compiler/index.js';

/** Words that the control plane writes into a register array. */
export interface MemoryWrite {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  readonly base: number;
  readonly values: Uint32Array;
}

/** One program that comes, goes or changes. */
export interface TimedUpdate {
  readonly name: string;
  /** When it is to begin; it waits for those before it. */
  readonly atPs: number;
  /** Written before the first operation: where no packet comes yet. */
  readonly memory: readonly MemoryWrite[];
  readonly operations: readonly Operation[];
}

/** What packets saw of an update. */
export interface UpdateTally {
  /** Packets that met something that the update changes, as it was before and as it is after. */
  readonly before: number;
  readonly after: number;
  readonly mixed: number;
  /** Of the first that saw a mixture: where. */
  readonly firstMixture: string | null;
}

/** What has become of an update. */
export interface PlayedUpdate extends UpdateTally {
  readonly name: string;
  readonly operations: number;
  /** First and last change, and when the packets that were in the pipe at the last had left it. */
  readonly startPs: number;
  readonly endPs: number;
  readonly drainedPs: number;
}
