/**
 * The entries of one program as one flat array, so that a packet touches few cache lines. For each pass and branch id
 * it holds the RPBs that have entries, in order, each with its entries in order of priority:
 *
 *     code    = passes, branches, branch id …, (start of row, by pass × branches + place of the branch id) …, rows
 *     row     = cell … END
 *     cell    = rpb, length in words, entry …
 *     entry   = head, immediate, flag or jump table, [har value, mask, sar value, mask, mar value, mask]
 *     head    = opcode | first << 8 | second << 16 | MATCHES << 24 | LAST << 25 | GUARDED << 26
 *
 * A packet's branch id is 0, one that an entry sets, or, while packets are in flight, one that a deleted entry has set.
 */
import { must, type TableEntry } from '../../compiler/for-switches.js';
import type { Instruction, RegisterMatch } from './instructions/decode.js';
import type { Reach } from './instructions/meaning.js';
import { OPCODE, OPERATIONS } from './instructions/table.js';

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
  /** What it was decoded from. */
  readonly source: TableEntry;
}

/** Words of the code before the starts of the rows. */
export const CODE_HEADER = { passes: 0, branches: 1, words: 2 } as const;
export const CELL = { rpb: 0, length: 1, words: 2 } as const;
export const ENTRY = { head: 0, immediate: 1, flag: 2, words: 3, wordsWithMatch: 9 } as const;
export const HEAD_MATCHES = 1 << 24;
export const HEAD_LAST = 1 << 25;
/** Memory accesses of this entry are checked against the program's blocks: see memory-owners.ts. */
export const HEAD_GUARDED = 1 << 26;

/**
 * The branch ids that packets of a program can have. @param retired ids that deleted entries have set on packets in
 * flight
 */
export function branchIdsOf(entries: readonly RpbEntry[], retired: Iterable<number>): number[] {
  const targets = entries.filter(setsBranch).map(({ instruction }) => instruction.immediate);
  return [...new Set([0, ...targets, ...retired])].sort((a, b) => a - b);
}

export const setsBranch = ({ instruction }: RpbEntry): boolean => instruction.opcode === OPCODE.setBranch;

/** What the operation of an entry works on. */
export const reachOf = ({ instruction: { opcode } }: RpbEntry): Reach =>
  opcode === OPCODE.none ? 'variables' : must(OPERATIONS[opcode], 'operation of an opcode').reaches;

export const mayDrop = (entry: RpbEntry): boolean => reachOf(entry) === 'dropping';

/** Whether the packet may be copied to a group. */
export const mayCopy = (entry: RpbEntry): boolean => reachOf(entry) === 'group';

export const accessesMemory = (entry: RpbEntry): boolean => reachOf(entry) === 'memory';

/**
 * @param branchIds of {@link branchIdsOf}
 * @param rpbCount ends each row: a number that no RPB has
 * @param guarded whether memory accesses are checked against the program's blocks
 */
export function buildProgramCode(
  entries: readonly RpbEntry[],
  branchIds: readonly number[],
  rpbCount: number,
  guarded: boolean,
): Int32Array {
  const passes = 1 + Math.max(0, ...entries.map(({ pass }) => pass));
  const sorted = [...entries].sort((a, b) => a.rpb - b.rpb || a.priority - b.priority || a.sequence - b.sequence);
  const rows: number[][] = [];
  for (let pass = 0; pass < passes; pass++) {
    const ofPass = sorted.filter((entry) => entry.pass === pass);
    for (const id of branchIds) {
      const matching = ofPass.filter(({ branchValue, branchMask }) => (id & branchMask) === branchValue);
      rows.push(buildRow(matching, rpbCount, guarded));
    }
  }
  let start = CODE_HEADER.words + branchIds.length + rows.length;
  const starts = rows.map((row) => {
    const here = start;
    start += row.length;
    return here;
  });
  return Int32Array.from([passes, branchIds.length, ...branchIds, ...starts, ...rows.flat()]);
}

/** Where the row of a pass and a branch id starts; the id must be one that the code knows. */
export function rowStart(code: Int32Array, pass: number, branchId: number): number {
  const branches = code[CODE_HEADER.branches] as number;
  let place = 0;
  while (code[CODE_HEADER.words + place] !== branchId) {
    if (++place === branches) throw new Error(`no entry has ever set branch id ${branchId}`);
  }
  return code[CODE_HEADER.words + branches + pass * branches + place] as number;
}

/** @param entries of one row, by RPB and priority */
function buildRow(entries: readonly RpbEntry[], rpbCount: number, guarded: boolean): number[] {
  const row: number[] = [];
  for (let i = 0; i < entries.length; ) {
    const rpb = entries[i]?.rpb ?? rpbCount;
    const cell: number[] = [];
    for (; entries[i]?.rpb === rpb; i++) {
      const entry = entries[i] as RpbEntry;
      cell.push(...entryWords(entry, entries[i + 1]?.rpb !== rpb, guarded));
    }
    row.push(rpb, CELL.words + cell.length, ...cell);
  }
  return [...row, rpbCount, 0];
}

function entryWords({ instruction, match }: RpbEntry, last: boolean, guarded: boolean): number[] {
  const { opcode, first, second, immediate, flag } = instruction;
  const matches = match.some(([, mask]) => mask !== 0);
  const marks = (matches ? HEAD_MATCHES : 0) | (last ? HEAD_LAST : 0) | (guarded ? HEAD_GUARDED : 0);
  const head = opcode | (first << 8) | (second << 16) | marks;
  return [head, immediate | 0, flag, ...(matches ? match.flat().map((word) => word | 0) : [])];
}

/** The first entry of a cell that the registers match, or -1. */
export function findEntry(code: Int32Array, first: number, registers: Uint32Array): number {
  let at = first;
  for (;;) {
    const head = code[at] as number;
    if ((head & HEAD_MATCHES) === 0) return at;
    const match = at + ENTRY.words;
    if (
      (((registers[0] as number) & (code[match + 1] as number)) ^ (code[match] as number)) === 0 &&
      (((registers[1] as number) & (code[match + 3] as number)) ^ (code[match + 2] as number)) === 0 &&
      (((registers[2] as number) & (code[match + 5] as number)) ^ (code[match + 4] as number)) === 0
    )
      return at;
    if ((head & HEAD_LAST) !== 0) return -1;
    at += ENTRY.wordsWithMatch;
  }
}
