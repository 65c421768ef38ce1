/** Lines by which a process that runs several test files tells them apart in what it writes. */

const BEGINNING = '--- test file ';
const ENDING = /^--- (passed|failed) in ([\d.]+) ms$/m;

export const beginning = (file: string): string => `\n${BEGINNING}${file}\n`;
export const ending = (isPassed: boolean, ms: number): string =>
  `\n--- ${isPassed ? 'passed' : 'failed'} in ${ms.toFixed(1)} ms\n`;

/** What was written before the first file, then what was written for each. */
export const partsOf = (output: string): string[] => output.split(new RegExp(`^${BEGINNING}.*\n`, 'm'));

/** How a file ended, by its part of the output; undefined if it did not come to its end. */
export function endOf(part: string): { readonly isPassed: boolean; readonly ms: number } | undefined {
  const [, word, ms] = ENDING.exec(part) ?? [];
  return word === undefined ? undefined : { isPassed: word === 'passed', ms: Number(ms) };
}
