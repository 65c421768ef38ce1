/** `bench churn`: programs come and go for a long time, and whether the switch wears out. */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { DEFAULT_ALLOCATORS } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import {
  DATA_PLANE_OPTION,
  JSON_OPTION,
  RECIRCULATIONS_OPTION,
  recirculationsFrom,
} from '../../../hw-driver/cli/kit/shared-options.js';
import {
  ALLOCATOR_OPTIONS,
  allocatorFrom,
  EXIT,
  loadDataPlane,
  UsageError,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { renderFigure } from '../../figures/figure.js';
import { churnFigure } from '../../measure/churn/churn-figure.js';
import { measureChurn } from '../../measure/churn/measure-churn.js';
import { MIXED_MEMORY_BYTES, mixedMemorySizes } from '../../workloads/mixed-sizes.js';
import { WORKLOAD_CHOICES } from '../../workloads/workload.js';
import { churnCsv, churnHeader, churnLine, churnSummary } from '../report/churn-report.js';
import { ResultFolder } from '../report/result-folder.js';
import { arrivalOption, arrivalsFrom, secondsFrom } from './arrival-options.js';
import { LongWork } from './long-work.js';
import { memorySize } from './memory-size.js';
import { elasticCases, SEED_OPTION } from './shared-options.js';

const MAX_SAMPLES = 10_000;

const churnOptions = (yargs: Argv) =>
  yargs
    .option('workload', {
      type: 'string',
      default: 'all-mixed',
      describe: `Workload, the programs that arrive: ${WORKLOAD_CHOICES}`,
    })
    .options(arrivalOption('poisson:30s,30h'))
    .option('duration', {
      type: 'string',
      default: '2d',
      describe: 'Virtual time of the experiment: seconds, or with a unit (30d, 12h, 90m)',
    })
    .option('samples', {
      type: 'string',
      default: '24',
      describe: 'Number of samples of the switch, at equal distances over the duration',
    })
    .option('memory', {
      type: 'string',
      array: true,
      default: MIXED_MEMORY_BYTES.map(String),
      describe: 'Sizes of memories in bytes; one of them is drawn for each program',
    })
    .option('cases', { type: 'string', default: '2', describe: 'Number of elastic cases of cache, nc and lb' })
    .options(ALLOCATOR_OPTIONS)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .option('out', { type: 'string', default: 'results/churn', describe: 'Folder for churn.csv and churn.svg' })
    .options(JSON_OPTION)
    .example(
      '$0 churn --arrivals poisson:60s,24h --duration 7d',
      'A week in which 1,440 programs are offered at any time',
    )
    .example('$0 churn --arrivals events.csv --workload lb', 'Load balancers that come and go as a file says');

type ChurnArguments = ArgumentsOf<typeof churnOptions>;

async function churn(args: ChurnArguments): Promise<number> {
  const options = await optionsOf(args);
  const { workload: name, dataPlane, seed, cases, memoryBytes } = options;
  const workload = await mixedMemorySizes({ name, dataPlane, seed, cases }, memoryBytes);
  return ResultFolder.during(args.out, async (folder) => {
    const work = new LongWork(args.json);
    const onProgress = (seconds: number, programs: number): void =>
      work.show(`${(seconds / 3600).toFixed(1)} h: ${counted(programs, 'program')}`);
    let result: Awaited<ReturnType<typeof measureChurn>> | undefined;
    const aborted = await work.during(async (signal) => {
      const clock = (): number => performance.now();
      result = await measureChurn({ ...options, workload, clock, signal, onProgress });
    });
    if (result === undefined) return EXIT.interrupted;
    const { samples } = result;
    folder.write('churn.csv', churnCsv(samples));
    const series = [{ name: args.allocator ?? DEFAULT_ALLOCATORS.sound, samples }];
    folder.write('churn.svg', await renderFigure(churnFigure(series, 'hours', 'wide')));
    if (args.json)
      process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/churn@1', ...result }, null, 2)}\n`);
    work.say([churnHeader(), ...samples.map(churnLine), '', ...churnSummary(result)]);
    work.say([`results in ${args.out}: churn.csv, churn.svg`]);
    if (aborted) process.stderr.write(`bench: interrupted; the samples up to then are in ${args.out}\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const churnCommand = command(churnOptions, churn);

async function optionsOf(args: ChurnArguments) {
  const dataPlane = loadDataPlane(args.dataplane);
  const untilSeconds = secondsFrom('--duration', args.duration);
  if (!(untilSeconds > 0)) throw new UsageError(`--duration takes a time above 0, not '${args.duration}'`);
  if (args.arrivals === 'one-by-one') {
    throw new UsageError('--arrivals one-by-one fills a switch and ends: that is bench capacity');
  }
  return {
    dataPlane,
    workload: args.workload,
    arrivals: await arrivalsFrom(args.arrivals),
    untilSeconds,
    intervalSeconds: untilSeconds / wholeNumber('--samples', args.samples, 1, MAX_SAMPLES),
    memoryBytes: args.memory.map(memorySize),
    cases: elasticCases(args.cases),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    allocator: await allocatorFrom(args),
    seed: args.seed,
  };
}
