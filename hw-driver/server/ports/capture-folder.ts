/**
 * Captures through an emulated switch: a capture that appears in FOLDER/in is processed, the packets that leave are
 * written to FOLDER/out under its name as pcapng, with ports, and the capture is moved to FOLDER/done.
 */

import { readdirSync, renameSync } from 'node:fs';
import { join, parse } from 'node:path';
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { CaptureError } from '../../../traces/captures/capture-error.js';
import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { createCaptureWriter } from '../../../traces/captures/create-capture-writer.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  type PacketBatch,
  packetBytes,
} from '../../../traces/packets/packet-batch.js';
import { makeFolders } from '../../../traces/system/index.js';
import { FrameError, type FrameOutcome, type PortFrame, type SwitchPorts } from './switch-ports.js';

const EVERY_MS = 200;
const BATCH = { packets: 1024, bytes: 2 ** 21 };
const FOLDERS = ['in', 'out', 'done'] as const;

export interface WatchedFolder {
  /** Stops watching, after the present capture is done. */
  close(): Promise<void>;
}

/** @param say receives a line for each capture that was processed or cannot be */
export function watchCaptures(ports: SwitchPorts, folder: string, say: (message: string) => void): WatchedFolder {
  for (const name of FOLDERS) makeFolders(join(folder, name));
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = runAll(ports, folder, say)
      .catch((error: unknown) => say(`${folder}: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        busy = false;
      });
  }, EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function runAll(ports: SwitchPorts, folder: string, say: (message: string) => void): Promise<void> {
  // Writers should rename a file to its name here when it is complete; of an incomplete one only a part is read.
  const names = readdirSync(join(folder, 'in')).filter((name) => !/^\.|\.(partial|tmp)$/.test(name));
  for (const name of names.sort()) {
    const [from, done] = [join(folder, 'in', name), join(folder, 'done', name)];
    try {
      const output = join(folder, 'out', `${parse(name).name}.pcapng`);
      const { packets, left, notes } = await runCapture(ports, from, output);
      say(`${name}: ${counted(packets, 'packet')} in, ${left} out in ${output}`);
      for (const note of notes) say(`${name}: ${note}`);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      say(error.message);
    }
    renameSync(from, done);
  }
}

async function runCapture(ports: SwitchPorts, from: string, output: string) {
  const intake = new CaptureIntake({ ports: ports.ports.count });
  const reader = await openCapture(from, intake);
  const refused: Refused = { frames: 0, reason: '' };
  const writer = createCaptureWriter(output, { ports: 'egress' });
  const [batch, one] = [createPacketBatch(BATCH.packets, BATCH.bytes), createPacketBatch(1, BATCH.bytes)];
  let [packets, left] = [0, 0];
  try {
    for (;;) {
      clearPacketBatch(batch);
      if ((await reader.readInto(batch, { truncated: 'warn' })) === 0) break;
      for (let i = 0; i < batch.count; i++, packets++) {
        for (const frame of sent(
          ports,
          must(batch.ingressPort[i], 'port of a packet'),
          packetBytes(batch, i),
          refused,
        )) {
          clearPacketBatch(one);
          appendLeft(
            one,
            frame,
            must(batch.timeSeconds[i], 'time of a packet'),
            must(batch.timeNanoseconds[i], 'time of a packet'),
          );
          writer.write(one, 0);
          left++;
        }
      }
    }
    writer.close();
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await reader.close();
  }
  const { done, missing } = intake.notes();
  const lost =
    refused.frames === 0 ? [] : [`${counted(refused.frames, 'packet')} lost that no port takes: ${refused.reason}`];
  return { packets, left, notes: [...done, ...reader.warnings, ...missing, ...lost] };
}

/** Number of frames that a port refused, and the first reason. */
interface Refused {
  frames: number;
  reason: string;
}

/** Sends a frame into the switch; one that a port refuses is lost, and counted. */
function sent(ports: SwitchPorts, port: number, bytes: Uint8Array, refused: Refused): readonly PortFrame[] {
  const { left, lost } = outcomeOf(ports, port, bytes);
  if (lost !== undefined && refused.frames++ === 0) refused.reason = lost;
  return left;
}

function outcomeOf(ports: SwitchPorts, port: number, bytes: Uint8Array): FrameOutcome {
  try {
    return ports.send({ port, bytes });
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { left: [], lost: error.message };
  }
}

/** Appends a frame that has left by a port. */
function appendLeft(batch: PacketBatch, { port, bytes }: PortFrame, seconds: number, nanoseconds: number): void {
  batch.bytes.set(bytes, appendPacket(batch, bytes.length, bytes.length, 0, seconds, nanoseconds));
  batch.egressPort[batch.count - 1] = port;
}
