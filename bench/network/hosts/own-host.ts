/** A host of a user's own module: its default export makes an object that gets packets and acts. */
import { resolve } from 'node:path';
import { DomainError } from '../../../compiler/data-plane/domain-error.js';
import { must } from '../../../compiler/data-plane/must.js';
import { defaultExportOf } from '../../../hw-driver/cli/kit/user-modules.js';
import { PS_PER_NS } from '../../../sim/blocks/virtual-time.js';
import { type HostOutlet, type HostProcess, isAnswer, MAX_PACKET_BYTES } from '../../../sim/network/index.js';
import { type PacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';

/** What a module gets to make a host of. */
export interface OwnHostOptions {
  readonly name: string;
  /** Of its random numbers: 32 bits. */
  readonly seed: number;
}

/** A packet that has come to the host; bytes may be changed, and are valid until `receive` returns. */
export interface OwnPacket {
  readonly bytes: Uint8Array;
  readonly port: number;
  /** Whether this host has sent it, or what it answers. */
  readonly isOwn: boolean;
  /** Whether a host has answered it. */
  readonly isAnswer: boolean;
}

/** What a host can do when it gets a packet or acts. */
export interface OwnOutlet {
  readonly nowNs: number;
  /** Sends a frame. @param port 0 if left out */
  send(bytes: Uint8Array, port?: number): void;
  /** Sends the packet back that has come, as it is now. */
  answer(): void;
}

/** What the default export of a module returns. */
export interface OwnHost {
  /** When `act` is called next, in nanoseconds of virtual time; undefined or infinity for never. */
  readonly nextNs?: number | undefined;
  act?(outlet: OwnOutlet): void;
  receive?(packet: OwnPacket, outlet: OwnOutlet): void;
}

/** Thrown for a module whose host does what a host cannot. */
export class OwnHostError extends DomainError {
  override readonly name = 'OwnHostError';
  readonly code = 'own-host';
  readonly ends = 'bad-input';
}

class OwnProcess implements HostProcess {
  constructor(
    private readonly host: OwnHost,
    private readonly path: string,
  ) {}

  get nextPs(): number {
    const { nextNs = Number.POSITIVE_INFINITY } = this.host;
    return Math.round(nextNs * PS_PER_NS);
  }

  act(outlet: HostOutlet): void {
    const beforePs = this.nextPs;
    this.host.act?.(this.own(outlet));
    if (this.nextPs > beforePs) return;
    throw new OwnHostError(`${this.path}: act() left nextNs at ${beforePs / PS_PER_NS}: it must grow, or be undefined`);
  }

  receive(batch: PacketBatch, i: number, outlet: HostOutlet): void {
    const { host } = this;
    if (host.receive === undefined) return;
    const port = must(batch.ingressPort[i], 'port of a packet');
    const packet = { bytes: packetBytes(batch, i), port, isOwn: outlet.isOwn(batch, i), isAnswer: isAnswer(batch, i) };
    host.receive(
      packet,
      this.own(outlet, () => outlet.answer(batch, i, port)),
    );
    if (this.nextPs >= outlet.nowPs) return;
    throw new OwnHostError(`${this.path}: nextNs ${host.nextNs} is before the time, ${outlet.nowPs / PS_PER_NS} ns`);
  }

  private own(outlet: HostOutlet, answer?: () => void): OwnOutlet {
    return {
      nowNs: outlet.nowPs / PS_PER_NS,
      send: (bytes, port = 0) => {
        if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
          throw new OwnHostError(`${this.path}: send() takes the bytes of a frame as a Uint8Array`);
        }
        if (bytes.length > MAX_PACKET_BYTES) {
          const most = MAX_PACKET_BYTES.toLocaleString('en-US');
          throw new OwnHostError(`${this.path}: send() takes frames of at most ${most} bytes, not ${bytes.length}`);
        }
        outlet.send(bytes, port);
      },
      answer: () => {
        if (answer === undefined) throw new OwnHostError(`${this.path}: only receive() has a packet to answer`);
        answer();
      },
    };
  }
}

const isOwnHost = (made: unknown): made is OwnHost => typeof made === 'object' && made !== null;

/** @param path of the module @throws {UsageError} {@link OwnHostError} */
export async function ownHost(path: string, options: OwnHostOptions): Promise<HostProcess> {
  const make = await defaultExportOf(resolve(path));
  if (typeof make !== 'function')
    throw new OwnHostError(`${path}: the default export must be a function, which makes a host`);
  const made: unknown = make(options);
  if (!isOwnHost(made))
    throw new OwnHostError(`${path}: the default export must return an object, with receive() or act()`);
  return new OwnProcess(made, path);
}
