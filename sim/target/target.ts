/** The interface that the emulator and a real switch share: what controllers, tests and tools call. */

import { DomainError, type MulticastGroup, type Operation, type TableEntry } from '../../compiler/for-switches.js';

/** Why a switch refused an operation: a closed list. */
export type TargetErrorCause =
  | 'already-exists'
  | 'not-found'
  | 'no-space'
  | 'unknown-table'
  | 'unknown-field'
  | 'unknown-action'
  | 'wrong-width'
  | 'out-of-range';

/** Thrown for an operation that a switch refuses; the switch is unchanged. */
export class TargetError extends DomainError {
  override readonly name = 'TargetError';
  readonly ends = 'failed';
  /** Number of operations that were applied before the one that was refused. */
  applied = 0;

  constructor(
    readonly code: TargetErrorCause,
    message: string,
  ) {
    super(message);
  }
}

/** The switch does not answer: the operations in progress may have been made or not. */
export class TargetUnreachable extends DomainError {
  override readonly name = 'TargetUnreachable';
  readonly ends = 'failed';
  readonly code = 'unreachable';
}

export interface EntryHits {
  readonly entry: TableEntry;
  /** Packets since the entry was inserted, or since its counter was set. */
  readonly packets: number;
}

/** Every method may fail with {@link TargetUnreachable}. */
export interface SwitchTarget {
  /** The data plane that the switch is provisioned with. */
  readonly dataPlane: { readonly name: string; readonly hash: string };
  /**
   * Makes the changes one after another, each atomic for packets.
   * @throws {TargetError} at the first operation that is refused; those before it have been made, `applied` of them
   */
  apply(operations: readonly Operation[]): Promise<void>;
  /**
   * Words of an RPB's register array, of each pipe of the switch: packets of one pipe reach its own array alone.
   * @param rpb number from 1
   */
  readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]>;
  /** Writes the same words in all pipes. */
  writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void>;
  /** Entries in a table now. */
  entryCount(table: string): Promise<number>;
  /** All entries of all tables, those that other controllers wrote included. */
  entries(): Promise<readonly TableEntry[]>;
  /** All groups to which packets are copied, by number. */
  groups(): Promise<readonly MulticastGroup[]>;
  /** The same as {@link entries} with the packets that have hit each; undefined for a switch that does not count them. */
  hits(): Promise<readonly EntryHits[] | undefined>;
}
