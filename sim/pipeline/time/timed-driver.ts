/**
 * The driver with virtual time. Packets arrive on lines of a given speed, enter each gress one per clock cycle in order
 * of arrival, wait in the queues of the traffic manager, and recirculate through a port of its own. A packet's work in
 * a gress is done when it enters: stages are passed in order, so accesses to every memory happen in the order of entry.
 */
import { DROPPED, numberArrivals } from '../../../traces/packets/packet-batch.js';
import { GAP_BYTES, lineBytes } from '../../blocks/line.js';
import { type HeldBatch, PacketsInFlight } from '../../blocks/packets-in-flight.js';
import { NO_PORT, type Phv } from '../../blocks/phv.js';
import type { PortQueue, TrafficManager } from '../../blocks/traffic-manager.js';
import { PS_PER_NS } from '../../blocks/virtual-time.js';
import { goesToGroup } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import type { Switch } from '../switch.js';
import { EventQueue } from './event-queue.js';
import { FrontLines } from './front-lines.js';
import { LonePackets, newOccupancy } from './lone-packets.js';
import type { NextSwitch, OnwardPort } from './onward-port.js';
import { PacketEnds } from './packet-ends.js';
import { PassTimes } from './pass-times.js';
import { PlayedPipeline } from './played-pipeline.js';
import { TimedCopier } from './timed-copier.js';
import { EVENT, NEVER, TIME } from './timed-events.js';
import type { TimedSwitchOptions, TimeObserver } from './timed-switch-options.js';
import type { UpdatePlayer } from './update-player.js';

/** Takes packets through the pipelines in virtual time, with queues between ingress and egress. */
export class TimedDriver implements NextSwitch {
  readonly trafficManager: TrafficManager;
  readonly packets: PacketsInFlight;
  private readonly pipeline: Pipeline;
  private readonly events = new EventQueue(EVENT.none);
  /** Now, when the next event of a packet happens, the observer's next tick, and up to when events happen. */
  private readonly clockTimes = new Float64Array(Object.keys(TIME).length);
  private readonly ends: PacketEnds;
  private readonly copier: TimedCopier;
  private readonly walk: PlayedPipeline;
  private readonly times: PassTimes;
  private readonly lines: FrontLines;
  private readonly occupancy = newOccupancy();
  /** Packets and bytes that have come, those that were lost at once included. */
  readonly arrived = { packets: 0, bytes: 0 };
  /** Undefined where packets can not go through in vectors, and while updates are played. */
  private lonePackets: LonePackets | undefined;
  /** In a chain. */
  private onward: OnwardPort | undefined;

  constructor(
    private readonly emulator: Switch,
    private readonly options: TimedSwitchOptions,
    private readonly observer: TimeObserver,
  ) {
    const { dataPlane, pipeline } = emulator;
    this.pipeline = pipeline;
    this.times = new PassTimes(dataPlane);
    this.lines = new FrontLines(dataPlane, options);
    this.trafficManager = this.lines.trafficManager;
    this.packets = new PacketsInFlight(dataPlane.headers.length);
    this.copier = new TimedCopier(pipeline, this.packets);
    this.walk = new PlayedPipeline(pipeline);
    this.ends = new PacketEnds(this.packets, this.copier, this.walk, observer);
    const { times, lines, occupancy } = this;
    this.lonePackets = LonePackets.of(pipeline, { times, lines, occupancy, inputWaitPs: options.inputWaitPs });
    this.clockTimes[TIME.tick] = observer.nextTickPs;
  }

  /** Plays updates while packets run; to be called before the first packet. */
  playUpdates(player: UpdatePlayer): void {
    this.walk.player = player;
    this.lonePackets = undefined;
    this.emulator.tables.rpbs.keepsBranchIds = true;
  }

  /** Of a switch in a chain: packets with state go to the next switch, and do not recirculate. */
  connectOnward(onward: OnwardPort): void {
    this.onward = onward;
  }

  takeOver(from: PacketsInFlight, slot: number, startPs: number, onLinePs: number): void {
    const { packets, times } = this;
    const own = packets.take(from.held[slot] as HeldBatch, from.index[slot] as number, from.arrivalPs[slot] as number);
    packets.cells[own] = from.cells[slot] as number;
    const [phv, before] = [packets.phvs[own] as Phv, from.phvs[slot] as Phv];
    phv.takeOver(before, before.bytes, before.packetStart);
    phv.egressPort = before.egressPort;
    const atPortPs = startPs + times.macPs;
    phv.timestamp = Math.floor(atPortPs / PS_PER_NS) >>> 0;
    this.events.push(atPortPs + onLinePs + times.arrivalPs, EVENT.recirculated, own);
    from.drop(slot);
  }

