/** `bench trace generate` writes seeded traffic to a capture; `bench trace info` describes a capture. */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, loadDataPlane, StatusLine, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { MAX_INSTANCES } from '../../../sim/made-packet/addresses.js';
import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import { createCaptureWriter } from '../../../traces/captures/create-capture-writer.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import { createTrafficGenerator, type TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { trafficStream } from '../../../traces/generate/traffic-sources.js';
import { clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { interruptible, isStandardOutput } from '../../../traces/system/index.js';
import { loadWorkload, WORKLOAD_CHOICES } from '../../workloads/workload.js';
import { CaptureStatistics, renderCaptureStatistics } from '../report/capture-statistics.js';
import { captureOptions, captureOptionsOf } from './capture-options.js';
import { elasticCases } from './shared-options.js';
import { parseSource, sourcesHelp, writeSources } from './trace-sources.js';

const BATCH = { packets: 16384, bytes: 2 ** 24 };
const DEFAULTS = {
  workload: 'lb',
  programs: '1',
  cases: '2',
  packets: '10000',
  rate: '1000000',
  seconds: '1',
  dataplane: 'default',
} as const;
/** A day. */
const MAX_SECONDS = 86_400;

const withSeparators = (digits: string): string => Number(digits).toLocaleString('en-US');

const generateOptions = (yargs: Argv) =>
  yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'Capture to write: .pcap, or .pcapng with ports; .gz compresses',
    })
    .option('workload', {
      type: 'string',
      describe: `Programs that the packets are for: ${WORKLOAD_CHOICES}`,
      defaultDescription: DEFAULTS.workload,
    })
    .option('programs', {
      type: 'string',
      describe: 'Number of instances that the packets are for',
      defaultDescription: DEFAULTS.programs,
    })
    .option('cases', {
      type: 'string',
      describe: 'Number of elastic cases of cache, nc and lb',
      defaultDescription: DEFAULTS.cases,
    })
    .option('packets', {
      type: 'string',
      describe: 'Number of packets',
      defaultDescription: withSeparators(DEFAULTS.packets),
    })
    .option('rate', {
      type: 'string',
      describe: 'Packet rate of the time stamps in packets/s',
      defaultDescription: withSeparators(DEFAULTS.rate),
    })
    .option('source', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe: 'Traffic source in place of a workload: KIND or KIND:name=number,… (repeatable: a mix by time)',
    })
    .option('seconds', {
      type: 'string',
      describe: 'Duration of the traffic of --source in s',
      defaultDescription: DEFAULTS.seconds,
    })
    .option('seed', {
      type: 'string',
      default: '1',
      describe: 'Seed of all random draws; equal seeds give equal bytes',
    })
    .option('dataplane', {
      type: 'string',
      describe: DATA_PLANE_OPTION.dataplane.describe,
      defaultDescription: DEFAULTS.dataplane,
    })
    .epilogue(sourcesHelp())
    .example('$0 trace generate cache.pcap --workload cache', '10,000 packets for one cache')
    .example('$0 trace generate mix.pcap --source tcp:rate=50 --source synflood', 'TCP connections and a SYN flood');

type OfWorkload = 'workload' | 'programs' | 'cases' | 'packets' | 'rate' | 'dataplane';

type GenerateArguments = ArgumentsOf<typeof generateOptions>;

/** Writes packets; resolves to their number, or undefined if interrupted. */
type WritePackets = (
  writer: CaptureWriter,
  signal: AbortSignal,
  onProgress: (packets: number) => void,
) => Promise<number | undefined>;

async function traceGenerate(args: GenerateArguments): Promise<number> {
  const write = args.source.length > 0 ? ofSources(args) : await ofWorkload(args);
  const writer = createCaptureWriter(args.file);
  const status = new StatusLine();
  try {
    const packets = await interruptible((signal) => write(writer, signal, packetsShown(status, 'written')));
    if (packets === undefined) {
      writer.abort();
      process.stderr.write(`bench: interrupted; ${args.file} was not written\n`);
      return EXIT.interrupted;
    }
    writer.close();
    const stream = isStandardOutput(args.file) ? process.stderr : process.stdout;
    stream.write(`${counted(packets, 'packet')} in ${args.file}\n`);
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    status.stop();
  }
  return EXIT.done;
}

export const traceGenerateCommand = command(generateOptions, traceGenerate);

const packetsShown =
  (status: StatusLine, what: string) =>
  (packets: number): void =>
    status.show(`${counted(packets, 'packet')} ${what}`);

