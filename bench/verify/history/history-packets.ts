/** The packets of a recorded run: those of a capture, or generated ones that match the programs. */
import { analyse, type DataPlane } from '../../../compiler/index.js';
import { trafficForProgram } from '../../../sim/made-packet/matching-traffic.js';
import type { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import type { TrafficTarget } from '../../../traces/generate/packet-template.js';
import { clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { generatedPackets } from '../../workloads/generated-packets.js';
import type { ProgramKey } from '../../workloads/program-kind.js';
import { trafficFor } from '../../workloads/traffic.js';
import type { SourceText } from './plan-change.js';

const BATCH = { packets: 1024, bytes: 2 ** 20 };

/** @throws {CaptureError} */
export async function storedCapture(path: string, intake: CaptureIntake): Promise<PacketStore> {
  const reader = await openCapture(path, intake);
  const store = new PacketStore();
  try {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    while ((await reader.readInto(batch)) > 0) {
      store.add(batch);
      clearPacketBatch(batch);
    }
  } finally {
    await reader.close();
  }
  return store;
}

/** A text, and the key of the program that ships with it; undefined for one of the user's. */
export interface KeyedSource extends SourceText {
  readonly key: ProgramKey | undefined;
}

/** Cases of a program that ships, in its file. */
const CASES = 2;

/** Packets that match the filters of programs, in turn. @throws nothing for texts with errors: they have no packets */
export async function storedTraffic(
  sources: readonly KeyedSource[],
  dataPlane: DataPlane,
  packets: number,
  seed: string,
): Promise<PacketStore> {
  const store = new PacketStore();
  const targets = sources.flatMap(({ key, text }, instance): TrafficTarget[] =>
    analyse(text, dataPlane).programs.map((program, index) =>
      key === undefined ? trafficForProgram(program, dataPlane, instance) : trafficFor(key, 0, CASES, index),
    ),
  );
  if (targets.length === 0) return store;
  const source = generatedPackets(targets, packets, seed);
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  while ((await source.fill(batch)) > 0) {
    store.add(batch);
    clearPacketBatch(batch);
  }
  return store;
}
