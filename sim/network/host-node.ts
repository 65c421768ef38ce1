/** A host as a node of a network: its interfaces, and the processes that run on it. */
import { must } from '../../compiler/data-plane/must.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  type PacketBatch,
} from '../../traces/packets/packet-batch.js';
import { HeldPackets } from '../pipeline/time/held-packets.js';
import type { Channel } from './channel.js';
import type { Follower } from './follower.js';
import type { HostOutlet, HostProcess } from './host.js';
import { NetworkInterface } from './network-interface.js';
import type { NetworkNode } from './node.js';
import type { PacketFeed } from './packet-feed.js';
import { PacketFifo } from './packet-fifo.js';
import { identify, isFollowed, markAnswer, markFollowed, senderOf } from './packet-identity.js';

/** Sees what a host sends and gets. */
export interface HostTap {
  sent(batch: PacketBatch, i: number, nowPs: number): void;
  /** @param isOwn see {@link HostOutlet.isOwn} */
  received(batch: PacketBatch, i: number, nowPs: number, isOwn: boolean): void;
}

export interface HostNodeOptions {
  readonly name: string;
  /** Of the node among all of the network. */
  readonly number: number;
  readonly processes: readonly HostProcess[];
  /** Packets that it sends at their times, by the ports that their batches say. */
  readonly feed: PacketFeed | undefined;
  readonly tap: HostTap | undefined;
  readonly follower: Follower | undefined;
  /** Numbers of its packets that are followed. */
  readonly followed: ReadonlySet<number>;
}

/** What a host has sent and got. */
export interface HostCounters {
  /** New packets, and answers to those of others; with those that its queue had no room for. */
  sent: number;
  answered: number;
  /** Lost as the queue of the interface was full. */
  lostQueue: number;
  received: number;
  /** Of these the ones that it had sent itself. */
  receivedOwn: number;
  /** Of these the ones that its processes had no room for. */
  refused: number;
}

/** Maximum size of a packet in a network. */
export const MAX_PACKET_BYTES = 16_384;

export class HostNode implements NetworkNode, HostOutlet {
  readonly counters: HostCounters = { sent: 0, answered: 0, lostQueue: 0, received: 0, receivedOwn: 0, refused: 0 };
  events = 0;
  nowPs = 0;
  private readonly packets = new HeldPackets(false);
  private readonly inputs: PacketFifo[] = [];
  private readonly ports: (NetworkInterface | undefined)[] = [];
  /** A new packet, before the link takes it. */
  private readonly made = createPacketBatch(1, MAX_PACKET_BYTES);

