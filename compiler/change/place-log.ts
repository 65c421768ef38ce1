/** Collects the logical RPBs of the steps of a changed program, kept and new. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { PlacedStep } from '../link/compiled-program.js';
import type { ActionStep, BranchStep, Step } from '../steps/steps.js';
import type { NewBranch } from './place-body.js';

interface Found {
  readonly of: ActionStep | BranchStep;
  readonly branch: NewBranch | number;
  readonly x: number;
}

export class PlaceLog {
  private readonly found: Found[] = [];

  readonly note = (of: ActionStep | BranchStep, branch: NewBranch | number, x: number): void => {
    this.found.push({ of, branch, x });
  };

  /** The logical RPB of each step. */
  get places(): ReadonlyMap<Step, number> {
    return new Map(this.found.flatMap(({ of, x }) => ('instruction' in of ? [[of, x] as const] : [])));
  }

  copy(): PlaceLog {
    const copy = new PlaceLog();
    copy.found.push(...this.found);
    return copy;
  }

  /** The placement for the compiled program; depths are the ranks of the used logical RPBs. */
  placement(dataPlane: DataPlane): PlacedStep[] {
    const used = [...new Set(this.found.map(({ x }) => x))].sort((a, b) => a - b);
    const depths = new Map(used.map((x, i) => [x, i + 1]));
    return this.found.flatMap(({ of, branch, x }) => {
      const { rpb, pass } = dataPlane.placeOf(x);
      return of.spans.map(
        ({ line, column }): PlacedStep => ({
          line,
          column,
          action: 'instruction' in of ? of.instruction.name : 'branch',
          depth: must(depths.get(x), `depth of logical RPB ${x}`),
          branch: typeof branch === 'number' ? branch : must(branch.id, 'branch ID'),
          rpb: rpb.number,
          pass,
        }),
      );
    });
  }
}
