/**
 * Contents of programs' memories as JSON: program, memory, bucket or range of buckets, word. Other words are 0.
 *
 *     { "cms": { "row1": { "17": 3, "20-23": 1 } } }
 */
import { must } from '../../compiler/data-plane/must.js';
import { DomainError } from '../../compiler/index.js';

/** A file of contents that cannot be read as such. */
export class MemoryContentsError extends DomainError {
  override readonly name = 'MemoryContentsError';
  readonly code = 'no-memory-contents';
  readonly ends = 'bad-input';
}

/** All words of the named memories, by program and memory. */
export type MemoryContents = ReadonlyMap<string, ReadonlyMap<string, Uint32Array>>;

/** Number of buckets of a memory; undefined if there is none of this name. */
export type BucketsOf = (program: string, memory: string) => number | undefined;

const MAX_WORD = 2 ** 32 - 1;

/** @param file name of the file, for errors @throws {MemoryContentsError} */
export function memoryContentsFrom(json: unknown, file: string, bucketsOf: BucketsOf): MemoryContents {
  const wrong = (what: string): MemoryContentsError => new MemoryContentsError(`${file}: ${what}`);
  const entries = (value: unknown, of: string): [string, unknown][] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${of} is not an object`);
    return Object.entries(value);
  };
  const memoryOf = (program: string, memory: string, words: unknown): Uint32Array => {
    const where = `${program}.${memory}`;
    const buckets = bucketsOf(program, memory);
    if (buckets === undefined) throw wrong(`there is no memory ${where}`);
    const contents = new Uint32Array(buckets);
    for (const [range, word] of entries(words, where)) {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      if (first === undefined || Number(first) > Number(last) || Number(last) >= buckets) {
        throw wrong(`${where} has buckets 0 to ${buckets - 1}, not '${range}'`);
      }
      if (typeof word !== 'number' || !Number.isInteger(word) || word < 0 || word > MAX_WORD) {
        throw wrong(`${where}[${range}] is not a word of 32 bits`);
      }
      contents.fill(word, Number(first), Number(last) + 1);
    }
    return contents;
  };
  return new Map(
    entries(json, 'the document').map(([program, memories]) => [
      program,
      new Map(entries(memories, program).map(([memory, words]) => [memory, memoryOf(program, memory, words)])),
    ]),
  );
}

/** Memory contents as JSON text; equal neighbours are one range, words of 0 are omitted. */
export function formatMemoryContents(contents: MemoryContents): string {
  const document = Object.fromEntries(
    [...contents].map(([program, memories]) => [
      program,
      Object.fromEntries([...memories].map(([memory, words]) => [memory, rangesOf(words)])),
    ]),
  );
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rangesOf(words: Uint32Array): Record<string, number> {
  const ranges: Record<string, number> = {};
  for (let first = 0; first < words.length; ) {
    const word = must(words[first], `word ${first}`);
    let end = first + 1;
    while (words[end] === word) end++;
    if (word !== 0) ranges[end - first === 1 ? `${first}` : `${first}-${end - 1}`] = word;
    first = end;
  }
  return ranges;
}

export interface WordDifference {
  readonly program: string;
  readonly memory: string;
  readonly bucket: number;
  readonly expected: number;
  readonly actual: number;
}

/** Words of the expected memories that differ. */
export function memoryDifferences(expected: MemoryContents, actual: MemoryContents): WordDifference[] {
  const differences: WordDifference[] = [];
  for (const [program, memories] of expected) {
    for (const [memory, words] of memories) {
      const found = actual.get(program)?.get(memory);
      words.forEach((word, bucket) => {
        const other = found?.[bucket] ?? 0;
        if (other !== word) differences.push({ program, memory, bucket, expected: word, actual: other });
      });
    }
  }
  return differences;
}
