/** What a controller writes down before and after it changes a switch. */

import type { CompiledProgram } from '../../../compiler/index.js';
import { DomainError } from '../../../compiler/index.js';
import type { Outcome, Transaction } from '../deployment/transaction.js';

export const JOURNAL_SCHEMA = 'p4runpro/journal@1';

/** The first record: what the others are about. */
export interface JournalHeader {
  readonly kind: 'journal';
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly dataPlane: { readonly name: string; readonly hash: string };
}

export type JournalRecord =
  | JournalHeader
  /** A program runs that was there before this journal, or was taken over. */
  | { readonly kind: 'adopt'; readonly program: CompiledProgram }
  /** A program that the switch had lost is given up. */
  | { readonly kind: 'forget'; readonly program: string }
  /** Nothing has been changed yet. */
  | { readonly kind: 'begin'; readonly transaction: Transaction }
  /** The first `done` operations of a program's open transaction are made. */
  | { readonly kind: 'step'; readonly program: string; readonly done: number }
  /** A program's open transaction has come to its end: `after`; or it was undone: `before`. */
  | { readonly kind: 'end'; readonly program: string; readonly outcome: Outcome };

/** Where a controller writes its records. */
export interface Journal {
  /**
   * Returns when the record is kept. Those of steps and of the end of the last transaction may be lost with the machine: of
   * a transaction without end, the switch is asked how far it came.
   * @throws {JournalError}
   */
  append(record: JournalRecord): void;
}

/** For a switch that does not outlive its controller. */
export const NO_JOURNAL: Journal = { append: () => undefined };

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
