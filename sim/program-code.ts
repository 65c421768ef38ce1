/**
 * The entries of one program as one flat array, so that a packet touches few cache lines. For each pass and branch id
 * it holds the RPBs that have entries, in order, each with its entries in order of priority:
 *
 *     code    = passes, branches, (start of row, by pass × branches + branch) …, rows
 *     row     = cell … END
 *     cell    = rpb, length in words, entry …
 *     entry   = head, immediate, flag or jump table, [har value, mask, sar value, mask, mar value, mask]
 *     head    = opcode | first << 8 | second << 16 | MATCHES << 24 | LAST << 25
 *
 * Only branch ids that some entry sets, and 0, can occur; they are numbered by their order.
 */
import { type Instruction, OPCODE, type RegisterMatch } from './instructions.js';

/** An RPB entry, decoded. */
export interface RpbEntry {
  /** Index of the RPB, from 0. */
  readonly rpb: number;
  readonly pass: number;
  readonly branchValue: number;
  readonly branchMask: number;
  readonly priority: number;
  /** Order of insertion, which decides among equal priorities. */
  readonly sequence: number;
  readonly instruction: Instruction;
  readonly match: RegisterMatch;
}

/** Words of the code before the starts of the rows. */
export const CODE_HEADER = { passes: 0, branches: 1, words: 2 } as const;
export const CELL = { rpb: 0, length: 1, words: 2 } as const;
export const ENTRY = { head: 0, immediate: 1, flag: 2, words: 3, wordsWithMatch: 9 } as const;
export const HEAD_MATCHES = 1 << 24;
export const HEAD_LAST = 1 << 25;

/** @param rpbCount ends each row: a number that no RPB has */
export function buildProgramCode(entries: readonly RpbEntry[], rpbCount: number): Int32Array {
  const setsBranch = ({ instruction }: RpbEntry): boolean => instruction.opcode === OPCODE.setBranch;
  const targets = entries.filter(setsBranch).map(({ instruction }) => instruction.immediate);
  const branchIds = [...new Set([0, ...targets])].sort((a, b) => a - b);
  const branchPlace = new Map(branchIds.map((id, place) => [id, place]));
  const passes = 1 + Math.max(0, ...entries.map(({ pass }) => pass));
  const sorted = [...entries].sort((a, b) => a.rpb - b.rpb || a.priority - b.priority || a.sequence - b.sequence);
  const rows: number[][] = [];
  for (let pass = 0; pass < passes; pass++) {
    const ofPass = sorted.filter((entry) => entry.pass === pass);
    for (const id of branchIds) {
      const matching = ofPass.filter(({ branchValue, branchMask }) => (id & branchMask) === branchValue);
      rows.push(buildRow(matching, branchPlace, rpbCount));
    }
  }
  let start = CODE_HEADER.words + rows.length;
  const starts = rows.map((row) => {
    const here = start;
    start += row.length;
    return here;
  });
  return Int32Array.from([passes, branchIds.length, ...starts, ...rows.flat()]);
}

/** @param entries of one row, by RPB and priority */
function buildRow(entries: readonly RpbEntry[], branchPlace: ReadonlyMap<number, number>, rpbCount: number): number[] {
  const row: number[] = [];
  for (let i = 0; i < entries.length; ) {
    const rpb = entries[i]?.rpb ?? rpbCount;
    const cell: number[] = [];
    for (; entries[i]?.rpb === rpb; i++) {
      const entry = entries[i] as RpbEntry;
      cell.push(...entryWords(entry, entries[i + 1]?.rpb !== rpb, branchPlace));
    }
    row.push(rpb, CELL.words + cell.length, ...cell);
  }
  return [...row, rpbCount, 0];
}

function entryWords(
  { instruction, match }: RpbEntry,
  last: boolean,
  branchPlace: ReadonlyMap<number, number>,
): number[] {
  const { opcode, first, second, immediate, flag } = instruction;
  const matches = match.some(([, mask]) => mask !== 0);
  const head = opcode | (first << 8) | (second << 16) | (matches ? HEAD_MATCHES : 0) | (last ? HEAD_LAST : 0);
  const operand = opcode === OPCODE.setBranch ? (branchPlace.get(immediate) ?? 0) : immediate;
  return [head, operand | 0, flag, ...(matches ? match.flat().map((word) => word | 0) : [])];
}
