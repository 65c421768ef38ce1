/** `--trace-packet` of `bench run` and `bench replay`. */
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import { wholeNumber } from '../../../hw-driver/index.js';
import { PacketSelection } from '../../measure/run/packet-selection.js';
import type { RunOptions } from '../../measure/run/run-workload.js';

const MAX_TRACED = 10_000;

export const tracePacketOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('trace-packet', {
      type: 'string',
      array: true,
      default: [],
      defaultDescription: 'none',
      describe: "Packets to trace: numbers from 1, ranges (7-9), filters ('<hdr.udp.dst_port, 7777, 0xffff>')",
    })
    .option('trace-limit', { type: 'string', default: '100', describe: 'Maximum number of traced packets' });

export interface TracePacketArguments {
  readonly tracePacket: readonly string[];
  readonly traceLimit: string;
}

/** The packets to trace; undefined without `--trace-packet`. @throws {UsageError} */
export function tracedPackets(args: TracePacketArguments, dataPlane: DataPlane): RunOptions['trace'] {
  const limit = wholeNumber('--trace-limit', args.traceLimit, 1, MAX_TRACED);
  return args.tracePacket.length === 0
    ? undefined
    : { selection: new PacketSelection(args.tracePacket, dataPlane), limit };
}
