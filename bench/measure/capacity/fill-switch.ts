/** How many programs a switch holds: they arrive until the first that does not fit. No packets, no emulator. */
import { DoesNotFit } from '../../../compiler/index.js';
import { type Books, utilization } from '../../workloads/admission.js';
import { WorkloadEnd } from '../../workloads/arrival.js';
import { type PlayOptions, playArrivals } from '../../workloads/arrivals/play-arrivals.js';
import { ProgramBooks, type ProgramBooksOptions } from './program-books.js';

export interface FillOptions extends PlayOptions, ProgramBooksOptions {
  /** Called for each admitted program, with the number of programs in the switch. */
  readonly onProgress: (programs: number, books: Books) => void;
}

/** A switch with as many programs as it held. */
export interface FilledSwitch {
  /** Programs in the switch when one did not fit; if all arrivals had a place, the most that were in it at once. */
  readonly capacity: number;
  /** Programs that arrived and had a place. */
  readonly admitted: number;
  /** What the program that did not fit lacked; null if all arrivals had a place: the switch holds at least `capacity`. */
  readonly failure: string | null;
  /** With `capacity` programs in the switch, as that of memory. */
  readonly entryUtilization: number;
  readonly memoryUtilization: number;
  /** Mean over the admitted programs. */
  readonly passes: number;
  /** Share of the programs that recirculate. */
  readonly recirculating: number;
  /** Allocation times in µs, in order of arrival. */
  readonly allocationUs: readonly number[];
}

/** Plays arrivals up to the first that does not fit, or to the end of the workload. */
export async function fillSwitch(options: FillOptions): Promise<FilledSwitch> {
  const books = new ProgramBooks(options);
  const allocationUs: number[] = [];
  let failure: string | null = null;
  let passes = 0;
  let recirculating = 0;
  const now = () => ({ capacity: books.state.programs.size, ...utilization(books.state) });
  let fullest = now();
  await playArrivals(options, (event) => {
    if (event.kind === 'departure') {
      if (books.state.programs.size > fullest.capacity) fullest = now();
      books.depart(event.program);
      return true;
    }
    try {
      const program = books.arrive(event.program);
      passes += program.passes;
      if (program.passes > 1 && options.dataPlane.switches === 1) recirculating++;
    } catch (error) {
      if (error instanceof WorkloadEnd) return false;
      if (!(error instanceof DoesNotFit)) throw error;
      failure = error.message;
      return false;
    }
    allocationUs.push(books.allocationUs);
    options.onProgress(books.state.programs.size, books.state);
    return true;
  });
  const last = now();
  const shares = Math.max(1, allocationUs.length);
  return {
    ...(failure === null && fullest.capacity > last.capacity ? fullest : last),
    admitted: allocationUs.length,
    failure,
    passes: passes / shares,
    recirculating: recirculating / shares,
    allocationUs,
  };
}
