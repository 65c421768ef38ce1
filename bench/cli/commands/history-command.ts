/** `bench history`: a run that is recorded, and questions about any moment of it. */
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { GROUP_OPTION, groupsFrom } from '../../../hw-driver/cli/kit/group-option.js';
import {
  DATA_PLANE_OPTION,
  JSON_OPTION,
  RECIRCULATIONS_OPTION,
  REQUIRED_WORDS,
  recirculationsFrom,
} from '../../../hw-driver/cli/kit/shared-options.js';
import { StatusLine } from '../../../hw-driver/cli/kit/status-line.js';
import {
  ALLOCATOR_OPTIONS,
  allocatorFrom,
  EXIT,
  loadDataPlane,
  readJson,
  readSource,
  UsageError,
  wholeNumber,
} from '../../../hw-driver/index.js';
import { type Condition, ConditionError, type History, parseCondition } from '../../../sim/history/index.js';
import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import { readUpdateScript } from '../../measure/updates/update-script.js';
import {
  type AskedWord,
  against,
  answerOf,
  documentOf,
  type HistoryAnswer,
  type HistoryQuestion,
} from '../../verify/history/answer-history.js';
import { type KeyedSource, storedCapture, storedTraffic } from '../../verify/history/history-packets.js';
import { type HistoryInput, recordHistory } from '../../verify/history/record-history.js';
import { captureWarnings } from '../../workloads/capture-warnings.js';
import { isProgramKey, programFile } from '../../workloads/program-kind.js';
import { historyLines } from '../report/history-report.js';
import { captureOptions, captureOptionsOf, requireCapture } from './capture-options.js';
import { SEED_OPTION } from './shared-options.js';

const MAX_PACKETS = 1e8;
const MAX_LISTED = 100_000;
/** Maximum of the 32-bit field of the queue time. */
const MAX_QUEUE_NS = 2 ** 32 - 1;

const historyOptions = (yargs: Argv) =>
  captureOptions(yargs)
    .positional('programs', {
      ...REQUIRED_WORDS,
      describe: '.p4runpro files or keys of programs that ship, deployed in this order',
    })
    .option('trace', {
      type: 'string',
      describe: 'Capture with the packets of the run',
      defaultDescription: 'generated packets',
    })
    .option('packets', { type: 'string', describe: 'Number of generated packets', defaultDescription: '10,000' })
    .option('update-script', {
      type: 'string',
      describe: 'JSON file with deployments, revocations and changes of cases, each made at once between two packets',
    })
    .option('memory', {
      type: 'string',
      describe: 'JSON file with the contents of memories before the first packet',
      defaultDescription: 'all words 0',
    })
    .option('packet', { type: 'string', describe: 'Show this packet, from 1, with all its steps' })
    .option('who-wrote', {
      type: 'string',
      describe: 'Show the writes of a word PROGRAM.MEMORY[BUCKET], of a pair also with .lo or .hi, and its last writer',
    })
    .option('until', { type: 'string', describe: 'Find the first packet for which a condition holds' })
    .option('state', { type: 'boolean', default: false, describe: 'Show programs, counters and memory' })
    .option('against', {
      type: 'string',
      array: true,
      describe: 'Files of another version of the programs: find the first packet that leaves in another way',
    })
    .option('at', {
      type: 'string',
      describe: 'Ask about the moment before this packet, from 1',
      defaultDescription: '1 for --until, else after the last packet',
    })
    .option('backwards', {
      type: 'boolean',
      default: false,
      describe: 'With --until: find the last packet before the moment of --at, or of the whole run',
    })
    .option('limit', {
      type: 'string',
      default: '20',
      describe: 'With --who-wrote: how many of the last writes to list',
    })
    .option('queue-time', {
      type: 'string',
      default: '0',
      describe: 'Time of each packet in the queue before egress, in ns',
    })
    .options(SEED_OPTION)
    .options(ALLOCATOR_OPTIONS)
    .options(GROUP_OPTION)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .epilogue(CONDITIONS)
    .example('$0 history hh --trace in.pcap --who-wrote hh.count1[17]', 'Show which packets wrote a word')
    .example("$0 history lb --until 'port = 1 and lb.port[3] != 0'", 'Search generated packets')
    .example("$0 history calc --until 'sar > 100 after calc:7' --json", 'A register behind a line, as JSON')
    .example('$0 history lb.p4runpro --trace in.pcap --against lb-2.p4runpro', 'Compare two versions of a program');

const CONDITIONS =
  'Conditions are about one packet: program = NAME (or none), verdict = forwarded (reported, copied, dropped, unforwarded, ' +
  'truncated, no-group), port and passes compared with a number, <field, value, mask> of the packet as it arrives, ' +
  'PROGRAM.MEMORY[BUCKET] compared with a number when the packet has left, writes PROGRAM.MEMORY or a bucket of it, with or ' +
  'without a comparison, a register compared with a number before or after PROGRAM:LINE, runs PROGRAM:LINE, and ' +
  'hits PROGRAM#ENTRY (its place in the compiled document, from 1). Comparisons are =, !=, <, <=, > and >=; not, and, or and ' +
  'brackets join conditions. Without --trace, packets are generated that match the filters of the programs. Packets that no ' +
  'program forwards leave by the neighbouring port, as with replay. The exit status is 1 if no packet is found, or if two ' +
  'versions differ.';

type HistoryArguments = ArgumentsOf<typeof historyOptions>;

