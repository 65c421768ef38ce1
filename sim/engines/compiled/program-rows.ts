/** The data of compiled programs: one row of integers each, in one array. */

/** Special values of a row's start, for programs without a row. */
export const NO_ENTRIES = 0;
export const STALE = -1;

export class ProgramRows {
  /** By program id: where its row starts, {@link STALE} if its entries have changed since. */
  readonly start: Int32Array;
  words: Int32Array = new Int32Array(1024);
  /** Word 0 belongs to no row, so that 0 can mean {@link NO_ENTRIES}. */
  private end = 1;
  /** Words of rows that are no longer used. */
  private wasted = 0;

  /** @param programIds their number */
  constructor(programIds: number) {
    this.start = new Int32Array(programIds);
  }

  /** Whether most words belong to rows that are no longer used. */
  get isWasteful(): boolean {
    return this.wasted > this.end / 2;
  }

  /** In ascending order. Ids are many, of which few are stale. */
  stale(): number[] {
    const { start } = this;
    const ids: number[] = [];
    for (let id = start.indexOf(STALE); id >= 0; id = start.indexOf(STALE, id + 1)) ids.push(id);
    return ids;
  }

  /** @param row its first word is its length */
  set(programId: number, row: readonly number[]): number {
    if (this.end + row.length > this.words.length) {
      const grown = new Int32Array(2 * (this.words.length + row.length));
      grown.set(this.words);
      this.words = grown;
    }
    const start = this.end;
    this.words.set(row, start);
    this.end += row.length;
    this.start[programId] = start;
    return start;
  }

  setEmpty(programId: number): void {
    this.start[programId] = NO_ENTRIES;
  }

  /** Marks the row of a program whose entries have changed. */
  giveUp(programId: number): void {
    const start = this.start[programId] as number;
    if (start > 0) this.wasted += this.words[start] as number;
    this.start[programId] = STALE;
  }

  /** Discards all rows; those in use have to be made again. */
  clear(): void {
    for (let id = 0; id < this.start.length; id++) if ((this.start[id] as number) > 0) this.start[id] = STALE;
    this.end = 1;
    this.wasted = 0;
  }
}
