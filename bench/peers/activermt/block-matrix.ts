/** Who holds each block of each stage, cell by cell. */
import { must } from '../../../compiler/data-plane/must.js';
import type { Run } from './stage-books.js';

/** Holder of a block that nobody holds. */
export const FREE = -1;

export class BlockMatrix {
  private readonly cells: Int32Array;

  constructor(
    private readonly stages: number,
    private readonly blocks: number,
    cells?: Int32Array,
  ) {
    this.cells = cells ?? new Int32Array(stages * blocks).fill(FREE);
  }

  copy(): BlockMatrix {
    return new BlockMatrix(this.stages, this.blocks, this.cells.slice());
  }

  holder(stage: number, block: number): number {
    return must(this.cells[stage * this.blocks + block], `block ${block} of stage ${stage}`);
  }

  fill(stage: number, start: number, length: number, id: number): void {
    const first = stage * this.blocks + start;
    this.cells.fill(id, first, first + length);
  }

  /** Frees the blocks of a program in a stage. */
  free(stage: number, id: number): void {
    for (let block = 0; block < this.blocks; block++) {
      if (this.holder(stage, block) === id) this.fill(stage, block, 1, FREE);
    }
  }

  equalsIn(stage: number, other: BlockMatrix): boolean {
    for (let block = 0; block < this.blocks; block++) {
      if (this.holder(stage, block) !== other.holder(stage, block)) return false;
    }
    return true;
  }

  /** Runs of held blocks in a stage, by start. */
  runs(stage: number): (Run & { readonly id: number })[] {
    const runs: { id: number; start: number; length: number }[] = [];
    for (let block = 0; block < this.blocks; block++) {
      const id = this.holder(stage, block);
      const last = runs.at(-1);
      if (id === FREE) continue;
      if (last?.id === id && last.start + last.length === block) last.length++;
      else runs.push({ id, start: block, length: 1 });
    }
    return runs;
  }
}
