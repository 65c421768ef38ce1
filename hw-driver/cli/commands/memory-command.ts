/** `p4runpro memory` and `watch`: read, write, reset and observe the words of a program's memory. */

import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { interruptible } from '../../../traces/system/index.js';
import { NoSuchProgram } from '../../control/errors.js';
import { bucketPlace, type PairWord } from '../kit/bucket-place.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { flowValues, hashedBucket } from '../kit/hashed-bucket.js';
import { wholeNumber } from '../kit/inputs.js';
import { memoryWord, WORD_FORMS, type WordForm, wordText } from '../kit/memory-setting.js';
import { JSON_OPTION } from '../kit/shared-options.js';
import type { Session } from './session.js';
import { answer, requireAllThere, sessionCommand } from './session-command.js';

const MAX_BUCKET = 2 ** 32 - 1;
const WORDS_PER_LINE = 8;

const asOption = {
  choices: WORD_FORMS,
  default: 'decimal',
  describe: 'Format of the words; JSON always has numbers',
} as const;

export const memoryCommand = sessionCommand(
  'change',
  (yargs) =>
    yargs
      .positional('verb', {
        choices: ['read', 'write', 'reset'] as const,
        demandOption: true,
        describe: 'What to do with the memory',
      })
      .positional('program', { type: 'string', demandOption: true, describe: 'Name of the program' })
      .positional('memory', { type: 'string', demandOption: true, describe: 'Name of the memory' })
      .positional('values', {
        type: 'string',
        array: true,
        default: [],
        defaultDescription: 'none',
        describe:
          'Words to write to consecutive buckets, for pairs the low and the high word of each: decimal, 0x…, or an IPv4 address such as 10.0.0.1',
      })
      .option('from', {
        type: 'string',
        describe: 'First bucket to read or write',
        defaultDescription: '0',
      })
      .option('count', {
        type: 'string',
        describe: 'Number of buckets to read',
        defaultDescription: 'all from the first on',
      })
      .option('pipe', {
        type: 'string',
        describe: 'Pipe to read from, counted from 0; writes go to all pipes',
        defaultDescription: 'all',
      })
      .option('flow', {
        type: 'string',
        describe:
          'Flow whose bucket to read, selected by the hash of its 5-tuple or of some of its fields: src,dst,sport,dport,protocol',
      })
      .option('hash-input', {
        type: 'string',
        describe: 'Value of har whose bucket to read, for a program that hashes har',
      })
      .option('as', asOption)
      .options(JSON_OPTION)
      .example('$0 memory read lb address --as address', 'The servers that a load balancer sends to')
      .example('$0 memory read cms row1 --flow 10.0.0.1,10.0.0.2,5000,53,udp', 'What a sketch counted of a flow')
      .example('$0 memory write lb port 1 1 2 2 --target sim --state switch.snapshot', 'Writes four buckets'),
  async (session, { verb, program, memory, values, json, flow, hashInput, as, ...range }) => {
    const { controller } = session;
    if (flow !== undefined || hashInput !== undefined) {
      if (verb !== 'read') throw new UsageError('--flow and --hash-input are options of memory read only');
      if (values.length > 0) throw new UsageError('memory read takes no values');
      if (range.from !== undefined || range.count !== undefined) {
        throw new UsageError('--flow and --hash-input read one bucket: they take neither --from nor --count');
      }
      return readHashed(session, { program, memory, flow, hashInput, json, as, pipe: range.pipe });
    }
    const from = range.from === undefined ? 0 : wholeNumber('--from', range.from, 0, MAX_BUCKET);
    if (verb !== 'write' && values.length > 0) throw new UsageError(`memory ${verb} takes no values`);
    if (verb !== 'read' && range.count !== undefined) throw new UsageError('--count is an option of memory read only');
    if (verb !== 'read' && range.pipe !== undefined) throw new UsageError('--pipe is an option of memory read only');
    if (verb === 'reset' && range.from !== undefined)
      throw new UsageError('memory reset resets all buckets and does not take --from');
    if (verb === 'reset') {
      await controller.resetMemory(program, memory);
      answer(session, json, 'memory', { program, memory, done: 'reset' }, `${program}: memory ${memory} was reset\n`);
      return EXIT.done;
    }
    if (verb === 'write') {
      const words = values.map((value) => memoryWord(value));
      if (words.length === 0) throw new UsageError('memory write needs at least one value, and found none');
      const perBucket = controller.wordsPerBucket(program, memory);
      if (words.length % perBucket !== 0)
        throw new UsageError(`memory ${memory} has pairs: write the low and the high word of each`);
      checkRange(session, program, memory, from, words.length / perBucket);
      await controller.writeMemory(program, memory, words, from);
      const text = `${program}: ${counted(words.length, 'word')} of ${memory} written\n`;
      answer(session, json, 'memory', { program, memory, done: 'written', from, words }, text);
      return EXIT.done;
    }
    const pipes = await pipesOf(session, program, memory, range.pipe);
    const [{ words: all }] = pipes;
    const perBucket = controller.wordsPerBucket(program, memory);
    const buckets = all.length / perBucket;
    const wanted = range.count === undefined ? buckets - from : wholeNumber('--count', range.count, 1, buckets);
    checkRange(session, program, memory, from, wanted);
    const read = pipes.map(({ pipe, words }) => ({
      pipe,
      words: [...words.subarray(from * perBucket, (from + wanted) * perBucket)],
    }));
    const shown = perBucket === 2 ? pairsText : wordsText;
    const text = read.map(({ pipe, words }) => `${pipeHead(pipe, pipes)}${shown(words, from, as)}`).join('');
    const contents = ({ words }: (typeof read)[number]) => (perBucket === 2 ? { pairs: pairsOf(words) } : { words });
    answer(session, json, 'memory', { program, memory, from, ...perPipe(read, contents) }, text);
    return EXIT.done;
  },
);

