/** `bench allocator check`: an allocator held against the rules of placement, and compared with ours and with the bounds. */
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import {
  DATA_PLANE_OPTION,
  JSON_OPTION,
  RECIRCULATIONS_OPTION,
  recirculationsFrom,
} from '../../../hw-driver/cli/kit/shared-options.js';
import { textWidth } from '../../../hw-driver/cli/kit/text-width.js';
import {
  ALLOCATOR_CHOICES,
  ALLOCATOR_SETTINGS,
  allocatorFrom,
  allocatorLabel,
  EXIT,
  limitFrom,
  loadDataPlane,
  placementCall,
  unguardedAllocatorFrom,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { type AllocatorCheck, checkAllocator, type NamedAllocator } from '../../measure/allocators/check-allocator.js';
import { type CapacityRow, measureCapacity } from '../../measure/capacity/measure-capacity.js';
import { checkLines } from '../report/allocator-report.js';
import { capacityHeader, capacityLine } from '../report/capacity-report.js';
import { LongWork } from './long-work.js';
import { INSTANCE_OPTIONS, instancesFrom, SEED_OPTION } from './shared-options.js';

const MAX_PROBLEMS = 100_000;
const DEFAULT_PROBLEMS = '300';
const DEFAULT_OTHERS = ['price', 'f1'];
const DEFAULT_WORKLOADS = ['lb', 'cache', 'hh'];

const checkOptions = (yargs: Argv) =>
  yargs
    .positional('allocator', {
      type: 'string',
      demandOption: true,
      describe: `Allocator to check: ${ALLOCATOR_CHOICES}`,
    })
    .options(ALLOCATOR_SETTINGS)
    .option('problems', {
      type: 'string',
      default: DEFAULT_PROBLEMS,
      describe: 'Problems of random rows, and as many of programs on crowded switches',
    })
    .option('others', {
      type: 'string',
      array: true,
      default: DEFAULT_OTHERS,
      describe: 'Allocators to compare with',
    })
    .option('workloads', {
      type: 'string',
      array: true,
      default: DEFAULT_WORKLOADS,
      describe: 'Workloads whose capacity is measured',
    })
    .options(INSTANCE_OPTIONS)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .options(JSON_OPTION)
    .epilogue(
      'Every placement is held against the rules of placement, and every problem is given twice. The first rule that is ' +
        'broken ends the check with status 1, and the smallest problem on which it is broken is shown.',
    )
    .example('$0 allocator check ./mine.mjs', 'Check an allocator of your own');

type CheckArguments = ArgumentsOf<typeof checkOptions>;

async function check(args: CheckArguments): Promise<number> {
  const { problems, seconds, checked, others, capacity } = await optionsOf(args);
  const rows: CapacityRow[] = [];
  let result: AllocatorCheck | undefined;
  const work = new LongWork(args.json);
  const room = textWidth(process.stdout);
  const clock = (): number => performance.now();
  const aborted = await work.during(async (signal) => {
    result = await checkAllocator({
      checked,
      others,
      problems,
      seed: args.seed,
      call: placementCall(seconds),
      clock,
      signal,
      onProgress: (solved, of) =>
        work.show(`${solved.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} problems`),
    });
    work.say(checkLines(checked.label, result));
    if (result.broken !== null || signal.aborted) return;
    work.say(['', capacityHeader(room)]);
    const onProgress = (workload: string, programs: number): void =>
      work.show(`${workload}: ${counted(programs, 'program')}`);
    for await (const row of measureCapacity({ ...capacity, clock, signal, onProgress })) {
      rows.push(row);
      work.say([capacityLine(row, undefined, room)]);
    }
  });
  if (args.json) {
    const document = {
      schema: 'p4runpro-bench/allocator-check@1',
      allocator: checked.label,
      ...result,
      capacities: rows,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  if (aborted) {
    process.stderr.write('bench: interrupted; only part of the problems was given\n');
    return EXIT.interrupted;
  }
  if (result?.broken == null) return EXIT.done;
  process.stderr.write(`bench: ${result.broken.message}\n`);
  return EXIT.failed;
}

/** Exit status 1 where a rule of placement is broken. */
export const allocatorCheckCommand = command(checkOptions, check);

async function optionsOf(args: CheckArguments) {
  const dataPlane = loadDataPlane(args.dataplane);
  const others: NamedAllocator[] = [];
  for (const other of args.others.filter((name) => name !== args.allocator)) {
    others.push({ label: allocatorLabel(other), allocator: await allocatorFrom({ allocator: other }) });
  }
  const label = allocatorLabel(args.allocator);
  const guarded = { label, allocator: await allocatorFrom(args) };
  return {
    problems: wholeNumber('--problems', args.problems, 1, MAX_PROBLEMS),
    seconds: limitFrom(args.allocatorLimit),
    checked: { label, allocator: await unguardedAllocatorFrom(args.allocator, args) },
    others,
    capacity: {
      dataPlane,
      workloads: args.workloads,
      ...instancesFrom(args),
      recirculations: recirculationsFrom(args.recirculations, dataPlane),
      allocators: [guarded, ...others],
      repeats: 1,
      seed: args.seed,
    },
  };
}
