/** `bench micro`: microbenchmarks of the blocks of the packet path, by tinybench. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bench } from 'tinybench';
import type { Argv } from 'yargs';
import { must } from '../../../compiler/data-plane/must.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, StatusLine, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { AGAINST_C_SCHEMA, type AgainstCDocument, measureAgainstC } from '../../measure/micro/against-c.js';
import { hotPaths } from '../../measure/micro/hot-paths.js';
import { MICRO_SCHEMA, type MicroDocument, type MicroResult } from '../../measure/micro/micro-document.js';
import { loadBalancers, renderAgainstC } from '../report/against-c-report.js';

const TURNS = 9;
const LOAD_BALANCERS = [1, 2800];

const microOptions = (yargs: Argv) =>
  yargs
    .option('filter', {
      type: 'string',
      default: '',
      defaultDescription: 'all',
      describe: 'Regular expression that names of microbenchmarks must match',
    })
    .option('time', { type: 'string', default: '500', describe: 'Time for each microbenchmark in ms' })
    .option('against-c', {
      type: 'boolean',
      default: false,
      describe: 'Compare the switch with a C program that does the work of load balancers as a plain loop',
    })
    .options(JSON_OPTION)
    .epilogue(
      `--against-c compiles the C program with cc and runs it and the switch in ${TURNS} alternate turns of --time each on the ` +
        'same packets, with 1 and 2,800 load balancers. Their outputs have to be equal. A whole run, with generator ' +
        'and digests, is compared with the switch alone.',
    )
    .example('$0 micro --filter parser', 'Time the parsers')
    .example('$0 micro --against-c', 'How many times as long as the C program the switch takes');

const MAX_WARMUP_MS = 250;

type MicroArguments = ArgumentsOf<typeof microOptions>;

async function micro(args: MicroArguments): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-micro-'));
  try {
    return await (args.againstC ? compareWithC(args, folder) : measure(args, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const microCommand = command(microOptions, micro);

const millisecondsOf = ({ time }: MicroArguments): number => wholeNumber('--time', time, 1, 600_000);

async function compareWithC(args: MicroArguments, folder: string): Promise<number> {
  const milliseconds = millisecondsOf(args);
  const wanted = pattern(args.filter);
  const programs = LOAD_BALANCERS.filter((count) => wanted.test(loadBalancers(count)));
  if (programs.length === 0) throw new UsageError(`no comparison with C matches ${args.filter}`);
  const status = new StatusLine();
  const onTurn = (count: number, turn: number): void =>
    status.show(`${loadBalancers(count)}: ${turn} of ${TURNS} turns`);
  const results = await measureAgainstC({ folder, programs, milliseconds, turns: TURNS, onTurn });
  status.stop();
  const document: AgainstCDocument = { schema: AGAINST_C_SCHEMA, results };
  process.stdout.write(args.json ? `${JSON.stringify(document, null, 2)}\n` : renderAgainstC(results));
  return EXIT.done;
}

async function measure(args: MicroArguments, folder: string): Promise<number> {
  const { filter, json } = args;
  const milliseconds = millisecondsOf(args);
  const warmupTime = Math.min(milliseconds, MAX_WARMUP_MS);
  const bench = new Bench({ time: milliseconds, warmupTime, throws: true });
  const wanted = pattern(filter);
  const chosen = (await hotPaths(folder)).filter(({ name }) => wanted.test(name));
  if (chosen.length === 0) throw new UsageError(`no microbenchmark matches ${filter}`);
  for (const { name, prepare } of chosen) bench.add(name, await prepare());
  const status = new StatusLine();
  let done = 0;
  bench.addEventListener('cycle', () => status.show(`${++done} of ${chosen.length} blocks timed`));
  await bench.run();
  status.stop();
  const results = bench.tasks.map((task, i): MicroResult => {
    const { result } = task;
    if (result.state !== 'completed') throw new Error(`${task.name} did not complete`);
    const { mean, p50, p75, p99, rme, samplesCount } = result.latency;
    const ns = (milliseconds: number): number =>
      (milliseconds * 1e6) / must(chosen[i]?.operations, 'operations of a block');
    return {
      name: task.name,
      meanNs: ns(mean),
      marginPercent: rme,
      medianNs: ns(p50),
      p75Ns: ns(p75),
      p99Ns: ns(p99),
      samples: samplesCount,
    };
  });
  if (json) {
    const document: MicroDocument = { schema: MICRO_SCHEMA, results };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return EXIT.done;
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  const figure = (value: number): string =>
    value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 }).padStart(13);
  process.stdout.write(
    `${'ns per operation'.padEnd(width)}${['median', 'p75', 'p99'].map((name) => name.padStart(13)).join('')}  samples\n`,
  );
  for (const { name, medianNs, p75Ns, p99Ns, samples } of results) {
    process.stdout.write(`${name.padEnd(width)}${figure(medianNs)}${figure(p75Ns)}${figure(p99Ns)}  ${samples}\n`);
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
