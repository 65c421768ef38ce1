/** A journal in a file. One controller writes it at a time. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { formatRecord, parseJournal } from './journal-text.js';
import { JOURNAL_SCHEMA, type Journal, JournalError, type JournalRecord } from './records.js';
import { type JournalState, replayJournal } from './replay.js';

/** A journal that has grown so long is written anew with what still counts, when it is opened. */
const COMPACT_BYTES = 2 ** 20;

/** With the machine, until the next record that may not: what they say of a transaction, the switch says too. */
const MAY_BE_LOST: ReadonlySet<JournalRecord['kind']> = new Set(['step', 'end']);

export class JournalFile implements Journal {
  private constructor(
    readonly path: string,
    private readonly file: number,
    private records: number,
    private bytes: number,
    /** What the records came to when it was opened. */
    readonly state: JournalState,
  ) {}

  /**
   * Reads a journal, or begins one where there is none. What was being written when its writer ended is cut off.
   * @throws {JournalError}
   */
  static open(path: string, dataPlane: { readonly name: string; readonly hash: string }): JournalFile {
    return orFail(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      lock(path);
      try {
        return JournalFile.read(path, dataPlane);
      } catch (error) {
        rmSync(lockOf(path), { force: true });
        throw error;
      }
    });
  }

  private static read(path: string, dataPlane: { readonly name: string; readonly hash: string }): JournalFile {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
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
      writeWhole(path, text);
      return new JournalFile(path, openSync(path, 'a'), all.length, Buffer.byteLength(text), state);
    }
    const file = openSync(path, 'r+');
    ftruncateSync(file, wholeBytes);
    closeSync(file);
    return new JournalFile(path, openSync(path, 'a'), records.length, wholeBytes, state);
  }

  append(record: JournalRecord): void {
    orFail(this.path, () => {
      const text = formatRecord(this.records, record);
      try {
        writeAll(this.file, text);
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
    if (this.state.isNew && this.records === 1) rmSync(this.path, { force: true });
    rmSync(lockOf(this.path), { force: true });
  }
}

/** What a journal says now, for who changes nothing; its writer may be at work. @throws {JournalError} */
export function readJournalFile(
  path: string,
  dataPlane: { readonly name: string; readonly hash: string },
): JournalState {
  return orFail(path, () => {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    return replayJournal(parseJournal(bytes).records, dataPlane);
  });
}

const lockOf = (path: string): string => `${path}.lock`;

/** Holds the journal for this process; the lock of one that has ended is taken over. */
function lock(path: string): void {
  const lockFile = lockOf(path);
  try {
    const file = openSync(lockFile, 'wx');
    writeAll(file, String(process.pid));
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = Number(readFileSync(lockFile, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) {
      throw new JournalError('in-use', `process ${owner} works with it; if not, remove ${lockFile}`);
    }
    rmSync(lockFile, { force: true });
    lock(path);
  }
}

function isAlive(process_: number): boolean {
  if (!Number.isInteger(process_) || process_ <= 0) return false;
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.partial`;
  const file = openSync(temporary, 'w');
  writeAll(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** So that the name outlives the machine too. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function orFail<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JournalError) throw new JournalError(error.code, `journal ${path}: ${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new JournalError('cannot-write', `journal ${path}: ${code ?? message}`);
  }
}