  /**
   * The first bit of packet i of a batch reaches its port, or as soon after as the port's line is free. Times must not
   * decrease. Earlier events happen first; the batch is held until its packets have left. @param number of its arrival
   */
  arrive(held: HeldBatch, i: number, timePs: number, number = this.emulator.arrivals++): void {
    this.runUntil(timePs);
    const { batch } = held;
    batch.arrival[i] = number;
    const port = batch.ingressPort[i] as number;
    const length = batch.originalLength[i] as number;
    this.arrived.packets++;
    this.arrived.bytes += length;
    const { counters } = this.trafficManager.port(port);
    const start = Math.max(timePs, this.occupancy.lineFree[port] as number);
    batch.timestamp[i] = Math.floor(start / PS_PER_NS);
    const bytes = lineBytes(length);
    const line = this.lines.inward(port);
    const ready = start + line.timeFor(bytes - GAP_BYTES) + this.times.arrivalPs;
    const entry = Math.max(ready, this.times.clock.timeOf(this.occupancy.lastIngressCycle));
    if (start - timePs > this.options.inputWaitPs || entry - ready > this.options.inputWaitPs) {
      counters.lostInput++;
      this.pipeline.lostAtInput(batch, i);
      return this.ends.tellLoss(held, i, 'input');
    }
    counters.packetsIn++;
    counters.bytesIn += length;
    this.occupancy.lineFree[port] = start + line.timeFor(bytes);
    const slot = this.packets.take(held, i, timePs);
    this.packets.cells[slot] = this.trafficManager.cellsFor(length + this.times.stateBytes);
    this.events.push(ready, EVENT.received, slot);
  }

  /**
   * As {@link arrive}, of all packets of a batch, which stay as they are until this returns, as do tables but for
   * updates that are played. @param timesPs by place in the batch
   */
  arriveAll(held: HeldBatch, timesPs: Float64Array): void {
    const { lonePackets, emulator } = this;
    const { count } = held.batch;
    numberArrivals(held.batch, 0, count, emulator.arrivals);
    emulator.arrivals += count;
    lonePackets?.begin();
    for (let i = 0; i < count; ) {
      this.runUntil(timesPs[i] as number);
      const alone = lonePackets === undefined || this.packets.count > 0 ? 0 : lonePackets.run(held.batch, i, timesPs);
      for (let place = 0; place < alone; place++) this.passAlone(held, i + place, place, timesPs);
      if (alone === 0) this.arrive(held, i, timesPs[i] as number, held.batch.arrival[i]);
      i += Math.max(1, alone);
    }
  }

  /** Counts a packet that {@link LonePackets} have run. @param place in their run */
  private passAlone(held: HeldBatch, i: number, place: number, timesPs: Float64Array): void {
    const { trafficManager, packets } = this;
    const { readyPs, queuedPs, sentPs, leavesPs, cells } = this.lonePackets as LonePackets;
    const { batch } = held;
    const length = batch.originalLength[i] as number;
    const arrivalPs = timesPs[i] as number;
    this.advance(arrivalPs);
    this.arrived.packets++;
    this.arrived.bytes += length;
    const { counters } = trafficManager.port(batch.ingressPort[i] as number);
    counters.packetsIn++;
    counters.bytesIn += length;
    if (packets.most === 0) packets.most = 1;
    this.advance(readyPs[place] as number);
    const port = batch.egressPort[i] as number;
    const { nowhere } = this.pipeline;
    if (port === DROPPED && nowhere === NO_PORT) return this.ends.tellLoss(held, i, 'unforwarded');
    const queued = queuedPs[place] as number;
    this.advance(queued);
    const queue = trafficManager.port(port === DROPPED ? nowhere : port);
    const onLine = queue.line.timeFor(lineBytes(length));
    trafficManager.pass(queue, cells[place] as number);
    queue.free = queued + onLine;
    if (port === DROPPED) return this.ends.tellLoss(held, i, 'unforwarded');
    queue.lineFree = (sentPs[place] as number) + onLine;
    queue.counters.packetsOut++;
    queue.counters.bytesOut += length;
    this.advance(leavesPs[place] as number);
    held.inFlight++;
    this.ends.departures.add(held, i, arrivalPs, leavesPs[place] as number);
  }

  /** Something happens at this time. */
  private advance(timePs: number): void {
    this.clockTimes[TIME.now] = timePs;
    if (timePs >= (this.clockTimes[TIME.tick] as number)) this.tick();
  }

  /** Runs until no packet is in the switch and no update is left. */
  runToEnd(): void {
    this.runUntil(NEVER);
    this.walk.player?.finish();
  }

