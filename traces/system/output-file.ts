/** Writes all files: atomically, through symbolic links, and directly into devices. */

import { closeSync, constants, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { destinationOf, type FileRights } from './destination.js';
import { addPartial, forgetPartial } from './leftovers.js';
import { errorCode } from './reason.js';
import { writeBytes } from './write-bytes.js';

/** A file being written. Errors are those of the system; {@link reasonOf} gives their text. */
export class OutputFile {
  private isOpen = true;

  private constructor(
    private readonly file: number,
    /** Where the bytes are until they are all there, and where they go then; undefined where they are there at once. */
    private readonly rename: { readonly from: string; readonly to: string } | undefined,
    private readonly isOurs: boolean,
  ) {}

  /** A file of this name stays as it is until {@link close}. Waits for the reader of a named pipe. */
  static open(path: string): OutputFile {
    const destination = destinationOf(path);
    switch (destination.kind) {
      case 'descriptor':
        return new OutputFile(destination.descriptor, undefined, false);
      case 'device':
        return new OutputFile(openSync(destination.path, constants.O_WRONLY), undefined, true);
      case 'file': {
        const { file, partial } = openPartial(destination.path);
        if (destination.before !== undefined) keepRights(file, destination.before);
        return new OutputFile(file, { from: partial, to: destination.path }, true);
      }
    }
  }

  /** Discards the whole file after an error. */
  write(data: Uint8Array | string): void {
    try {
      writeBytes(this.file, data);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Gives the file its name. @param durable whether it is on the disk when this returns */
  close(durable = false): void {
    if (!this.isOpen) return;
    try {
      if (durable && this.rename !== undefined) fsyncSync(this.file);
      this.closeFile();
      if (this.rename === undefined) return;
      renameSync(this.rename.from, this.rename.to);
      forgetPartial(this.rename.from);
      if (durable) syncFolder(dirname(this.rename.to));
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Discards the new file; an older file stays. Does nothing once closed. */
  discard(): void {
    if (!this.isOpen) return;
    try {
      this.closeFile();
    } finally {
      this.remove();
    }
  }

  private closeFile(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.isOurs) closeSync(this.file);
  }

  private remove(): void {
    if (this.rename === undefined) return;
    rmSync(this.rename.from, { force: true });
    forgetPartial(this.rename.from);
  }
}

/** Keeps the owner of a replaced file; only root can do so. */
function keepRights(file: number, { mode, owner, group }: FileRights): void {
  try {
    fchownSync(file, owner, group);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
  fchmodSync(file, mode);
}

let partialFiles = 0;
/** File systems allow 255 bytes. */
const MAX_NAME_BYTES = 200;
const KEPT_CHARACTERS = 50;

/** Path of the temporary file, in the folder of the target, so that it can be renamed. */
function openPartial(path: string): { readonly file: number; readonly partial: string } {
  const name = basename(path);
  const begins = Buffer.byteLength(name) > MAX_NAME_BYTES ? name.slice(0, KEPT_CHARACTERS) : name;
  for (;;) {
    const partial = join(dirname(path), `${begins}.${process.pid}-${partialFiles++}.partial`);
    try {
      addPartial(partial);
      return { file: openSync(partial, 'wx'), partial };
    } catch (error) {
      forgetPartial(partial);
      // Left by a killed process with the same number.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** Syncs the folder, so that the rename survives a power failure. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Writes a file as a whole. @throws errors of the system */
export function writeFile(path: string, data: Uint8Array | string, options: { readonly durable?: boolean } = {}): void {
  const file = OutputFile.open(path);
  file.write(data);
  file.close(options.durable);
}

/** A text and the file that it goes to. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/** A file that could not be written. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';

  constructor(
    readonly path: string,
    override readonly cause: unknown,
  ) {
    super(`cannot write ${path}`);
  }
}

/** Writes all of the files or, where one cannot be written, none. @throws {NotWritten} naming that one */
export function writeFiles(files: readonly FileText[]): void {
  const opened: OutputFile[] = [];
  let writing = '';
  try {
    for (const { path, text } of files) {
      writing = path;
      const file = OutputFile.open(path);
      opened.push(file);
      file.write(text);
    }
    opened.forEach((file, i) => {
      writing = files[i]?.path ?? writing;
      file.close();
    });
  } catch (error) {
    for (const file of opened) file.discard();
    throw new NotWritten(writing, error);
  }
}
