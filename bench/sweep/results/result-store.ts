/** Results of cells on disk: an interrupted sweep goes on from them, and a grown one computes only what is new. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../../compiler/index.js';
import { reasonOf, writeFile } from '../../../traces/system/index.js';
import type { CellResult } from './cell-result.js';

const FILE = 'cells.jsonl';

/** A result that cannot be kept: the disk is full, or the folder is gone. */
export class NotKept extends DomainError {
  override readonly name = 'NotKept';
  readonly code = 'not-kept';
  readonly ends = 'bad-input';
}

export class ResultStore {
  private readonly path: string;
  private readonly results = new Map<string, CellResult>();

  /**
   * Reads the results of a folder, which must exist. Those of other code are discarded.
   * @param code hash of the code
   * @param fresh whether to forget all
   */
  constructor(folder: string, code: string, fresh: boolean) {
    this.path = join(folder, FILE);
    const head = JSON.stringify({ code });
    const lines = !fresh && existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n') : [];
    if (lines[0] === head) for (const line of lines.slice(1)) this.load(line);
    const kept = [...this.results].map(([key, result]) => lineOf(key, result));
    try {
      writeFile(this.path, `${[head, ...kept].join('\n')}\n`);
    } catch (error) {
      throw new NotKept(`cannot write ${this.path}: ${reasonOf(error)}`);
    }
  }

  get(key: string): CellResult | undefined {
    return this.results.get(key);
  }

  /** @throws {NotKept} */
  put(key: string, result: CellResult): void {
    if (this.results.has(key)) return;
    try {
      appendFileSync(this.path, `${lineOf(key, result)}\n`);
    } catch (error) {
      throw new NotKept(`cannot write ${this.path}: ${reasonOf(error)}; what is done before is kept`);
    }
    this.results.set(key, result);
  }

  /** Parses a line; the last line of a killed run may be incomplete, and its cell is computed again. */
  private load(line: string): void {
    try {
      const { key, fixed, times }: CellResult & { readonly key: unknown } = JSON.parse(line);
      if (typeof key === 'string' && isJson(fixed) && isJson(times)) this.results.set(key, { fixed, times });
    } catch {
      // Not a whole line.
    }
  }
}

function isJson(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  JSON.parse(text);
  return true;
}

const lineOf = (key: string, { fixed, times }: CellResult): string => JSON.stringify({ key, fixed, times });
