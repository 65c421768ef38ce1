/** `bench capacity`: how many programs a switch holds, and what recirculation has to do with it. */

import type { Argv } from 'yargs';
import { allocatorKind, DEFAULT_ALLOCATORS, namesThatTake } from '../../../compiler/index.js';
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
import { type CapacityRow, measureCapacity } from '../../measure/capacity/measure-capacity.js';
import { type PublishedCapacity, publishedCapacities } from '../../measure/capacity/published-capacity.js';
import { WORKLOAD_NAMES } from '../../workloads/drawn-keys.js';
import { capacityCsv, capacityHeader, capacityLine, capacityNote } from '../report/capacity-report.js';
import { ResultFolder } from '../report/result-folder.js';
import { LongWork } from './long-work.js';
import { INSTANCE_OPTIONS, instancesFrom, SEED_OPTION } from './shared-options.js';

const DEFAULT_WORKLOADS = ['cache', 'lb', 'hh', 'nc', 'calc', 'acc', 'ecn', 'sf', 'bf', 'hll', 'all-mixed'];
/** From never to free. */
const CURVE = ['never', '1000', '100', '10', '3', '1', '0.3', '0'];

const capacityOptions = (yargs: Argv) =>
  yargs
    .option('workloads', {
      type: 'string',
      array: true,
      default: DEFAULT_WORKLOADS,
      describe: `Which programs arrive: ${WORKLOAD_NAMES.join(', ')}, or .p4runpro files`,
    })
    .options(INSTANCE_OPTIONS)
    .options(ALLOCATOR_OPTIONS)
    .option('curve', {
      type: 'boolean',
      default: false,
      describe: `Capacity against passes: price with recirculation weights ${CURVE.join(', ')}`,
    })
    .option('repeats', { type: 'string', default: '10', describe: 'Seeds for each workload that is drawn at random' })
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .option('out', { type: 'string', default: 'results/capacity', describe: 'Folder for capacity.csv' })
    .options(JSON_OPTION)
    .requiresArg(['workloads', 'repeats', 'out'])
    .example('$0 capacity --workloads lb hh', 'Two capacities beside the published ones')
    .example('$0 capacity --workloads cache --curve', 'What recirculation is worth to a cache');

type CapacityArguments = ArgumentsOf<typeof capacityOptions>;

async function capacity(args: CapacityArguments): Promise<number> {
  const published = publishedCapacities();
  const publishedFor = ({ workload, cases, memoryBytes }: CapacityRow): PublishedCapacity | undefined =>
    published.find((each) => each.workload === workload && each.cases === cases && each.memoryBytes === memoryBytes);
  const options = optionsOf(args);
  return ResultFolder.during(args.out, async (folder) => {
    const rows: CapacityRow[] = [];
    const work = new LongWork(args.json);
    const onProgress = (workload: string, programs: number): void =>
      work.show(`${workload}: ${programs.toLocaleString('en-US')} programs`);
    const aborted = await work.during(async (signal) => {
      work.say([capacityHeader()]);
      const clock = (): number => performance.now();
      for await (const row of measureCapacity({ ...options, clock, signal, onProgress })) {
        rows.push(row);
        work.say([capacityLine(row, publishedFor(row))]);
      }
    });
    folder.write('capacity.csv', capacityCsv(rows, publishedFor));
    if (args.json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/capacity@1', rows }, null, 2)}\n`);
    const notes = args.curve ? [] : ['', ...rows.map(capacityNote)];
    work.say([...notes, '', `results in ${args.out}: capacity.csv`]);
    if (aborted) process.stderr.write(`bench: interrupted; the rows that were done are in ${args.out}\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const capacityCommand = command(capacityOptions, capacity);

function optionsOf(args: CapacityArguments) {
  const allocator = args.allocator ?? DEFAULT_ALLOCATORS.sound;
  if (args.curve && allocatorKind(allocator)?.takes.includes('recirculationWeight') !== true) {
    throw new UsageError(`--curve is for the ${namesThatTake('recirculationWeight')} allocator`);
  }
  if (args.curve && args.recirculationWeight !== undefined) {
    throw new UsageError('--curve goes through weights of its own: leave out --recirculation-weight');
  }
  const dataPlane = loadDataPlane(args.dataplane);
  return {
    dataPlane,
    workloads: args.workloads,
    ...instancesFrom(args),
    repeats: wholeNumber('--repeats', args.repeats, 1, 1000),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    seed: args.seed,
    allocators: args.curve
      ? CURVE.map((weight) => ({
          label: `${allocator} ${weight}`,
          allocator: allocatorFrom({ ...args, recirculationWeight: weight }),
        }))
      : [{ label: allocator, allocator: allocatorFrom(args) }],
  };
}
