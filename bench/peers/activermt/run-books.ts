/** Books as intervals, with running sums for each stage: the price of a mutant does not depend on the programs held. */
import { must } from '../../../compiler/data-plane/must.js';
import { byPlace, type Holding, type Reallocation, type UnitRange } from '../peer-allocator.js';
import { isElastic } from './active-program.js';
import { STAGES } from './active-switch.js';
import type { HoleJoin, Placement, StageBooks, StageDemand, StageState } from './stage-books.js';
import { StageRuns } from './stage-runs.js';

export class RunBooks implements StageBooks {
  private readonly stages: readonly StageRuns[];
  private readonly stagesOf = new Map<number, readonly number[]>();
  /** Stages in which elastic blocks have been freed since they were dealt out. */
  private readonly undealt = new Set<number>();

  constructor(
    readonly blocks: number,
    join: HoleJoin,
  ) {
    this.stages = Array.from({ length: STAGES }, () => new StageRuns(blocks, join));
  }

  stage(stage: number): StageState {
    return this.at(stage);
  }

  place(id: number, demands: readonly StageDemand[]): Placement {
    this.stagesOf.set(
      id,
      demands.map(({ stage }) => stage),
    );
    for (const { stage, blocks } of demands) {
      const runs = this.at(stage);
      runs.joinHoles();
      if (isElastic(blocks)) runs.addElastic(id);
      else runs.addInelastic(id, blocks);
      this.undealt.add(stage);
    }
    const reallocated = this.deal();
    const ranges = demands.map(({ stage }): UnitRange => ({ array: stage, ...this.at(stage).runOf(id) }));
    return { ranges: ranges.sort(byPlace), reallocated };
  }

  private deal(): Reallocation[] {
    const stages = [...this.undealt].sort((a, b) => a - b);
    this.undealt.clear();
    return stages.flatMap((stage) =>
      this.at(stage)
        .deal()
        .map((id) => ({ id, array: stage })),
    );
  }

  remove(id: number): void {
    for (const stage of must(this.stagesOf.get(id), `memory of program ${id}`)) {
      this.at(stage).remove(id);
      this.undealt.add(stage);
    }
    this.stagesOf.delete(id);
  }

  holdings(): Holding[] {
    return this.stages.flatMap((runs, array) =>
      runs.holdings().map(({ id, start, length }) => ({ id, array, start, length })),
    );
  }

  private at(stage: number): StageRuns {
    return must(this.stages[stage], `stage ${stage}`);
  }
}
