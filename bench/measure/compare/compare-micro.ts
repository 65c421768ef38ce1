/** Compares two sets of microbenchmarks by name. */
import type { MicroDocument } from '../micro/micro-document.js';
import { type Comparison, withVerdict } from './compare-runs.js';

/** Compares the benchmarks that both sets have. Ratios are of speeds, with intervals from the margins of error of the means. */
export function compareMicro(before: MicroDocument, after: MicroDocument): Comparison {
  const known = new Map(before.results.map((result) => [result.name, result]));
  const speeds = after.results.flatMap((b) => {
    const a = known.get(b.name);
    if (a === undefined) return [];
    const ratio = a.meanNs / b.meanNs;
    const margin = Math.sqrt(a.marginPercent * a.marginPercent + b.marginPercent * b.marginPercent) / 100;
    return [withVerdict(b.name, { ratio, interval: [ratio * (1 - margin), ratio * (1 + margin)] })];
  });
  return { figures: [], speeds };
}
