/** A workload whose programs have memories of different sizes: blocks of one size would not fragment. */
import seedrandom from 'seedrandom';
import { must } from '../../compiler/data-plane/must.js';
import { loadWorkload, type Workload, type WorkloadOptions } from './workload.js';

/** Bytes of each memory. */
export const MIXED_MEMORY_BYTES = [128, 256, 512, 1024, 2048, 4096] as const;

/**
 * The programs of a workload, each with one of these sizes for all its memories, drawn uniformly for each instance.
 *
 * @param sizes bytes, or undefined for those that the programs have
 * @throws {WorkloadError}
 */
export async function mixedMemorySizes(
  options: Omit<WorkloadOptions, 'memoryBytes'>,
  sizes: readonly (number | undefined)[],
): Promise<Workload> {
  const workloads = await Promise.all(sizes.map((memoryBytes) => loadWorkload({ ...options, memoryBytes })));
  const [first] = workloads;
  if (sizes.length === 1 && first !== undefined) return first;
  const random = seedrandom.alea(`${options.seed}/memory-sizes`);
  const drawn: number[] = [];
  return {
    name: options.name,
    asWritten: false,
    arrival(number) {
      while (drawn.length <= number) drawn.push(Math.floor(random() * workloads.length));
      const size = must(drawn[number], `memory size of instance ${number}`);
      const arrival = must(workloads[size], `workload of memory size ${size}`).arrival(number);
      return { ...arrival, key: `${arrival.key} ${sizes[size] ?? 'as written'}` };
    },
  };
}
