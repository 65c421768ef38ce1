/** The project's own source files, as the structure tests read them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageFile } from '../../traces/system/package-root.js';

export const ROOMS = ['compiler', 'traces', 'sim', 'hw-driver', 'bench'] as const;
export type Room = (typeof ROOMS)[number];

export interface SourceFile {
  /** From the root of the project. */
  readonly path: string;
  readonly room: Room;
  readonly text: string;
}

export function sourceFiles(): SourceFile[] {
  return ROOMS.flatMap((room) =>
    readdirSync(packageFile(room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => ({ path: join(room, file), room, text: readFileSync(packageFile(room, file), 'utf8') })),
  );
}

const STATIC_IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;']*\sfrom\s+)?'([^']+)'/gm;

/** What stands for `#platform/…`: see "imports" of package.json. */
interface PlatformFiles {
  readonly browser: string;
  readonly default: string;
}

const { imports: platform } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
  readonly imports: Readonly<Record<string, PlatformFiles>>;
};

/** Files of the project that a file imports, from the root; also those that it loads when they are needed. */
export function importsOf({ path, text }: SourceFile): string[] {
  return [...text.matchAll(/(?:from\s+|\bimport\s*\(?\s*)'([.#][^']+)'/g)].flatMap(([, target = '']) => {
    const chosen = platform[target];
    return chosen === undefined ? fileOf(path, target) : [sourceOf(chosen.default), sourceOf(chosen.browser)];
  });
}

/** What Node loads with a file before it runs: files of the project from the root, packages by name. */
export function loadedWith({ path, text }: SourceFile): string[] {
  return [...text.matchAll(STATIC_IMPORT)].map(([, target = '']) => {
    const chosen = platform[target];
    if (chosen !== undefined) return sourceOf(chosen.default);
    return target.startsWith('.') ? fileOf(path, target) : target;
  });
}

/** The source of a built file of the package. */
const sourceOf = (built: string): string => built.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');

/** A component of the page is built of a .tsx file. */
function fileOf(path: string, target: string): string {
  const file = relative('.', join(dirname(path), target.replace(/\.js$/, '.ts')));
  const component = file.replace(/\.ts$/, '.tsx');
  return existsSync(packageFile(component)) ? component : file;
}

/** Text without comments and strings, so that what is left is code; line breaks stay. */
export function codeOnly(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, blank);
}
