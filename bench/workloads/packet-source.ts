/** Sources of a run's packets: captures, rewritten to match programs; the generator is in generated-packets.ts. */
import type { DataPlane } from '../../compiler/index.js';
import { type CaptureAccount, CaptureIntake, type CaptureOptions } from '../../traces/captures/capture-intake.js';
import type { CaptureReader } from '../../traces/captures/capture-reader.js';
import { openCapture } from '../../traces/captures/open-capture.js';
import type { PreparedTraffic } from '../../traces/generate/traffic-generator.js';
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import type { CaptureAddressing } from './capture-addressing.js';
import { captureWarnings } from './capture-warnings.js';

export interface PacketSource {
  /** Appends packets to an empty batch; 0 at the end. */
  fill(batch: PacketBatch): Promise<number>;
  /** Share of the source that has been read, 0 to 1. */
  readonly progress: number;
  close(): Promise<void>;
}

/** Generated packets. Each is generated from its number alone, so workers can generate them too. */
export interface GeneratedPackets extends PacketSource {
  readonly traffic: PreparedTraffic;
  /** Ids of the programs that packets are for, by target, if known. */
  readonly programIds: readonly number[] | undefined;
  /** Restarts with the first packet. @param most maximum number of packets; all by default */
  restart(most?: number): void;
  /** Reserves the next packets for the caller, up to a maximum. */
  take(most: number): { readonly first: number; readonly count: number };
}

/** Default packet rate of the time stamps of generated traffic. */
export const PACKETS_PER_SECOND = 1e6;

/** The source of a run without programs: it has no packets. */
export const noPackets: PacketSource = { fill: async () => 0, progress: 1, close: async () => undefined };

/** Captures, with options for reading them. */
export interface Captures {
  /** Capture files; if empty, packets are generated. */
  readonly paths: readonly string[];
  readonly options: Omit<CaptureOptions, 'ports'>;
}

export interface CapturedPackets extends PacketSource {
  /** Warnings; complete at the end of the source. */
  readonly warnings: readonly string[];
  /** Sentences on changes made to packets so that they could run. */
  readonly notes: readonly string[];
  readonly account: CaptureAccount;
}

/**
 * The packets of captures, file by file. All files are opened first, so that invalid ones are reported at once. A file
 * that ends inside a record is read up to this record, with a warning.
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
