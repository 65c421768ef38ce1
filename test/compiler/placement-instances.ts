/** Random placement problems with the switch they are for, and the rules that a placement of them must keep. */
import fc from 'fast-check';
import {
  chain,
  type FreeResources,
  type Objective,
  type Placement,
  type PlacementProblem,
  type PlacementRow,
} from '../../compiler/index.js';
import { FreeRanges } from '../../compiler/link/free-ranges.js';

export interface Instance {
  readonly problem: PlacementProblem;
  /** Free table entries by RPB index. */
  readonly entries: readonly number[];
  /** Sizes of the free ranges of memory by RPB index; taken memory lies between them. */
  readonly ranges: readonly (readonly number[])[];
}

export class Resources implements FreeResources {
  readonly entries: readonly number[];
  /** As if the switch were empty. */
  readonly totalEntries: readonly number[];
  readonly buckets: readonly number[];
  readonly totalBuckets: readonly number[];
  readonly memory: readonly FreeRanges[];

  constructor({ entries, ranges }: Instance) {
    this.entries = entries;
    this.totalEntries = entries;
    this.memory = entries.map((_, rpb) => withFreeRanges(ranges[rpb] ?? []));
    this.buckets = this.memory.map(({ free }) => free);
    this.totalBuckets = this.memory.map(({ total }) => total);
  }

  fitsMemory(rpb: number, buckets: readonly number[]): boolean {
    return this.memory[rpb]?.firstFit(buckets) !== undefined;
  }
}

/** Ranges of these sizes, with one taken bucket between two of them. */
function withFreeRanges(sizes: readonly number[]): FreeRanges {
  const memory = new FreeRanges(sum(sizes) + Math.max(0, sizes.length - 1));
  let base = 0;
  for (const size of sizes.slice(0, -1)) {
    memory.take(base + size, 1);
    base += size + 1;
  }
  return memory;
}

export const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);

/** Whether a placement keeps every rule of the problem, told independently of any allocator. */
export function isSound(placement: Placement, instance: Instance): boolean {
  const { rows, rpbCount, logicalRpbs } = instance.problem;
  if (placement.length !== rows.length) return false;
  const { memory } = new Resources(instance);
  const rpbOf = (i: number): number => ((placement[i] ?? 0) - 1) % rpbCount;
  const increasing = placement.every((x, i) => x > (placement[i - 1] ?? 0) && x <= logicalRpbs);
  const rules = rows.every(({ allowed, link }, i) => allowed[rpbOf(i)] === 1 && (link < 0 || rpbOf(link) === rpbOf(i)));
  const capacity = instance.entries.every((free, rpb) => {
    const here = rows.filter((_, i) => rpbOf(i) === rpb);
    const blocks = here.flatMap(({ memories }) => memories.map(({ buckets }) => buckets));
    return sum(here.map(({ entries }) => entries)) <= free && memory[rpb]?.firstFit(blocks) !== undefined;
  });
  return increasing && rules && capacity;
}

export interface RawRow {
  readonly entries: number;
  /** Buckets of the memory first accessed here; 0 for none. */
  readonly buckets: number;
  /** By RPB index; what is left out is allowed. */
  readonly allowed: readonly boolean[];
  /** A row before it to share an RPB with, or -1; what makes no sense counts as -1. */
  readonly link: number;
}

/** A row with one entry that may go anywhere. */
export const FREE: RawRow = { entries: 1, buckets: 0, allowed: [], link: -1 };

export function instanceOf(
  rpbCount: number,
  passes: number,
  raw: readonly RawRow[],
  entries: readonly number[],
  ranges: readonly (readonly number[])[] = [],
): Instance {
  // A link names the first row of its group.
  const links = raw.map(({ link }, i) => (link < i && link >= 0 ? link : -1));
  const heads = links.map((link) => (link >= 0 && (links[link] ?? -1) >= 0 ? (links[link] ?? -1) : link));
  const isHead = (i: number): boolean => (heads[i] ?? -1) < 0;
  const sound = heads.map((head) => (head >= 0 && isHead(head) ? head : -1));
  const rows = raw.map(
    (row, i): PlacementRow => ({
      entries: row.entries,
      memories: row.buckets === 0 ? [] : [{ name: `m${i}`, buckets: row.buckets }],
      allowed: Uint8Array.from({ length: rpbCount }, (_, rpb) => (row.allowed[rpb] === false ? 0 : 1)),
      link: sound[i] ?? -1,
      isLinked: sound.includes(i),
    }),
  );
  return { problem: { rows, tree: chain(rows), rpbCount, logicalRpbs: rpbCount * passes }, entries, ranges };
}

/** How large instances get, and how scarce their resources are. */
export interface InstanceSize {
  readonly rpbs: { readonly min: number; readonly max: number };
  readonly passes: { readonly min: number; readonly max: number };
  readonly rows: { readonly min: number; readonly max: number };
  readonly entriesPerRow: number;
  readonly freeEntries: { readonly min: number; readonly max: number };
  /** Of the RPBs, in percent; each row forbids about this share of a run of neighbours. */
  readonly forbiddenPercent: number;
  /** Rows without a link for each row that asks for one. */
  readonly unlinkedWeight: number;
}

export function instances(size: InstanceSize): fc.Arbitrary<Instance> {
  const { max } = size.rpbs;
  const allowed = fc.oneof(
    { arbitrary: fc.constant<boolean[]>([]), weight: 2 },
    fc.array(
      fc.nat(99).map((draw) => draw >= size.forbiddenPercent),
      { minLength: max, maxLength: max },
    ),
    // As real rows are: only one gress.
    fc
      .tuple(fc.nat(max), fc.boolean())
      .map(([at, before]) => Array.from({ length: max }, (_, rpb) => rpb < at === before)),
  );
  const row = fc.record({
    entries: fc.nat(size.entriesPerRow),
    buckets: fc.constantFrom(0, 0, 0, 0, 4, 8),
    allowed,
    link: fc.oneof({ arbitrary: fc.constant(-1), weight: size.unlinkedWeight }, fc.nat(size.rows.max)),
  });
  return fc
    .record({
      rpbCount: fc.integer(size.rpbs),
      passes: fc.integer(size.passes),
      rows: fc.array(row, { minLength: size.rows.min, maxLength: size.rows.max, size: 'max' }),
      entries: fc.array(fc.integer(size.freeEntries), { minLength: max, maxLength: max }),
      ranges: fc.array(fc.constantFrom([4], [8], [16], [4, 4], [8, 4], [4, 8, 4], []), {
        minLength: max,
        maxLength: max,
      }),
    })
    .map(({ rpbCount, passes, rows, entries, ranges }) =>
      instanceOf(rpbCount, passes, rows, entries.slice(0, rpbCount), ranges.slice(0, rpbCount)),
    );
}

/** What a placement costs by an objective, which sees its first and its last logical RPB. */
export const costOf = ({ cost }: Objective, placement: Placement): number =>
  cost(placement[0] ?? 0, placement.at(-1) ?? 0);
