/** A switch with time as a node of a network. */
import { COPIED } from '../../traces/packets/packet-batch.js';
import type { HeldBatch } from '../blocks/packets-in-flight.js';
import { SwitchChain } from '../pipeline/chain/switch-chain.js';
import { TimedChain } from '../pipeline/chain/timed-chain.js';
import type { Switch } from '../pipeline/switch.js';
import { HeldPackets } from '../pipeline/time/held-packets.js';
import { TimedDriver } from '../pipeline/time/timed-driver.js';
import {
  type Departures,
  DROP_REASONS,
  type DropReason,
  type TimedSwitchOptions,
  type TimeObserver,
} from '../pipeline/time/timed-switch-options.js';
import type { UpdatePlayer } from '../pipeline/time/update-player.js';
import type { Channel } from './channel.js';
import type { Follower } from './follower.js';
import type { NetworkNode } from './node.js';
import type { PacketFeed } from './packet-feed.js';
import { PacketFifo } from './packet-fifo.js';
import { identify, isFollowed, markFollowed } from './packet-identity.js';

export interface SwitchNodeOptions {
  readonly name: string;
  /** Of the node among all of the network. */
  readonly number: number;
  /** One switch, or several in a row: packets come to the first, and leave by the port of any. */
  readonly emulator: Switch | SwitchChain;
  /** Between switches in a row. */
  readonly betweenPs: number;
  readonly timing: TimedSwitchOptions;
  /** Gets all packets that leave or are lost, before links do. */
  readonly observer: TimeObserver;
  readonly player: UpdatePlayer | undefined;
  /** Packets that come to its ports from outside of the network. */
  readonly feed: PacketFeed | undefined;
  readonly follower: Follower | undefined;
  /** Numbers of packets of the feed that are followed. */
  readonly followed: ReadonlySet<number>;
}

/** What has become of packets, besides those that links took. */
export interface SwitchEnds {
  /** Packets that came from outside of the network. */
  fed: number;
  arrived: number;
  /** Left by a port without a link, or by the port of REPORT. */
  left: number;
  reported: number;
  readonly lost: Record<DropReason, number>;
}

interface Leaving {
  readonly channel: Channel;
  readonly held: HeldBatch;
  readonly i: number;
  readonly departurePs: number;
}

export class SwitchNode implements NetworkNode, TimeObserver {
  readonly driver: TimedDriver | TimedChain;
  readonly ends: SwitchEnds = {
    fed: 0,
    arrived: 0,
    left: 0,
    reported: 0,
    lost: Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>,
  };
  events = 0;
  private readonly packets = new HeldPackets(false);
  private readonly inputs: PacketFifo[] = [];
  private readonly outputs: (Channel | undefined)[] = [];
  private readonly cpuPort: number;
  /** Of switches in a row: packets that leave and that no link has yet. */
  private readonly leaving: Leaving[] = [];

  constructor(readonly options: SwitchNodeOptions) {
    const { emulator, feed } = options;
    this.driver = this.newDriver();
    if (feed !== undefined) this.inputs.push(feed.fifo);
    this.cpuPort = emulator.dataPlane.description.ports.cpu;
  }

  private newDriver(): TimedDriver | TimedChain {
    const { emulator, timing, betweenPs, player } = this.options;
    if (emulator instanceof SwitchChain) return new TimedChain(emulator, timing, betweenPs, this);
    const driver = new TimedDriver(emulator, timing, this);
    if (player !== undefined) driver.playUpdates(player);
    return driver;
  }

  get name(): string {
    return this.options.name;
  }

  /** Where a link delivers packets to a port; of equal times, those of ports that were asked for first come first. */
  inputOf(port: number): PacketFifo {
    const input = new PacketFifo(this.packets, port);
    this.inputs.push(input);
    return input;
  }

  connect(port: number, channel: Channel): void {
    this.outputs[port] = channel;
  }

  get nextPs(): number {
    let first = this.driver.nextPs;
    for (let n = 0; n < this.inputs.length; n++) first = Math.min(first, (this.inputs[n] as PacketFifo).firstPs);
    return first;
  }

  get knownPs(): number {
    return this.options.feed?.knownPs ?? Number.POSITIVE_INFINITY;
  }

  get onTheWay(): number {
    const { feed } = this.options;
    return this.inputs.reduce((sum, input) => (input === feed?.fifo ? sum : sum + input.count), 0);
  }

  runBefore(timePs: number): void {
    const { inputs } = this;
    for (;;) {
      let first = timePs;
      let from: PacketFifo | undefined;
      for (let n = 0; n < inputs.length; n++) {
        const input = inputs[n] as PacketFifo;
        if (input.firstPs >= first) continue;
        first = input.firstPs;
        from = input;
      }
      if (from === undefined) break;
      this.arrive(from, first);
    }
    this.driver.runBefore(timePs);
    this.carryOnward();
  }

  private arrive(input: PacketFifo, timePs: number): void {
    const { feed, follower, number, followed } = this.options;
    const { firstHeld: held, firstIndex: i } = input;
    if (input === feed?.fifo) {
      identify(held.batch, i, number, this.ends.fed, timePs);
      if (followed.has(this.ends.fed)) markFollowed(held.batch, i);
      this.ends.fed++;
    }
    this.events++;
    this.ends.arrived++;
    if (follower !== undefined && isFollowed(held.batch, i)) {
      follower.note('arrived', held.batch, i, timePs, held.batch.ingressPort[i] as number);
    }
    this.driver.arrive(held, i, timePs);
    input.shift();
  }

  get nextTickPs(): number {
    return this.options.observer.nextTickPs;
  }

  tick(nowPs: number): void {
    this.options.observer.tick(nowPs);
  }

  left(departures: Departures): void {
    this.options.observer.left(departures);
    const { count, held, index, departurePs } = departures;
    this.events += count;
    for (let place = 0; place < count; place++) {
      this.depart(held[place] as HeldBatch, index[place] as number, departurePs[place] as number);
    }
  }

  private depart(held: HeldBatch, i: number, departurePs: number): void {
    const { follower } = this.options;
    const { batch } = held;
    const port = batch.egressPort[i] as number;
    if (follower !== undefined && isFollowed(batch, i)) follower.note('departed', batch, i, departurePs, port);
    const channel = this.outputs[port];
    if (channel !== undefined) this.carry(channel, held, i, departurePs);
    else if (port === this.cpuPort) this.ends.reported++;
    else this.ends.left++;
  }

  /**
   * Switches in a row send one after another up to a time, so their packets are brought into order first; those of one
   * port number share its link.
   */
  private carry(channel: Channel, held: HeldBatch, i: number, departurePs: number): void {
    if (this.driver instanceof TimedDriver) return channel.carry(held.batch, i, departurePs);
    held.inFlight++;
    this.leaving.push({ channel, held, i, departurePs });
  }

  private carryOnward(): void {
    if (this.leaving.length === 0) return;
    const leaving = this.leaving.splice(0).sort((a, b) => a.departurePs - b.departurePs);
    for (const { channel, held, i, departurePs } of leaving) {
      channel.carry(held.batch, i, Math.max(departurePs, channel.freePs));
      held.inFlight--;
    }
  }

  lost(held: HeldBatch, i: number, reason: DropReason): void {
    const { observer, follower } = this.options;
    observer.lost(held, i, reason);
    this.events++;
    this.ends.lost[reason]++;
    if (follower === undefined || !isFollowed(held.batch, i) || held.batch.egressPort[i] === COPIED) return;
    follower.note('lost', held.batch, i, this.driver.nowPs, -1, reason);
  }
}
