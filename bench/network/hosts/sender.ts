/** Sends the packets of a traffic source at their times. */
import { PS_PER_NS } from '../../../sim/blocks/virtual-time.js';
import type { HostOutlet, HostProcess } from '../../../sim/network/index.js';
import type { PacketStream, TimedPacket } from '../../../traces/generate/packet-stream.js';
import { sendFrom } from './frame-addresses.js';

export interface SenderOptions {
  readonly stream: PacketStream;
  /** Added to the times of the stream. */
  readonly startPs: number;
  /** Maximum number of packets. */
  readonly count: number;
  /** Source address; undefined for that of the stream. */
  readonly address: number | undefined;
}

export class Sender implements HostProcess {
  nextPs = 0;
  private packet: TimedPacket | undefined;
  private sent = 0;

  constructor(private readonly options: SenderOptions) {
    this.advance();
  }

  act(outlet: HostOutlet): void {
    const { packet, options } = this;
    if (packet === undefined) throw new Error('a sender acts that has nothing more to send');
    if (options.address !== undefined) sendFrom(packet.bytes, options.address);
    outlet.send(packet.bytes, 0);
    this.sent++;
    this.advance();
  }

  receive(): void {
    // It sends only; answers are counted by its host.
  }

  private advance(): void {
    const { stream, startPs, count } = this.options;
    this.packet = this.sent < count ? stream.next().value : undefined;
    this.nextPs = this.packet === undefined ? Number.POSITIVE_INFINITY : startPs + this.packet.nanoseconds * PS_PER_NS;
  }
}