/** The words of a memory in one pipe of a switch. */
interface PipeWords {
  readonly pipe: number;
  readonly words: Uint32Array;
}

/** The words in the pipe that --pipe names, or in all pipes. @throws {UsageError} {@link NoSuchProgram} */
async function pipesOf(
  { controller }: Session,
  program: string,
  memory: string,
  asked: string | undefined,
): Promise<readonly [PipeWords, ...PipeWords[]]> {
  const all = (await controller.readPipes(program, memory)).map((words, pipe) => ({ pipe, words }));
  const wanted = asked === undefined ? all : [all[wholeNumber('--pipe', asked, 0, all.length - 1)]];
  const [first, ...others] = wanted.flatMap((one) => one ?? []);
  if (first === undefined) throw new Error('the switch has no pipe');
  return [first, ...others];
}

/** The line above a pipe's words in text output; empty on a switch with one pipe. */
const pipeHead = (pipe: number, pipes: readonly unknown[]): string => (pipes.length > 1 ? `pipe ${pipe}\n` : '');

/** The words in JSON output: for a single pipe its fields, else a list of pipes with their numbers. */
function perPipe<Read extends { readonly pipe: number }>(
  pipes: readonly Read[],
  fields: (read: Read) => object,
): object {
  const [only, ...others] = pipes;
  if (only !== undefined && others.length === 0) return fields(only);
  return { pipes: pipes.map((read) => ({ pipe: read.pipe, ...fields(read) })) };
}

interface HashedRead {
  readonly pipe: string | undefined;
  readonly program: string;
  readonly memory: string;
  readonly flow: string | undefined;
  readonly hashInput: string | undefined;
  readonly json: boolean;
  readonly as: WordForm;
}

/** Prints the word of a flow or a key. @throws {UsageError} {@link NoSuchProgram} */
async function readHashed(session: Session, asked: HashedRead): Promise<number> {
  const { program, memory, flow, hashInput, json } = asked;
  const { controller } = session;
  if (flow !== undefined && hashInput !== undefined)
    throw new UsageError('--flow and --hash-input exclude each other: give one of them');
  const pipes = await pipesOf(session, program, memory, asked.pipe);
  const compiled = controller.state.programs.get(program)?.compiled;
  if (compiled === undefined) throw new NoSuchProgram(`program ${program}`);
  const input = flow === undefined ? [memoryWord(hashInput ?? '')] : flowValues(flow);
  const bucket = hashedBucket(compiled, memory, input);
  const perBucket = controller.wordsPerBucket(program, memory);
  const read = pipes.map(({ pipe, words }) => {
    const values = [...words.subarray(bucket * perBucket, (bucket + 1) * perBucket)];
    return { pipe, values, value: must(values[0], `bucket ${bucket} of memory ${memory}`) };
  });
  const text = read
    .map(({ pipe, values }) => {
      const shown = values.map((value) => wordText(value, asked.as)).join(PAIR_SIGN);
      return `${pipeHead(pipe, pipes)}${memory}[${bucket}]: ${shown}\n`;
    })
    .join('');
  const contents = ({ value, values }: (typeof read)[number]) => (perBucket === 2 ? { pair: values } : { word: value });
  const document = { program, memory, bucket, ...perPipe(read, contents) };
  answer(session, json, 'memory', document, text);
  return EXIT.done;
}

function checkRange({ controller }: Session, program: string, memory: string, from: number, words: number): void {
  const block = controller.state.programs.get(program)?.compiled.memories.find(({ name }) => name === memory);
  if (block !== undefined && (words < 1 || from + words > block.buckets)) {
    throw new UsageError(`memory ${memory} has buckets 0 to ${block.buckets - 1}`);
  }
}

