/** `bench replay`: a capture run through programs, and the output compared with a golden. */

import { existsSync } from 'node:fs';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { GROUP_OPTION, groupsFrom } from '../../../hw-driver/cli/kit/group-option.js';
import { writeResult } from '../../../hw-driver/cli/kit/program-documents.js';
import { requireSeparateFiles } from '../../../hw-driver/cli/kit/separate-files.js';
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
import { formatPacketTrace, noMatchText } from '../../../sim/index.js';
import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { type CapturedPacket, readCapture, writeCapture } from '../../verify/replay/captured-packets.js';
import {
  checkReplay,
  originOf,
  type ReplayCheck,
  type ReplayInput,
  type ReplayOutcome,
  replay,
} from '../../verify/replay/check-replay.js';
import type { PacketDifference } from '../../verify/replay/compare-packets.js';
import { packetStory } from '../../verify/replay/packet-story.js';
import type { ReplayOptions } from '../../verify/replay/replay.js';
import { beyondStudio, scenarioOfReplay } from '../../verify/replay/replay-scenario.js';
import { captureWarnings } from '../../workloads/capture-warnings.js';
import { formatMemoryContents, memoryContentsFrom } from '../../workloads/memory-contents.js';
import { isProgramKey, programFile } from '../../workloads/program-kind.js';
import { differenceLines, fieldRows, fieldTable, verdictLines, wordLines } from '../report/replay-report.js';
import { shellText, writeStudioFile } from '../report/studio-file.js';
import { captureOptions, captureOptionsOf } from './capture-options.js';
import { ENGINE_OPTION } from './shared-options.js';
import { tracedPackets, tracePacketOptions } from './trace-packet-options.js';

/** Maximum of the 32-bit field of the queue time. */
const MAX_QUEUE_NS = 2 ** 32 - 1;

const replayOptions = (yargs: Argv) =>
  captureOptions(tracePacketOptions(yargs))
    .positional('programs', {
      ...REQUIRED_WORDS,
      describe: '.p4runpro files or keys of programs that ship, deployed in this order',
    })
    .option('trace', { type: 'string', demandOption: true, describe: 'Capture with the packets to replay' })
    .option('expect', { type: 'string', describe: 'Golden: capture of the packets that should leave' })
    .option('update', {
      type: 'boolean',
      default: false,
      describe: 'Write the present output to the golden files instead',
    })
    .option('memory', {
      type: 'string',
      describe: 'JSON file with the contents of memories before the first packet',
      defaultDescription: 'all words 0',
    })
    .option('expect-memory', {
      type: 'string',
      describe: 'Golden: JSON file with the contents that memories should have after the last packet',
    })
    .option('memory-out', { type: 'string', describe: 'JSON file for the contents of memories after the last packet' })
    .option('out', { type: 'string', describe: 'pcapng file for the packets that leave' })
    .option('coverage', {
      type: 'boolean',
      default: false,
      describe: 'List the branches and statements that the packets reached',
    })
    .option('studio', {
      type: 'string',
      describe: 'HTML file for the page of the studio with this replay, opened at the first packet that differs',
    })
    .option('queue-time', {
      type: 'string',
      default: '0',
      describe: 'Time of each packet in the queue before egress, in ns',
    })
    .options(ENGINE_OPTION)
    .options(ALLOCATOR_OPTIONS)
    .options(GROUP_OPTION)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .epilogue(REPLAY_RULE)
    .example('$0 replay cache --trace in.pcap --expect out.pcapng --update', 'Record the output of cache as the golden')
    .example('$0 replay cache --trace in.pcap --trace-packet 1-3', 'Trace the first three packets')
    .example('$0 replay cache --trace in.pcap --expect out.pcapng', 'Compare with the golden');

const REPLAY_RULE =
  'Packets of a pcapng interface with the name "port N" arrive at port N, all others at port 0. Packets that no ' +
  'program forwards leave by the neighbouring port (0 to 1, 1 to 0, …). Packets leave in order of arrival and keep ' +
  'their time stamps. Bytes, ports, lengths on the wire and time stamps (in ns) are compared. Goldens are pcapng, ' +
  'since pcap records no ports; with a golden without ports, ports are not compared.';

type ReplayArguments = ArgumentsOf<typeof replayOptions>;

