/** Capacities published by the paper's authors; see results/published/README.md. */
import { numberIn, publishedTable, textIn } from '../../../hw-driver/cli/kit/published-figures.js';

export interface PublishedCapacity {
  readonly workload: string;
  readonly memoryBytes: number;
  readonly cases: number;
  readonly capacity: number;
}

export function publishedCapacities(): readonly PublishedCapacity[] {
  return publishedTable('capacity.csv').map((row) => ({
    workload: textIn(row, 'workload'),
    memoryBytes: numberIn(row, 'memory_bytes'),
    cases: numberIn(row, 'elastic_cases'),
    capacity: numberIn(row, 'capacity'),
  }));
}
