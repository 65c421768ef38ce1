/** Table of goldens by program: coverage, and size of the program. */
import { must } from '../../../compiler/data-plane/must.js';
import type { BranchCoverage, CoverageCount, CoveragePoint } from '../../../sim/validation/index.js';
import type { GoldenResult } from '../../verify/goldens/check-goldens.js';
import type { ProgramKey } from '../../workloads/program-kind.js';

export interface GoldenRow {
  readonly program: ProgramKey;
  /** Number of goldens, and of their packets. */
  readonly goldens: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  /** Number of memory words that are compared. */
  readonly words: number;
  readonly branches: CoverageCount;
  readonly statements: CoverageCount;
  readonly missed: readonly Pick<CoveragePoint, 'line' | 'text'>[];
  /** Table entries of all programs of the file, and the maximum passes of a program. */
  readonly entries: number;
  readonly passes: number;
  /** Names of goldens with a difference. */
  readonly differ: readonly string[];
}

export const isAgreed = ({ check }: GoldenResult): boolean => check.packets.length === 0 && check.memory.length === 0;

export function goldenRows(results: readonly GoldenResult[]): GoldenRow[] {
  const keys = [...new Set(results.map(({ golden }) => golden.key))];
  return keys.map((program) =>
    rowOf(
      program,
      results.filter(({ golden }) => golden.key === program),
    ),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function rowOf(program: ProgramKey, results: readonly GoldenResult[]): GoldenRow {
  const coverage = together(results.map((result) => result.coverage));
  const compiled = results[0]?.outcome.programs.map((each) => each.compiled) ?? [];
  const words = ({ expectedMemory }: GoldenResult): number =>
    sum([...expectedMemory.values()].flatMap((memories) => [...memories.values()].map(({ length }) => length)));
  return {
    program,
    goldens: results.length,
    packetsIn: sum(results.map(({ packetsIn }) => packetsIn)),
    packetsOut: sum(results.map(({ outcome }) => outcome.packets.length)),
    words: sum(results.map(words)),
    branches: total(coverage.map(({ branches }) => branches)),
    statements: total(coverage.map(({ statements }) => statements)),
    missed: coverage.flatMap(({ missed }) => missed.map(({ line, text }) => ({ line, text }))),
    entries: sum(compiled.map(({ entries }) => entries.length)),
    passes: Math.max(0, ...compiled.map(({ passes }) => passes)),
    differ: results.filter((result) => !isAgreed(result)).map(({ golden }) => golden.name),
  };
}

const total = (counts: readonly CoverageCount[]): CoverageCount => ({
  reached: sum(counts.map(({ reached }) => reached)),
  all: sum(counts.map(({ all }) => all)),
});

/** Coverage of all goldens of a file together, for each program of the file. */
function together([first = [], ...others]: readonly (readonly BranchCoverage[])[]): readonly BranchCoverage[] {
  for (const other of others) {
    for (const [i, coverage] of other.entries()) first[i]?.add(coverage);
  }
  return first;
}

export function goldenTable(rows: readonly GoldenRow[]): string[] {
  const of = ({ reached, all }: CoverageCount): string => `${reached} of ${all}`;
  const table = [
    ['program', 'goldens', 'packets in', 'out', 'words', 'branches', 'statements', 'entries', 'passes', ''],
    ...rows.map((row) => [
      row.program,
      ...[row.goldens, row.packetsIn, row.packetsOut, row.words].map(String),
      of(row.branches),
      of(row.statements),
      ...[row.entries, row.passes].map(String),
      row.differ.length === 0 ? 'as expected' : `differs: ${row.differ.join(', ')}`,
    ]),
  ];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => must(row[column]?.length, 'cell of a row')))) ?? [];
  const isText = (column: number): boolean => column === 0 || column === widths.length - 1;
  const line = (row: readonly string[]): string =>
    row
      .map((text, c) =>
        isText(c)
          ? text.padEnd(must(widths[c], 'width of a column'))
          : text.padStart(must(widths[c], 'width of a column')),
      )
      .join('  ')
      .trimEnd();
  return [
    ...table.map(line),
    ...rows.flatMap(({ program, missed }) =>
      missed.map(({ line: number, text }) => `not reached: ${program}, line ${number}, ${text}`),
    ),
  ];
}
