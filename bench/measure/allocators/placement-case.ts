/** Placement problems with what is free, as plain data: they can be made at random, made smaller, and written as text. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import {
  chain,
  FreeRanges,
  type FreeResources,
  type PlacementProblem,
  type PlacementRow,
} from '../../../compiler/index.js';

/** One row of a problem whose rows come one behind another. */
export interface CaseRow {
  readonly entries: number;
  /** Sizes of the memories first accessed here. */
  readonly buckets: readonly number[];
  /** RPB indices where it may not lie. */
  readonly forbidden: readonly number[];
  /** The first row of its group, whose RPB it shares; -1 for none. */
  readonly link: number;
}

export interface PlacementCase {
  readonly rpbs: number;
  readonly passes: number;
  readonly rows: readonly CaseRow[];
  /** Free entries by RPB index. */
  readonly entries: readonly number[];
  /** Sizes of the free ranges of memory by RPB index; one taken bucket lies between two of them. */
  readonly ranges: readonly (readonly number[])[];
}

/** The problem of a case; built anew with each call. */
export function problemOf({ rpbs, passes, rows }: PlacementCase): PlacementProblem {
  const linked = new Set(rows.map(({ link }) => link));
  const built = rows.map(
    ({ entries, buckets, forbidden, link }, i): PlacementRow => ({
      entries,
      memories: buckets.map((size, m) => ({ name: `m${i + 1}_${m + 1}`, buckets: size })),
      allowed: Uint8Array.from({ length: rpbs }, (_, rpb) => (forbidden.includes(rpb) ? 0 : 1)),
      link,
      isLinked: linked.has(i),
    }),
  );
  return { rows: built, tree: chain(built), rpbCount: rpbs, logicalRpbs: rpbs * passes };
}

/** What is free in a case. */
export function resourcesOf({ entries, ranges }: PlacementCase): FreeResources {
  const memory = ranges.map(withFreeRanges);
  const buckets = memory.map(({ free }) => free);
  return {
    entries,
    totalEntries: entries,
    buckets,
    totalBuckets: memory.map(({ total }) => total),
    fitsMemory: (rpb, sizes) => memory[rpb]?.fits(sizes) === true,
  };
}

function withFreeRanges(sizes: readonly number[]): FreeRanges {
  const memory = new FreeRanges(sizes.reduce((sum, size) => sum + size, Math.max(0, sizes.length - 1)));
  let base = 0;
  for (const size of sizes.slice(0, -1)) {
    memory.take(base + size, 1);
    base += size + 1;
  }
  return memory;
}

/** A case as lines to read. */
export function caseText({ rpbs, passes, rows, entries, ranges }: PlacementCase): string[] {
  const free = entries.map((count, rpb) => {
    const memory = must(ranges[rpb], `ranges of RPB ${rpb + 1}`).join(' + ');
    return `  RPB ${rpb + 1}: ${counted(count, 'entry')} free, ${memory === '' ? 'no memory' : `memory ${memory}`}`;
  });
  return [
    `${counted(rpbs, 'RPB')}, ${counted(passes, 'pass')}`,
    ...free,
    ...rows.map((row, i) => `  row ${i + 1}: ${rowText(row, i)}`),
  ];
}

function rowText({ entries, buckets, forbidden, link }: CaseRow, i: number): string {
  const parts = [
    counted(entries, 'entry'),
    ...(buckets.length === 0 ? [] : [`memory ${buckets.join(' + ')}`]),
    ...(forbidden.length === 0 ? [] : [`not in RPB ${forbidden.map((rpb) => rpb + 1).join(', ')}`]),
    ...(link < 0 ? [] : [`in the RPB of row ${link + 1}`]),
    ...(i === 0 ? [] : [`behind row ${i}`]),
  ];
  return parts.join(', ');
}

/** Cases that are smaller than this one, with one row at least; none of them is equal to it. */
export function* smallerCases(each: PlacementCase): Generator<PlacementCase> {
  const { rows, passes, entries, ranges } = each;
  for (const i of rows.length > 1 ? rows.keys() : []) yield { ...each, rows: withoutRow(rows, i) };
  if (passes > 1) yield { ...each, passes: passes - 1 };
  yield* withoutRpbs(each);
  for (const [i, row] of rows.entries()) {
    const changed = (change: Partial<CaseRow>): PlacementCase => ({
      ...each,
      rows: rows.map((other, at) => (at === i ? { ...row, ...change } : other)),
    });
    if (row.link >= 0) yield changed({ link: -1 });
    if (row.buckets.length > 0) yield changed({ buckets: row.buckets.slice(1) });
    if (row.forbidden.length > 0) yield changed({ forbidden: [] });
    for (const rpb of row.forbidden) yield changed({ forbidden: row.forbidden.filter((other) => other !== rpb) });
    if (row.entries > 1) yield changed({ entries: 1 });
    if (row.entries > 0) yield changed({ entries: row.entries - 1 });
  }
  for (const [rpb, sizes] of ranges.entries()) {
    if (sizes.length > 1) yield { ...each, ranges: ranges.map((other, at) => (at === rpb ? sizes.slice(1) : other)) };
  }
  for (const [rpb, count] of entries.entries()) {
    if (count > 1) yield { ...each, entries: entries.map((other, at) => (at === rpb ? Math.floor(count / 2) : other)) };
  }
}

function withoutRow(rows: readonly CaseRow[], gone: number): CaseRow[] {
  const kept = rows.filter((_, i) => i !== gone);
  // The next row of a group whose first row goes is the first one then.
  const first = kept.find(({ link }) => link === gone);
  const heir = first === undefined ? -1 : kept.indexOf(first);
  return kept.map((row, i) => {
    if (row.link === gone) return { ...row, link: i === heir ? -1 : heir };
    return row.link > gone ? { ...row, link: row.link - 1 } : row;
  });
}

function* withoutRpbs(each: PlacementCase): Generator<PlacementCase> {
  const { rpbs, rows, entries, ranges } = each;
  if (rpbs === 1) return;
  for (let gone = 0; gone < rpbs; gone++) {
    const moved = ({ forbidden, ...row }: CaseRow): CaseRow => ({
      ...row,
      forbidden: forbidden.filter((rpb) => rpb !== gone).map((rpb) => (rpb > gone ? rpb - 1 : rpb)),
    });
    yield {
      ...each,
      rpbs: rpbs - 1,
      rows: rows.map(moved),
      entries: entries.filter((_, rpb) => rpb !== gone),
      ranges: ranges.filter((_, rpb) => rpb !== gone),
    };
  }
}

/** Tries that one search for a smaller case makes at most. */
const MAX_TRIES = 5000;

/** The smallest case found for which something still holds. */
export function shrunk(start: PlacementCase, holds: (each: PlacementCase) => boolean): PlacementCase {
  let smallest = start;
  let tries = 0;
  for (let again = true; again && tries < MAX_TRIES; ) {
    again = false;
    for (const smaller of smallerCases(smallest)) {
      if (++tries > MAX_TRIES) break;
      if (!holds(smaller)) continue;
      smallest = smaller;
      again = true;
      break;
    }
  }
  return smallest;
}
