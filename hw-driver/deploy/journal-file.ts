/** A journal on disk: records are appended, and on the disk before the switch is changed. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import {
  type JournalContents,
  JournalError,
  type JournalRecord,
  journalHead,
  readJournal,
  recordLine,
} from './journal-records.js';
import type { Outcome, Transaction, TransactionLog } from './transaction.js';

export class JournalFile implements TransactionLog {
  readonly contents: JournalContents;
  private readonly file: number;

  /** Opens a journal, or begins one. @throws {JournalError} naming the file */
  constructor(path: string, dataPlane: { readonly name: string; readonly hash: string }) {
    try {
      this.file = openSync(path, 'a+');
      const text = readFileSync(path);
      this.contents = readJournal(text, dataPlane);
      if (this.contents.wholeBytes < text.length) ftruncateSync(this.file, this.contents.wholeBytes);
    } catch (error) {
      const reason =
        error instanceof JournalError ? error.message : `cannot be used: ${(error as NodeJS.ErrnoException).code}`;
      throw new JournalError(`${path} ${reason}`);
    }
    if (this.contents.wholeBytes === 0) {
      this.append(journalHead(dataPlane));
    }
  }

  begin(transaction: Transaction): void {
    this.append({ kind: 'begin', transaction });
  }

  end(outcome: Outcome): void {
    this.append({ kind: 'end', outcome });
  }

  close(): void {
    closeSync(this.file);
  }

  private append(record: JournalRecord): void {
    const bytes = Buffer.from(recordLine(record));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    fsyncSync(this.file);
  }
}
