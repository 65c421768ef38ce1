/** `bench capacity`: the number of programs that a switch holds, also for each weight of recirculation. */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { allocatorKind, DEFAULT_ALLOCATORS, namesThatTake } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import {
  chainFrom,
  DATA_PLANE_OPTION,
  JSON_OPTION,
  RECIRCULATIONS_OPTION,
  recirculationsFrom,
  SWITCHES_OPTION,
} from '../../../hw-driver/cli/kit/shared-options.js';
import { textWidth } from '../../../hw-driver/cli/kit/text-width.js';
import {
  ALLOCATOR_OPTIONS,
  allocatorFrom,
  allocatorLabel,
  EXIT,
  loadDataPlane,
  UsageError,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { type CapacityRow, measureCapacity } from '../../measure/capacity/measure-capacity.js';
import { type PublishedCapacity, publishedCapacities } from '../../measure/capacity/published-capacity.js';
import { loadWorkload, WORKLOAD_CHOICES } from '../../workloads/workload.js';
import { capacityCsv, capacityHeader, capacityLine, capacityNote, leftOutNote } from '../report/capacity-report.js';
import { ResultFolder } from '../report/result-folder.js';
import { arrivalOption, arrivalsFrom, secondsFrom } from './arrival-options.js';
import { LongWork } from './long-work.js';
import { INSTANCE_OPTIONS, instancesFrom, SEED_OPTION } from './shared-options.js';

const DEFAULT_WORKLOADS = ['cache', 'lb', 'hh', 'nc', 'calc', 'acc', 'ecn', 'sf', 'bf', 'hll', 'all-mixed'];
/** Recirculation weights of `--curve`, from no recirculation to free recirculation. */
const CURVE = ['never', '1000', '100', '10', '3', '1', '0.3', '0'];

const capacityOptions = (yargs: Argv) =>
  yargs
    .option('workloads', {
      type: 'string',
      array: true,
      default: DEFAULT_WORKLOADS,
      defaultDescription: DEFAULT_WORKLOADS.join(' '),
      describe: `Workloads to measure: ${WORKLOAD_CHOICES}`,
    })
    .options(INSTANCE_OPTIONS)
    .options(arrivalOption('one-by-one'))
    .option('duration', {
      type: 'string',
      describe: 'Virtual time after which no program arrives: seconds, or with a unit (no limit)',
    })
    .options(ALLOCATOR_OPTIONS)
    .option('curve', {
      type: 'boolean',
      default: false,
      describe: `Measure the capacity for each of the recirculation weights ${CURVE.join(', ')}`,
    })
    .option('repeats', { type: 'string', default: '10', describe: 'Number of seeds for each random workload' })
    .options(RECIRCULATIONS_OPTION)
    .options(SWITCHES_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .option('out', { type: 'string', default: 'results/capacity', describe: 'Folder for capacity.csv' })
    .options(JSON_OPTION)
    .example('$0 capacity --workloads lb hh', 'Two capacities and the published ones')
    .example('$0 capacity --workloads cache --curve', 'Capacity of caches against passes');

type CapacityArguments = ArgumentsOf<typeof capacityOptions>;

async function capacity(args: CapacityArguments): Promise<number> {
  const published = publishedCapacities();
  const publishedFor = ({ workload, cases, memoryBytes }: CapacityRow): PublishedCapacity | undefined =>
    published.find((each) => each.workload === workload && each.cases === cases && each.memoryBytes === memoryBytes);
  const options = await optionsOf(args);
  return ResultFolder.during(args.out, async (folder) => {
    const rows: CapacityRow[] = [];
    const work = new LongWork(args.json);
    const room = textWidth(process.stdout);
    const onProgress = (workload: string, programs: number): void =>
      work.show(`${workload}: ${counted(programs, 'program')}`);
    const aborted = await work.during(async (signal) => {
      work.say([capacityHeader(room)]);
      const clock = (): number => performance.now();
      for await (const row of measureCapacity({ ...options, clock, signal, onProgress })) {
        rows.push(row);
        work.say([capacityLine(row, publishedFor(row), room)]);
      }
    });
    folder.write('capacity.csv', capacityCsv(rows, publishedFor));
    if (args.json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/capacity@1', rows }, null, 2)}\n`);
    const notes = ['', ...leftOutNote(room), ...(args.curve ? [] : rows.flatMap((row) => capacityNote(row, room)))];
    work.say([...notes, `results in ${args.out}: capacity.csv`]);
    if (aborted) process.stderr.write(`bench: interrupted; the finished rows are in ${args.out}\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const capacityCommand = command(capacityOptions, capacity);

async function optionsOf(args: CapacityArguments) {
  const allocator = args.allocator ?? DEFAULT_ALLOCATORS.sound;
  if (args.curve && allocatorKind(allocator)?.takes.includes('recirculationWeight') !== true) {
    throw new UsageError(`--curve needs --allocator ${namesThatTake('recirculationWeight')}`);
  }
  if (args.curve && args.switches !== '1') {
    throw new UsageError('--curve compares weights of recirculations, which --switches has none of');
  }
  if (args.curve && args.recirculationWeight !== undefined) {
    throw new UsageError('--curve sets the recirculation weights and cannot be combined with --recirculation-weight');
  }
  const dataPlane = chainFrom(args, loadDataPlane(args.dataplane));
  const instances = instancesFrom(args);
  // Before the head of the table is printed.
  for (const name of args.workloads) await loadWorkload({ ...instances, name, seed: args.seed, dataPlane });
  return {
    dataPlane,
    workloads: args.workloads,
    ...instances,
    repeats: wholeNumber('--repeats', args.repeats, 1, 1000),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    seed: args.seed,
    arrivals: await arrivalsFrom(args.arrivals),
    untilSeconds: endOf(args),
    allocators: args.curve
      ? await Promise.all(
          CURVE.map(async (weight) => ({
            label: `${allocator} ${weight}`,
            allocator: await allocatorFrom({ ...args, recirculationWeight: weight }),
          })),
        )
      : [{ label: allocatorLabel(allocator), allocator: await allocatorFrom(args) }],
  };
}

/** @throws {UsageError} for a process that may go on without end, as it does where few programs are offered at a time */
function endOf({ arrivals, duration }: CapacityArguments): number | undefined {
  if (duration !== undefined) return secondsFrom('--duration', duration);
  if (!arrivals.startsWith('poisson:')) return undefined;
  throw new UsageError('--arrivals poisson has no end of its own: add --duration, as --duration 1d');
}
