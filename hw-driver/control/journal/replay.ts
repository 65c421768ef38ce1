/** The state after the records of a journal: the programs that run and the transactions that have not ended. */
import {
  type CompiledProgram,
  compiledProgramFromJson,
  type DocumentDataPlane,
  DocumentError,
} from '../../../compiler/index.js';
import type { Outcome, Transaction } from '../deployment/transaction.js';
import { JOURNAL_SCHEMA, JournalError, type JournalRecord } from './records.js';

export interface OpenTransaction {
  readonly transaction: Transaction;
  /** Number of operations that were certainly made; more may have been. */
  readonly done: number;
}

export interface JournalState {
  /** Whether the journal has no record yet. */
  readonly isNew: boolean;
  /** By name, as they were before the open transactions. */
  readonly programs: ReadonlyMap<string, CompiledProgram>;
  /** Transactions that have not ended, by program. */
  readonly open: ReadonlyMap<string, OpenTransaction>;
}

const EMPTY_JOURNAL: JournalState = { isNew: true, programs: new Map(), open: new Map() };

/** @throws {JournalError} */
export function replayJournal(
  [header, ...records]: readonly JournalRecord[],
  dataPlane: DocumentDataPlane,
): JournalState {
  if (header === undefined) return EMPTY_JOURNAL;
  checkHeader(header, dataPlane);
  const programs = new Map<string, CompiledProgram>();
  const open = new Map<string, OpenTransaction>();
  for (const [i, record] of records.entries()) {
    // The header is record 1.
    const fail = (why: string): never => {
      throw new JournalError('damaged', `record ${i + 2} ${why}`);
    };
    switch (record.kind) {
      case 'adopt':
        programs.set(record.program.program, record.program);
        break;
      case 'forget':
        if (!programs.delete(record.program)) fail('forgets a program that does not run');
        break;
      case 'begin':
        if (open.has(record.transaction.program)) fail('begins a transaction while another of the program is open');
        open.set(record.transaction.program, { transaction: record.transaction, done: 0 });
        break;
      case 'step': {
        const { transaction } = open.get(record.program) ?? fail('is a step without an open transaction');
        open.set(record.program, { transaction, done: record.done });
        break;
      }
      case 'end': {
        const { transaction } = open.get(record.program) ?? fail('ends a transaction that is not open');
        open.delete(record.program);
        const stays = documentAt(transaction, record.outcome);
        if (stays === undefined) programs.delete(record.program);
        else programs.set(record.program, stays);
        break;
      }
      default:
        fail(`is of an unknown kind: ${JSON.stringify((record as { kind: unknown }).kind)}`);
    }
  }
  for (const document of documentsOf(programs, open)) checkDocument(document, dataPlane);
  return { isNew: false, programs, open };
}

/** The compiled program that runs after a transaction with this outcome; undefined if none does. */
export function documentAt(transaction: Transaction, outcome: Outcome): CompiledProgram | undefined {
  if (outcome === 'before') return transaction.kind === 'deploy' ? undefined : transaction.before;
  return transaction.kind === 'revoke' ? undefined : transaction.after;
}

function checkHeader(header: JournalRecord, dataPlane: DocumentDataPlane): void {
  if (header.kind !== 'journal')
    throw new JournalError('not-a-journal', 'not a journal: it does not begin with the record of a journal');
  if (header.schema !== JOURNAL_SCHEMA) {
    throw new JournalError('other-version', `it has schema ${header.schema}, and ${JOURNAL_SCHEMA} is expected`);
  }
  if (header.dataPlane.hash !== dataPlane.hash) {
    const message = `it belongs to data plane '${header.dataPlane.name}', not to '${dataPlane.name}'`;
    throw new JournalError('other-data-plane', message);
  }
}

function documentsOf(
  programs: ReadonlyMap<string, CompiledProgram>,
  open: ReadonlyMap<string, OpenTransaction>,
): CompiledProgram[] {
  const changing = [...open.values()].flatMap(({ transaction }) => [
    documentAt(transaction, 'before'),
    documentAt(transaction, 'after'),
  ]);
  return [...programs.values(), ...changing.filter((document) => document !== undefined)];
}

function checkDocument(document: CompiledProgram, dataPlane: DocumentDataPlane): void {
  try {
    compiledProgramFromJson(document, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new JournalError('damaged', error.message) : error;
  }
}
