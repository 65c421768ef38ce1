/** A journal in a file, which one controller at a time has open. */
import { closeSync, existsSync, fsync, fsyncSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DocumentDataPlane } from '../../../compiler/index.js';
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

/** A journal longer than this is rewritten without ended transactions when it is opened. */
const COMPACT_BYTES = 2 ** 20;

/** Records that need not be on disk at once: if they are lost in a crash, the entries of the switch tell the same. */
const MAY_BE_LOST: ReadonlySet<JournalRecord['kind']> = new Set(['step', 'end']);

/** A record that is in the file, and waits until it is on disk. */
interface Waiting {
  /** Where it starts and ends in the file, in bytes. */
  readonly start: number;
  readonly end: number;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** A journal in a file. */
export class JournalFile implements Journal {
  private waiting: Waiting[] = [];
  private isSyncing = false;
  private isClosed = false;
  /** Why it is not known what of the file is on disk; no further record is taken then. */
  private broken: unknown;

  private constructor(
    /** The path as the user named it, for messages. */
    readonly path: string,
    /** The path without symbolic links. */
    private readonly target: string,
    private readonly file: number,
    private records: number,
    private bytes: number,
    /** The state after all records, when the journal was opened. */
    readonly state: JournalState,
    private readonly unlock: () => void,
  ) {}

  /**
   * Opens a journal, or creates it. An incomplete record at its end is removed.
   * @throws {JournalError}
   */
  static open(named: string, dataPlane: DocumentDataPlane): JournalFile {
    return withJournalErrors(named, () => {
      makeFolders(dirname(named));
      const destination = destinationOf(named);
      // A journal is truncated and removed, which only a regular file can be.
      if (destination.kind !== 'file')
        throw new JournalError('not-a-journal', 'not a journal: a regular file is expected');
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

  private static read(named: string, path: string, dataPlane: DocumentDataPlane, unlock: () => void): JournalFile {
    const bytes = existsSync(path) ? readInput(path) : Buffer.alloc(0);
    const { records, wholeBytes } = parseJournal(bytes);
    // The first record is written atomically, so a file without it is not a journal.
    if (records.length === 0 && bytes.length > 0) {
      throw new JournalError('not-a-journal', 'not a journal: it does not begin with the record of a journal');
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
    withJournalErrors(this.path, () => {
      const start = this.bytes;
      this.write(record);
      if (MAY_BE_LOST.has(record.kind)) return;
      try {
        fsyncSync(this.file);
      } catch (error) {
        this.takeBack(start);
        throw error;
      }
    });
  }

  async appendAndWait(record: JournalRecord): Promise<void> {
    const start = this.bytes;
    withJournalErrors(this.path, () => this.write(record));
    await new Promise<void>((done, fail) => {
      this.waiting.push({ start, end: this.bytes, done, fail });
      // Records that come while others are brought to disk are brought there together, next.
      if (!this.isSyncing) this.sync();
    });
  }

  /** Closes the journal, and removes one that was created here and has no record. */
  close(): void {
    this.isClosed = true;
    // Otherwise it is closed when the last record is on disk.
    if (!this.isSyncing) closeSync(this.file);
    if (this.state.isNew && this.records === 1) rmSync(this.target, { force: true });
    this.unlock();
  }

  private write(record: JournalRecord): void {
    if (this.broken !== undefined) throw this.broken;
    const text = formatRecord(this.records, record);
    try {
      writeBytes(this.file, text);
    } catch (error) {
      // A part of a record must not stay in front of the next record.
      ftruncateSync(this.file, this.bytes);
      throw error;
    }
    this.records++;
    this.bytes += Buffer.byteLength(text);
  }

  /** Brings all records to disk that are in the file now. */
  private sync(): void {
    const group = this.waiting;
    this.waiting = [];
    this.isSyncing = true;
    fsync(this.file, (error) => {
      this.isSyncing = false;
      if (error === null) for (const { done } of group) done();
      else this.failed(group, error);
      if (this.waiting.length > 0) this.sync();
      else if (this.isClosed) closeSync(this.file);
    });
  }

  /** A record that is the last one is taken back; records behind others have to stay, so that no further one is taken. */
  private failed(group: readonly Waiting[], error: unknown): void {
    const [only, ...others] = group;
    const isLast = only !== undefined && others.length === 0 && only.end === this.bytes && !this.isClosed;
    try {
      if (isLast) this.takeBack(only.start);
      else this.broken = error;
    } catch (reason) {
      this.broken = reason;
    }
    for (const { fail } of group) fail(new JournalError('cannot-write', `journal ${this.path}: ${reasonOf(error)}`));
  }

  /** Removes the last record. @param start where it starts */
  private takeBack(start: number): void {
    ftruncateSync(this.file, start);
    this.records--;
    this.bytes = start;
  }
}

/** The present state of a journal, for reading alone; another process may be writing it. @throws {JournalError} */
export function readJournalFile(path: string, dataPlane: DocumentDataPlane): JournalState {
  return withJournalErrors(path, () => {
    const bytes = existsSync(path) ? readInput(path) : Buffer.alloc(0);
    return replayJournal(parseJournal(bytes).records, dataPlane);
  });
}

function withJournalErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JournalError) throw new JournalError(error.code, `journal ${path}: ${error.message}`);
    if (error instanceof Locked) throw new JournalError('in-use', `journal ${path}: ${error.message}`);
    throw new JournalError('cannot-write', `journal ${path}: ${reasonOf(error)}`);
  }
}
