/** The project's own source files, as the structure tests read them. */
import { readdirSync, readFileSync } from 'node:fs';
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
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({ path: join(room, file), room, text: readFileSync(packageFile(room, file), 'utf8') })),
  );
}

/** Files of the project that a file imports, from the root. */
export function importsOf({ path, text }: SourceFile): string[] {
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map((match) =>
    relative('.', join(dirname(path), (match[1] ?? '').replace(/\.js$/, '.ts'))),
  );
}

/** Text without comments and strings, so that what is left is code; line breaks stay. */
export function codeOnly(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, blank);
}
