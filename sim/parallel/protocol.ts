/** What crosses between the thread that runs the experiment and the threads that process packets. */
import type { DataPlaneDescription, Operation } from '../../compiler/index.js';
import type { PacketBatchMemory } from '../../traces/packet-batch.js';
import type { Counters } from '../counters.js';
import type { EngineName } from '../rpb-engine.js';

/** Given to a worker when it starts. */
export interface WorkerSetup {
  readonly description: DataPlaneDescription;
  /** Register arrays, shared by all workers: each program's belong to one of them. */
  readonly memory: SharedArrayBuffer;
  readonly engine: EngineName;
  readonly share: number;
  readonly shares: number;
}

/** A batch in shared memory, and how many packets it holds. */
export interface SharedBatch {
  readonly memory: PacketBatchMemory;
  readonly count: number;
}

export type WorkerTask =
  /** Bring the tables of this worker's switch up to date. */
  | { readonly kind: 'apply'; readonly operations: readonly Operation[] }
  /** Find the programs of packets `from` … `to - 1`. */
  | { readonly kind: 'classify'; readonly batch: SharedBatch; readonly from: number; readonly to: number }
  /** Process the packets of this worker's programs among `from` … `to - 1`, and digest them. */
  | { readonly kind: 'process'; readonly batch: SharedBatch; readonly from: number; readonly to: number };

/** What the worker has counted since its start. */
export type WorkerResult = Counters;
