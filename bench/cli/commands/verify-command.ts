/** `bench verify`: the programs that ship compared with plain implementations of their functions. */

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
  ALLOCATOR_CHOICES,
  allocatorFrom,
  allocatorLabel,
  EXIT,
  loadDataPlane,
  UsageError,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { type Verification, type VerifyOptions, verifyPrograms } from '../../verify/verify-programs.js';
import { ADDRESSING_RULE } from '../../workloads/capture-addressing.js';
import { programsFor } from '../../workloads/program-data-planes.js';
import { isProgramKey, PROGRAM_KEYS, type ProgramKey } from '../../workloads/program-kind.js';
import { describeDifference, verifyHeader, verifyLine } from '../report/verify-report.js';
import { captureOptions, captureOptionsOf, requireCapture } from './capture-options.js';
import { LongWork } from './long-work.js';
import { INSTANCE_OPTIONS, instancesFrom, SEED_OPTION } from './shared-options.js';

const MAX_PACKETS = 1e9;
const MAX_COMPANIONS = 2000;
const DEFAULT_PACKETS = 20_000;

const verifyOptions = (yargs: Argv) =>
  captureOptions(yargs)
    .positional('keys', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'all that the data plane can run',
      describe: `Keys of programs: ${PROGRAM_KEYS.join(', ')}`,
    })
    .option('trace', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'generated packets',
      describe: 'Captures with the packets to run, rewritten to match the filters (repeatable)',
    })
    .option('packets', {
      type: 'string',
      describe: 'Number of generated packets for each program; not with --trace',
      defaultDescription: DEFAULT_PACKETS.toLocaleString('en-US'),
    })
    .option('companions', {
      type: 'string',
      default: '0',
      describe:
        'Number of other programs in a further switch that holds all programs; 0: only one switch for each program',
    })
    .option('allocators', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: DEFAULT_ALLOCATORS.sound,
      describe: `Allocators, each for a placement and a comparison of its own: ${ALLOCATOR_CHOICES}`,
    })
    .options(INSTANCE_OPTIONS)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .options(JSON_OPTION)
    .epilogue(
      'Every packet and, at the end, every memory word is compared with the result of an implementation that shares ' +
        `only the hash functions with the program (bench/verify/functions). With --trace: ${ADDRESSING_RULE}`,
    )
    .example('$0 verify cache sf', 'Two programs, each alone in a switch')
    .example(
      '$0 verify --companions 500 --allocators price f1',
      'All programs, alone and with 500 others, by two allocators',
    )
    .example('$0 verify --trace capture.pcap', 'Packets of a capture');

type VerifyArguments = ArgumentsOf<typeof verifyOptions>;

async function verify(args: VerifyArguments): Promise<number> {
  const { leftOut, ...options } = await optionsOf(args);
  const rounds: Verification[] = [];
  const work = new LongWork(args.json);
  const onProgress = (what: string): void => work.show(what);
  const aborted = await work.during(async (signal) => {
    const clock = (): number => performance.now();
    for await (const round of verifyPrograms({ ...options, clock, signal, onProgress })) {
      if (rounds.push(round) === 1) work.say([verifyHeader()]);
      work.say(round.rows.map((row) => verifyLine(row, round.difference)));
      if (round.difference !== null) work.say(['', ...describeDifference(round.difference, options.dataPlane)]);
    }
  });
  // Every round reads the same captures, so the notes of the first one hold for all.
  const { notes, warnings } = rounds[0] ?? { notes: [], warnings: [] };
  const packets = rounds.reduce((sum, round) => sum + round.packets, 0);
  const ran = rounds.some(({ rows }) => rows.some(({ packets }) => packets > 0));
  const differs = rounds.some(({ difference }) => difference !== null);
  if (args.json) {
    const document = { schema: 'p4runpro-bench/verify@1', leftOut, rounds: rounds.map(withHexadecimal) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else work.say(['', ...leftOutText(leftOut, options), ...notes, comparedText(packets, ran, differs)]);
  for (const warning of warnings) process.stderr.write(`bench: warning: ${warning}\n`);
  if (aborted) {
    process.stderr.write('bench: interrupted; the finished comparisons are above\n');
    return EXIT.interrupted;
  }
  if (differs) return EXIT.failed;
  if (ran) return EXIT.done;
  const reason = packets > 0 ? 'no packet ran a program' : nothingReason(args, [...notes, ...warnings]);
  process.stderr.write(`bench: nothing was verified: ${reason}\n`);
  return EXIT.failed;
}

/** Exit status 1 at the first packet or word that differs, and where no packet ran a program. */
export const verifyCommand = command(verifyOptions, verify);

function leftOutText(leftOut: readonly ProgramKey[], { dataPlane }: Pick<VerifyOptions, 'dataPlane'>): string[] {
  if (leftOut.length === 0) return [];
  return [`not verified, as the data plane ${dataPlane.description.name} cannot run them: ${leftOut.join(', ')}`];
}

function comparedText(packets: number, ran: boolean, differs: boolean): string {
  if (packets === 0) return 'no packet was compared';
  if (!ran && !differs) return `${counted(packets, 'packet')} passed, and none ran a program`;
  return `${counted(packets, 'packet')} compared: ${differs ? 'they differ' : 'all equal'}`;
}

/** Why no packet was compared. */
const nothingReason = ({ trace }: VerifyArguments, known: readonly string[]): string =>
  known.length > 0 ? known.join('; ') : `no packets in ${trace.join(', ')}`;

type OptionsOfArguments = Omit<VerifyOptions, 'clock' | 'signal' | 'onProgress'> & {
  /** Programs that the data plane cannot run, where none were named. */
  readonly leftOut: readonly ProgramKey[];
};

async function optionsOf(args: VerifyArguments): Promise<OptionsOfArguments> {
  if (args.trace.length > 0 && args.packets !== undefined) {
    throw new UsageError('--packets sets the number of generated packets and cannot be combined with --trace');
  }
  if (args.trace.length === 0) requireCapture(args);
  const unknown = args.keys.find((name) => !isProgramKey(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no program '${unknown}': it is one of ${PROGRAM_KEYS.join(', ')}`);
  }
  const dataPlane = loadDataPlane(args.dataplane);
  const named = { runs: args.keys.filter(isProgramKey), leftOut: [] };
  const { runs, leftOut } = args.keys.length === 0 ? programsFor(dataPlane) : named;
  return {
    dataPlane,
    keys: [...new Set(runs)],
    leftOut,
    allocators: await Promise.all(
      (args.allocators.length === 0 ? [DEFAULT_ALLOCATORS.sound] : args.allocators).map(async (allocator) => ({
        label: allocatorLabel(allocator),
        allocator: await allocatorFrom({ allocator }),
      })),
    ),
    companions: wholeNumber('--companions', args.companions, 0, MAX_COMPANIONS),
    ...instancesFrom(args),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    traces: args.trace,
    captures: captureOptionsOf(args),
    packets: wholeNumber('--packets', args.packets ?? String(DEFAULT_PACKETS), 1, MAX_PACKETS),
    seed: args.seed,
  };
}

/** The round with packets as hexadecimal text, for JSON. */
function withHexadecimal(round: Verification): object {
  const { difference } = round;
  if (difference === null || difference.kind === 'memory') return round;
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const { packet, expected, actual } = difference;
  return {
    ...round,
    difference: {
      ...difference,
      packet: hex(packet),
      expected: { ...expected, bytes: hex(expected.bytes) },
      actual: { ...actual, bytes: hex(actual.bytes) },
    },
  };
}
