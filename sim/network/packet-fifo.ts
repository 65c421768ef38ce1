/** Packets on their way to a node, each with its time, in order of time. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import type { HeldBatch } from '../blocks/packets-in-flight.js';
import type { HeldPackets } from '../pipeline/time/held-packets.js';

const FIRST_ROOM = 64;
const NEVER = Number.POSITIVE_INFINITY;

/** Takes packets over at the end of a link. */
export interface PacketSink {
  /** @param timePs not before that of the packet before */
  put(batch: PacketBatch, i: number, timePs: number): void;
}

export class PacketFifo implements PacketSink {
  private times = new Float64Array(FIRST_ROOM);
  private indices = new Int32Array(FIRST_ROOM);
  private held: (HeldBatch | undefined)[] = new Array<HeldBatch | undefined>(FIRST_ROOM).fill(undefined);
  private head = 0;
  private tail = 0;

  /** @param port by which packets come to the node; undefined if their batches say so */
  constructor(
    private readonly packets: HeldPackets,
    private readonly port: number | undefined,
  ) {}

  get count(): number {
    return this.tail - this.head;
  }

  /** Time of the first packet; infinity without one. */
  get firstPs(): number {
    return this.head === this.tail ? NEVER : (this.times[this.head & (this.times.length - 1)] as number);
  }

  /** The batch of the first packet; there must be one. */
  get firstHeld(): HeldBatch {
    return this.held[this.head & (this.times.length - 1)] as HeldBatch;
  }

  /** Place of the first packet in its batch. */
  get firstIndex(): number {
    return this.indices[this.head & (this.times.length - 1)] as number;
  }

  /** Adds a copy of packet i of a batch. */
  put(batch: PacketBatch, i: number, timePs: number): void {
    const held = this.packets.add(batch, i);
    held.inFlight++;
    const index = held.batch.count - 1;
    held.batch.ingressPort[index] = this.port ?? (batch.ingressPort[i] as number);
    if (this.count === this.times.length) this.grow();
    const at = this.tail++ & (this.times.length - 1);
    this.times[at] = timePs;
    this.indices[at] = index;
    this.held[at] = held;
  }

  /** Takes the first packet out; its batch may be used again if nothing else holds it. */
  shift(): void {
    this.firstHeld.inFlight--;
    this.head++;
  }

  private grow(): void {
    const { times, indices, held, head, count } = this;
    const mask = times.length - 1;
    this.times = new Float64Array(2 * count);
    this.indices = new Int32Array(2 * count);
    this.held = new Array<HeldBatch | undefined>(2 * count).fill(undefined);
    for (let n = 0; n < count; n++) {
      const from = (head + n) & mask;
      this.times[n] = times[from] as number;
      this.indices[n] = indices[from] as number;
      this.held[n] = held[from];
    }
    this.head = 0;
    this.tail = count;
  }
}
