/** Files of cells through the queue, by the hash of their contents. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { writeFile } from '../../../traces/system/index.js';
import { hashOf } from '../cell/named-files.js';
import { MAX_SENT_BYTES, type QueueKeys, type SentFile } from './queue-keys.js';

/** Puts the files into Redis that are not there and are small enough. */
export async function sendFiles(redis: Redis, keys: QueueKeys, files: Iterable<SentFile>): Promise<void> {
  const sent = new Set<string>();
  for (const { hash, bytes, path } of files) {
    if (bytes > MAX_SENT_BYTES || sent.has(hash)) continue;
    sent.add(hash);
    if ((await redis.exists(keys.file(hash))) === 1) continue;
    const contents = readFileSync(path);
    if (hashOf(contents) !== hash) throw new Error(`${path} has changed since the sweep began`);
    await redis.set(keys.file(hash), contents);
  }
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

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async placeOf(name: string, { hash, bytes, path }: SentFile): Promise<string> {
    if (bytes > MAX_SENT_BYTES) return largeFile(name, hash, bytes, path);
    // A folder for each hash: messages show the end of a path.
    const place = join(this.folder, hash, `file${extname(name)}`);
    if (existsSync(place)) return place;
    const contents = await this.redis.getBuffer(this.keys.file(hash));
    if (contents === null) throw new Error(`${name} is not in the queue`);
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
