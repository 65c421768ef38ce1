/**
 * The paper's model as SMT-LIB 2 text, for Z3 as a library or, with queries added, as a program. Row i is at the
 * logical RPB `x<i>`, an integer. The paper's constraints: 1 order, 2 entries, 3 memory, 4 gress (and all actions that
 * an RPB lacks), 5 a memory used again. Beyond them: 6 passes share the resources of their RPB, 7 one hash function for
 * one memory.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { FreeResources } from './allocator.js';
import type { Formula, PaperObjective } from './objectives.js';
import type { PlacementProblem } from './problem.js';

/**
 * Declarations, assertions and objectives; no queries.
 * @param problem at least one row
 */
export function smtModel(problem: PlacementProblem, free: FreeResources, objective: PaperObjective): string {
  const last = `x${problem.rows.length - 1}`;
  return [
    ...problem.rows.map((_, i) => `(declare-const x${i} Int)`),
    ...order(problem),
    ...rooms(problem, free),
    ...links(problem),
    ...sharedEntries(problem, free),
    ...sharedMemory(problem, free),
    ...minimise(objective.formula, last, problem.logicalRpbs),
    '',
  ].join('\n');
}

const assert = (formula: string): string => `(assert ${formula})`;
const joined = (operator: 'and' | 'or' | '+', parts: readonly string[]): string =>
  parts.length === 1 ? must(parts[0], 'part of a formula') : `(${operator} ${parts.join(' ')})`;

/** Constraint 1: strictly increasing, between the first and the last RPB. */
function order({ rows, logicalRpbs }: PlacementProblem): string[] {
  return [
    assert('(<= 1 x0)'),
    ...rows.slice(1).map((_, i) => assert(`(< x${i} x${i + 1})`)),
    assert(`(<= x${rows.length - 1} ${logicalRpbs})`),
  ];
}

/** Constraints 2 to 4 for each row alone: no RPB without its actions, free entries and free memory. */
function rooms(problem: PlacementProblem, free: FreeResources): string[] {
  const { rows, logicalRpbs, rpbCount } = problem;
  const lines: string[] = [];
  for (let i = 0; i < rows.length; i++) {
    const hasRoom = Array.from({ length: rpbCount }, (_, rpb) => fitsAlone(problem, free, i, rpb));
    for (let x = i + 1; x <= logicalRpbs - (rows.length - 1 - i); x++) {
      if (!hasRoom[rpbIndexOf(x, rpbCount)]) lines.push(assert(`(not (= x${i} ${x}))`));
    }
  }
  return lines;
}

function fitsAlone({ rows }: PlacementProblem, free: FreeResources, i: number, rpb: number): boolean {
  const row = rows[i];
  if (
    row === undefined ||
    row.allowed[rpb] !== 1 ||
    row.entries > must(free.entries[rpb], `free entries of RPB ${rpb + 1}`)
  )
    return false;
  return row.memories.length === 0 || free.fitsMemory(rpb, sizes(row));
}

const sizes = (row: PlacementProblem['rows'][number] | undefined): number[] =>
  row?.memories.map(({ buckets }) => buckets) ?? [];

/** Constraints 5 and 7: the same physical RPB in a later pass. */
function links({ rows, rpbCount, logicalRpbs }: PlacementProblem): string[] {
  const passes = logicalRpbs / rpbCount;
  return rows.flatMap(({ link }, i) => {
    if (link < 0) return [];
    const later = Array.from({ length: passes - 1 }, (_, k) => `(= x${i} (+ x${link} ${(k + 1) * rpbCount}))`);
    return [assert(later.length === 0 ? 'false' : joined('or', later))];
  });
}

/** Row i in this physical RPB, in any pass. */
function isAt({ rows, rpbCount, logicalRpbs }: PlacementProblem, i: number, rpb: number): string {
  const places: string[] = [];
  for (let x = rpb + 1; x <= logicalRpbs; x += rpbCount) {
    if (x > i && x <= logicalRpbs - (rows.length - 1 - i)) places.push(`(= x${i} ${x})`);
  }
  return places.length === 0 ? 'false' : joined('or', places);
}

