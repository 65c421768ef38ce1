/** The capacities that the paper's authors publish; see results/published/README.md. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../hw-driver/package-root.js';

export interface PublishedCapacity {
  readonly workload: string;
  readonly memoryBytes: number;
  readonly cases: number;
  readonly capacity: number;
}

export function publishedCapacities(): readonly PublishedCapacity[] {
  const [, ...lines] = readFileSync(packageFile('results', 'published', 'capacity.csv'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [, workload = '', memoryBytes, cases, capacity] = line.split(',');
    return { workload, memoryBytes: Number(memoryBytes), cases: Number(cases), capacity: Number(capacity) };
  });
}