  /** Its own alone; a chain has several. */
  get trafficManagers(): readonly TrafficManager[] {
    return [this.trafficManager];
  }

  /** When the next thing happens in the switch; infinity if no packet is in it. */
  get nextPs(): number {
    return this.events.firstPs;
  }

  get nowPs(): number {
    return this.clockTimes[TIME.now] as number;
  }

  /**
   * Runs all that happens before a time, and tells the observer what left. Others may do so at any time up to the next
   * arrival: results are those of {@link arrive} alone. @param timePs whole picoseconds
   */
  runBefore(timePs: number): void {
    this.clockTimes[TIME.horizon] = timePs - 1;
    this.runEvents();
    this.ends.departures.tell();
  }

  /** Makes the changes of played updates up to this time that no packet has come to. */
  finishUpdates(timePs: number): void {
    this.walk.player?.finish(timePs);
  }

  /** Runs all that happens until this time, and tells the observer. */
  private runUntil(timePs: number): void {
    this.clockTimes[TIME.horizon] = timePs;
    this.runEvents();
    if (timePs === NEVER) return this.ends.departures.tell();
    this.advance(timePs);
  }

  private runEvents(): void {
    const { events, clockTimes } = this;
    const horizon = clockTimes[TIME.horizon] as number;
    while (events.firstPs <= horizon && events.firstPs < NEVER) {
      const slot = events.take();
      let { kind } = events;
      clockTimes[TIME.now] = events.takenPs;
      for (;;) {
        if ((clockTimes[TIME.now] as number) >= (clockTimes[TIME.tick] as number)) this.tick();
        kind = this.happen(kind, slot);
        if (kind === EVENT.none) break;
        const next = clockTimes[TIME.next] as number;
        // What happens next to a packet is mostly what happens next at all.
        if (next > horizon || next >= events.firstPs) {
          events.push(next, kind, slot);
          break;
        }
        clockTimes[TIME.now] = next;
      }
    }
  }

  /** @returns what happens next to the packet, at `TIME.next` */
  private happen(kind: number, slot: number): number {
    switch (kind) {
      case EVENT.received:
        return this.enterFirst(slot);
      case EVENT.recirculated:
        return this.enterAgain(slot);
      case EVENT.queue:
        return this.queue(slot);
      case EVENT.send:
        return this.sendNext(slot);
      default:
        return this.ends.depart(slot, this.clockTimes[TIME.now] as number);
    }
  }

  private enterFirst(slot: number): number {
    this.nextIngress();
    const { batch } = this.packets.held[slot] as HeldBatch;
    const phv = this.packets.phvs[slot] as Phv;
    const i = this.packets.index[slot] as number;
    this.pipeline.load(phv, batch, i);
    this.pipeline.init(phv);
    batch.programId[i] = phv.programId;
    this.walk.player?.entered(slot, phv);
    return this.throughIngress(slot, phv);
  }

  private enterAgain(slot: number): number {
    this.nextIngress();
    const phv = this.packets.phvs[slot] as Phv;
    const { counters } = this.trafficManager.port(this.pipeline.recirculationPort);
    counters.packetsIn++;
    counters.bytesIn += this.packets.lengthOf(slot) + this.times.stateBytes;
    this.pipeline.nextPass(phv);
    this.walk.player?.returned(slot, phv);
    return this.throughIngress(slot, phv);
  }

  /** Takes the next cycle in which a packet that is ready now can enter the ingress. */
  private nextIngress(): void {
    const { times, occupancy } = this;
    const first = times.clock.cycleAt(this.clockTimes[TIME.now] as number);
    occupancy.lastIngressCycle = Math.max(first, occupancy.lastIngressCycle + 1);
    this.walk.player?.beforeIngress(times.clock.timeOf(occupancy.lastIngressCycle));
  }

  private throughIngress(slot: number, phv: Phv): number {
    const goesOn = this.walk.ingress(phv);
    const exit = this.times.clock.timeOf(this.occupancy.lastIngressCycle + this.times.ingressCycles);
    if (!goesOn) return this.ends.lose(slot, phv.dropped ? 'ingress' : 'unforwarded', exit);
    this.walk.player?.recirculates(slot, phv);
    this.clockTimes[TIME.next] = exit + this.times.queueingPs;
    return EVENT.queue;
  }

  private queue(slot: number): number {
    const phv = this.packets.phvs[slot] as Phv;
    return goesToGroup(phv) ? this.copy(slot) : this.enqueue(slot, phv);
  }

