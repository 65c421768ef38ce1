/** The records that a controller writes before and after each change of a switch. */

import type { CompiledProgram } from '../../../compiler/index.js';
import { DomainError } from '../../../compiler/index.js';
import type { Outcome, Transaction } from '../deployment/transaction.js';

export const JOURNAL_SCHEMA = 'p4runpro/journal@1';

/** The first record: the schema and the data plane of the others. */
export interface JournalHeader {
  readonly kind: 'journal';
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly dataPlane: { readonly name: string; readonly hash: string };
}

/** A record of the journal. */
export type JournalRecord =
  | JournalHeader
  /** A program that already ran when the journal was created or rewritten. */
  | { readonly kind: 'adopt'; readonly program: CompiledProgram }
  /** A program that the switch had lost was dropped. */
  | { readonly kind: 'forget'; readonly program: string }
  /** A transaction begins; the switch is not changed yet. */
  | { readonly kind: 'begin'; readonly transaction: Transaction }
  /** The first `done` operations of a program's open transaction are made. */
  | { readonly kind: 'step'; readonly program: string; readonly done: number }
  /** A program's open transaction ended: completed (`after`) or undone (`before`). */
  | { readonly kind: 'end'; readonly program: string; readonly outcome: Outcome };

/** Where a controller writes its records. */
export interface Journal {
  /**
   * Returns when the record is on disk. Records of steps and of the end of the last transaction may be lost in a crash:
   * the progress of a transaction that has not ended is then read from the switch.
   * @throws {JournalError}
   */
  append(record: JournalRecord): void;
  /**
   * As {@link append}, of a record that has to be on disk before the switch is changed; other work goes on meanwhile.
   * Records that wait at the same time are brought to disk together.
   * @throws {JournalError}
   */
  appendAndWait(record: JournalRecord): Promise<void>;
}

/** No journal, for a switch that does not outlive its controller. */
export const NO_JOURNAL: Journal = { append: () => undefined, appendAndWait: async () => undefined };

/** A journal that cannot be read or written; the message is for the user. */
export class JournalError extends DomainError {
  override readonly name = 'JournalError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'not-a-journal' | 'other-version' | 'other-data-plane' | 'damaged' | 'in-use' | 'cannot-write',
    message: string,
  ) {
    super(message);
  }
}
