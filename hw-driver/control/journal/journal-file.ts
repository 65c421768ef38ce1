/** A journal in a file. One controller writes it at a time. */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  destinationOf,
  Locked,
  lock,
  makeFolders,
  readInput,
  reasonOf,
  writeBytes,
  writeFile,
} from '../../../traces/system/index.js';
import { formatRecord, parseJournal } from './journal-text.js';
import { JOURNAL_SCHEMA, type Journal, JournalError, type JournalRecord } from './records.js';
import { type JournalState, replayJournal } from './replay.js';

/** A journal that has grown so long is written anew with what still counts, when it is opened. */
const COMPACT_BYTES = 2 ** 20;

/** With the machine, until the next record that may not: what they say of a transaction, the switch says too. */
const MAY_BE_LOST: ReadonlySet<JournalRecord['kind']> = new Set(['step', 'end']);

export class JournalFile implements Journal {
  private constructor(
    /** As it was named, for messages. */
    readonly path: string,
    /** Without symbolic links. */
    private readonly target: string,
    private readonly file: number,
    private records: number,
    private bytes: number,
    /** What the records came to when it was opened. */
    readonly state: JournalState,
    private readonly unlock: () => void,
  ) {}

  /**
   * Reads a journal, or begins one where there is none. What was being written when its writer ended is cut off.
   * @throws {JournalError}
   */
  static open(named: string, dataPlane: { readonly name: string; readonly hash: string }): JournalFile {
    return orFail(named, () => {
      makeFolders(dirname(named));
      const destination = destinationOf(named);
      // It is read, cut and removed: what cannot be is none.
      if (destination.kind !== 'file') throw new JournalError('not-a-journal', 'not a journal: it is no regular file');
      const { path } = destination;
      const unlock = lock(`${path}.lock`);
      try {
        return JournalFile.read(named, path, dataPlane, unlock);
      } catch (error) {
        unlock();
        throw error;
      }
    });
  }

  private static read(
    named: string,
    path: string,
    dataPlane: { readonly name: string; readonly hash: string },
    unlock: () => void,
  ): JournalFile {
    const bytes = existsSync(path) ? readInput(path) : Buffer.alloc(0);
    const { records, wholeBytes } = parseJournal(bytes);
    // The first record comes into being as a whole: anything else is another file.
    if (records.length === 0 && bytes.length > 0) {
      throw new JournalError('not-a-journal', 'not a journal: it does not begin as one');
    }
    const state = replayJournal(records, dataPlane);
    const { name, hash } = dataPlane;
    const header: JournalRecord = { kind: 'journal', schema: JOURNAL_SCHEMA, dataPlane: { name, hash } };
    const isLong = wholeBytes > COMPACT_BYTES && state.open.size === 0;
    if (records.length === 0 || isLong) {
      const adopted = [...state.programs.values()].map((program): JournalRecord => ({ kind: 'adopt', program }));
      const all = [header, ...adopted];
      const text = all.map((record, i) => formatRecord(i, record)).join('');
      writeFile(path, text, { durable: true });
      return new JournalFile(named, path, openSync(path, 'a'), all.length, Buffer.byteLength(text), state, unlock);
    }
    const file = openSync(path, 'r+');
    ftruncateSync(file, wholeBytes);
    closeSync(file);
    return new JournalFile(named, path, openSync(path, 'a'), records.length, wholeBytes, state, unlock);
  }

  append(record: JournalRecord): void {
    orFail(this.path, () => {
      const text = formatRecord(this.records, record);
      try {
        writeBytes(this.file, text);
        if (!MAY_BE_LOST.has(record.kind)) fsyncSync(this.file);
      } catch (error) {
        // A record that is not kept must not stand in the way of the next one.
        ftruncateSync(this.file, this.bytes);
        throw error;
      }
      this.records++;
      this.bytes += Buffer.byteLength(text);
    });
  }

  /** One that was begun for nothing is not left behind. */
  close(): void {
    closeSync(this.file);
    if (this.state.isNew && this.records === 1) rmSync(this.target, { force: true });
    this.unlock();
  }
}

/** What a journal says now, for who changes nothing; its writer may be at work. @throws {JournalError} */
export function readJournalFile(
  path: string,
  dataPlane: { readonly name: string; readonly hash: string },
): JournalState {
  return orFail(path, () => {
    const bytes = existsSync(path) ? readInput(path) : Buffer.alloc(0);
    return replayJournal(parseJournal(bytes).records, dataPlane);
  });
}

function orFail<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JournalError) throw new JournalError(error.code, `journal ${path}: ${error.message}`);
    if (error instanceof Locked) throw new JournalError('in-use', `journal ${path}: ${error.message}`);
    throw new JournalError('cannot-write', `journal ${path}: ${reasonOf(error)}`);
  }
}
