/** The files that cells name: found, read and hashed once. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isModulePath } from '../../../hw-driver/index.js';
import { reasonOf } from '../../../traces/system/index.js';
import { namedContent } from './module-bundle.js';

/** Ends of the names of files that cells and networks name. */
const FILE_ENDS = /\.(p4runpro|json|csv|pcapng|pcap|pcap\.gz|pcapng\.gz|[cm]?[jt]s)$/;

/** Whether a value of a parameter is the path of a file, by its end. */
export const isFileName = (value: string): boolean => FILE_ENDS.test(value);

/** Whether a file is a document that may name further files: a network or a data plane. */
export const isDocumentName = (name: string): boolean => name.endsWith('.json');

/** A file, by its contents. */
export interface NamedFile {
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
  /** Where it is on this machine. */
  readonly path: string;
  readonly isModule: boolean;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files by the paths that cells name them with. */
export class NamedFileReader {
  private readonly known = new Map<string, NamedFile>();

  /** @param folder to which paths are relative */
  constructor(readonly folder: string) {}

  /** All files that were read, by their paths. */
  get files(): ReadonlyMap<string, NamedFile> {
    return this.known;
  }

  /**
   * A file with those that it names, if it is a network or a data plane.
   * @returns hashes by path, or a sentence if a file cannot be read
   */
  read(name: string): Readonly<Record<string, string>> | string {
    const found: Record<string, string> = {};
    const problem = this.readInto(name, this.folder, found);
    return problem ?? found;
  }

  private readInto(name: string, folder: string, found: Record<string, string>): string | undefined {
    if (name in found) return undefined;
    const path = isAbsolute(name) ? name : resolve(folder, name);
    const before = this.known.get(name);
    if (before !== undefined && before.path !== path) return `${name} names two files: ${before.path} and ${path}`;
    let bytes: Buffer;
    try {
      ({ bytes } = namedContent(path));
    } catch (error) {
      return `${name}: ${reasonOf(error)}`;
    }
    const file: NamedFile = { hash: hashOf(bytes), bytes: bytes.length, path, isModule: isModulePath(name) };
    this.known.set(name, file);
    found[name] = file.hash;
    if (!isDocumentName(name)) return undefined;
    for (const inner of fileNamesIn(bytes.toString('utf8'))) {
      const from = dirname(path);
      const problem = exists(resolve(from, inner)) ? this.readInto(inner, from, found) : undefined;
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Texts of a JSON document that are names of files. */
function fileNamesIn(text: string): readonly string[] {
  try {
    return textsIn(JSON.parse(text)).filter(isFileName);
  } catch {
    // The reader of the document says what is wrong with it.
    return [];
  }
}

/** All texts of a value of JSON. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