/** Constraint 6, entries: rows in one RPB in different passes share its free entries. At most one row for each pass. */
function sharedEntries(problem: PlacementProblem, free: FreeResources): string[] {
  const { rows, rpbCount, logicalRpbs } = problem;
  const passes = logicalRpbs / rpbCount;
  const lines: string[] = [];
  for (let rpb = 0; passes > 1 && rpb < rpbCount; rpb++) {
    const here = rows
      .map((_, i) => i)
      .filter((i) => fitsAlone(problem, free, i, rpb) && must(rows[i]?.entries, `row x${i}`) > 0);
    const most = here.map((i) => must(rows[i]?.entries, `row x${i}`)).sort((a, b) => b - a);
    const available = must(free.entries[rpb], `free entries of RPB ${rpb + 1}`);
    if (most.slice(0, passes).reduce((sum, entries) => sum + entries, 0) <= available) continue;
    const terms = here.map((i) => `(ite ${isAt(problem, i, rpb)} ${must(rows[i]?.entries, `row x${i}`)} 0)`);
    lines.push(assert(`(<= ${joined('+', terms)} ${available})`));
  }
  return lines;
}

/** Constraint 6, memory: excludes sets of rows whose blocks, first fit in the order of rows, have no room together. */
function sharedMemory(problem: PlacementProblem, free: FreeResources): string[] {
  const { rows, rpbCount, logicalRpbs } = problem;
  const passes = logicalRpbs / rpbCount;
  const lines: string[] = [];
  for (let rpb = 0; passes > 1 && rpb < rpbCount; rpb++) {
    const here = rows.map((_, i) => i).filter((i) => sizes(rows[i]).length > 0 && fitsAlone(problem, free, i, rpb));
    for (const set of setsWithoutRoom(problem, free, here, rpb, passes)) {
      // First fit is not monotone: a set without room may have room with another row before it. With a row in each
      // pass there is no other.
      const others =
        set.length === passes ? [] : here.filter((i) => i < must(set.at(-1), 'last row of a set') && !set.includes(i));
      const inside = set.map((i) => isAt(problem, i, rpb));
      const outside = others.map((i) => `(not ${isAt(problem, i, rpb)})`);
      lines.push(assert(`(not ${joined('and', [...inside, ...outside])})`));
    }
  }
  return lines;
}

/** Sets of at most `passes` rows that have no room together, but have it without their last row. */
function setsWithoutRoom(
  { rows }: PlacementProblem,
  free: FreeResources,
  candidates: readonly number[],
  rpb: number,
  passes: number,
): number[][] {
  const found: number[][] = [];
  const extend = (set: readonly number[], from: number): void => {
    for (const [at, i] of candidates.entries()) {
      if (at < from) continue;
      const larger = [...set, i];
      if (
        !free.fitsMemory(
          rpb,
          larger.flatMap((row) => sizes(rows[row])),
        )
      )
        found.push(larger);
      else if (larger.length < passes) extend(larger, at + 1);
    }
  };
  extend([], 0);
  return found;
}

function minimise(formula: Formula, last: string, logicalRpbs: number): string[] {
  switch (formula.kind) {
    case 'weighted': {
      const [a, b] = wholeWeights(formula.lastWeight, formula.firstWeight);
      return [`(minimize (- (* ${a} ${last}) (* ${b} x0)))`];
    }
    case 'lexicographic':
      return [`(minimize ${last})`, '(maximize x0)'];
    case 'ratio': {
      // One linear case for each first RPB, as Z3 does not minimise a quotient of unknowns.
      const starts = Array.from({ length: logicalRpbs }, (_, i) => i + 1);
      return [
        '(declare-const cost Real)',
        ...starts.map((first) => assert(`(=> (= x0 ${first}) (= cost (* (/ 1.0 ${first}.0) (to_real ${last}))))`)),
        '(minimize cost)',
      ];
    }
  }
}

const literal = (value: bigint): string => (value < 0n ? `(- ${-value})` : String(value));

/** Decimal weights as whole numbers in the same ratio. */
function wholeWeights(...weights: readonly [number, number]): [string, string] {
  const parts = weights.map((weight) => {
    const [digits = '0', exponent = '0'] = weight.toExponential().split('e');
    const [whole = '0', fraction = ''] = digits.split('.');
    return { mantissa: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
  });
  const least = Math.min(...parts.map(({ exponent }) => exponent));
  const [a, b] = parts.map(({ mantissa, exponent }) => literal(mantissa * 10n ** BigInt(exponent - least)));
  return [a ?? '0', b ?? '0'];
}
