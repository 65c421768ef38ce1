/** The ports of an emulated switch: frames go in one at a time and come out. */
import type { Switch } from '../../sim/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';
import type { PortCount } from '../bfruntime/port-tables.js';

export interface PortFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** Larger ones no port takes. */
export const MOST_FRAME_BYTES = 16_384;

/** A frame that no port takes; the message is for whoever sent it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export class SwitchPorts {
  readonly counters = new Map<number, PortCount>();
  private readonly batch = createPacketBatch(1, MOST_FRAME_BYTES);
  /** Ports 0 … `ports` − 1 are there. */
  readonly ports: number;

  constructor(private readonly emulator: Switch) {
    this.ports = 2 ** emulator.dataPlane.description.ports.width;
  }

  /** What leaves the switch because of a frame: nothing or one. @throws {FrameError} */
  send({ port, bytes }: PortFrame): PortFrame[] {
    if (!Number.isInteger(port) || port < 0 || port >= this.ports) throw new FrameError(`there is no port ${port}`);
    if (bytes.length === 0 || bytes.length > MOST_FRAME_BYTES) {
      throw new FrameError(`a frame has 1 to ${MOST_FRAME_BYTES} bytes, not ${bytes.length}`);
    }
    const { batch } = this;
    clearPacketBatch(batch);
    appendPacketBytes(batch, bytes, port);
    this.emulator.process(batch);
    this.count(port, 1, 0);
    const left = batch.egressPort[0] ?? -1;
    if (left < 0) return [];
    this.count(left, 0, 1);
    return [{ port: left, bytes: packetBytes(batch, 0).slice() }];
  }

  private count(port: number, received: number, sent: number): void {
    const before = this.counters.get(port) ?? { received: 0, sent: 0 };
    this.counters.set(port, { received: before.received + received, sent: before.sent + sent });
  }
}
