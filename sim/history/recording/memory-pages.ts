/**
 * Copies of memory at some moments of a run, of the pages only that changed since the copy before. They are there for
 * speed: memory at any moment follows from the writes. So a copy is made when it takes no more bytes than the writes that
 * it saves going through.
 */

const PAGE_BITS = 10;
const PAGE_WORDS = 2 ** PAGE_BITS;
/** Bytes of a write in the log, and of a word. */
const WRITE_BYTES = 16;
const WORD_BYTES = 4;

/** Memory when this number of writes had been made. */
interface PageTable {
  readonly writes: number;
  /** By page; undefined for one that was all 0. */
  readonly pages: readonly (Uint32Array | undefined)[];
}

/** Copies of the pages of memory that changed. */
export class MemoryPages {
  private readonly isDirty: Uint8Array;
  private dirty = 0;

  /** @param words of the memory of all RPBs */
  constructor(
    private readonly words: number,
    private readonly tables: PageTable[] = [
      { writes: 0, pages: Array.from({ length: pagesOf(words) }, () => undefined) },
    ],
  ) {
    this.isDirty = new Uint8Array(pagesOf(words));
  }

  /** To be called for each word that is written. @param place in the memory of all RPBs */
  note(place: number): void {
    const page = place >>> PAGE_BITS;
    if (this.isDirty[page] === 1) return;
    this.isDirty[page] = 1;
    this.dirty++;
  }

  /** Copies the pages that changed, if it is time to. @param writes made so far */
  copyIfDue(memory: Uint32Array, writes: number): void {
    const { writes: before, pages } = this.lastTable();
    if (this.dirty === 0 || (writes - before) * WRITE_BYTES < this.dirty * PAGE_WORDS * WORD_BYTES) return;
    const now = pages.slice();
    for (let page = 0; page < now.length; page++) {
      if (this.isDirty[page] === 1) now[page] = memory.slice(page << PAGE_BITS, (page + 1) << PAGE_BITS);
    }
    this.tables.push({ writes, pages: now });
    this.isDirty.fill(0);
    this.dirty = 0;
  }

  /**
   * Puts memory back to the last copy at or before a number of writes, of places `from` … `to - 1`.
   * @param to where place `from` is element 0
   * @returns the writes that had been made then
   */
  restore(into: Uint32Array, writes: number, from = 0): number {
    const table = this.tableAt(writes);
    const end = from + into.length;
    for (let page = from >>> PAGE_BITS; page << PAGE_BITS < end; page++) {
      const first = Math.max(from, page << PAGE_BITS);
      const last = Math.min(end, (page + 1) << PAGE_BITS);
      const contents = table.pages[page];
      if (contents === undefined) into.fill(0, first - from, last - from);
      else into.set(contents.subarray(first - (page << PAGE_BITS), last - (page << PAGE_BITS)), first - from);
    }
    return table.writes;
  }

  /** The writes that had been made at the last copy at or before a number of writes. */
  writesOfCopy(writes: number): number {
    return this.tableAt(writes).writes;
  }

  private lastTable(): PageTable {
    return this.tables[this.tables.length - 1] as PageTable;
  }

  private tableAt(writes: number): PageTable {
    let [low, high] = [0, this.tables.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.tables[middle] as PageTable).writes <= writes) low = middle;
      else high = middle - 1;
    }
    return this.tables[low] as PageTable;
  }

  /** The copies up to a number of writes, and others from there on. @param note calls a function for each word written since the last of them */
  fork(writes: number): MemoryPages {
    return new MemoryPages(
      this.words,
      this.tables.filter((table) => table.writes <= writes),
    );
  }

  /** Bytes of memory that they take. */
  get byteLength(): number {
    const pages = new Set(this.tables.flatMap((table) => table.pages));
    const held = [...pages].reduce((sum, page) => (page === undefined ? sum : sum + page.byteLength), 0);
    return held + this.tables.length * pagesOf(this.words) * WORD_BYTES;
  }
}

const pagesOf = (words: number): number => Math.ceil(words / PAGE_WORDS);
