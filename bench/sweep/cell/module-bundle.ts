/**
 * A module of users with the files that it names by relative paths, which it imports or reads: one content, by which cells
 * are keyed, and in which the module travels. A module that names none is its own content.
 */
import { statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { must } from '../../../compiler/data-plane/must.js';
import { isModulePath } from '../../../hw-driver/index.js';
import { makeFolders, readInput, writeFile } from '../../../traces/system/index.js';

/** The content of a named file, and the files that it was read from. */
export interface NamedContent {
  readonly bytes: Buffer;
  readonly paths: readonly string[];
}

const SCHEMA = 'p4runpro-bench/module@1';

interface Bundle {
  readonly schema: typeof SCHEMA;
  /** Path of the module itself. */
  readonly main: string;
  /** Contents in Base64 by path, below a folder of all. */
  readonly files: Readonly<Record<string, string>>;
}

/** @throws errors of the system */
export function namedContent(path: string): NamedContent {
  const bytes = readInput(path);
  if (!isModulePath(path)) return { bytes, paths: [path] };
  const main = resolve(path);
  const found = new Map([[main, bytes]]);
  for (const [from, text] of found) {
    if (!isModulePath(from)) continue;
    for (const name of relativeNames(text.toString('utf8'))) {
      const named = resolve(dirname(from), name);
      if (!found.has(named) && isFile(named)) found.set(named, readInput(named));
    }
  }
  const paths = [...found.keys()];
  if (paths.length === 1) return { bytes, paths };
  const folder = commonFolder(paths);
  const within = (each: string): string => relative(folder, each).split(sep).join('/');
  const files = [...found].map(([each, content]) => [within(each), content.toString('base64')] as const);
  const bundle: Bundle = {
    schema: SCHEMA,
    main: within(main),
    files: Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return { bytes: Buffer.from(JSON.stringify(bundle)), paths };
}

/** Writes the content of a module below a folder. @returns where the module is */
export function unpackModule(content: Buffer, folder: string, fileName: string): string {
  const bundle = bundleOf(content);
  if (bundle === undefined) {
    writeFile(join(folder, fileName), content);
    return join(folder, fileName);
  }
  for (const [name, text] of Object.entries(bundle.files)) {
    const place = placeBelow(folder, name);
    makeFolders(dirname(place));
    writeFile(place, Buffer.from(text, 'base64'));
  }
  return placeBelow(folder, bundle.main);
}

/** Packages that a module or what it imports asks for by name; those of Node.js and this project are everywhere. */
export function packagesOf(path: string): readonly string[] {
  const names = namedContent(path)
    .paths.filter(isModulePath)
    .flatMap((each) => [...withoutComments(readInput(each).toString('utf8')).matchAll(PACKAGE)])
    .map(nameIn);
  return [...new Set(names)].filter((name) => !isBuiltin(name) && !/^p4runpro-sim(?:\/|$)/.test(name));
}

const RELATIVE = /(['"`])(?<name>\.\.?\/[^'"`\n]*)\1/g;
const PACKAGE = /\b(?:from|import|require)\s*\(?\s*(['"])(?<name>[\w@][^'"\n]*)\1/g;

const relativeNames = (text: string): readonly string[] => [...text.matchAll(RELATIVE)].map(nameIn);
const nameIn = ({ groups }: RegExpMatchArray): string => must(groups?.['name'], 'name in a module');
const withoutComments = (text: string): string => text.replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function commonFolder(paths: readonly string[]): string {
  return paths.map(dirname).reduce((common, folder) => {
    let shared = common;
    while (relative(shared, folder).split(sep)[0] === '..') shared = dirname(shared);
    return shared;
  });
}

function bundleOf(content: Buffer): Bundle | undefined {
  if (!content.subarray(0, SCHEMA.length + 20).includes(SCHEMA)) return undefined;
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // A module of one file that begins so.
    return undefined;
  }
}

function placeBelow(folder: string, name: string): string {
  const place = resolve(folder, name);
  if (!place.startsWith(`${resolve(folder)}${sep}`)) throw new Error(`a module names ${name}, which is outside of it`);
  return place;
}
