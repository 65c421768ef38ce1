/** Placement problems that a seed determines: rows at random, and programs for switches that others have filled. */
import seedrandom from 'seedrandom';
import { must } from '../../../compiler/data-plane/must.js';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DoesNotFit,
  type FreeResources,
  link,
  lower,
  type PlacementProblem,
  SwitchState,
} from '../../../compiler/index.js';
import { loadWorkload } from '../../workloads/workload.js';
import { type CaseRow, type PlacementCase, problemOf, resourcesOf } from './placement-case.js';

/** A problem with what is free, and where it comes from. */
export interface PosedProblem {
  readonly problem: PlacementProblem;
  readonly free: FreeResources;
  /** Present where rows come one behind another: it can be made smaller. */
  readonly made?: PlacementCase;
  readonly origin: string;
}

type Draw = (from: number, to: number) => number;

const drawing = (seed: string): Draw => {
  const random = seedrandom.alea(seed);
  return (from, to) => from + Math.floor(random() * (to - from + 1));
};

/** Random rows on one to eight RPBs and up to three passes, with few free entries and memory in pieces. */
export function randomCase(seed: string): PlacementCase {
  const draw = drawing(seed);
  const rpbs = draw(1, 8);
  const rows: CaseRow[] = [];
  const count = draw(1, 10);
  for (let i = 0; i < count; i++) rows.push(randomRow(rpbs, rows, draw));
  const sizes = [[4], [8], [16], [4, 4], [8, 4], [4, 8, 4], []];
  return {
    rpbs,
    passes: draw(1, 3),
    rows,
    entries: Array.from({ length: rpbs }, () => draw(1, 12)),
    ranges: Array.from({ length: rpbs }, () => must(sizes[draw(0, sizes.length - 1)], 'sizes of ranges')),
  };
}

/** One row in six shares the RPB of an earlier one; some may lie on one side of the switch only, as forwarding does. */
function randomRow(rpbs: number, before: readonly CaseRow[], draw: Draw): CaseRow {
  const all = Array.from({ length: rpbs }, (_, rpb) => rpb);
  const border = draw(0, rpbs);
  const some = all.filter(() => draw(0, 4) === 0);
  const kinds = [[], [], all.filter((rpb) => rpb >= border), all.filter((rpb) => rpb < border), some];
  const forbidden = must(kinds[draw(0, kinds.length - 1)], 'kind of a row');
  const near = before.length === 0 || draw(0, 5) > 0 ? -1 : draw(0, before.length - 1);
  const group = near < 0 ? -1 : must(before[near], 'row before').link;
  const link = group < 0 ? near : group;
  return { entries: draw(0, 4), buckets: draw(0, 2) > 0 ? [] : [4 * draw(1, 2)], forbidden, link };
}

export function randomProblems(seed: string, count: number): PosedProblem[] {
  return Array.from({ length: count }, (_, n) => {
    const made = randomCase(`${seed}/rows/${n}`);
    return { problem: problemOf(made), free: resourcesOf(made), made, origin: `random rows ${n + 1}` };
  });
}

/** Programs of the harness for switches with more and more other programs on them, on each data plane that ships. */
export async function* crowdedProblems(seed: string, count: number): AsyncGenerator<PosedProblem> {
  const names = BUILT_IN_DATA_PLANES;
  for (const name of names) {
    const dataPlane = must(builtInDataPlane(name), `data plane ${name}`);
    yield* crowdedSwitch(dataPlane, `${seed}/${name}`, Math.ceil(count / names.length));
  }
}

/** Memories so large that a switch is full of them after some hundred programs. */
const MEMORY_BYTES = 16_384;
/** Programs that come between two problems. */
const BETWEEN = 3;
const RECIRCULATIONS = 1;

async function* crowdedSwitch(dataPlane: DataPlane, seed: string, count: number): AsyncGenerator<PosedProblem> {
  const workload = await loadWorkload({ name: 'all-mixed', memoryBytes: MEMORY_BYTES, cases: 8, seed, dataPlane });
  const state = new SwitchState(dataPlane);
  for (let number = 0; number < count * BETWEEN; number++) {
    const { source, name } = workload.arrival(number);
    const { programs, hasErrors } = analyse(source, dataPlane);
    const [program] = programs;
    // A data plane need not have what each program asks for.
    if (hasErrors || program === undefined) continue;
    const lowered = lower(program, dataPlane, RECIRCULATIONS);
    if (number % BETWEEN === 0) {
      const running = state.programs.size.toLocaleString('en-US');
      const origin = `program ${name} on data plane ${dataPlane.name} with ${running} other programs`;
      yield { problem: lowered.problem, free: state, origin };
    }
    try {
      state.commit(link(lowered, state, '', { ...DEFAULT_LINK_OPTIONS, filterPriority: number }));
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
    }
  }
}
