/** Messages between the thread that runs the experiment and the threads that process packets. */
import type { DataPlaneDescription } from '../../../compiler/index.js';
import type { PreparedTraffic } from '../../../traces/generate/traffic-generator.js';
import type { PacketBatchMemory, PacketCopies } from '../../../traces/packets/packet-batch.js';
import type { Counters } from '../../blocks/counters.js';
import type { EngineName } from '../../engines/rpb-engine.js';
import type { PackedOperations } from './packed-operations.js';

/** Given to a worker when it starts. */
export interface WorkerSetup {
  readonly description: DataPlaneDescription;
  /** In a row. */
  readonly switches: number;
  /** Register arrays, shared by all workers: each program's belong to one of them. */
  readonly memory: ArrayBuffer | SharedArrayBuffer;
  readonly engine: EngineName;
  /** Of random numbers. */
  readonly seed: number;
  readonly share: number;
  readonly shares: number;
}

/** Packets `from` … `to - 1` of a batch in shared memory, which have their arrival numbers when they are processed. */
export interface SharedBatch {
  readonly memory: PacketBatchMemory;
  readonly from: number;
  readonly to: number;
}

export type WorkerTask =
  /** Count from 0 again. */
  | { readonly kind: 'forget' }
  /** Bring the tables of this worker's switch up to date. */
  | { readonly kind: 'apply'; readonly operations: PackedOperations }
  /** Generate code for the programs whose entries have changed. */
  | { readonly kind: 'ready' }
  /** What the next `generate` tasks generate. */
  | { readonly kind: 'prepare'; readonly traffic: PreparedTraffic }
  /**
   * Generate these packets of a batch, the first of which has number `first` and arrival number `arrival`, and find their
   * programs.
   */
  | { readonly kind: 'generate'; readonly batch: SharedBatch; readonly first: number; readonly arrival: number }
  /** Find the programs of these packets. */
  | { readonly kind: 'classify'; readonly batch: SharedBatch }
  /**
   * Process the packets of this worker's programs in batches that were classified, one after the other; digest them.
   */
  | { readonly kind: 'process'; readonly batches: readonly SharedBatch[] }
  /** What the next `runOwn` tasks generate: packets of these targets, 1 for each that is this worker's. */
  | { readonly kind: 'prepareOwn'; readonly traffic: PreparedTraffic; readonly isOwn: Uint8Array }
  /** Generate this worker's packets of `count` from number `first` on, and process and digest them. */
  | OwnPackets;

/** Packets of all workers, the first of which has number `first` and arrival number `arrival`. */
export interface OwnPackets {
  readonly kind: 'runOwn';
  readonly verdicts: SharedArrayBuffer;
  readonly first: number;
  readonly arrival: number;
  readonly count: number;
}

export interface WorkerResult {
  /** Counted since the worker's start or its last `forget`. */
  readonly counters: Counters;
  /** Of `process`: the copies of this worker's packets, of each batch. */
  readonly copies?: readonly (PacketCopies | undefined)[];
  /** Of `runOwn`; undefined if a packet was of a program of another worker. */
  readonly ownPackets?: number | undefined;
}

/** Layout of the verdict of a packet that a worker generated: words of a record, in the order of the packets. */
export const VERDICT = { distance: 0, egressPort: 1, capturedLength: 2, digest: 3, words: 5 } as const;
