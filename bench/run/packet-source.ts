/** Where a run's packets come from: captures, addressed to the programs, or the generator. */
import {
  type CaptureReader,
  createTrafficGenerator,
  openCapture,
  type PacketBatch,
  type TrafficTarget,
} from '../../traces/index.js';
import type { CaptureAddressing } from '../workloads/capture-addressing.js';

export interface PacketSource {
  /** Appends packets to an empty batch; 0 at the end. */
  fill(batch: PacketBatch): Promise<number>;
  /** Share of the source that has been read, 0 to 1. */
  readonly progress: number;
  close(): Promise<void>;
}

/** Packets of generated traffic carry time stamps of this rate, unless another one is asked for. */
export const PACKETS_PER_SECOND = 1e6;

/** `count` packets for the targets; none if there is no target. */
export function generatedPackets(
  targets: readonly TrafficTarget[],
  count: number,
  seed: string,
  packetsPerSecond = PACKETS_PER_SECOND,
): PacketSource {
  const generator =
    targets.length === 0 ? undefined : createTrafficGenerator({ targets, seed: `${seed}/traffic`, packetsPerSecond });
  let next = 0;
  return {
    async fill(batch) {
      const appended = generator?.generateInto(batch, next, count - next) ?? 0;
      next += appended;
      return appended;
    },
    get progress() {
      return count === 0 ? 1 : next / count;
    },
    async close() {},
  };
}

/** The packets of captures, one file after another. All are opened first, so that a bad one is found at once. */
export async function capturedPackets(
  paths: readonly string[],
  addressing: CaptureAddressing,
): Promise<PacketSource & { readonly warnings: readonly string[] }> {
  const readers: CaptureReader[] = [];
  for (const path of paths) readers.push(await openCapture(path));
  const totalBytes = readers.reduce((sum, reader) => sum + reader.totalBytes, 0);
  let current = 0;
  return {
    async fill(batch) {
      for (let reader = readers[current]; reader !== undefined; reader = readers[++current]) {
        const from = batch.count;
        const appended = await reader.readInto(batch);
        addressing.address(batch, from);
        if (appended > 0 || !reader.ended) return appended;
      }
      return 0;
    },
    get progress() {
      return totalBytes === 0 ? 1 : readers.reduce((sum, reader) => sum + reader.bytesRead, 0) / totalBytes;
    },
    get warnings() {
      return readers.flatMap((reader) => reader.warnings);
    },
    async close() {
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}
