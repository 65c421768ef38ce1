/** Where a run's packets come from: captures, addressed to the programs, or the generator. */
import type { DataPlane } from '../../compiler/index.js';
import {
  type CaptureAccount,
  CaptureIntake,
  type CaptureOptions,
  type CaptureReader,
  createTrafficGenerator,
  openCapture,
  type PacketBatch,
  type TrafficOptions,
  type TrafficTarget,
} from '../../traces/index.js';
import type { CaptureAddressing } from './capture-addressing.js';
import { captureWarnings } from './capture-warnings.js';

export interface PacketSource {
  /** Appends packets to an empty batch; 0 at the end. */
  fill(batch: PacketBatch): Promise<number>;
  /** Share of the source that has been read, 0 to 1. */
  readonly progress: number;
  close(): Promise<void>;
}

/** Generated packets, which others can generate too: any packet can be made without those before it. */
export interface GeneratedPackets extends PacketSource {
  readonly traffic: TrafficOptions;
  /** By target, if it is known: the id of the program that its packets are for. */
  readonly programIds: readonly number[] | undefined;
  /** Starts again with the first packet. @param most number of packets after which it ends; all by default */
  restart(most?: number): void;
  /** Leaves the next packets to the caller, up to a maximum. */
  take(most: number): { readonly first: number; readonly count: number };
}

/** Packets of generated traffic carry time stamps of this rate, unless another one is asked for. */
export const PACKETS_PER_SECOND = 1e6;

export interface GeneratedOptions {
  readonly packetsPerSecond?: number | undefined;
  /** How many of the stream were taken before. */
  readonly first?: number | undefined;
  /** By target: whose packets they are. */
  readonly programIds?: readonly number[];
}

/** `count` packets for the targets, of which there is one at least. */
export function generatedPackets(
  targets: readonly TrafficTarget[],
  count: number,
  seed: string,
  { packetsPerSecond = PACKETS_PER_SECOND, first = 0, programIds }: GeneratedOptions = {},
): GeneratedPackets {
  const traffic = { targets, seed: `${seed}/traffic`, packetsPerSecond };
  const generator = createTrafficGenerator(traffic);
  let next = first;
  let end = first + count;
  return {
    traffic,
    programIds,
    restart(most = count) {
      next = first;
      end = first + Math.min(most, count);
    },
    take(most) {
      const taken = { first: next, count: Math.min(most, end - next) };
      next += taken.count;
      return taken;
    },
    async fill(batch) {
      const appended = generator.generateInto(batch, next, end - next);
      next += appended;
      return appended;
    },
    get progress() {
      return count === 0 ? 1 : (next - first) / count;
    },
    async close() {},
  };
}

/** Where no program was deployed, none is sent to. */
export const noPackets: PacketSource = { fill: async () => 0, progress: 1, close: async () => undefined };

/** Captures, and how they are read. */
export interface Captures {
  /** None: packets are generated. */
  readonly paths: readonly string[];
  readonly options: Omit<CaptureOptions, 'ports'>;
}

export interface CapturedPackets extends PacketSource {
  /** What was not as it should be; complete at the end. */
  readonly warnings: readonly string[];
  /** What was done to packets so that they could run. */
  readonly notes: readonly string[];
  readonly account: CaptureAccount;
}

/**
 * The packets of captures, one file after another. All are opened first, so that a bad one is found at once; one that
 * ends in the middle of a record is read up to it, with a warning.
 * @param addressing undefined where packets run as they were captured
 */
export async function capturedPackets(
  captures: Captures,
  dataPlane: DataPlane,
  addressing: CaptureAddressing | undefined,
): Promise<CapturedPackets> {
  const readers: CaptureReader[] = [];
  const intake = new CaptureIntake({ ...captures.options, ports: 2 ** dataPlane.description.ports.width });
  for (const path of captures.paths) readers.push(await openCapture(path, intake));
  const totalBytes = readers.reduce((sum, reader) => sum + reader.totalBytes, 0);
  let current = 0;
  return {
    async fill(batch) {
      for (let reader = readers[current]; reader !== undefined; reader = readers[++current]) {
        const from = batch.count;
        const appended = await reader.readInto(batch, { truncated: 'warn' });
        addressing?.address(batch, from);
        if (appended > 0 || !reader.ended) return appended;
      }
      return 0;
    },
    get progress() {
      return totalBytes === 0 ? 1 : readers.reduce((sum, reader) => sum + reader.bytesRead, 0) / totalBytes;
    },
    get warnings() {
      return [...readers.flatMap((reader) => reader.warnings), ...captureWarnings(intake)];
    },
    get notes() {
      return intake.notes().done;
    },
    get account() {
      return intake.account();
    },
    async close() {
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}
