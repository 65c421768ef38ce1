/** Upper bound on the number of programs of one kind in a switch, for any allocator. */
import type { DataPlane, LoweredProgram } from '../../../compiler/index.js';

/** The least number of programs that a resource allows. */
export interface CapacityBound {
  readonly programs: number;
  /** The resource that is exhausted first. */
  readonly resource: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * The minimum over the resources, each considered alone: entries, memory, filters, and for each set of RPBs that
 * some rows are bound to (ingress for rows that forward), the entries of this set. Order and passes are ignored, so the
 * bound may not be reachable.
 */
export function capacityBound({ problem, program }: LoweredProgram, { rpbs }: DataPlane): CapacityBound {
  const { tree } = problem;
  const bounds: CapacityBound[] = [{ programs: program.filterTable.entries, resource: program.filterTable.table }];
  const add = (programs: number, resource: string): void => {
    bounds.push({ programs: Math.floor(programs), resource });
  };
  for (const allowed of new Set(tree.map((row) => row.allowed.join('')))) {
    const isIn = (rpb: number): boolean => allowed[rpb] === '1';
    const name = rpbs.every(({ index }) => isIn(index))
      ? 'all RPBs'
      : `RPBs ${ranges(rpbs.filter(({ index }) => isIn(index)).map(({ number }) => number))}`;
    const bound = tree.filter((row) => row.allowed.every((here, rpb) => here === 0 || isIn(rpb)));
    const needed = sum(bound.map(({ entries }) => entries));
    const have = rpbs.filter(({ index }) => isIn(index));
    if (needed > 0) add(sum(have.map(({ entries }) => entries)) / needed, `entries of ${name}`);
    const largest = Math.max(...bound.map(({ entries }) => entries));
    const rows = bound.filter(({ entries }) => entries === largest).length;
    add(sum(have.map(({ entries }) => Math.floor(entries / largest))) / rows, `rows of ${largest} entries in ${name}`);
    const blocks = bound.flatMap(({ memories }) => memories.map(({ buckets }) => buckets));
    if (blocks.length === 0) continue;
    const size = Math.max(...blocks);
    const whole = blocks.every((block) => block === size)
      ? sum(have.map(({ buckets }) => Math.floor(buckets / size))) / blocks.length
      : sum(have.map(({ buckets }) => buckets)) / sum(blocks);
    add(whole, `memory of ${name}`);
  }
  return bounds.reduce((least, bound) => (bound.programs < least.programs ? bound : least));
}

/** 1, 2, 3, 7 → 1–3, 7 */
function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
