import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, seen from the built file dist/traces/system/package-root.js. */
const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The path of a file that comes with the package. */
export const packageFile = (...parts: readonly string[]): string => join(packageRoot, ...parts);

const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string };
export const packageVersion = manifest.version;
