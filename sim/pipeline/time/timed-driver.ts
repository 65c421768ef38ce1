/**
 * The driver with virtual time. Packets arrive on lines of a given speed, enter each gress one per clock cycle in order
 * of arrival, wait in the queues of the traffic manager, and recirculate through a port of its own. A packet's work in
 * a gress is done when it enters: stages are passed in order, so accesses to every memory happen in the order of entry.
 */
import { gressCycles, stateHeaderBytes } from '../../../compiler/index.js';
import { GAP_BYTES, type Line, lineBytes } from '../../blocks/line.js';
import { type HeldBatch, PacketsInFlight } from '../../blocks/packets-in-flight.js';
import type { Phv } from '../../blocks/phv.js';
import { type PortQueue, portLines, TrafficManager } from '../../blocks/traffic-manager.js';
import { PipeClock, PS_PER_NS } from '../../blocks/virtual-time.js';
import type { Pipeline } from '../pipeline.js';
import type { Switch } from '../switch.js';
import { EventQueue } from './event-queue.js';
import type { DropReason, TimedSwitchOptions, TimeObserver } from './timed-switch-options.js';
import type { UpdatePlayer } from './update-player.js';

/** Kinds of events. */
const EVENT = { received: 0, recirculated: 1, queue: 2, send: 3, depart: 4 } as const;
const EVENT_KINDS = Object.keys(EVENT).length;

/** Port numbers that a batch can hold. */
const INGRESS_PORTS = 2 ** 16;

/** Takes packets through the pipelines in virtual time, with queues between ingress and egress. */
export class TimedDriver {
  readonly trafficManager: TrafficManager;
  readonly packets: PacketsInFlight;
  private readonly pipeline: Pipeline;
  private readonly events = new EventQueue(EVENT_KINDS);
  private readonly clock: PipeClock;
  private readonly cycles: { readonly ingress: number; readonly egress: number };
  private readonly fixedPs: { readonly arrival: number; readonly parser: number; readonly queueing: number };
  private readonly deparserPs: number;
  private readonly macPs: number;
  private readonly stateBytes: number;
  private readonly frontLine: Line;
  /** By ingress port: when its line is free for the next packet. */
  private readonly lineFree = new Float64Array(INGRESS_PORTS);
  private lastIngressCycle = -1;
  private lastEgressCycle = -1;
  private readonly dequeueDeltas: number;
  private player: UpdatePlayer | undefined;

  constructor(
    private readonly emulator: Switch,
    private readonly options: TimedSwitchOptions,
    private readonly observer: TimeObserver,
  ) {
    const { dataPlane, pipeline } = emulator;
    this.pipeline = pipeline;
    const { timing, ports, trafficManager } = dataPlane.description;
    this.clock = new PipeClock(timing.clockHz);
    this.cycles = { ingress: gressCycles(dataPlane, 'ingress'), egress: gressCycles(dataPlane, 'egress') };
    const { mac, parser, deparser, trafficManager: queueing } = timing.fixedNanoseconds;
    const ps = (nanoseconds: number): number => Math.round(nanoseconds * PS_PER_NS);
    this.fixedPs = { arrival: ps(mac) + ps(parser), parser: ps(parser), queueing: ps(deparser) + ps(queueing) };
    this.deparserPs = ps(deparser);
    this.macPs = ps(mac);
    this.stateBytes = stateHeaderBytes(dataPlane);
    const lineOf = portLines(options.portBitsPerSecond, ports.recirculation, options.recirculationBitsPerSecond);
    // Packets that come in on the number of the recirculation port come from outside.
    this.frontLine = lineOf(ports.recirculation + 1);
    const { cellBytes } = trafficManager;
    const bufferCells = Math.floor(options.bufferBytes / cellBytes);
    const queueCells = Math.floor(options.queueBytes / cellBytes);
    this.trafficManager = new TrafficManager(INGRESS_PORTS, { cellBytes, bufferCells, queueCells }, lineOf);
    this.packets = new PacketsInFlight(dataPlane.headers.length);
    const width = dataPlane.description.intrinsics.find(({ name }) => name === 'eg_intr_md.deq_timedelta')?.width ?? 0;
    this.dequeueDeltas = 2 ** width;
  }

