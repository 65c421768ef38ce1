/**
 * The records of a journal as lines of text, and what they come to: the programs that run, and a transaction that was
 * under way at the end. A line is a checksum and JSON; the last one may be torn, as by a crash, and is then left out.
 */
import { createHash } from 'node:crypto';
import { type CompiledProgram, compiledProgramFromJson, DocumentError } from '../../compiler/index.js';
import type { Outcome, Transaction } from './transaction.js';

export const JOURNAL_SCHEMA = 'p4runpro/journal@1';

export type JournalRecord =
  | {
      readonly kind: 'journal';
      readonly schema: string;
      readonly dataPlane: { readonly name: string; readonly hash: string };
    }
  | { readonly kind: 'begin'; readonly transaction: Transaction }
  | { readonly kind: 'end'; readonly outcome: Outcome };

/** The first record. */
export const journalHead = ({ name, hash }: { readonly name: string; readonly hash: string }): JournalRecord => ({
  kind: 'journal',
  schema: JOURNAL_SCHEMA,
  dataPlane: { name, hash },
});

/** A journal that cannot be used; the message has no subject. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

const CHECKSUM_CHARACTERS = 16;
const checksum = (json: string): string =>
  createHash('sha256').update(json).digest('hex').slice(0, CHECKSUM_CHARACTERS);

export function recordLine(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

export interface JournalContents {
  /** In the order in which they came. */
  readonly programs: readonly CompiledProgram[];
  /** Began and did not end. */
  readonly open: Transaction | undefined;
  /** Bytes of whole records; what follows is torn. */
  readonly wholeBytes: number;
}

/** @throws {JournalError} for what is no journal, of another data plane, or damaged before its last line */
export function readJournal(
  text: Buffer,
  dataPlane: { readonly name: string; readonly hash: string },
): JournalContents {
  const { records, wholeBytes } = wholeRecords(text);
  const [head, ...rest] = records;
  // A crash can tear the first record too.
  if (recordLine(journalHead(dataPlane)).startsWith(text.toString('latin1'))) {
    return { programs: [], open: undefined, wholeBytes: head === undefined ? 0 : wholeBytes };
  }
  if (head?.kind !== 'journal') throw new JournalError('is no journal of this program');
  if (head.schema !== JOURNAL_SCHEMA) throw new JournalError(`is of schema ${head.schema}, not ${JOURNAL_SCHEMA}`);
  if (head.dataPlane.hash !== dataPlane.hash) {
    throw new JournalError(`is of data plane '${head.dataPlane.name}', not of this '${dataPlane.name}'`);
  }
  const programs = new Map<string, CompiledProgram>();
  let open: Transaction | undefined;
  for (const record of rest) {
    if (record.kind === 'begin') open = checkedTransaction(record.transaction, dataPlane);
    else if (record.kind === 'end' && open !== undefined) {
      if (record.outcome === 'done') settle(programs, open);
      open = undefined;
    } else throw new JournalError('is damaged: its records are out of order');
  }
  return { programs: [...programs.values()], open, wholeBytes };
}

function settle(programs: Map<string, CompiledProgram>, { before, after }: Transaction): void {
  if (before !== null && after === null) programs.delete(before.program);
  if (after !== null) programs.set(after.program, after);
}

function wholeRecords(text: Buffer): { records: JournalRecord[]; wholeBytes: number } {
  const records: JournalRecord[] = [];
  let at = 0;
  for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
    const line = text.toString('utf8', at, end);
    const json = line.slice(CHECKSUM_CHARACTERS + 1);
    if (line.slice(0, CHECKSUM_CHARACTERS) !== checksum(json)) {
      if (end === text.length - 1) break;
      throw new JournalError(`is damaged in record ${records.length + 1}`);
    }
    records.push(JSON.parse(json) as JournalRecord);
    at = end + 1;
  }
  return { records, wholeBytes: at };
}

/** The checksum says that it is what was written; the documents are looked at all the same. */
function checkedTransaction(
  transaction: Transaction,
  dataPlane: { readonly name: string; readonly hash: string },
): Transaction {
  try {
    for (const program of [transaction.before, transaction.after]) {
      if (program !== null) compiledProgramFromJson(program, dataPlane);
    }
    return transaction;
  } catch (error) {
    throw error instanceof DocumentError ? new JournalError(`is damaged: ${error.message}`) : error;
  }
}