async function replayAndReport(args: ReplayArguments): Promise<number> {
  const options = await optionsOf(args);
  const tracing = tracedPackets(args, options.dataPlane);
  const { out, memoryOut, expect, expectMemory, memory: before } = args;
  const inputs = [...args.programs.filter((file) => !isProgramKey(file)), args.trace, before];
  const { studio } = args;
  const beyond = studio === undefined ? undefined : beyondStudio(options);
  if (beyond !== undefined) throw new UsageError(`--studio: the studio has not what this replay has: ${beyond}`);
  requireSeparateFiles({ '--out': out, '--memory-out': memoryOut, '--studio': studio }, [
    ...inputs,
    expect,
    expectMemory,
  ]);
  if (args.update) requireSeparateFiles({ '--expect': expect, '--expect-memory': expectMemory }, inputs);
  const golden = await goldenOf(args);
  const ports = 2 ** options.dataPlane.description.ports.width;
  const intake = new CaptureIntake({ ...captureOptionsOf(args), ports });
  const input: ReplayInput = {
    sources: args.programs.map((file) => ({ file, text: readSource(isProgramKey(file) ? programFile(file) : file) })),
    packets: await readCapture(args.trace, intake),
    memory: args.memory === undefined ? undefined : { json: readJson(args.memory), file: args.memory },
  };
  const status = new StatusLine();
  const progress = (packets: number): void =>
    status.show(`${packets.toLocaleString('en-US')} of ${counted(input.packets.length, 'packet')}`);
  const outcome = await replay(input, { ...options, progress }, tracing).finally(() => status.stop());
  if (args.out !== undefined) writeCapture(args.out, outcome.packets);
  if (args.memoryOut !== undefined) writeResult(args.memoryOut, formatMemoryContents(outcome.after));
  if (args.update) accept(args, outcome);
  const memory =
    args.expectMemory === undefined
      ? undefined
      : memoryContentsFrom(readJson(args.expectMemory), args.expectMemory, outcome.bucketsOf);
  const expected = args.update || golden === undefined ? outcome.packets : golden;
  const result = { input, outcome, expected, check: checkReplay(outcome, expected, memory) };
  const written = studio === undefined ? undefined : await writeScenario(studio, args, options, result);
  if (args.json) process.stdout.write(`${JSON.stringify(await documentOf(args, options, result, intake), null, 2)}\n`);
  else process.stdout.write(`${([...intake.notes().done, ...(await linesOf(args, options, result))]).join('\n')}\n`);
  for (const warning of captureWarnings(intake)) process.stderr.write(`bench: warning: ${warning}\n`);
  if (!args.json && golden?.some(({ port }) => port === undefined)) {
    process.stderr.write(`bench: warning: ${args.expect} records no ports, so they were not compared\n`);
  }
  if (outcome.untraced > 0) {
    process.stderr.write(
      `bench: warning: ${outcome.untraced.toLocaleString('en-US')} selected packets were not traced; --trace-limit raises the limit\n`,
    );
  }
  for (const text of unmatchedPrograms(outcome)) process.stderr.write(`bench: warning: ${text}\n`);
  if (written !== undefined && !args.json) process.stdout.write(`${written}\n`);
  return isEqual(result.check) ? EXIT.done : EXIT.failed;
}

/** Exit status 1 if a packet or a word of memory differs. */
export const replayCommand = command(replayOptions, replayAndReport);

async function optionsOf(args: ReplayArguments): Promise<ReplayOptions> {
  const dataPlane = loadDataPlane(args.dataplane);
  if (args.update && args.expect === undefined && args.expectMemory === undefined) {
    throw new UsageError('--update needs --expect or --expect-memory, the golden to write');
  }
  return {
    dataPlane,
    allocator: await allocatorFrom(args),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    engine: args.engine,
    groups: groupsFrom(args.group, dataPlane),
    queue: { nanoseconds: wholeNumber('--queue-time', args.queueTime, 0, MAX_QUEUE_NS), cells: 0 },
  };
}

/** The golden to compare with; undefined with `--update`, which writes it. */
async function goldenOf({ expect, expectMemory, update }: ReplayArguments): Promise<CapturedPacket[] | undefined> {
  if (update) return undefined;
  for (const file of [expect, expectMemory]) {
    if (file !== undefined && !existsSync(file)) throw new UsageError(`${file}: no such file; --update writes it`);
  }
  return expect === undefined ? undefined : readCapture(expect);
}

/** Warnings about programs that no packet of a trace matched. */
function unmatchedPrograms({ programs, verdicts }: ReplayOutcome): string[] {
  if (verdicts.length === 0) return [];
  const matched = new Set(verdicts.map(({ program }) => program));
  return programs.filter(({ program }) => !matched.has(program.name)).map(({ program }) => noMatchText(program));
}

function accept({ expect, expectMemory }: ReplayArguments, outcome: ReplayOutcome): void {
  if (expect !== undefined) writeCapture(expect, outcome.packets);
  if (expectMemory !== undefined) writeResult(expectMemory, formatMemoryContents(outcome.after));
}

interface Result {
  readonly input: ReplayInput;
  readonly outcome: ReplayOutcome;
  readonly expected: readonly CapturedPacket[];
  readonly check: ReplayCheck;
}

