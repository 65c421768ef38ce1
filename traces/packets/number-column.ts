/** A column of numbers that grows by blocks: nothing is copied when it grows, and columns may share what is before both. */

/** The arrays that a column may consist of. */
export type ColumnBlock = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

const BLOCK_BITS = 16;
/** Rows of a block. */
export const BLOCK_ROWS = 2 ** BLOCK_BITS;
const ROW_MASK = BLOCK_ROWS - 1;

/** Numbers by row, from 0. Which rows have one, its user knows. */
export class NumberColumn<Block extends ColumnBlock> {
  /** @param newBlock makes an array of this number of zeros */
  constructor(
    private readonly newBlock: (rows: number) => Block,
    private readonly held: Block[] = [],
  ) {}

  /** By number: row r is element r modulo {@link BLOCK_ROWS} of block r / {@link BLOCK_ROWS}. Not to be written to. */
  get blocks(): readonly Block[] {
    return this.held;
  }

  /** The number of a row that has one. */
  at(row: number): number {
    return (this.held[row >>> BLOCK_BITS] as Block)[row & ROW_MASK] as number;
  }

  /** Writes the number of a row: one that has one, or the next. */
  set(row: number, value: number): void {
    const number = row >>> BLOCK_BITS;
    if (number === this.held.length) this.held.push(this.newBlock(BLOCK_ROWS));
    (this.held[number] as Block)[row & ROW_MASK] = value;
  }

  /** Writes the numbers of rows from `row` on, the next ones, from elements `from` … `to - 1` of a list. */
  append(row: number, values: ColumnBlock, from: number, to: number): void {
    let at = row;
    for (let i = from; i < to; ) {
      const number = at >>> BLOCK_BITS;
      if (number === this.held.length) this.held.push(this.newBlock(BLOCK_ROWS));
      const place = at & ROW_MASK;
      const rows = Math.min(to - i, BLOCK_ROWS - place);
      (this.held[number] as Block).set(values.subarray(i, i + rows), place);
      at += rows;
      i += rows;
    }
  }

  /** Copies the numbers of `count` rows from `row` on to a list, from element `to` on. */
  copy(row: number, count: number, into: ColumnBlock, to: number): void {
    for (let done = 0; done < count; ) {
      const at = row + done;
      const place = at & ROW_MASK;
      const rows = Math.min(count - done, BLOCK_ROWS - place);
      into.set((this.held[at >>> BLOCK_BITS] as Block).subarray(place, place + rows), to + done);
      done += rows;
    }
  }

  /** A column with the first `rows` rows of this one. Whole blocks are shared, so that their rows must stay as they are. */
  fork(rows: number): NumberColumn<Block> {
    const whole = rows >>> BLOCK_BITS;
    const held = this.held.slice(0, whole);
    if ((rows & ROW_MASK) > 0) held.push((this.held[whole] as Block).slice() as Block);
    return new NumberColumn(this.newBlock, held);
  }

  /** Bytes of its blocks. */
  get byteLength(): number {
    return this.held.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}

export const bytesColumn = (): NumberColumn<Uint8Array> => new NumberColumn((rows) => new Uint8Array(rows));
export const halvesColumn = (): NumberColumn<Uint16Array> => new NumberColumn((rows) => new Uint16Array(rows));
export const integersColumn = (): NumberColumn<Int32Array> => new NumberColumn((rows) => new Int32Array(rows));
export const wordsColumn = (): NumberColumn<Uint32Array> => new NumberColumn((rows) => new Uint32Array(rows));
export const numbersColumn = (): NumberColumn<Float64Array> => new NumberColumn((rows) => new Float64Array(rows));
