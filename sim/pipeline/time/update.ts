/** Updates of a switch under traffic, and their outcomes. */
import type { Operation } from '../../../compiler/index.js';

/** Words that the control plane writes into a register array. */
export interface MemoryWrite {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  readonly base: number;
  readonly values: Uint32Array;
}

/** The deployment, revocation or change of one program. */
export interface TimedUpdate {
  readonly name: string;
  /** When it is to begin; it waits for those before it. */
  readonly atPs: number;
  /** Written before the first operation: where no packet comes yet. */
  readonly memory: readonly MemoryWrite[];
  readonly operations: readonly Operation[];
}

/** How many packets saw an update, and how. */
export interface UpdateTally {
  /** Packets that found what the update changes: all as before it, all as after it, or a mixture. */
  readonly before: number;
  readonly after: number;
  readonly mixed: number;
  /** Where the first packet saw a mixture. */
  readonly firstMixture: string | null;
}

/** The outcome of an update. */
export interface PlayedUpdate extends UpdateTally {
  readonly name: string;
  readonly operations: number;
  /** First and last change, and when the packets that were in the pipe at the last had left it. */
  readonly startPs: number;
  readonly endPs: number;
  readonly drainedPs: number;
}