  /** Plays updates while packets run; to be called before the first packet. */
  playUpdates(player: UpdatePlayer): void {
    this.player = player;
    this.emulator.tables.rpbs.keepsBranchIds = true;
  }

  /**
   * The first bit of packet i of a batch reaches its port, or as soon after as the port's line is free. Times must not
   * decrease. Earlier events happen first; the batch is held until its packets have left.
   */
  arrive(held: HeldBatch, i: number, timePs: number): void {
    this.runUntil(timePs);
    const { batch } = held;
    const port = batch.ingressPort[i] as number;
    const length = batch.originalLength[i] as number;
    const { counters } = this.trafficManager.port(port);
    const start = Math.max(timePs, this.lineFree[port] as number);
    const bytes = lineBytes(length);
    const ready = start + this.frontLine.timeFor(bytes - GAP_BYTES) + this.fixedPs.arrival;
    const entry = Math.max(ready, this.clock.timeOf(this.lastIngressCycle));
    if (start - timePs > this.options.inputWaitPs || entry - ready > this.options.inputWaitPs) {
      counters.lostInput++;
      this.loseAtInput(held, i);
      return;
    }
    counters.packetsIn++;
    counters.bytesIn += length;
    this.lineFree[port] = start + this.frontLine.timeFor(bytes);
    const slot = this.packets.take(held, i, timePs);
    this.packets.cells[slot] = this.trafficManager.cellsFor(length + this.stateBytes);
    this.events.push(ready, EVENT.received, slot);
  }

  /** Runs until no packet is in the switch and no update is left. */
  runToEnd(): void {
    this.runUntil(Number.POSITIVE_INFINITY);
    this.player?.finish();
  }

  /** Runs all that happens until this time. */
  private runUntil(timePs: number): void {
    const { events, observer } = this;
    for (let slot = events.takeUntil(timePs); slot >= 0; slot = events.takeUntil(timePs)) {
      if (events.timePs >= observer.nextTickPs) observer.tick(events.timePs);
      this.happen(events.kind, slot);
    }
    if (timePs >= observer.nextTickPs && timePs < Number.POSITIVE_INFINITY) observer.tick(timePs);
  }

