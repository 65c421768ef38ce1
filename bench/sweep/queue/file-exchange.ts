/** Files of cells through the queue, by the hash of their contents. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { isModulePath } from '../../../hw-driver/index.js';
import { reasonOf, writeFile } from '../../../traces/system/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { ChangedFile } from '../cell/file-places.js';
import { namedContent, unpackModule } from '../cell/module-bundle.js';
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
    contents = namedContent(path).bytes;
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
  private readonly places = new Map<string, string>();

  constructor(
    private readonly redis: Redis,
    private readonly keys: QueueKeys,
  ) {
    // For modules that import the project by its name.
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(packageFile(), join(this.folder, 'node_modules', 'p4runpro-sim'), 'junction');
  }

  /** Where the files of a cell are here. @throws {Error} saying which one is missing */
  async placesOf(files: Readonly<Record<string, SentFile>>): Promise<Record<string, string>> {
    const places: Record<string, string> = {};
    for (const [name, file] of Object.entries(files)) places[name] = await this.placeOf(name, file);
    return places;
  }

  /** A message with the names that cells give files, in place of where these are here. */
  withNames(message: string, files: Readonly<Record<string, SentFile>>): string {
    return Object.entries(files).reduce((text, [name, file]) => {
      const place = this.places.get(idOf(name, file));
      return place === undefined ? text : text.replaceAll(place, name);
    }, message);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async placeOf(name: string, file: SentFile): Promise<string> {
    const { hash, bytes, path } = file;
    if (bytes > MAX_SENT_BYTES) return largeFile(name, hash, bytes, path);
    const known = this.places.get(idOf(name, file));
    if (known !== undefined) return known;
    const contents = await this.redis.getBuffer(this.keys.file(hash));
    if (contents === null) throw new LostFile(`${name} is not in the queue`);
    if (hashOf(contents) !== hash) throw new Error(`${name} in the queue is not what its hash says`);
    // A folder for each, as modules bring further files.
    const folder = join(this.folder, hash);
    mkdirSync(folder, { recursive: true });
    const place = unpacked(contents, folder, `file${extname(name)}`);
    this.places.set(idOf(name, file), place);
    return place;
  }
}

const idOf = (name: string, { hash }: SentFile): string => `${hash}${extname(name)}`;

function unpacked(contents: Buffer, folder: string, name: string): string {
  if (isModulePath(name)) return unpackModule(contents, folder, name);
  const place = join(folder, name);
  writeFile(place, contents);
  return place;
}

function largeFile(name: string, hash: string, bytes: number, path: string): string {
  if (existsSync(path) && hashOf(namedContent(path).bytes) === hash) return path;
  const size = `${(bytes / MIB).toFixed(0)} MiB`;
  throw new Error(
    `${name} has ${size}, which is too much for the queue, and ${path} of this worker is not the same file`,
  );
}