  /** The copies of a packet to a group take its place, each in the queue of its port. */
  private copy(slot: number): number {
    const { packets, clockTimes, copier } = this;
    const copies = copier.begin(slot);
    if (copies === 0) this.ends.tellLoss(packets.held[slot] as HeldBatch, packets.index[slot] as number, 'unforwarded');
    for (let number = 0; number < copies; number++) {
      const copy = copier.copy(slot, number);
      this.walk.player?.copied(slot, copy);
      const kind = this.enqueue(copy, packets.phvs[copy] as Phv);
      if (kind !== EVENT.none) this.events.push(clockTimes[TIME.next] as number, kind, copy);
    }
    return this.ends.end(slot, clockTimes[TIME.now] as number);
  }

  private enqueue(slot: number, phv: Phv): number {
    const queue = this.queueOf(phv);
    phv.queueDepth = queue.cells;
    const drop = this.trafficManager.enqueue(queue, slot, this.packets);
    const now = this.clockTimes[TIME.now] as number;
    if (drop !== undefined) return this.ends.lose(slot, drop, now);
    this.packets.queuedPs[slot] = now;
    if (queue.scheduled) return EVENT.none;
    if (queue.free <= now) return this.send(queue, slot);
    queue.scheduled = true;
    this.clockTimes[TIME.next] = queue.free;
    return EVENT.send;
  }

  private queueOf(phv: Phv): PortQueue {
    return this.trafficManager.port(phv.recirculates ? this.pipeline.recirculationPort : phv.egressPort);
  }

  private sendNext(slot: number): number {
    const queue = this.queueOf(this.packets.phvs[slot] as Phv);
    queue.scheduled = false;
    return this.send(queue, slot);
  }

  /** The port takes the first packet of its queue, which is in this slot, through the egress to the line. */
  private send(queue: PortQueue, slot: number): number {
    const { packets, clockTimes } = this;
    this.trafficManager.dequeue(queue, packets);
    const now = clockTimes[TIME.now] as number;
    const phv = packets.phvs[slot] as Phv;
    const length = this.packets.lengthOf(slot) + (phv.recirculates ? this.times.stateBytes : 0);
    const bytes = lineBytes(length);
    const onLine = queue.line.timeFor(bytes);
    queue.free = now + onLine;
    if (queue.free > this.occupancy.busyUntilPs) this.occupancy.busyUntilPs = queue.free;
    if (!queue.isEmpty) {
      // The first of the others waits until the port can take it.
      queue.scheduled = true;
      this.events.push(queue.free, EVENT.send, queue.first);
    }
    const waited = Math.floor((now - (packets.queuedPs[slot] as number)) / PS_PER_NS);
    // The remainder of a power of two, exactly; the operator for it is slow for numbers above 31 bits.
    phv.dequeueDelta = waited - Math.floor(waited / this.times.dequeueDeltas) * this.times.dequeueDeltas;
    const first = this.times.clock.cycleAt(now + this.times.parserPs);
    this.occupancy.lastEgressCycle = Math.max(first, this.occupancy.lastEgressCycle + 1);
    this.walk.player?.beforeEgress(this.times.clock.timeOf(this.occupancy.lastEgressCycle), slot);
    const again = this.walk.egress(phv);
    const exit = this.times.clock.timeOf(this.occupancy.lastEgressCycle + this.times.egressCycles);
    if (phv.dropped) return this.ends.lose(slot, 'egress', exit);
    if (!again && phv.egressPort === this.pipeline.nowhere) return this.ends.lose(slot, 'unforwarded', exit);
    const start = Math.max(exit + this.times.deparserPs, queue.lineFree);
    queue.lineFree = start + onLine;
    if (queue.lineFree > this.occupancy.busyUntilPs) this.occupancy.busyUntilPs = queue.lineFree;
    queue.counters.packetsOut++;
    queue.counters.bytesOut += length;
    if (again && this.onward !== undefined) {
      if (this.onward === 'nothing') return this.ends.lose(slot, 'egress', exit);
      this.onward.takeOver(packets, slot, start, queue.line.timeFor(bytes - GAP_BYTES));
      return EVENT.none;
    }
    if (again) {
      phv.timestamp = Math.floor(start / PS_PER_NS) >>> 0;
      clockTimes[TIME.next] = start + queue.line.timeFor(bytes - GAP_BYTES) + this.times.parserPs;
      return EVENT.recirculated;
    }
    this.walk.player?.left(slot, exit);
    clockTimes[TIME.next] = start + this.times.macPs;
    return EVENT.depart;
  }

  private tick(): void {
    const { clockTimes, observer } = this;
    this.ends.departures.tell();
    observer.tick(clockTimes[TIME.now] as number);
    clockTimes[TIME.tick] = observer.nextTickPs;
  }
}