  private happen(kind: number, slot: number): void {
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
        return this.depart(slot);
    }
  }

  private enterFirst(slot: number): void {
    this.nextIngress();
    const { batch } = this.packets.held[slot] as HeldBatch;
    const i = this.packets.index[slot] as number;
    const phv = this.packets.phvs[slot] as Phv;
    this.pipeline.load(phv, batch, i);
    this.pipeline.init(phv);
    batch.programId[i] = phv.programId;
    this.player?.entered(slot, phv);
    this.throughIngress(slot, phv);
  }

  private enterAgain(slot: number): void {
    this.nextIngress();
    const phv = this.packets.phvs[slot] as Phv;
    const { counters } = this.trafficManager.port(this.pipeline.recirculationPort);
    counters.packetsIn++;
    counters.bytesIn += this.lengthOf(slot) + this.stateBytes;
    this.pipeline.nextPass(phv);
    this.player?.returned(slot, phv);
    this.throughIngress(slot, phv);
  }

  /** Takes the next cycle in which a packet that is ready now, when its event happens, can enter the ingress. */
  private nextIngress(): void {
    this.lastIngressCycle = Math.max(this.clock.cycleAt(this.events.timePs), this.lastIngressCycle + 1);
    this.player?.beforeIngress(this.clock.timeOf(this.lastIngressCycle));
  }

  private throughIngress(slot: number, phv: Phv): void {
    const goesOn = this.ingress(phv);
    const exit = this.clock.timeOf(this.lastIngressCycle + this.cycles.ingress);
    if (!goesOn) return this.lose(slot, phv.dropped ? 'ingress' : 'unforwarded', exit);
    this.player?.recirculates(slot, phv);
    this.events.push(exit + this.fixedPs.queueing, EVENT.queue, slot);
  }

  private ingress(phv: Phv): boolean {
    const { pipeline, player } = this;
    if (player?.walksIngress(phv) !== true) pipeline.engine.ingress(phv);
    return pipeline.leaveIngress(phv);
  }

  private egress(phv: Phv): boolean {
    const { pipeline, player } = this;
    if (player?.walksEgress(phv) !== true) pipeline.engine.egress(phv);
    return pipeline.leaveEgress(phv);
  }

  private queue(slot: number): void {
    const phv = this.packets.phvs[slot] as Phv;
    const queue = this.queueOf(phv);
    phv.queueDepth = queue.cells;
    const drop = this.trafficManager.enqueue(queue, slot, this.packets);
    const now = this.events.timePs;
    if (drop !== undefined) return this.lose(slot, drop, now);
    this.packets.queuedPs[slot] = now;
    if (queue.scheduled) return;
    if (queue.free <= now) this.send(queue, slot);
    else this.schedule(queue);
  }

  private queueOf(phv: Phv): PortQueue {
    return this.trafficManager.port(phv.recirculates ? this.pipeline.recirculationPort : phv.egressPort);
  }

  /** The first packet of the queue waits until the port can take it. */
  private schedule(queue: PortQueue): void {
    queue.scheduled = true;
    this.events.push(queue.free, EVENT.send, queue.first);
  }

  private sendNext(slot: number): void {
    const queue = this.queueOf(this.packets.phvs[slot] as Phv);
    queue.scheduled = false;
    this.send(queue, slot);
  }

  /** The port takes the first packet of its queue, which is in this slot, through the egress to the line. */
  private send(queue: PortQueue, slot: number): void {
    this.trafficManager.dequeue(queue, this.packets);
    const now = this.events.timePs;
    const phv = this.packets.phvs[slot] as Phv;
    const length = this.lengthOf(slot) + (phv.recirculates ? this.stateBytes : 0);
    const bytes = lineBytes(length);
    queue.free = now + queue.line.timeFor(bytes);
    if (!queue.isEmpty) this.schedule(queue);
    const waited = Math.floor((now - (this.packets.queuedPs[slot] as number)) / PS_PER_NS);
    // The remainder of a power of two, exactly; the operator for it is slow for numbers above 31 bits.
    phv.dequeueDelta = waited - Math.floor(waited / this.dequeueDeltas) * this.dequeueDeltas;
    this.lastEgressCycle = Math.max(this.clock.cycleAt(now + this.fixedPs.parser), this.lastEgressCycle + 1);
    this.player?.beforeEgress(this.clock.timeOf(this.lastEgressCycle), slot);
    const again = this.egress(phv);
    const exit = this.clock.timeOf(this.lastEgressCycle + this.cycles.egress);
    if (phv.dropped) return this.lose(slot, 'egress', exit);
    if (!again && phv.egressPort === this.pipeline.nowhere) return this.lose(slot, 'unforwarded', exit);
    const start = Math.max(exit + this.deparserPs, queue.lineFree);
    queue.lineFree = start + queue.line.timeFor(bytes);
    queue.counters.packetsOut++;
    queue.counters.bytesOut += length;
    if (again) {
      this.events.push(start + queue.line.timeFor(bytes - GAP_BYTES) + this.fixedPs.parser, EVENT.recirculated, slot);
      return;
    }
    this.player?.left(slot, exit);
    this.events.push(start + this.macPs, EVENT.depart, slot);
  }

  private depart(slot: number): void {
    const held = this.packets.held[slot] as HeldBatch;
    const i = this.packets.index[slot] as number;
    this.pipeline.verdict(this.packets.phvs[slot] as Phv, held.batch, i);
    this.observer.left(held, i, this.packets.arrivalPs[slot] as number, this.events.timePs);
    this.packets.release(slot);
  }

  /** @param leavesPs when the packet is out of the pipe */
  private lose(slot: number, reason: DropReason, leavesPs: number): void {
    const held = this.packets.held[slot] as HeldBatch;
    const i = this.packets.index[slot] as number;
    const phv = this.packets.phvs[slot] as Phv;
    phv.dropped = true;
    this.pipeline.verdict(phv, held.batch, i);
    this.observer.lost(held, i, reason);
    this.player?.left(slot, leavesPs);
    this.packets.release(slot);
  }

  private loseAtInput(held: HeldBatch, i: number): void {
    this.pipeline.lostAtInput(held.batch, i);
    this.observer.lost(held, i, 'input');
  }

  private lengthOf(slot: number): number {
    return (this.packets.held[slot] as HeldBatch).batch.originalLength[this.packets.index[slot] as number] as number;
  }
}