const isEqual = ({ packets, memory }: ReplayCheck): boolean => packets.length === 0 && memory.length === 0;

/** The first packet that differs, of those that came in. */
function differing({ input, outcome, expected, check }: Result): number | undefined {
  const [difference] = check.packets;
  return difference && originOf(difference, outcome, input.packets, expected);
}

/** @returns a line for the user */
function writeScenario(path: string, args: ReplayArguments, options: ReplayOptions, result: Result): Promise<string> {
  const title = `${args.programs.join(', ')} on ${args.trace}`;
  return writeStudioFile(path, scenarioOfReplay(title, result.input, result.outcome, options, differing(result)));
}

/** The command that writes the page in which the replay can be stepped through. */
function studioCommand(args: ReplayArguments): string {
  const options = [
    ['--trace', args.trace],
    ['--expect', args.expect],
    ['--memory', args.memory],
    ['--expect-memory', args.expectMemory],
    ['--from', args.from],
    ['--to', args.to],
    ['--squeeze-gaps', args.squeezeGaps],
    ['--link-addresses', args.linkAddresses],
    ['--recirculations', args.recirculations],
    ['--dataplane', args.dataplane === DATA_PLANE_OPTION.dataplane.default ? undefined : args.dataplane],
    ['--studio', 'replay.html'],
  ] as const;
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  const skipping = args.skipOtherLinks ? ['--skip-other-links'] : [];
  return shellText(['bench', 'replay', ...args.programs, ...skipping, ...given]);
}

/** The first packet that differs: its fields in both captures, and its trace. */
async function firstOf({ input, outcome, expected, check }: Result, options: ReplayOptions) {
  const [difference] = check.packets;
  if (difference === undefined) return undefined;
  const wanted = difference.kind === 'extra' ? undefined : expected[difference.expected];
  const found = difference.kind === 'missing' ? undefined : outcome.packets[difference.actual];
  const origin = differing({ input, outcome, expected, check });
  return {
    ...difference,
    tracePacket: origin ?? null,
    fields: fieldRows(options.dataPlane, wanted, found),
    trace: origin === undefined ? [] : await packetStory(input.sources, options, outcome.before, input.packets, origin),
  };
}

function coverageRows({ programs, coverage }: ReplayOutcome) {
  return coverage().map(({ statements, branches, missed }, i) => ({
    program: must(programs[i]?.program.name, `program ${i + 1}`),
    statements,
    branches,
    missed: missed.map(({ line, text }) => ({ line, text })),
  }));
}

async function documentOf(args: ReplayArguments, options: ReplayOptions, result: Result, intake: CaptureIntake) {
  const { input, outcome, expected, check } = result;
  return {
    schema: 'p4runpro-bench/replay@1',
    packets: { in: input.packets.length, out: outcome.packets.length, expected: expected.length },
    verdicts: outcome.verdicts,
    traces: outcome.traces,
    captures: intake.account(),
    agrees: isEqual(check),
    differences: check.packets,
    first: (await firstOf(result, options)) ?? null,
    memory: check.memory,
    coverage: args.coverage ? coverageRows(outcome) : null,
  };
}

async function linesOf(args: ReplayArguments, options: ReplayOptions, result: Result): Promise<string[]> {
  const { input, outcome, expected, check } = result;
  const lines = [
    `${counted(input.packets.length, 'packet')} in, ${outcome.packets.length.toLocaleString('en-US')} out`,
    ...verdictLines(outcome.verdicts),
  ];
  const origin = (difference: PacketDifference) => originOf(difference, outcome, input.packets, expected);
  lines.push(...differenceLines(check.packets, expected, outcome.packets, origin));
  const first = await firstOf(result, options);
  if (first !== undefined) lines.push('', 'first difference', ...fieldTable(first.fields), '', ...first.trace);
  for (const trace of outcome.traces) lines.push('', formatPacketTrace(trace).trimEnd());
  lines.push(...wordLines(check.memory));
  for (const { program, statements, branches, missed } of args.coverage ? coverageRows(outcome) : []) {
    const count = ({ reached, all }: { reached: number; all: number }): string => `${reached} of ${all}`;
    lines.push(`${program}: ${count(branches)} branches, ${count(statements)} statements`);
    lines.push(...missed.map(({ line, text }) => `  not reached: line ${line}, ${text}`));
  }
  if (args.update)
    lines.push(`written: ${[args.expect, args.expectMemory].filter((file) => file !== undefined).join(', ')}`);
  else if (args.expect !== undefined || args.expectMemory !== undefined) {
    lines.push(isEqual(check) ? 'as expected' : 'not as expected; --update accepts it');
    if (!isEqual(check) && args.studio === undefined && beyondStudio(options) === undefined) {
      lines.push(`see: ${studioCommand(args)}`);
    }
  }
  return lines;
}