/** Lines of words, each after the number of its first bucket; lines of zeros are left out. */
function wordsText(words: readonly number[], from: number, form: WordForm): string {
  const lines: string[] = [];
  for (let i = 0; i < words.length; i += WORDS_PER_LINE) {
    const line = words.slice(i, i + WORDS_PER_LINE);
    if (line.some((value) => value !== 0))
      lines.push(`${from + i}: ${line.map((value) => wordText(value, form)).join(' ')}\n`);
  }
  return lines.length === 0 ? `${counted(words.length, 'word')}, all 0\n` : lines.join('');
}

/** Between the low and the high word of a pair. */
const PAIR_SIGN = ':';
const PAIRS_PER_LINE = 4;

const pairsOf = (words: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: words.length / 2 }, (_, i) => words.slice(2 * i, 2 * i + 2));

/** As {@link wordsText}, each pair as low:high. */
function pairsText(words: readonly number[], from: number, form: WordForm): string {
  const pairs = pairsOf(words);
  const lines: string[] = [];
  for (let i = 0; i < pairs.length; i += PAIRS_PER_LINE) {
    const line = pairs.slice(i, i + PAIRS_PER_LINE);
    if (line.flat().some((value) => value !== 0)) {
      const texts = line.map((pair) => pair.map((value) => wordText(value, form)).join(PAIR_SIGN));
      lines.push(`${from + i}: ${texts.join(' ')}\n`);
    }
  }
  return lines.length === 0 ? `${counted(pairs.length, 'pair')}, all 0\n` : lines.join('');
}

const MAX_INTERVAL_MS = 86_400_000;
const MAX_TIMES = 1e9;

export const watchCommand = sessionCommand(
  'read',
  (yargs) =>
    yargs
      .positional('program', { type: 'string', demandOption: true, describe: 'Name of the program' })
      .positional('memories', {
        type: 'string',
        array: true,
        default: [],
        defaultDescription: 'all of the program',
        describe: 'Names of memories',
      })
      .option('interval', {
        type: 'string',
        default: '1000',
        defaultDescription: '1,000',
        describe: 'Time between two reads in milliseconds',
      })
      .option('times', {
        type: 'string',
        describe: 'Number of reads',
        defaultDescription: 'until Ctrl-C',
      })
      .option('as', asOption)
      .options({ json: { ...JSON_OPTION.json, describe: 'Print one JSON document at the end' } }),
  async (session, { program, memories, interval, times, as, json }) => {
    const intervalMs = wholeNumber('--interval', interval, 1, MAX_INTERVAL_MS);
    const most = times === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--times', times, 1, MAX_TIMES);
    const running = session.controller.state.programs.get(program);
    if (running === undefined) throw new NoSuchProgram(`program ${program}`);
    requireAllThere(session);
    const names = memories.length > 0 ? memories : running.compiled.memories.map(({ name }) => name);
    const changes: Change[] = [];
    await interruptible(async (signal) => {
      let before = await wordsOf(session, program, names);
      for (let reads = 1; reads < most && !signal.aborted; reads++) {
        await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
        const now = await wordsOf(session, program, names);
        const found = changesBetween(before, now, reads * intervalMs, (name) =>
          session.controller.wordsPerBucket(program, name),
        );
        if (json) changes.push(...found);
        else for (const change of found) session.print(changeText(change, as));
        before = now;
      }
    });
    answer(session, json, 'watch', { program, memories: names, intervalMs, changes }, '');
    return EXIT.done;
  },
);

interface Change {
  /** Time since the first read. */
  readonly atMs: number;
  readonly memory: string;
  /** Only for a switch with several pipes. */
  readonly pipe?: number;
  readonly bucket: number;
  /** Of a pair: which of its words. */
  readonly word?: PairWord;
  readonly before: number;
  readonly now: number;
}

/** By memory, the words of each pipe. */
type Words = ReadonlyMap<string, readonly Uint32Array[]>;

async function wordsOf({ controller }: Session, program: string, memories: readonly string[]): Promise<Words> {
  const words = new Map<string, readonly Uint32Array[]>();
  for (const memory of memories) words.set(memory, await controller.readPipes(program, memory));
  return words;
}

function changesBetween(before: Words, now: Words, atMs: number, wordsPerBucket: (memory: string) => 1 | 2): Change[] {
  return [...now].flatMap(([memory, pipes]) =>
    pipes.flatMap((words, pipe) => {
      const old = before.get(memory)?.[pipe] ?? words;
      const where = pipes.length > 1 ? { memory, pipe } : { memory };
      return [...words].flatMap((value, i) => {
        const was = old[i] ?? value;
        const place = bucketPlace(i, wordsPerBucket(memory));
        return was === value ? [] : [{ atMs, ...where, ...place, before: was, now: value }];
      });
    }),
  );
}

const changeText = ({ atMs, memory, pipe, bucket, word, before, now }: Change, form: WordForm): string =>
  `${(atMs / 1000).toFixed(3)} s  ${pipe === undefined ? '' : `pipe ${pipe}  `}${memory}[${bucket}]${word === undefined ? '' : `.${word}`}  ${wordText(before, form)} -> ${wordText(now, form)}\n`;
