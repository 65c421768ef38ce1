/** Files of cells through the queue, by the hash of their contents. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { readInput, reasonOf, writeFile } from '../../../traces/system/index.js';
import { ChangedFile } from '../cell/file-places.js';
import { hashOf } from '../cell/named-files.js';
import { MAX_SENT_BYTES, type QueueKeys, type SentFile } from './queue-keys.js';

/** Puts the files into Redis that are not there and are small enough. */
export async function sendFiles(redis: Redis, keys: QueueKeys, files: Iterable<SentFile>): Promise<void> {
  const sent = new Set<string>();
  for (const { hash, bytes, path } of files) {
    if (bytes > MAX_SENT_BYTES || sent.has(hash)) continue;
    sent.add(hash);
    if ((await redis.exists(keys.file(hash))) === 1) continue;
    await redis.set(keys.file(hash), contentsOf(path, hash));
  }
}

/** @throws {ChangedFile} */
function contentsOf(path: string, hash: string): Buffer {
  let contents: Buffer;
  try {
    contents = readInput(path);
  } catch (error) {
    throw new ChangedFile(`${path}: ${reasonOf(error)}`);
  }
  if (hashOf(contents) === hash) return contents;
  throw new ChangedFile(`${path} has changed since the sweep began; the same command takes it as it is now`);
}

/** A file that Redis has forgotten: the controller of its cell has it. */
export class LostFile extends Error {
  override readonly name = 'LostFile';
}

const MIB = 1024 * 1024;

/** A folder with the files that a worker was sent, under their hashes. */
export class FileCache {
  private readonly folder = mkdtempSync(join(tmpdir(), 'p4runpro-worker-'));

  constructor(
    private readonly redis: Redis,
    private readonly keys: QueueKeys,
  ) {}

  /** Where the files of a cell are here. @throws {Error} saying which one is missing */
  async placesOf(files: Readonly<Record<string, SentFile>>): Promise<Record<string, string>> {
    const places: Record<string, string> = {};
    for (const [name, file] of Object.entries(files)) places[name] = await this.placeOf(name, file);
    return places;
  }

  /** A message with the names that cells give files, in place of where these are here. */
  withNames(message: string, files: Readonly<Record<string, SentFile>>): string {
    return Object.entries(files).reduce(
      (text, [name, file]) => text.replaceAll(this.pathOf(name, file), name),
      message,
    );
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A folder for each hash: messages show the end of a path. */
  private pathOf(name: string, { hash }: Pick<SentFile, 'hash'>): string {
    return join(this.folder, hash, `file${extname(name)}`);
  }

  private async placeOf(name: string, { hash, bytes, path }: SentFile): Promise<string> {
    if (bytes > MAX_SENT_BYTES) return largeFile(name, hash, bytes, path);
    const place = this.pathOf(name, { hash });
    if (existsSync(place)) return place;
    const contents = await this.redis.getBuffer(this.keys.file(hash));
    if (contents === null) throw new LostFile(`${name} is not in the queue`);
    if (hashOf(contents) !== hash) throw new Error(`${name} in the queue is not what its hash says`);
    mkdirSync(join(this.folder, hash), { recursive: true });
    writeFile(place, contents);
    return place;
  }
}

function largeFile(name: string, hash: string, bytes: number, path: string): string {
  if (existsSync(path) && hashOf(readFileSync(path)) === hash) return path;
  const size = `${(bytes / MIB).toFixed(0)} MiB`;
  throw new Error(
    `${name} has ${size}, which is too much for the queue, and ${path} of this worker is not the same file`,
  );
}
