/** The options of `bench run` that are about time. */
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import { UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { timedSwitchOptions } from '../../../sim/index.js';
import type { TimingOptions } from '../../measure/timing/timing-result.js';
import { PACKETS_PER_SECOND } from '../../workloads/packet-source.js';

const DEFAULT_INTERVAL_US = 1000;
const MAX_GBPS = 10_000;
const MAX_BYTES = 2 ** 32;
const PACKETS_PER_SECOND_LIMIT = 1e12;

export const timingOptions = (yargs: Argv) =>
  yargs
    .option('timing', {
      type: 'boolean',
      default: false,
      describe: 'With time: lines, pipe slots, queues; packets come at their time stamps, all on one thread',
    })
    .option('rate', {
      type: 'string',
      describe: `Packets per second in place of time stamps (synthetic packets: ${PACKETS_PER_SECOND})`,
    })
    .option('port-rate', { type: 'string', describe: "Gbit/s of each front port (the data plane's: 100)" })
    .option('recirculation-rate', { type: 'string', describe: 'Gbit/s of the recirculation port (100)' })
    .option('buffer', { type: 'string', describe: 'Bytes that all queues share (20971520)' })
    .option('queue', { type: 'string', describe: 'Bytes that one queue takes at most (all of the buffer)' })
    .option('interval', { type: 'string', describe: `Microseconds of a row of the series (${DEFAULT_INTERVAL_US})` })
    .option('update-script', { type: 'string', describe: 'JSON file of programs that come, go and change meanwhile' })
    .requiresArg(['rate', 'port-rate', 'recirculation-rate', 'buffer', 'queue', 'interval', 'update-script']);

export interface TimingArguments {
  readonly timing: boolean;
  readonly rate: string | undefined;
  readonly portRate: string | undefined;
  readonly recirculationRate: string | undefined;
  readonly buffer: string | undefined;
  readonly queue: string | undefined;
  readonly interval: string | undefined;
  readonly updateScript: string | undefined;
}

const ONLY_WITH_TIMING = {
  rate: '--rate',
  portRate: '--port-rate',
  recirculationRate: '--recirculation-rate',
  buffer: '--buffer',
  queue: '--queue',
  interval: '--interval',
  updateScript: '--update-script',
} as const satisfies Partial<Record<keyof TimingArguments, string>>;

/** Undefined without `--timing`. @throws {UsageError} */
export function timingFrom(args: TimingArguments, dataPlane: DataPlane): TimingOptions | undefined {
  if (!args.timing) {
    for (const [key, option] of Object.entries(ONLY_WITH_TIMING)) {
      if (args[key as keyof typeof ONLY_WITH_TIMING] !== undefined) throw new UsageError(`${option} needs --timing`);
    }
    return undefined;
  }
  const own = timedSwitchOptions(dataPlane);
  const bufferBytes = bytes('--buffer', args.buffer, own.bufferBytes, dataPlane);
  return {
    switch: {
      ...own,
      portBitsPerSecond: bitsPerSecond('--port-rate', args.portRate) ?? own.portBitsPerSecond,
      recirculationBitsPerSecond:
        bitsPerSecond('--recirculation-rate', args.recirculationRate) ?? own.recirculationBitsPerSecond,
      bufferBytes,
      queueBytes: bytes('--queue', args.queue, bufferBytes, dataPlane),
    },
    packetsPerSecond:
      args.rate === undefined ? undefined : wholeNumber('--rate', args.rate, 1, PACKETS_PER_SECOND_LIMIT),
    intervalNs: 1000 * wholeNumber('--interval', args.interval ?? String(DEFAULT_INTERVAL_US), 1, 1e9),
  };
}

/** The value of an option in Gbit/s. @throws {UsageError} */
export function bitsPerSecond(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const gbps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(gbps > 0 && gbps <= MAX_GBPS)) {
    throw new UsageError(`${option} takes Gbit/s, above 0 and up to ${MAX_GBPS}, not '${text}'`);
  }
  return Math.round(gbps * 1e9);
}

/** A packet takes a cell at least. */
function bytes(option: string, text: string | undefined, own: number, { description }: DataPlane): number {
  return text === undefined ? own : wholeNumber(option, text, description.trafficManager.cellBytes, MAX_BYTES);
}
