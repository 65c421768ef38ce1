/** `p4runpro memory read|write|reset` and `p4runpro watch`: memory of programs, by its name. */
import type { Argv } from 'yargs';
import { EXIT, UsageError, wholeNumber } from '../command-line.js';
import { changeSwitch, readSwitch, type TargetArguments, targetOptions } from '../deploy/operated-switch.js';

const MOST_BUCKETS = 2 ** 24;
const MOST_WORD = 2 ** 32 - 1;

const blockOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .positional('program', { type: 'string', demandOption: true, describe: 'A program that runs' })
    .positional('memory', {
      type: 'string',
      demandOption: true,
      describe: 'A memory of it, by its name in the source',
    });

interface BlockArguments extends TargetArguments {
  readonly program: string;
  readonly memory: string;
}

export const memoryReadOptions = (yargs: Argv) =>
  blockOptions(yargs)
    .option('from', { type: 'string', default: '0', describe: 'First bucket' })
    .option('count', { type: 'string', describe: 'Buckets; all that follow if left out' })
    .option('used', { type: 'boolean', default: false, describe: 'Only buckets that are not 0' })
    .requiresArg(['from', 'count'])
    .example('$0 memory read cache mem1 --used', 'The buckets that hold something');

export interface MemoryReadArguments extends BlockArguments {
  readonly from: string;
  readonly count: string | undefined;
  readonly used: boolean;
}

export async function memoryRead(args: MemoryReadArguments): Promise<number> {
  const all = await readSwitch(args, ({ controller }) => controller.readMemory(args.program, args.memory));
  const from = wholeNumber('--from', args.from, 0, all.length - 1);
  const count = args.count === undefined ? all.length - from : wholeNumber('--count', args.count, 1, all.length - from);
  const words = Array.from(all.subarray(from, from + count), (value, i) => ({ bucket: from + i, value }));
  print(args, args.used ? words.filter(({ value }) => value !== 0) : words);
  return EXIT.done;
}

function print(
  { json, program, memory }: BlockArguments,
  words: readonly { readonly bucket: number; readonly value: number }[],
): void {
  const document = { schema: 'p4runpro/memory@1', program, memory, words };
  const lines = words.map(({ bucket, value }) => `${String(bucket).padStart(8)}  ${value}\n`).join('');
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : lines);
}

export const memoryWriteOptions = (yargs: Argv) =>
  blockOptions(yargs)
    .positional('values', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Words from the first bucket on',
    })
    .option('from', { type: 'string', default: '0', describe: 'First bucket' })
    .requiresArg(['from'])
    .example('$0 memory write lb pool_dip 0x0a000001 0x0a000002', 'Two words, from bucket 0');

export interface MemoryWriteArguments extends BlockArguments {
  readonly from: string;
  readonly values: readonly string[];
}

export async function memoryWrite(args: MemoryWriteArguments): Promise<number> {
  const from = wholeNumber('--from', args.from, 0, MOST_BUCKETS);
  const values = args.values.map(wordOf);
  await changeSwitch(args, ({ controller }) => controller.writeMemory(args.program, args.memory, values, from));
  done(args, `${values.length} ${values.length === 1 ? 'word' : 'words'} written`, { written: values.length });
  return EXIT.done;
}

function wordOf(text: string): number {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= MOST_WORD)) throw new UsageError(`a word is a number of 32 bits, not '${text}'`);
  return value;
}

export const memoryResetOptions = (yargs: Argv) =>
  blockOptions(yargs).example('$0 memory reset hh mem_cms_row1', 'All buckets to 0');

export async function memoryReset(args: BlockArguments): Promise<number> {
  const buckets = await changeSwitch(args, async ({ controller }) => {
    const { length } = await controller.readMemory(args.program, args.memory);
    await controller.writeMemory(args.program, args.memory, new Uint32Array(length));
    return length;
  });
  done(args, `${buckets} buckets reset`, { reset: buckets });
  return EXIT.done;
}

function done({ json, program, memory }: BlockArguments, text: string, facts: object): void {
  const document = { schema: 'p4runpro/memory@1', program, memory, ...facts };
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${program} ${memory}: ${text}\n`);
}

export const watchOptions = (yargs: Argv) =>
  blockOptions(yargs)
    .option('interval', { type: 'string', default: '1000', describe: 'Milliseconds between two looks' })
    .option('count', { type: 'string', describe: 'Looks; until Ctrl-C if left out' })
    .requiresArg(['interval', 'count'])
    .epilogue('Prints the buckets that changed since the look before; with --json one line of JSON for each look.')
    .example('$0 watch hh mem_cms_row1 --target 127.0.0.1:50052', 'Which counters grow');

export interface WatchArguments extends BlockArguments {
  readonly interval: string;
  readonly count: string | undefined;
}

export async function watch(args: WatchArguments): Promise<number> {
  const interval = wholeNumber('--interval', args.interval, 1, 86_400_000);
  const looks = args.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--count', args.count, 1, 1e9);
  let stopped = false;
  let wake = (): void => undefined;
  const stop = (): void => {
    stopped = true;
    wake();
  };
  process.once('SIGINT', stop);
  try {
    await readSwitch(args, async ({ controller }) => {
      let before: Uint32Array | undefined;
      for (let look = 0; look < looks && !stopped; look++) {
        if (look > 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, interval);
          });
        }
        const words = await controller.readMemory(args.program, args.memory);
        report(args, look, words, before);
        before = words;
      }
    });
  } finally {
    process.removeListener('SIGINT', stop);
  }
  return stopped ? EXIT.interrupted : EXIT.done;
}

function report({ json }: WatchArguments, look: number, words: Uint32Array, before: Uint32Array | undefined): void {
  const changed = Array.from(words, (value, bucket) => ({ bucket, before: before?.[bucket] ?? 0, value })).filter(
    (word) => word.value !== word.before,
  );
  if (json) process.stdout.write(`${JSON.stringify({ look, changed })}\n`);
  else if (changed.length === 0) process.stdout.write(`${look}: no change\n`);
  else for (const word of changed) process.stdout.write(`${look}: ${word.bucket}: ${word.before} -> ${word.value}\n`);
}