function ofSources(args: GenerateArguments): WritePackets {
  const ofWorkload: readonly OfWorkload[] = ['workload', 'programs', 'cases', 'packets', 'rate', 'dataplane'];
  const stray = ofWorkload.find((name) => args[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(`--${stray} is an option of workloads and cannot be combined with --source`);
  const seconds = positiveNumber('--seconds', args.seconds ?? DEFAULTS.seconds);
  const sources = args.source.map(parseSource);
  // Parameters are validated before the file is created.
  for (const source of sources) trafficStream(source, args.seed);
  return (writer, signal, onProgress) =>
    writeSources({ sources, seconds, seed: args.seed, writer, signal, onProgress });
}

function positiveNumber(option: string, text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= MAX_SECONDS) return value;
  throw new UsageError(
    `${option} takes seconds above 0 and up to ${MAX_SECONDS.toLocaleString('en-US')}, not '${text}'`,
  );
}

async function ofWorkload(args: GenerateArguments): Promise<WritePackets> {
  if (args.seconds !== undefined)
    throw new UsageError('--seconds needs --source; for a workload, --packets sets the number of packets');
  const dataPlane = loadDataPlane(args.dataplane ?? DEFAULTS.dataplane);
  const programs = wholeNumber('--programs', args.programs ?? DEFAULTS.programs, 1, MAX_INSTANCES);
  const packets = wholeNumber('--packets', args.packets ?? DEFAULTS.packets, 0, 1e12);
  const packetsPerSecond = wholeNumber('--rate', args.rate ?? DEFAULTS.rate, 1, 1e12);
  const cases = elasticCases(args.cases ?? DEFAULTS.cases);
  const workload = await loadWorkload({
    name: args.workload ?? DEFAULTS.workload,
    memoryBytes: undefined,
    cases,
    seed: args.seed,
    dataPlane,
  });
  const targets = Array.from({ length: programs }, (_, n) => workload.arrival(n).traffic);
  // The seed as `bench run` uses it: the same packets.
  const generator = createTrafficGenerator({ targets, seed: `${args.seed}/traffic`, packetsPerSecond });
  return async (writer, signal, onProgress) =>
    (await writeAll({ generator, writer, packets, signal, onProgress })) ? packets : undefined;
}

interface Writing {
  readonly generator: TrafficGenerator;
  readonly writer: CaptureWriter;
  readonly packets: number;
  readonly signal: AbortSignal;
  readonly onProgress: (packets: number) => void;
}

/** False if interrupted before the last packet. */
async function writeAll({ generator, writer, packets, signal, onProgress }: Writing): Promise<boolean> {
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  for (let next = 0; next < packets; ) {
    clearPacketBatch(batch);
    next += generator.generateInto(batch, next, packets - next);
    writer.writeBatch(batch);
    onProgress(next);
    // Lets an interrupt arrive.
    await new Promise(setImmediate);
    if (signal.aborted) return false;
  }
  return true;
}

const infoOptions = (yargs: Argv) =>
  captureOptions(yargs)
    .positional('file', { type: 'string', demandOption: true, describe: 'pcap or pcapng capture, plain or gzip' })
    .options(JSON_OPTION)
    .example('$0 trace info capture.pcap', 'Packets, flows, protocols and rates');

type InfoArguments = ArgumentsOf<typeof infoOptions>;

async function traceInfo(args: InfoArguments): Promise<number> {
  const { file, json } = args;
  // No switch is involved, so packets of every port are counted.
  const intake = new CaptureIntake({ ...captureOptionsOf(args), ports: Number.POSITIVE_INFINITY });
  const reader = await openCapture(file, intake);
  const statistics = new CaptureStatistics();
  const status = new StatusLine();
  const show = packetsShown(status, 'read');
  let packets = 0;
  try {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    for (;;) {
      const read = await reader.readInto(batch, { truncated: 'warn' });
      if (read === 0) break;
      packets += read;
      show(packets);
      statistics.add(batch);
      clearPacketBatch(batch);
    }
  } finally {
    status.stop();
    await reader.close();
  }
  const summary = statistics.summary(file, reader.format, intake);
  const { done, missing } = intake.notes();
  process.stdout.write(json ? `${JSON.stringify(summary, null, 2)}\n` : renderCaptureStatistics(summary, done));
  for (const warning of [...reader.warnings, ...missing]) process.stderr.write(`bench: warning: ${warning}\n`);
  return EXIT.done;
}

export const traceInfoCommand = command(infoOptions, traceInfo);
