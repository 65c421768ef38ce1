/** Programs arrive one by one and are let in, until enough are in, one does not fit, or the run is interrupted. */
import { type DataPlane, DoesNotFit } from '../../compiler/index.js';
import { oneByOne } from './arrivals/arrival-process.js';
import { playArrivals } from './arrivals/play-arrivals.js';

export interface AdmissionOptions {
  /** How many programs, or `max`: until the first that does not fit. */
  readonly programs: number | 'max';
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Called for each program that was let in. */
  readonly onProgress: (admitted: number, books: Books) => void;
}

/** What is free, by RPB index. */
export interface Books {
  readonly dataPlane: DataPlane;
  readonly entries: ArrayLike<number>;
  readonly memory: readonly { readonly free: number }[];
}

/** What a program that was let in takes. */
export interface Admitted {
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly programId: number;
  /** In all tables. */
  readonly entries: number;
  readonly passes: number;
  /** From 1. */
  readonly firstRpb: number;
  readonly buckets: number;
  readonly allocationUs: number;
  /** Text to entries, allocation included. */
  readonly compileUs: number;
}

/** One row per arrival that was let in. */
export interface AllocationRecord {
  readonly number: number;
  readonly key: string;
  readonly allocationUs: number;
  readonly compileUs: number;
  readonly entryUtilization: number;
  readonly memoryUtilization: number;
}

export interface Admission {
  readonly admitted: readonly Admitted[];
  readonly allocations: readonly AllocationRecord[];
  readonly failure: { readonly program: string; readonly reason: string } | null;
}

/** @param admit lets the n-th arrival in, from 0; throws DoesNotFit for the first that is not */
export async function admitAll(
  books: Books,
  options: AdmissionOptions,
  admit: (number: number) => Promise<Admitted>,
): Promise<Admission> {
  const admitted: Admitted[] = [];
  const allocations: AllocationRecord[] = [];
  let failure: Admission['failure'] = null;
  const playing = { ...options, arrivals: oneByOne(options.programs), seed: '' };
  await playArrivals(playing, async ({ program: number }) => {
    try {
      const program = await admit(number);
      const { key, allocationUs, compileUs } = program;
      admitted.push(program);
      allocations.push({ number, key, allocationUs, compileUs, ...utilization(books) });
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      failure = { program: error.program, reason: error.message };
      return false;
    }
    options.onProgress(admitted.length, books);
    return true;
  });
  return { admitted, allocations, failure };
}

/** Shares of all RPB entries and of all buckets that are taken. */
export function utilization(books: Books): { entryUtilization: number; memoryUtilization: number } {
  const { rpbs } = books.dataPlane;
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
  const entries = sum(rpbs.map((rpb) => rpb.entries));
  const buckets = sum(rpbs.map((rpb) => rpb.buckets));
  return {
    entryUtilization: 1 - sum(books.entries) / entries,
    memoryUtilization: 1 - sum(books.memory.map(({ free }) => free)) / buckets,
  };
}
