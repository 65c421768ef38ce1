/** Results of finished cells on disk, from which an interrupted run resumes. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../../../traces/system/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { type Cell, type CellResult, cellKey } from './cells/cell.js';

/** Inputs of results besides the cells: code, programs, published figures. */
const CODE_FOLDERS = [
  ...['compiler', 'sim', 'traces', 'hw-driver', 'bench'].map((room) => `dist/${room}`),
  'bench/programs',
];

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

const FILE = 'unfinished.jsonl';

export class CellStore {
  private readonly path: string;
  private readonly done = new Map<string, CellResult>();

  /** Reads the results of a folder, which must exist. Results of other code are discarded. */
  constructor(folder: string, fingerprint: string) {
    this.path = join(folder, FILE);
    const lines = existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n') : [];
    if (lines[0] === head(fingerprint)) {
      for (const line of lines.slice(1)) this.load(line);
    }
    const kept = [...this.done].map(([key, result]) => lineOf(key, result));
    writeFile(this.path, `${[head(fingerprint), ...kept].join('\n')}\n`);
  }

  get(cell: Cell): CellResult | undefined {
    return this.done.get(cellKey(cell));
  }

  put(cell: Cell, result: CellResult): void {
    const key = cellKey(cell);
    this.done.set(key, result);
    appendFileSync(this.path, `${lineOf(key, result)}\n`);
  }

  /** Deletes the results after a complete run, so that the next run computes all cells. */
  discard(): void {
    rmSync(this.path, { force: true });
  }

  /** Parses a line; the last line of a killed run may be incomplete. */
  private load(line: string): void {
    try {
      const { key, result } = JSON.parse(line) as { key: string; result: CellResult };
      this.done.set(key, result);
    } catch {
      // Its cell is computed again.
    }
  }
}

const head = (fingerprint: string): string => JSON.stringify({ code: fingerprint });
const lineOf = (key: string, result: CellResult): string => JSON.stringify({ key, result });
