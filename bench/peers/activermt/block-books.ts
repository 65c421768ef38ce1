/**
 * Books as the published controller keeps them: a matrix of stages and blocks, copied, rebuilt and compared for each
 * arrival, and prices that walk all programs of a stage. The time of an arrival grows with the programs held.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { byPlace, type Holding, type Reallocation } from '../peer-allocator.js';
import { isElastic } from './active-program.js';
import { STAGES } from './active-switch.js';
import { BlockMatrix, FREE } from './block-matrix.js';
import {
  blocksOfLargest,
  type HoleJoin,
  isReallocated,
  largestOf,
  type Placement,
  type Run,
  type StageBooks,
  type StageDemand,
  type StageState,
} from './stage-books.js';

export class BlockBooks implements StageBooks {
  private matrix: BlockMatrix;
  /** Demands of all programs. */
  private readonly programs = new Map<number, readonly StageDemand[]>();
  private readonly residents: readonly Map<number, number>[];
  private readonly offsets: number[];
  private readonly holes: (readonly Run[])[];

  constructor(
    readonly blocks: number,
    private readonly join: HoleJoin,
  ) {
    this.matrix = new BlockMatrix(STAGES, blocks);
    this.residents = Array.from({ length: STAGES }, () => new Map<number, number>());
    this.offsets = Array.from({ length: STAGES }, () => 0);
    this.holes = Array.from({ length: STAGES }, () => []);
  }

  stage(stage: number): StageState {
    let elastic = 0;
    let leastDemand = 0;
    for (const blocks of this.residentsOf(stage).values()) {
      leastDemand += blocks;
      if (isElastic(blocks)) elastic++;
    }
    const largestHole = blocksOfLargest(this.holesOf(stage));
    return { elastic, leastDemand, offset: this.offsetOf(stage), largestHole };
  }

  place(id: number, demands: readonly StageDemand[]): Placement {
    const before = this.matrix;
    this.matrix = before.copy();
    this.programs.set(id, demands);
    for (const { stage, blocks } of demands) {
      this.scan(stage);
      this.residentsOf(stage).set(id, blocks);
      if (isElastic(blocks)) continue;
      this.matrix.fill(stage, this.placeOf(stage, blocks), blocks, id);
      this.scan(stage);
    }
    for (let stage = 0; stage < STAGES; stage++) this.deal(stage);
    const ranges = this.holdings().flatMap(({ id: holder, ...range }) => (holder === id ? [range] : []));
    return { ranges: ranges.sort(byPlace), reallocated: this.reallocatedSince(before) };
  }

  private placeOf(stage: number, blocks: number): number {
    const largest = largestOf(this.holesOf(stage));
    return largest !== undefined && largest.length >= blocks ? largest.start : this.offsetOf(stage);
  }

  /** Finds the offset and the holes of a stage from its cells. */
  private scan(stage: number): void {
    const holes: Run[] = [];
    let end = 0;
    for (let block = 0; block < this.blocks; block++) {
      if (!this.isInelasticCell(stage, block)) continue;
      if (block > end) holes.push({ start: end, length: block - end });
      end = block + 1;
    }
    this.offsets[stage] = end;
    this.holes[stage] = holes;
  }

  private isInelasticCell(stage: number, block: number): boolean {
    const holder = this.matrix.holder(stage, block);
    return holder !== FREE && !isElastic(must(this.residentsOf(stage).get(holder), `demand of program ${holder}`));
  }

  /** Gives the blocks from the offset on one by one to the elastic programs in turns: in order of ids, each in one run. */
  private deal(stage: number): void {
    const offset = this.offsetOf(stage);
    this.matrix.fill(stage, offset, this.blocks - offset, FREE);
    const sharing = [...this.residentsOf(stage)].filter(([, blocks]) => isElastic(blocks)).map(([id]) => id);
    sharing.sort((a, b) => a - b);
    if (sharing.length === 0) return;
    const shares = sharing.map(() => 0);
    for (let block = offset; block < this.blocks; block++) {
      const turn = (block - offset) % sharing.length;
      shares[turn] = must(shares[turn], `share ${turn}`) + 1;
    }
    let start = offset;
    sharing.forEach((id, turn) => {
      const length = must(shares[turn], `share of program ${id}`);
      this.matrix.fill(stage, start, length, id);
      start += length;
    });
  }

  private reallocatedSince(before: BlockMatrix): Reallocation[] {
    const reallocated: Reallocation[] = [];
    for (let stage = 0; stage < STAGES; stage++) {
      if (this.matrix.equalsIn(stage, before)) continue;
      const now = new Map(this.matrix.runs(stage).map((run) => [run.id, run]));
      for (const run of before.runs(stage).sort((a, b) => a.id - b.id)) {
        const after = must(now.get(run.id), `run of program ${run.id}`);
        if (isReallocated(run, after)) reallocated.push({ id: run.id, array: stage });
      }
    }
    return reallocated;
  }

  remove(id: number): void {
    for (const { stage, blocks } of must(this.programs.get(id), `memory of program ${id}`)) {
      if (!isElastic(blocks)) this.freeRun(stage, id);
      this.residentsOf(stage).delete(id);
      this.matrix.free(stage, id);
      if (this.join === 'at-once') this.scan(stage);
    }
    this.programs.delete(id);
  }

  /** The last inelastic run lowers the offset, others become holes. */
  private freeRun(stage: number, id: number): void {
    const { start, length } = must(
      this.matrix.runs(stage).find((run) => run.id === id),
      `run of program ${id}`,
    );
    let behind = start + length;
    while (behind < this.blocks && !this.isInelasticCell(stage, behind)) behind++;
    const holes = this.holesOf(stage);
    if (behind < this.blocks) {
      this.holes[stage] = [...holes, { start, length }].sort((a, b) => a.start - b.start);
    } else {
      this.offsets[stage] = start;
      this.holes[stage] = holes.filter((hole) => hole.start < start);
    }
  }

  holdings(): Holding[] {
    const stages = Array.from({ length: STAGES }, (_, stage) => stage);
    return stages.flatMap((array) => this.matrix.runs(array).map((run) => ({ ...run, array })));
  }

  private readonly residentsOf = (stage: number) => must(this.residents[stage], `programs of stage ${stage}`);
  private readonly offsetOf = (stage: number) => must(this.offsets[stage], `offset of stage ${stage}`);
  private readonly holesOf = (stage: number) => must(this.holes[stage], `holes of stage ${stage}`);
}