  constructor(readonly options: HostNodeOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Where a link delivers packets; of equal times, those of ports that were asked for first come first. */
  inputOf(port: number): PacketFifo {
    const input = new PacketFifo(this.packets, port);
    this.inputs.push(input);
    return input;
  }

  /** @param queueBytes maximum of packets that wait for the line */
  connect(port: number, channel: Channel, queueBytes: number): void {
    this.ports[port] = new NetworkInterface(channel, queueBytes);
  }

  /** The interface of a port; undefined without a link. */
  interfaceOf(port: number): NetworkInterface | undefined {
    return this.ports[port];
  }

  get nextPs(): number {
    const { processes, feed } = this.options;
    let first = feed === undefined ? Number.POSITIVE_INFINITY : feed.fifo.firstPs;
    for (let n = 0; n < this.inputs.length; n++) first = Math.min(first, (this.inputs[n] as PacketFifo).firstPs);
    for (let n = 0; n < processes.length; n++) first = Math.min(first, (processes[n] as HostProcess).nextPs);
    return first;
  }

  get knownPs(): number {
    return this.options.feed?.knownPs ?? Number.POSITIVE_INFINITY;
  }

  get onTheWay(): number {
    return this.inputs.reduce((sum, input) => sum + input.count, 0);
  }

  /** Of one time, packets come first, then processes act, then packets of the feed are sent. */
  runBefore(timePs: number): void {
    for (;;) {
      this.nowPs = timePs;
      const input = this.firstInput();
      const process = this.firstProcess();
      const { feed } = this.options;
      if (feed !== undefined && feed.fifo.firstPs < this.nowPs) this.sendFed(feed);
      else if (process !== undefined) process.act(this);
      else if (input !== undefined) this.receive(input);
      else return;
    }
  }

  /** The input whose packet comes before what was known to come first; that is first now. */
  private firstInput(): PacketFifo | undefined {
    let first: PacketFifo | undefined;
    for (let n = 0; n < this.inputs.length; n++) {
      const input = this.inputs[n] as PacketFifo;
      if (input.firstPs >= this.nowPs) continue;
      this.nowPs = input.firstPs;
      first = input;
    }
    return first;
  }

  private firstProcess(): HostProcess | undefined {
    const { processes } = this.options;
    let first: HostProcess | undefined;
    for (let n = 0; n < processes.length; n++) {
      const process = processes[n] as HostProcess;
      if (process.nextPs >= this.nowPs) continue;
      this.nowPs = process.nextPs;
      first = process;
    }
    return first;
  }

  private sendFed({ fifo }: PacketFeed): void {
    this.nowPs = fifo.firstPs;
    const { batch } = fifo.firstHeld;
    const i = fifo.firstIndex;
    this.sendNew(batch, i, batch.ingressPort[i] as number);
    fifo.shift();
  }

  private receive(input: PacketFifo): void {
    const { processes, tap, follower } = this.options;
    const { batch } = input.firstHeld;
    const i = input.firstIndex;
    const isOwn = this.isOwn(batch, i);
    this.events++;
    this.counters.received++;
    if (isOwn) this.counters.receivedOwn++;
    if (follower !== undefined && isFollowed(batch, i)) {
      follower.note('received', batch, i, this.nowPs, batch.ingressPort[i] as number);
    }
    tap?.received(batch, i, this.nowPs, isOwn);
    for (let n = 0; n < processes.length; n++) (processes[n] as HostProcess).receive(batch, i, this);
    input.shift();
  }

  isOwn(batch: PacketBatch, i: number): boolean {
    return senderOf(batch, i) === this.options.number;
  }

  send(bytes: Uint8Array, port: number): void {
    const { made } = this;
    clearPacketBatch(made);
    made.bytes.set(bytes, appendPacket(made, bytes.length, bytes.length, port, 0, 0));
    this.sendNew(made, 0, port);
  }

  private sendNew(batch: PacketBatch, i: number, port: number): void {
    const number = this.counters.sent++;
    identify(batch, i, this.options.number, number, this.nowPs);
    if (this.options.followed.has(number)) markFollowed(batch, i);
    this.sendBy(batch, i, port);
  }

  answer(batch: PacketBatch, i: number, port: number): void {
    this.counters.answered++;
    markAnswer(batch, i);
    this.sendBy(batch, i, port);
  }

  private sendBy(batch: PacketBatch, i: number, port: number): void {
    const { tap, follower } = this.options;
    const isShown = follower !== undefined && isFollowed(batch, i);
    this.events++;
    tap?.sent(batch, i, this.nowPs);
    if (isShown) follower.note('sent', batch, i, this.nowPs, port);
    const sent = must(this.ports[port], `link of port ${port} of ${this.name}`).send(batch, i, this.nowPs);
    if (sent) return;
    this.counters.lostQueue++;
    if (isShown) follower.note('lost', batch, i, this.nowPs, port, 'queue');
  }

  refuse(batch: PacketBatch, i: number): void {
    const { follower } = this.options;
    this.counters.refused++;
    if (follower !== undefined && isFollowed(batch, i)) {
      follower.note('lost', batch, i, this.nowPs, batch.ingressPort[i] as number, 'refused');
    }
  }
}
