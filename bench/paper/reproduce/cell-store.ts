/** Results of finished cells on disk, from which an interrupted run resumes. */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../../../traces/system/index.js';
import { type Cell, type CellResult, cellKey } from './cells/cell.js';

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
