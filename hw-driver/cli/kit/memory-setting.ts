/** The option `--memory cms.row1[17]=3`: initial words of a memory. */
import { parseInteger } from '../../../compiler/index.js';
import { UsageError } from './command-line.js';

export interface MemorySetting {
  /** Absent where only one program has a memory of this name. */
  readonly program: string | undefined;
  readonly memory: string;
  /** First bucket, from 0; absent for all buckets. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** One for all buckets, or those of consecutive buckets: a word, or the low and the high word of a pair. */
  readonly contents: readonly (readonly number[])[];
}

const MAX_WORD = 2 ** 32 - 1;

/** @throws {UsageError} */
export function memorySetting(text: string): MemorySetting {
  const found = /^(?:(\w+)\.)?(\w+)(?:\[(\d+)(?:-(\d+))?\])?=(.+)$/.exec(text.trim());
  const [, program, memory, first, last, values] = found ?? [];
  if (memory === undefined || values === undefined) {
    throw new UsageError(
      `--memory takes a memory and its words, as in cms.row1=5, cms.row1[17]=3, cms.row1[0-7]=1 or cms.row1=1,2,3, or its pairs, as in flows=1:2, ` +
        `not '${text}'`,
    );
  }
  const contents = values.split(',').map((bucket) => {
    const words = bucket.split(':');
    if (words.length > 2) throw new UsageError(`--memory: a bucket has a word or a pair, as in 1:2, not '${bucket}'`);
    return words.map((word) => memoryWord(word.trim(), '--memory: '));
  });
  const range = { first: number(first), last: number(last) };
  if (range.last !== undefined && range.last < (range.first ?? 0)) {
    throw new UsageError(`--memory: the range ${first}-${last} is empty: the first bucket must not be above the last`);
  }
  if (range.last !== undefined && contents.length > 1) {
    throw new UsageError(
      `--memory: a range of buckets takes one word or pair, not ${contents.length}: write ${memory}[${first}]=${values}`,
    );
  }
  return { program, memory, ...range, contents };
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** A word of a memory: a number as the language writes it, or an IPv4 address. @throws {UsageError} */
export function memoryWord(text: string, before = ''): number {
  const value = parseInteger(text);
  if (value === undefined || value > MAX_WORD) {
    throw new UsageError(
      `${before}a word is a number from 0 to ${MAX_WORD.toLocaleString('en-US')} or an IPv4 address such as 10.0.0.1, not '${text}'`,
    );
  }
  return value;
}

/** The formats of words: numbers of either base, or IPv4 addresses. */
export const WORD_FORMS = ['decimal', 'hex', 'address'] as const;
export type WordForm = (typeof WORD_FORMS)[number];

export function wordText(word: number, form: WordForm): string {
  switch (form) {
    case 'decimal':
      return String(word);
    case 'hex':
      return `0x${word.toString(16).padStart(8, '0')}`;
    case 'address':
      return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.');
  }
}
