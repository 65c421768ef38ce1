/** What `bench allocator check` tells, as lines. */
import { must } from '../../../compiler/data-plane/must.js';
import type { AllocatorCheck, AllocatorScore } from '../../measure/allocators/check-allocator.js';

const count = (value: number): string => value.toLocaleString('en-US');

export function checkLines(label: string, check: AllocatorCheck): string[] {
  const { broken, problems, possible, impossible, undecided, scores } = check;
  if (broken !== null) {
    return [
      `${label} breaks a rule of placement: ${broken.code}`,
      `found on problem ${count(problems + 1)}, ${broken.origin}${broken.smallest === null ? '' : '; the smallest problem that shows it:'}`,
      ...(broken.smallest === null ? [] : broken.text.map((line) => `  ${line}`)),
    ];
  }
  const unknown = undecided === 0 ? '' : `, ${count(undecided)} undecided`;
  const reference = must(scores[1] ?? scores[0], 'score of an allocator');
  return [
    `${label} keeps the rules of placement on ${count(problems)} problems (seed ${check.seed})`,
    `of them ${count(possible)} have a placement, ${count(impossible)} have none${unknown}`,
    '',
    `${'allocator'.padEnd(24)} ${'placed'.padStart(9)} ${'of possible'.padStart(12)} ${'µs each'.padStart(9)}  time`,
    ...scores.map((score) => scoreLine(score, possible, reference)),
  ];
}

function scoreLine(
  { label, placed, placementUs }: AllocatorScore,
  possible: number,
  reference: AllocatorScore,
): string {
  const share = possible === 0 ? '–' : `${((placed / possible) * 100).toFixed(1)} %`;
  const ratio =
    reference.placementUs === 0 ? '–' : `${(placementUs / reference.placementUs).toPrecision(3)} × ${reference.label}`;
  return `${label.padEnd(24)} ${count(placed).padStart(9)} ${share.padStart(12)} ${placementUs.toFixed(1).padStart(9)}  ${ratio}`;
}
