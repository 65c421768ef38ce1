/** The ports of an emulated switch, which process one frame at a time. */
import { must } from '../../../compiler/data-plane/must.js';
import type { Switch } from '../../../sim/index.js';
import {
  appendPacketBytes,
  clearPacketBatch,
  createPacketBatch,
  DROPPED,
  packetBytes,
} from '../../../traces/packets/packet-batch.js';
import { FrontPorts } from './front-ports.js';

export interface PortFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** The outcome of a frame. */
export interface FrameOutcome {
  /** The frame that leaves the switch, if any. */
  readonly left: readonly PortFrame[];
  /** Why a port refused it. */
  readonly lost?: string;
}

/** A packet that has passed the switch. */
export interface PacketOutcome {
  /** The program of its filter; 0 where none matched. */
  readonly programId: number;
  /** Undefined for a packet that was dropped. */
  readonly egressPort: number | undefined;
}

/** Maximum size of a frame. */
export const MAX_FRAME_BYTES = 16_384;

/** Maximum number of loops of a frame over ports in loopback mode; on a switch it would loop forever. */
const MAX_LOOPS = 64;

/** A frame or port that is not valid; the message is for the sender. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export class SwitchPorts {
  private readonly batch = createPacketBatch(1, MAX_FRAME_BYTES);

  /** Called for each packet that has passed the switch, also for one that comes back by a looped port. */
  onPacket: (outcome: PacketOutcome) => void = () => undefined;

  constructor(
    private readonly emulator: Switch,
    readonly ports = new FrontPorts(emulator.dataPlane),
  ) {}

  /** @throws {FrameError} */
  check({ port, bytes }: PortFrame): void {
    if (!Number.isInteger(port) || port < 0 || port >= this.ports.count) {
      throw new FrameError(`there is no port ${port}`);
    }
    const inward = this.emulator.dataPlane.inwardPort(port);
    if (inward !== undefined) throw new FrameError(`port ${port} is the ${inward} port, by which no frame enters`);
    if (bytes.length === 0 || bytes.length > MAX_FRAME_BYTES) {
      throw new FrameError(`a frame has 1 to ${MAX_FRAME_BYTES} bytes, not ${bytes.length}`);
    }
  }

  /** Sends a frame into the switch. @throws {FrameError} */
  send(frame: PortFrame): FrameOutcome {
    this.check(frame);
    const { ports } = this;
    let { port, bytes } = frame;
    let lost = ports.receive(port, bytes);
    if (lost !== undefined) return { left: [], lost };
    if (ports.loopback(port) === 'far') return this.leave(port, bytes, ports.give(port, bytes));
    for (let loops = 0; loops <= MAX_LOOPS; loops++) {
      const left = this.process(port, bytes);
      if (left === undefined) return { left: [] };
      ({ port, bytes } = left);
      lost = ports.send(port, bytes);
      if (lost !== undefined || ports.loopback(port) !== 'near') return this.leave(port, bytes, lost);
      lost = ports.take(port, bytes);
      if (lost !== undefined) return { left: [], lost };
    }
    return { left: [], lost: `it was looped back more than ${MAX_LOOPS} times` };
  }

  private leave(port: number, bytes: Uint8Array, lost: string | undefined): FrameOutcome {
    return lost === undefined ? { left: [{ port, bytes }] } : { left: [], lost };
  }

  private process(port: number, bytes: Uint8Array): PortFrame | undefined {
    const { batch } = this;
    clearPacketBatch(batch);
    appendPacketBytes(batch, bytes, port);
    this.emulator.process(batch);
    const egressPort = must(batch.egressPort[0], 'egress port of a packet');
    const left = egressPort === DROPPED ? undefined : { port: egressPort, bytes: packetBytes(batch, 0).slice() };
    this.onPacket({ programId: must(batch.programId[0], 'program of a packet'), egressPort: left?.port });
    return left;
  }
}
