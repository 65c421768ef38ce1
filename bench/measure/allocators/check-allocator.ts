/**
 * An allocator held against the rules of placement on problems that a seed determines, and compared with others: how many
 * of the problems that can be solved it solves, and how long it takes.
 */
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  AllocatorError,
  type AllocatorFault,
  checkedAllocator,
  type GuardedCall,
  type PlacementResult,
  searchCompletely,
} from '../../../compiler/index.js';
import { caseText, type PlacementCase, problemOf, resourcesOf, shrunk } from './placement-case.js';
import { crowdedProblems, type PosedProblem, randomProblems } from './random-cases.js';

export interface NamedAllocator {
  readonly label: string;
  readonly allocator: Allocator;
}

export interface CheckOptions {
  readonly checked: NamedAllocator;
  readonly others: readonly NamedAllocator[];
  /** Of random rows, and as many of programs for switches that others have filled. */
  readonly problems: number;
  readonly seed: string;
  /** How each allocator is called: with a time limit. */
  readonly call: GuardedCall;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Called for each problem. */
  readonly onProgress: (solved: number, of: number) => void;
}

/** A rule that is broken, on the smallest problem that was found. */
export interface BrokenPlacement {
  readonly code: AllocatorFault | 'not-determined';
  readonly message: string;
  /** The problem on which it was found first. */
  readonly origin: string;
  /** Null where the problem cannot be made smaller. */
  readonly smallest: PlacementCase | null;
  /** The smallest problem as lines to read. */
  readonly text: readonly string[];
}

/** What one allocator did with the problems. */
export interface AllocatorScore {
  readonly label: string;
  readonly placed: number;
  /** Microseconds, mean over the problems. */
  readonly placementUs: number;
}

export interface AllocatorCheck {
  readonly seed: string;
  readonly problems: number;
  /** Problems that have a placement: the complete search, or one of the allocators, found one. */
  readonly possible: number;
  /** Problems that have none: the complete search has proven it. */
  readonly impossible: number;
  /** Problems of which the complete search knows neither. */
  readonly undecided: number;
  /** The checked one first. */
  readonly scores: readonly AllocatorScore[];
  readonly broken: BrokenPlacement | null;
}

/** Ends at the first rule that is broken. */
export async function checkAllocator(options: CheckOptions): Promise<AllocatorCheck> {
  const { checked, others, problems, seed, signal } = options;
  const judged = [checked, ...others].map((each) => new JudgedAllocator(each, options));
  const counts = { possible: 0, impossible: 0, undecided: 0 };
  let broken: BrokenPlacement | null = null;
  let solved = 0;
  for await (const posed of allProblems(seed, problems)) {
    if (signal.aborted) break;
    const first = judged[0]?.fault(posed);
    if (first !== undefined) {
      broken = withSmallest(first, posed, (smaller) => judged[0]?.fault(smaller));
      break;
    }
    const found = judged.map((each) => each.score(posed));
    const complete = searchCompletely(posed.problem, posed.free);
    if (complete.kind === 'placed' || found.includes(true)) counts.possible++;
    else counts[complete.kind === 'none' ? 'impossible' : 'undecided']++;
    options.onProgress(++solved, 2 * problems);
    if (solved % 20 === 0) await new Promise(setImmediate);
  }
  return { seed, problems: solved, ...counts, scores: judged.map((each) => each.result(solved)), broken };
}

async function* allProblems(seed: string, count: number): AsyncGenerator<PosedProblem> {
  yield* randomProblems(seed, count);
  yield* crowdedProblems(seed, count);
}

type Fault = Pick<BrokenPlacement, 'code' | 'message'>;

/** An allocator under the guard, and the time that it took by itself. */
class JudgedAllocator {
  private readonly allocator: Allocator;
  private spentMs = 0;
  private placed = 0;

  constructor(
    private readonly named: NamedAllocator,
    { call, clock }: CheckOptions,
  ) {
    this.allocator = checkedAllocator(named.allocator, named.label, (label, run) =>
      call(label, () => {
        const start = clock();
        try {
          return run();
        } finally {
          this.spentMs += clock() - start;
        }
      }),
    );
  }

  /** What it does wrong on a problem, asked twice. */
  fault({ problem, free }: Pick<PosedProblem, 'problem' | 'free'>): Fault | undefined {
    const { spentMs } = this;
    try {
      const answers = [1, 2].map(() => answerText(this.allocator.place(problem, free)));
      if (answers[0] === answers[1]) return undefined;
      const message = `allocator ${this.named.label} gives two answers to one problem: ${answers.join(' and ')}`;
      return { code: 'not-determined', message };
    } catch (error) {
      if (!(error instanceof AllocatorError)) throw error;
      return { code: error.code, message: error.message };
    } finally {
      // Only what counts for the score is timed.
      this.spentMs = spentMs;
    }
  }

  /** Whether it places a problem; the second of two placements is timed. */
  score({ problem, free }: PosedProblem): boolean {
    const { spentMs } = this;
    this.allocator.place(problem, free);
    this.spentMs = spentMs;
    const isPlaced = this.allocator.place(problem, free).kind === 'placed';
    if (isPlaced) this.placed++;
    return isPlaced;
  }

  result(problems: number): AllocatorScore {
    const placementUs = problems === 0 ? 0 : (this.spentMs * 1000) / problems;
    return { label: this.named.label, placed: this.placed, placementUs };
  }
}

const answerText = (result: PlacementResult): string =>
  result.kind === 'placed' ? result.placement.join(' ') : `no placement (row ${result.shortage.row + 1})`;

function withSmallest(
  fault: Fault,
  { made, origin }: PosedProblem,
  faultOf: (posed: Pick<PosedProblem, 'problem' | 'free'>) => Fault | undefined,
): BrokenPlacement {
  if (made === undefined) return { ...fault, origin, smallest: null, text: [origin] };
  const faultIn = (each: PlacementCase): Fault | undefined =>
    faultOf({ problem: problemOf(each), free: resourcesOf(each) });
  // Each try of one that does not answer would take the whole limit.
  // What was found with each problem, as one that is asked again may get another answer.
  const found = new Map([[made, fault]]);
  const isBroken = (smaller: PlacementCase): boolean => {
    const other = faultIn(smaller);
    if (other?.code !== fault.code) return false;
    found.set(smaller, other);
    return true;
  };
  const smallest = fault.code === 'no-answer' ? made : shrunk(made, isBroken);
  const { message } = must(found.get(smallest), 'fault of the smallest problem');
  return { code: fault.code, message, origin, smallest, text: caseText(smallest) };
}
