/** Captures read into memory, since a replay needs the differing packets again. */

import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { createCaptureWriter } from '../../../traces/captures/create-capture-writer.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import { decimalSeconds, epochNanoseconds } from '../../../traces/captures/time-stamp.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  PACKET_MARKS,
  packetBytes,
} from '../../../traces/packets/packet-batch.js';

export interface CapturedPacket {
  readonly bytes: Uint8Array;
  /** Bytes on the wire; more than the captured bytes for a truncated packet. */
  readonly originalLength: number;
  /** Ingress or egress port; undefined if the capture does not record it. */
  readonly port: number | undefined;
  readonly timeSeconds: number;
  readonly timeNanoseconds: number;
}

/** Small, as most captures are: new memory has to be zeroed. */
const BATCH = { packets: 1024, bytes: 2 ** 20 };

/** @throws {CaptureError} */
export async function readCapture(path: string, intake = new CaptureIntake()): Promise<CapturedPacket[]> {
  const reader = await openCapture(path, intake);
  const packets: CapturedPacket[] = [];
  try {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    while ((await reader.readInto(batch)) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const isRecorded = ((batch.marks[i] as number) & PACKET_MARKS.portRecorded) !== 0;
        packets.push({
          bytes: packetBytes(batch, i).slice(),
          originalLength: batch.originalLength[i] as number,
          port: isRecorded ? batch.ingressPort[i] : undefined,
          timeSeconds: batch.timeSeconds[i] as number,
          timeNanoseconds: batch.timeNanoseconds[i] as number,
        });
      }
      clearPacketBatch(batch);
    }
  } finally {
    await reader.close();
  }
  return packets;
}

/** Writes pcapng regardless of the name, since only pcapng records ports. Atomic. @throws {CaptureError} */
export function writeCapture(path: string, packets: readonly CapturedPacket[]): void {
  const writer = createCaptureWriter(path, { format: 'pcapng' });
  try {
    const most = packets.reduce((length, { bytes }) => Math.max(length, bytes.length), 0);
    const batch = createPacketBatch(1, most);
    for (const packet of packets) {
      clearPacketBatch(batch);
      const { bytes, originalLength, port = 0, timeSeconds, timeNanoseconds } = packet;
      const offset = appendPacket(batch, bytes.length, originalLength, port, timeSeconds, timeNanoseconds);
      batch.bytes.set(bytes, offset);
      writer.write(batch, 0);
    }
    writer.close();
  } catch (error) {
    writer.abort();
    throw error;
  }
}

/** A time as text, e.g. `12.000000345 s`. */
export const timeText = ({ timeSeconds, timeNanoseconds }: CapturedPacket): string =>
  `${decimalSeconds(epochNanoseconds({ seconds: timeSeconds, nanoseconds: timeNanoseconds }))} s`;
