/** The hash of the code that computes cells. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../../../traces/system/package-root.js';

/** Inputs of results besides the cells: code, programs, published figures. */
const CODE_FOLDERS = [
  ...['compiler', 'sim', 'traces', 'hw-driver', 'bench'].map((room) => `dist/${room}`),
  'bench/programs',
];

/** 16 hexadecimal digits, equal for equal built files. */
export function codeFingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of CODE_FOLDERS) {
    const root = packageFile(...folder.split('/'));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(js|p4runpro)$/.test(file),
    );
    for (const file of files.sort()) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
