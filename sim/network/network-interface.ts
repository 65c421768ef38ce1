/** The network interface of a host: packets wait until its line is free, in a queue of limited size. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import { lineBytes } from '../blocks/line.js';
import type { Channel } from './channel.js';

const FIRST_ROOM = 64;

export class NetworkInterface {
  /** Bytes in the queue, and their maximum so far. */
  queuedBytes = 0;
  mostQueuedBytes = 0;
  private freePs = 0;
  /** Start and size of those that had not started when the last packet came, in a ring. */
  private starts = new Float64Array(FIRST_ROOM);
  private sizes = new Float64Array(FIRST_ROOM);
  private head = 0;
  private tail = 0;

  constructor(
    readonly channel: Channel,
    private readonly queueBytes: number,
  ) {}

  /** Sends packet i of a batch. @returns false if the queue is full */
  send(batch: PacketBatch, i: number, nowPs: number): boolean {
    const length = batch.originalLength[i] as number;
    this.forget(nowPs);
    const startPs = Math.max(nowPs, this.freePs);
    if (startPs > nowPs) {
      if (this.queuedBytes + length > this.queueBytes) return false;
      this.append(startPs, length);
    }
    this.freePs = startPs + this.channel.options.line.timeFor(lineBytes(length));
    this.channel.carry(batch, i, startPs);
    return true;
  }

  /** Takes those out of the queue that have started. */
  private forget(nowPs: number): void {
    const mask = this.starts.length - 1;
    while (this.head !== this.tail && (this.starts[this.head & mask] as number) <= nowPs) {
      this.queuedBytes -= this.sizes[this.head & mask] as number;
      this.head++;
    }
  }

  private append(startPs: number, bytes: number): void {
    if (this.tail - this.head === this.starts.length) this.grow();
    const at = this.tail++ & (this.starts.length - 1);
    this.starts[at] = startPs;
    this.sizes[at] = bytes;
    this.queuedBytes += bytes;
    if (this.queuedBytes > this.mostQueuedBytes) this.mostQueuedBytes = this.queuedBytes;
  }

  private grow(): void {
    const { starts, sizes, head } = this;
    const room = starts.length;
    this.starts = new Float64Array(2 * room);
    this.sizes = new Float64Array(2 * room);
    for (let n = 0; n < room; n++) {
      this.starts[n] = starts[(head + n) & (room - 1)] as number;
      this.sizes[n] = sizes[(head + n) & (room - 1)] as number;
    }
    this.head = 0;
    this.tail = room;
  }
}