async function history(args: HistoryArguments): Promise<number> {
  const asked = ['packet', 'whoWrote', 'until', 'against'] as const;
  const questions = [...asked.filter((name) => args[name] !== undefined), ...(args.state ? ['state'] : [])];
  if (questions.length !== 1) {
    throw new UsageError('one question is needed: --packet, --who-wrote, --until, --state or --against');
  }
  requireUse(args);
  // Read before the run, which may take long.
  const condition = args.until === undefined ? undefined : conditionFrom(args.until);
  const word = args.whoWrote === undefined ? undefined : wordFrom(args.whoWrote);
  const intake = new CaptureIntake(captureOptionsOf(args));
  const status = new StatusLine();
  try {
    const input = await inputOf(args, intake, status);
    const { history: run } = await recordHistory(input);
    const answer =
      args.against === undefined
        ? await answerOf(run, questionOf(args, run, condition, word), progressOf(status, 'searched', run.count))
        : await againstOthers(args.against, input, run);
    status.stop();
    if (args.json) process.stdout.write(`${JSON.stringify(documentOf(run, answer), null, 2)}\n`);
    else process.stdout.write(`${[...intake.notes().done, ...historyLines(run, answer)].join('\n')}\n`);
    for (const warning of captureWarnings(intake)) process.stderr.write(`bench: warning: ${warning}\n`);
    return hasFailed(answer) ? EXIT.failed : EXIT.done;
  } finally {
    status.stop();
  }
}

/** Exit status 1 if no packet is found, or two versions differ. */
export const historyCommand = command(historyOptions, history);

/** @throws {UsageError} for options that the question does not use */
function requireUse(args: HistoryArguments): void {
  if (args.trace === undefined) requireCapture(args);
  if (args.trace !== undefined && args.packets !== undefined) {
    throw new UsageError('--packets is the number of generated packets, and --trace gives all packets');
  }
  if (args.at !== undefined && (args.packet !== undefined || args.against !== undefined)) {
    throw new UsageError('--at is a moment for --who-wrote, --until and --state');
  }
  if (args.backwards && args.until === undefined) throw new UsageError('--backwards is a direction for --until');
}

async function inputOf(args: HistoryArguments, intake: CaptureIntake, status: StatusLine): Promise<HistoryInput> {
  const dataPlane = loadDataPlane(args.dataplane);
  const sources = sourcesOf(args.programs);
  const count = wholeNumber('--packets', args.packets === undefined ? '10000' : args.packets, 1, MAX_PACKETS);
  const packets: PacketStore =
    args.trace === undefined
      ? await storedTraffic(sources, dataPlane, count, args.seed)
      : await storedCapture(args.trace, intake);
  const { memory, updateScript } = args;
  return {
    dataPlane,
    allocator: await allocatorFrom(args),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    sources,
    packets,
    groups: groupsFrom(args.group, dataPlane),
    queue: { nanoseconds: wholeNumber('--queue-time', args.queueTime, 0, MAX_QUEUE_NS), cells: 0 },
    memory: memory === undefined ? undefined : { json: readJson(memory), file: memory },
    script: updateScript === undefined ? undefined : { file: updateScript, script: readUpdateScript(updateScript) },
    read: readSource,
    progress: progressOf(status, 'recorded', packets.count),
  };
}

const sourcesOf = (files: readonly string[]): KeyedSource[] =>
  files.map((file) =>
    isProgramKey(file)
      ? { file, text: readSource(programFile(file)), key: file }
      : { file, text: readSource(file), key: undefined },
  );

function progressOf(status: StatusLine, what: string, packets: number): (done: number) => Promise<void> {
  return async (done) => {
    status.show(`${what}: ${done.toLocaleString('en-US')} of ${counted(packets, 'packet')}`);
    // Signals arrive between two parts of the work.
    await new Promise(setImmediate);
  };
}

async function againstOthers(files: readonly string[], input: HistoryInput, run: History): Promise<HistoryAnswer> {
  const { history: other } = await recordHistory({ ...input, sources: sourcesOf(files) });
  return against(run, other);
}

/** @throws {UsageError} */
function questionOf(
  args: HistoryArguments,
  run: History,
  condition: Condition | undefined,
  word: AskedWord | undefined,
): HistoryQuestion {
  const { count } = run;
  if (args.packet !== undefined) {
    if (count === 0) throw new UsageError('--packet: the run has no packets');
    return { kind: 'packet', packet: wholeNumber('--packet', args.packet, 1, count) - 1 };
  }
  const moment = args.at === undefined ? undefined : wholeNumber('--at', args.at, 1, count + 1) - 1;
  if (condition !== undefined) {
    const start = args.backwards ? count : 0;
    const direction = args.backwards ? 'backwards' : 'forwards';
    return { kind: 'until', condition, moment: moment === undefined ? start : moment, direction };
  }
  const at = moment === undefined ? count : moment;
  if (word === undefined) return { kind: 'state', moment: at };
  return { kind: 'who-wrote', word, moment: at, limit: wholeNumber('--limit', args.limit, 1, MAX_LISTED) };
}

/** @throws {UsageError} */
function conditionFrom(text: string): Condition {
  try {
    return parseCondition(text);
  } catch (error) {
    throw error instanceof ConditionError ? new UsageError(`--until '${text}': ${error.message}`) : error;
  }
}

/** @throws {UsageError} */
function wordFrom(text: string): AskedWord {
  const [, program, memory, bucket, half] = /^\s*(\w+)\.(\w+)\[(\d+)\](?:\.(lo|hi))?\s*$/.exec(text) ?? [];
  if (program === undefined || memory === undefined || bucket === undefined) {
    throw new UsageError(`--who-wrote takes PROGRAM.MEMORY[BUCKET], as in hh.count1[17], not '${text}'`);
  }
  return { program, memory, bucket: Number(bucket), half: half === 'lo' || half === 'hi' ? half : undefined };
}

function hasFailed(answer: HistoryAnswer): boolean {
  return (
    (answer.question === 'until' && answer.found === null) || (answer.question === 'against' && answer.packet !== null)
  );
}
