/** What the records of a journal come to: the programs that run and the transactions that are open. */
import { type CompiledProgram, compiledProgramFromJson, DocumentError } from '../../../compiler/index.js';
import type { Outcome, Transaction } from '../deployment/transaction.js';
import { JOURNAL_SCHEMA, JournalError, type JournalRecord } from './records.js';

export interface OpenTransaction {
  readonly transaction: Transaction;
  /** Operations that are known to have been made; there may be more. */
  readonly done: number;
}

export interface JournalState {
  /** Whether nothing has been written yet. */
  readonly isNew: boolean;
  /** By name, as they are without the open transactions. */
  readonly programs: ReadonlyMap<string, CompiledProgram>;
  /** By program. */
  readonly open: ReadonlyMap<string, OpenTransaction>;
}

const EMPTY_JOURNAL: JournalState = { isNew: true, programs: new Map(), open: new Map() };

/** @throws {JournalError} */
export function replayJournal(
  [header, ...records]: readonly JournalRecord[],
  dataPlane: { readonly name: string; readonly hash: string },
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
        if (open.has(record.transaction.program)) fail('begins a transaction within another');
        open.set(record.transaction.program, { transaction: record.transaction, done: 0 });
        break;
      case 'step': {
        const { transaction } = open.get(record.program) ?? fail('is a step of no transaction');
        open.set(record.program, { transaction, done: record.done });
        break;
      }
      case 'end': {
        const { transaction } = open.get(record.program) ?? fail('ends no transaction');
        open.delete(record.program);
        const stays = documentAt(transaction, record.outcome);
        if (stays === undefined) programs.delete(record.program);
        else programs.set(record.program, stays);
        break;
      }
      default:
        fail(`is of a kind that is not known: ${JSON.stringify((record as { kind: unknown }).kind)}`);
    }
  }
  for (const document of documentsOf(programs, open)) checkDocument(document, dataPlane);
  return { isNew: false, programs, open };
}

/** What a transaction leaves of its program. */
export function documentAt(transaction: Transaction, outcome: Outcome): CompiledProgram | undefined {
  if (outcome === 'before') return transaction.kind === 'deploy' ? undefined : transaction.before;
  return transaction.kind === 'revoke' ? undefined : transaction.after;
}

function checkHeader(header: JournalRecord, dataPlane: { readonly name: string; readonly hash: string }): void {
  if (header.kind !== 'journal') throw new JournalError('not-a-journal', 'not a journal: it does not begin as one');
  if (header.schema !== JOURNAL_SCHEMA) {
    throw new JournalError('other-version', `a journal of schema ${header.schema}, where ${JOURNAL_SCHEMA} is needed`);
  }
  if (header.dataPlane.hash !== dataPlane.hash) {
    const message = `a journal of data plane '${header.dataPlane.name}', not of '${dataPlane.name}'`;
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

function checkDocument(document: CompiledProgram, dataPlane: { readonly name: string; readonly hash: string }): void {
  try {
    compiledProgramFromJson(document, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new JournalError('damaged', error.message) : error;
  }
}
