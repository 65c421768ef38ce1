/** `bench trace generate` and `bench trace info`: seeded captures, and what a capture holds. */
import type { Argv } from 'yargs';
import { EXIT, loadDataPlane, wholeNumber } from '../../hw-driver/index.js';
import {
  type CaptureWriter,
  clearPacketBatch,
  createCaptureWriter,
  createPacketBatch,
  createTrafficGenerator,
  openCapture,
  type TrafficGenerator,
} from '../../traces/index.js';
import { CaptureStatistics, renderCaptureStatistics } from '../report/capture-statistics.js';
import { MAX_INSTANCES } from '../workloads/addresses.js';
import { WORKLOAD_NAMES } from '../workloads/drawn-keys.js';
import { loadWorkload } from '../workloads/workload.js';
import { interruptible } from './interrupt.js';

const BATCH = { packets: 16384, bytes: 2 ** 24 };
const DEFAULT_RATE = 1_000_000;

export const generateOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The capture to write; .gz compresses' })
    .option('workload', {
      type: 'string',
      default: 'lb',
      describe: `${WORKLOAD_NAMES.join(', ')}, or a .p4runpro file`,
    })
    .option('programs', { type: 'string', default: '1', describe: 'Instances that the packets are for' })
    .option('cases', { type: 'string', default: '2', describe: 'Elastic cases of cache, nc and lb' })
    .option('packets', { type: 'string', default: '10000', describe: 'How many' })
    .option('rate', {
      type: 'string',
      default: String(DEFAULT_RATE),
      describe: 'Packets per second of the time stamps',
    })
    .option('seed', { type: 'string', default: '1', describe: 'Same seed, same bytes' })
    .option('dataplane', { type: 'string', default: 'default', describe: 'Data plane: a name, or a JSON file' })
    .requiresArg(['workload', 'programs', 'cases', 'packets', 'rate', 'seed', 'dataplane'])
    .example('$0 trace generate cache.pcap --workload cache', '10,000 packets for one cache');

export interface GenerateArguments {
  readonly file: string;
  readonly workload: string;
  readonly programs: string;
  readonly cases: string;
  readonly packets: string;
  readonly rate: string;
  readonly seed: string;
  readonly dataplane: string;
}

export async function traceGenerate(args: GenerateArguments): Promise<number> {
  const dataPlane = loadDataPlane(args.dataplane);
  const programs = wholeNumber('--programs', args.programs, 1, MAX_INSTANCES);
  const packets = wholeNumber('--packets', args.packets, 0, 1e12);
  const packetsPerSecond = wholeNumber('--rate', args.rate, 1, 1e12);
  const cases = wholeNumber('--cases', args.cases, 2, 1024);
  const workload = await loadWorkload({
    name: args.workload,
    memoryBytes: undefined,
    cases,
    seed: args.seed,
    dataPlane,
  });
  const targets = Array.from({ length: programs }, (_, n) => workload.arrival(n).traffic);
  // The seed as `bench run` uses it: the same packets.
  const generator = createTrafficGenerator({ targets, seed: `${args.seed}/traffic`, packetsPerSecond });
  const writer = createCaptureWriter(args.file);
  try {
    const isWhole = await interruptible((signal) => writeAll(generator, writer, packets, signal));
    if (!isWhole) {
      writer.abort();
      process.stderr.write(`bench: interrupted; nothing was kept, ${args.file} was not written\n`);
      return EXIT.interrupted;
    }
    writer.close();
  } catch (error) {
    writer.abort();
    throw error;
  }
  process.stdout.write(`${packets.toLocaleString('en-US')} packets in ${args.file}\n`);
  return EXIT.done;
}

/** False if interrupted before the last packet. */
async function writeAll(
  generator: TrafficGenerator,
  writer: CaptureWriter,
  packets: number,
  signal: AbortSignal,
): Promise<boolean> {
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  for (let next = 0; next < packets; ) {
    clearPacketBatch(batch);
    next += generator.generateInto(batch, next, packets - next);
    writer.writeBatch(batch);
    // Lets an interrupt arrive.
    await new Promise(setImmediate);
    if (signal.aborted) return false;
  }
  return true;
}

export const infoOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'A pcap or pcapng capture' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
    .example('$0 trace info capture.pcap', 'Packets, flows, protocols, rates');

export async function traceInfo({ file, json }: { readonly file: string; readonly json: boolean }): Promise<number> {
  const reader = await openCapture(file);
  const statistics = new CaptureStatistics();
  try {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    while ((await reader.readInto(batch, { truncated: 'warn' })) > 0) {
      statistics.add(batch);
      clearPacketBatch(batch);
    }
  } finally {
    await reader.close();
  }
  const summary = statistics.summary(file, reader.format);
  process.stdout.write(json ? `${JSON.stringify(summary, null, 2)}\n` : renderCaptureStatistics(summary));
  for (const warning of reader.warnings) process.stderr.write(`bench: warning: ${warning}\n`);
  return EXIT.done;
}
