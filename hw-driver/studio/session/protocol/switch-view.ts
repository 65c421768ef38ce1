/** The switch and its memory at a moment. */
import type { ProgramResult } from '../../../../compiler/explain/index.js';
import type { CompiledProgram, TableEntry } from '../../../../compiler/index.js';

/** An entry of an RPB, with the statements that it comes from. */
export interface ShownEntry {
  readonly entry: TableEntry;
  /** The branch whose packets meet the entry; null for all of them. */
  readonly branch: number | null;
  /** Conditions on registers in words; empty if there are none. */
  readonly when: string;
  /** The action with its parameters. */
  readonly does: string;
  readonly program: string;
  readonly programId: number;
  /** From 0. */
  readonly pass: number;
  /** Lines of the program's text, from 1. */
  readonly lines: readonly number[];
}

export interface ShownRpb {
  /** From 1. */
  readonly rpb: number;
  readonly entries: readonly ShownEntry[];
  readonly freeEntries: number;
  readonly memories: readonly {
    readonly program: string;
    readonly memory: string;
    readonly base: number;
    readonly buckets: number;
  }[];
  readonly freeBuckets: number;
}

export interface ShownProgram {
  readonly program: string;
  readonly programId: number;
  readonly compiled: CompiledProgram;
  readonly text: string;
  /** Entries of its filter. */
  readonly filters: readonly TableEntry[];
}

export interface SwitchView {
  readonly at: number;
  /** In the order of their ids. */
  readonly programs: readonly ShownProgram[];
  readonly rpbs: readonly ShownRpb[];
  /** Free entries of the filter tables and of the recirculation table. */
  readonly tables: readonly { readonly table: string; readonly used: number; readonly free: number }[];
}

/** The programs of a text on a switch, as `p4runpro explain` says it. */
export interface ExplainedText {
  readonly results: readonly ProgramResult[];
  /** The same in words, by program. */
  readonly texts: readonly string[];
  /** By program: the RPBs and entries of one that fits as a figure, SVG; null for one that does not. */
  readonly figures: readonly (string | null)[];
  /** By program and proposal of one that does not fit: the proposal in words. */
  readonly proposals: readonly (readonly string[])[];
}

export interface MemorySummary {
  readonly program: string;
  readonly programId: number;
  readonly memory: string;
  /** From 1. */
  readonly rpb: number;
  readonly base: number;
  readonly buckets: number;
  readonly wordsPerBucket: 1 | 2;
}

export interface MemoryWords extends MemorySummary {
  /** First bucket of these words. */
  readonly from: number;
  /** Of pairs low word first. */
  readonly words: Uint32Array;
  /** By word: how often it had been written. */
  readonly writes: Uint32Array;
}

/** Writes of a word, one column for each value. */
export interface WriteColumns {
  readonly from: number;
  readonly count: number;
  /** All writes of the word. */
  readonly total: number;
  /** Who wrote, or before whom an event did. */
  readonly packet: Uint32Array;
  /** Place of the event in the timeline, -1 for a packet. */
  readonly event: Int32Array;
  readonly before: Uint32Array;
  readonly after: Uint32Array;
}
