/** A packet with all its steps, and its bytes. */
import { createPacketBatch, packetBytes } from '../../traces/packets/packet-batch.js';
import { placesOfCopies } from '../../traces/packets/packet-copies.js';
import type { PacketTrace } from '../pipeline/trace/packet-trace.js';
import type { PastSwitches } from './recording/past-switch.js';
import type { RecordedRun } from './recording/recorded-run.js';

/** What happened to a packet. */
export interface PacketStory {
  /** From 0; in the trace it counts from 1. */
  readonly packet: number;
  /** Headers, filter, steps and verdict. */
  readonly trace: PacketTrace;
  /** As it arrived. */
  readonly arrived: Uint8Array;
  /** As it was behind each step of the trace; checksums are those of the last deparser. */
  readonly afterSteps: readonly Uint8Array[];
  /** As it left, or as it was when it was dropped. */
  readonly left: Uint8Array;
  /** As its copies left. */
  readonly copies: readonly Uint8Array[];
}

/** Takes a packet through the switch that it found. */
export function storyOf(run: RecordedRun, past: PastSwitches, packet: number): PacketStory {
  const { packets } = run.setting;
  const batch = createPacketBatch(1, packets.capturedLength(packet) + 8);
  packets.copyTo(batch, packet, packet + 1);
  batch.arrival[0] = packet;
  const arrived = packets.bytes(packet).slice();
  const { trace, afterSteps } = past.trace(packet, batch);
  return {
    packet,
    trace,
    arrived,
    afterSteps,
    left: packetBytes(batch, 0).slice(),
    copies: placesOfCopies(batch, 0).map(({ packets: copies, place }) => packetBytes(copies, place).slice()),
  };
}
