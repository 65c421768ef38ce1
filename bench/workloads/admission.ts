/** Admits arriving programs one by one until the requested number, the first that does not fit, or an interrupt. */
import { must } from '../../compiler/data-plane/must.js';
import { type DataPlane, DoesNotFit } from '../../compiler/index.js';
import { WorkloadEnd } from './arrival.js';
import { oneByOne } from './arrivals/arrival-process.js';
import { playArrivals } from './arrivals/play-arrivals.js';

export interface AdmissionOptions {
  /** Number of programs, or `max`: until the first that does not fit. */
  readonly programs: number | 'max';
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Called for each admitted program. */
  readonly onProgress: (admitted: number, books: Books) => void;
}

/** Free resources by RPB index. */
export interface Books {
  readonly dataPlane: DataPlane;
  readonly entries: ArrayLike<number>;
  readonly memory: readonly { readonly free: number }[];
}

/** Resources of an admitted program. */
export interface Admitted {
  readonly number: number;
  readonly key: string;
  readonly name: string;
  readonly programId: number;
  /** Entries in all tables. */
  readonly entries: number;
  readonly passes: number;
  /** Number of the first RPB, from 1. */
  readonly firstRpb: number;
  readonly buckets: number;
  readonly allocationUs: number;
  /** Time from text to entries, including allocation. */
  readonly compileUs: number;
}

/** One row for each admitted arrival. */
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

/** @param admit lets the n-th arrival in, from 0; throws DoesNotFit for the first that is not, WorkloadEnd behind the last */
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
      if (options.programs === 'max' && error instanceof WorkloadEnd) return false;
      if (!(error instanceof DoesNotFit)) throw error;
      failure = { program: error.program, reason: error.message };
      return false;
    }
    options.onProgress(admitted.length, books);
    return true;
  });
  return { admitted, allocations, failure };
}

/** Utilisation of all RPB entries and of all buckets, from 0 to 1. */
export function utilization(books: Books): { entryUtilization: number; memoryUtilization: number } {
  let entries = 0;
  let buckets = 0;
  let freeEntries = 0;
  let freeBuckets = 0;
  for (const rpb of books.dataPlane.rpbs) {
    entries += rpb.entries;
    buckets += rpb.buckets;
    freeEntries += must(books.entries[rpb.index], 'free entries of an RPB');
    freeBuckets += must(books.memory[rpb.index], 'memory of an RPB').free;
  }
  return { entryUtilization: 1 - freeEntries / entries, memoryUtilization: 1 - freeBuckets / buckets };
}
