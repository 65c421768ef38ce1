/** The ports of an emulated switch, which process one frame at a time. */
import { must } from '../../../compiler/data-plane/must.js';
import type { Switch } from '../../../sim/index.js';
import {
  appendPacket,
  COPIED,
  clearPacketBatch,
  createPacketBatch,
  packetBytes,
} from '../../../traces/packets/packet-batch.js';
import { leftOf } from '../../../traces/packets/packet-copies.js';
import { FrontPorts } from './front-ports.js';

export interface PortFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
  /** The switch of a network that it leaves, if that is another than it was sent to. */
  readonly switch?: string;
}

/** Where a frame goes that leaves by a port. @returns what becomes of it there; undefined if it leaves the network */
export type PortLink = (frame: PortFrame) => FrameOutcome | undefined;

/** The outcome of a frame. */
export interface FrameOutcome {
  /** The frame that leaves the switch, if any, or its copies. */
  readonly left: readonly PortFrame[];
  /** Why a port refused it. */
  readonly lost?: string;
}

/** A packet that has passed the switch. */
export interface PacketOutcome {
  /** The program of its filter; 0 where none matched. */
  readonly programId: number;
  /** Undefined for a packet that was dropped or copied. */
  readonly egressPort: number | undefined;
  /** Whether it was copied to the ports of a group. */
  readonly isCopied: boolean;
}

/** Maximum size of a frame. */
export const MAX_FRAME_BYTES = 16_384;

/** Maximum number of loops of a frame over ports in loopback mode; on a switch it would loop forever. */
const MAX_LOOPS = 64;
/** Maximum number of frames that a frame becomes where its copies are looped back and copied again. */
const MAX_LOOPED = 4096;

/** A frame or port that is not valid; the message is for the sender. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Nanoseconds since the epoch, or since any other time. */
export type Clock = () => bigint;

const NANOSECONDS = 1_000_000_000n;

export class SwitchPorts {
  private readonly batch = createPacketBatch(1, MAX_FRAME_BYTES);

  /** Called for each packet that has passed the switch, also for one that comes back by a looped port. */
  onPacket: (outcome: PacketOutcome) => void = () => undefined;
  /** Of a switch of a network. */
  link: PortLink = () => undefined;

  /** @param now of the time stamps that programs read */
  constructor(
    private readonly emulator: Switch,
    readonly ports = new FrontPorts(emulator.dataPlane),
    private readonly now: Clock = () => 0n,
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
    const { port, bytes } = frame;
    const refused = ports.receive(port, bytes);
    if (refused !== undefined) return { left: [], lost: refused };
    if (ports.loopback(port) === 'far') return this.leave(port, bytes, ports.give(port, bytes));
    const left: PortFrame[] = [];
    const lost: string[] = [];
    const arrived = [{ port, bytes, loops: 0 }];
    for (let n = 0; n < arrived.length; n++) {
      const { loops, ...next } = must(arrived[n], 'frame of a list');
      for (const out of this.process(next.port, next.bytes)) {
        const reason = this.sendOut(out, left);
        if (reason !== undefined) lost.push(reason);
        else if (ports.loopback(out.port) !== 'near') continue;
        else if (loops === MAX_LOOPS) lost.push(`it was looped back more than ${MAX_LOOPS} times`);
        else if (arrived.length === MAX_LOOPED) lost.push(`it became more than ${MAX_LOOPED} frames in loops`);
        else arrived.push({ ...out, loops: loops + 1 });
      }
    }
    const [first] = lost;
    return first === undefined ? { left } : { left, lost: first };
  }

  /** Sends a frame out of its port, and into it again if it is looped. @returns why a port refused it */
  private sendOut(frame: PortFrame, left: PortFrame[]): string | undefined {
    const { ports } = this;
    const { port, bytes } = frame;
    const refused = ports.send(port, bytes);
    if (refused !== undefined) return refused;
    if (ports.loopback(port) === 'near') return ports.take(port, bytes);
    const beyond = this.link(frame);
    left.push(...(beyond?.left ?? [frame]));
    return beyond?.lost;
  }

  private leave(port: number, bytes: Uint8Array, lost: string | undefined): FrameOutcome {
    return lost === undefined ? { left: [{ port, bytes }] } : { left: [], lost };
  }

  /** The frame as it leaves, or its copies. */
  private process(port: number, bytes: Uint8Array): readonly PortFrame[] {
    const { batch } = this;
    clearPacketBatch(batch);
    const now = this.now();
    const { length } = bytes;
    const at = appendPacket(batch, length, length, port, Number(now / NANOSECONDS), Number(now % NANOSECONDS));
    batch.bytes.set(bytes, at);
    this.emulator.process(batch);
    const left = leftOf(batch, 0).map(({ packets, place }) => ({
      port: must(packets.egressPort[place], 'egress port of a packet'),
      bytes: packetBytes(packets, place).slice(),
    }));
    const isCopied = batch.egressPort[0] === COPIED;
    const egressPort = isCopied ? undefined : left[0]?.port;
    this.onPacket({ programId: must(batch.programId[0], 'program of a packet'), egressPort, isCopied });
    return left;
  }
}
