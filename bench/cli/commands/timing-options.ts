/** Options of `bench run --timing`, and the rates that `bench timing` shares with it. */
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import { UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { timedSwitchOptions } from '../../../sim/index.js';
import type { TimingOptions } from '../../measure/timing/timing-result.js';
import { PACKETS_PER_SECOND } from '../../workloads/packet-source.js';

const DEFAULT_INTERVAL_US = 1000;
/** Signals travel 1 m of cable in 5 ns. */
export const DEFAULT_SWITCH_DELAY_NS = 10;
const MAX_SWITCH_DELAY_NS = 1e6;
const MAX_GBPS = 10_000;
const MAX_BYTES = 2 ** 32;
const PACKETS_PER_SECOND_LIMIT = 1e12;

/** Rates of the lines of a switch with timing model. */
export const LINE_RATE_OPTIONS = {
  'port-rate': {
    type: 'string',
    describe: 'Rate of each front port in Gbit/s',
    defaultDescription: '100, set by the data plane',
  },
  'recirculation-rate': {
    type: 'string',
    describe: 'Rate of the recirculation port in Gbit/s',
    defaultDescription: '100, set by the data plane',
  },
} as const;

export const timingOptions = (yargs: Argv) =>
  yargs
    .option('timing', {
      type: 'boolean',
      default: false,
      describe: 'Model time: lines, pipe slots, queues. Packets arrive at their time stamps; one thread',
    })
    .option('rate', {
      type: 'string',
      describe: 'Packet rate in packets/s, in place of time stamps',
      defaultDescription: `time stamps; synthetic packets: ${PACKETS_PER_SECOND.toLocaleString('en-US')}`,
    })
    .options(LINE_RATE_OPTIONS)
    .option('switch-delay', {
      type: 'string',
      describe: 'With --switches: time from the port of a switch to that of the next, in ns',
      defaultDescription: `${DEFAULT_SWITCH_DELAY_NS}: 2 m of cable`,
    })
    .option('buffer', {
      type: 'string',
      describe: 'Size of the buffer that all queues share, in bytes',
      defaultDescription: '20,971,520, set by the data plane',
    })
    .option('queue', {
      type: 'string',
      describe: 'Maximum size of one queue, in bytes',
      defaultDescription: 'the whole buffer',
    })
    .option('interval', {
      type: 'string',
      describe: 'Length of an interval in intervals.csv and queues.csv, in µs of virtual time',
      defaultDescription: DEFAULT_INTERVAL_US.toLocaleString('en-US'),
    })
    .option('figure', {
      type: 'boolean',
      default: false,
      describe: 'Draw queues, losses and ECN marks over virtual time: timing.svg beside the CSV files',
    })
    .option('update-script', {
      type: 'string',
      describe: 'JSON file with times at which programs are deployed, revoked and changed',
    });

export interface TimingArguments {
  readonly timing: boolean;
  readonly rate: string | undefined;
  readonly portRate: string | undefined;
  readonly recirculationRate: string | undefined;
  readonly switchDelay: string | undefined;
  readonly buffer: string | undefined;
  readonly queue: string | undefined;
  readonly interval: string | undefined;
  readonly figure: boolean;
  readonly updateScript: string | undefined;
}

const ONLY_WITH_TIMING = {
  rate: '--rate',
  portRate: '--port-rate',
  recirculationRate: '--recirculation-rate',
  switchDelay: '--switch-delay',
  buffer: '--buffer',
  queue: '--queue',
  interval: '--interval',
  updateScript: '--update-script',
} as const satisfies Partial<Record<keyof TimingArguments, string>>;

/** Undefined without `--timing`. @throws {UsageError} */
export function timingFrom(args: TimingArguments, dataPlane: DataPlane): TimingOptions | undefined {
  if (!args.timing) {
    if (args.figure) throw new UsageError('--figure needs --timing');
    for (const [key, option] of Object.entries(ONLY_WITH_TIMING)) {
      if (args[key as keyof typeof ONLY_WITH_TIMING] !== undefined) throw new UsageError(`${option} needs --timing`);
    }
    return undefined;
  }
  const isChain = dataPlane.switches > 1;
  if (isChain && args.recirculationRate !== undefined) {
    throw new UsageError('--recirculation-rate cannot be combined with --switches, whose lines have the --port-rate');
  }
  if (!isChain && args.switchDelay !== undefined) throw new UsageError('--switch-delay needs --switches');
  const own = timedSwitchOptions(dataPlane);
  const portBitsPerSecond = bitsPerSecond('--port-rate', args.portRate) ?? own.portBitsPerSecond;
  const bufferBytes = bytes('--buffer', args.buffer, own.bufferBytes, dataPlane);
  return {
    switch: {
      ...own,
      portBitsPerSecond,
      recirculationBitsPerSecond: isChain
        ? portBitsPerSecond
        : (bitsPerSecond('--recirculation-rate', args.recirculationRate) ?? own.recirculationBitsPerSecond),
      bufferBytes,
      queueBytes: bytes('--queue', args.queue, bufferBytes, dataPlane),
    },
    packetsPerSecond:
      args.rate === undefined ? undefined : wholeNumber('--rate', args.rate, 1, PACKETS_PER_SECOND_LIMIT),
    betweenSwitchesNs: wholeNumber(
      '--switch-delay',
      args.switchDelay ?? String(DEFAULT_SWITCH_DELAY_NS),
      0,
      MAX_SWITCH_DELAY_NS,
    ),
    intervalNs: 1000 * wholeNumber('--interval', args.interval ?? String(DEFAULT_INTERVAL_US), 1, 1e9),
  };
}

/** The value of an option in Gbit/s. @throws {UsageError} */
export function bitsPerSecond(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const gbps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(gbps > 0 && gbps <= MAX_GBPS)) {
    throw new UsageError(
      `${option} takes a rate in Gbit/s above 0 and up to ${MAX_GBPS.toLocaleString('en-US')}, not '${text}'`,
    );
  }
  return Math.round(gbps * 1e9);
}

/** A size in bytes: at least one cell, which is the smallest size of a packet in a buffer. */
function bytes(option: string, text: string | undefined, own: number, { description }: DataPlane): number {
  return text === undefined ? own : wholeNumber(option, text, description.trafficManager.cellBytes, MAX_BYTES);
}
