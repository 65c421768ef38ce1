/** `bench micro`: tinybench microbenchmarks of the hot paths. */
import { Bench } from 'tinybench';
import type { Argv } from 'yargs';
import { EXIT, UsageError, wholeNumber } from '../../hw-driver/index.js';
import { hotPaths } from '../micro/hot-paths.js';

export const microOptions = (yargs: Argv) =>
  yargs
    .option('filter', { type: 'string', default: '', describe: 'Only those whose names match this regular expression' })
    .option('time', { type: 'string', default: '500', describe: 'Milliseconds for each' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
    .requiresArg(['filter', 'time'])
    .example('$0 micro --filter parser', 'How fast headers are parsed');

export interface MicroArguments {
  readonly filter: string;
  readonly time: string;
  readonly json: boolean;
}

interface MicroResult {
  readonly name: string;
  /** Nanoseconds per operation: median, relative margin of error of the mean in per cent, samples. */
  readonly medianNs: number;
  readonly marginPercent: number;
  readonly samples: number;
}

export async function micro({ filter, time, json }: MicroArguments): Promise<number> {
  const bench = new Bench({ time: wholeNumber('--time', time, 1, 600_000), throws: true });
  const wanted = pattern(filter);
  const chosen = (await hotPaths()).filter(({ name }) => wanted.test(name));
  if (chosen.length === 0) throw new UsageError(`no microbenchmark matches ${filter}`);
  for (const { name, run } of chosen) bench.add(name, run);
  await bench.run();
  const results = bench.tasks.map((task, i): MicroResult => {
    const { result } = task;
    if (result.state !== 'completed') throw new Error(`${task.name} did not complete`);
    const { p50, rme, samplesCount } = result.latency;
    const perOperation = (p50 * 1e6) / (chosen[i]?.operations ?? 1);
    return { name: task.name, medianNs: perOperation, marginPercent: rme, samples: samplesCount };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/micro@1', results }, null, 2)}\n`);
    return EXIT.done;
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, medianNs, marginPercent, samples } of results) {
    const figure = medianNs.toLocaleString('en-US', { maximumFractionDigits: 1 });
    process.stdout.write(
      `${name.padEnd(width)}  ${figure.padStart(10)} ns  ± ${marginPercent.toFixed(1)} %  (${samples} samples)\n`,
    );
  }
  return EXIT.done;
}

function pattern(filter: string): RegExp {
  try {
    return new RegExp(filter, 'i');
  } catch (error) {
    throw new UsageError(`--filter: ${error instanceof Error ? error.message : String(error)}`);
  }
}
