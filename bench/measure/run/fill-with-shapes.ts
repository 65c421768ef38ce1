/**
 * Allocates published shapes under published constraints one by one. Entries and memory are taken in the books only;
 * no switch is changed.
 */
import { rpbIndexOf, rpbNumberOf } from '../../../compiler/data-plane/logical-rpb.js';
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  chain,
  type DataPlane,
  DoesNotFit,
  FreeRanges,
  type FreeResources,
  type Placement,
  type PlacementProblem,
  type Shortage,
} from '../../../compiler/index.js';
import {
  type Admission,
  type AdmissionOptions,
  type Admitted,
  admitAll,
  type Books,
} from '../../workloads/admission.js';
import { drawnKeys, keysOfWorkload, WORKLOAD_NAMES } from '../../workloads/drawn-keys.js';
import { isPaperKey, type PaperKey } from '../../workloads/program-kind.js';
import { publishedShape, type Shape } from '../../workloads/published-shapes.js';
import { BYTES_PER_BUCKET, WorkloadError } from '../../workloads/workload.js';

export interface ShapeFillOptions extends AdmissionOptions {
  readonly dataPlane: DataPlane;
  /** Name of the workload: key of a program, `mixed` or `all-mixed`. */
  readonly workload: string;
  readonly memoryBytes: number;
  /** Number of elastic cases. */
  readonly cases: number;
  /** An allocator for published constraints. */
  readonly allocator: Allocator;
  readonly recirculations: number;
  readonly seed: string;
}

/** @throws {WorkloadError} for a workload without published shapes */
export async function fillWithShapes(options: ShapeFillOptions): Promise<{ admission: Admission; books: Books }> {
  const keys = keysOfWorkload(options.workload);
  if (!keys?.every(isPaperKey)) {
    const known = WORKLOAD_NAMES.filter((name) => keysOfWorkload(name)?.every(isPaperKey));
    throw new WorkloadError(`there is no published shape of '${options.workload}': it is one of ${known.join(', ')}`);
  }
  const keyOf = drawnKeys(keys, options.seed);
  const books = new ShapeBooks(options.dataPlane);
  const problems = new Map<PaperKey, PlacementProblem>();
  for (const key of keys) {
    const shape = publishedShape(key, options.memoryBytes / BYTES_PER_BUCKET, options.cases);
    problems.set(key, shapeProblem(shape, options.dataPlane, options.recirculations));
  }
  const admission = await admitAll(books, options, async (number) => {
    const key = keyOf(number);
    const problem = must(problems.get(key), `problem of ${key}`);
    const name = `${key}_${number}`;
    const start = options.clock();
    const result = options.allocator.place(problem, books);
    const allocationUs = (options.clock() - start) * 1000;
    if (result.kind === 'doesNotFit') throw doesNotFit(name, problem, result.shortage);
    if (!books.take(problem, result.placement)) {
      throw doesNotFit(name, problem, { row: problem.rows.length - 1, cause: 'memory' });
    }
    return { ...taken(number, key, name, problem, result.placement), allocationUs, compileUs: 0 };
  });
  return { admission, books };
}

/** Rows for an allocator. */
export function shapeProblem(shape: Shape, { rpbs, rpbCount }: DataPlane, recirculations: number): PlacementProblem {
  const rows = shape.map(({ entries, buckets, gress }, depth) => ({
    entries,
    memories: buckets === 0 ? [] : [{ name: `memory${depth + 1}`, buckets }],
    allowed: Uint8Array.from(rpbs, (rpb) => (gress === 'any' || rpb.gress === gress ? 1 : 0)),
    link: -1,
    isLinked: false,
  }));
  return { rows, tree: chain(rows), rpbCount, logicalRpbs: rpbCount * (recirculations + 1) };
}

/**
 * Free entries and free memory of the RPBs. Published constraints check each row by itself, so two rows of a program
 * can take more entries of one RPB than it has: its free entries then fall below 0, as in the prototype.
 */
class ShapeBooks implements FreeResources, Books {
  readonly totalEntries: Int32Array;
  readonly entries: Int32Array;
  readonly totalBuckets: Int32Array;
  readonly buckets: Int32Array;
  readonly memory: readonly FreeRanges[];

  constructor(readonly dataPlane: DataPlane) {
    this.totalEntries = Int32Array.from(dataPlane.rpbs, (rpb) => rpb.entries);
    this.entries = this.totalEntries.slice();
    this.totalBuckets = Int32Array.from(dataPlane.rpbs, (rpb) => rpb.buckets);
    this.buckets = this.totalBuckets.slice();
    this.memory = dataPlane.rpbs.map((rpb) => new FreeRanges(rpb.buckets));
  }

  fitsMemory(rpb: number, buckets: readonly number[]): boolean {
    return this.memory[rpb]?.firstFit(buckets) !== undefined;
  }

  /** Takes the resources of a placed program; returns false, without a change, if two rows need the same last range of memory. */
  take({ rows, rpbCount }: PlacementProblem, placement: Placement): boolean {
    const blocks: { readonly rpb: number; readonly base: number; readonly size: number }[] = [];
    for (const [i, { memories }] of rows.entries()) {
      const rpb = rpbIndexOf(must(placement[i], `placement of row ${i + 1}`), rpbCount);
      for (const { buckets } of memories) {
        const [base] = this.memory[rpb]?.firstFit([buckets]) ?? [];
        if (base === undefined) {
          for (const block of blocks) this.memory[block.rpb]?.release(block.base, block.size);
          return false;
        }
        this.memory[rpb]?.take(base, buckets);
        blocks.push({ rpb, base, size: buckets });
      }
    }
    for (const { rpb, size } of blocks)
      this.buckets[rpb] = must(this.buckets[rpb], `free buckets of RPB ${rpb + 1}`) - size;
    for (const [i, { entries }] of rows.entries()) {
      const rpb = rpbIndexOf(must(placement[i], `placement of row ${i + 1}`), rpbCount);
      this.entries[rpb] = must(this.entries[rpb], `free entries of RPB ${rpb + 1}`) - entries;
    }
    return true;
  }
}

const taken = (
  number: number,
  key: string,
  name: string,
  { rows, rpbCount }: PlacementProblem,
  placement: Placement,
): Omit<Admitted, 'allocationUs' | 'compileUs'> => ({
  number,
  key,
  name,
  programId: number + 1,
  entries: rows.reduce((sum, { entries }) => sum + entries, 0),
  passes: Math.ceil(must(placement.at(-1), 'placement of the last row') / rpbCount),
  firstRpb: rpbNumberOf(must(placement[0], 'placement of the first row'), rpbCount),
  buckets: rows.reduce((sum, { memories }) => sum + memories.reduce((total, { buckets }) => total + buckets, 0), 0),
});

function doesNotFit(name: string, { rows }: PlacementProblem, shortage: Shortage): DoesNotFit {
  const { row, cause } = shortage;
  const text = `depth ${row + 1} of ${rows.length}: ${SHORTAGE_TEXT[cause]}`;
  return new DoesNotFit(name, { kind: 'placement', shortage, text });
}

const SHORTAGE_TEXT: Readonly<Record<Shortage['cause'], string>> = {
  entries: 'no possible RPB has enough free table entries',
  memory: 'no possible RPB has enough free memory',
  'too-long': 'no RPB remains for it',
  'no-such-action': 'no RPB of its gress remains',
  'shared-rpb': 'it must share an RPB with an earlier depth',
};
