/**
 * Packets that are alone in the switch, each from its arrival until it has left: they meet no queue and no other packet,
 * so their times follow from their arrival, and all of their work can be done in vectors, in order of arrival. That is
 * so for packets of programs that neither drop them nor have them recirculate.
 */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { GAP_BYTES, lineBytes } from '../../blocks/line.js';
import { VECTOR_SIZE } from '../../blocks/packet-vector.js';
import { PS_PER_NS } from '../../blocks/virtual-time.js';
import { VectorDriver } from '../drivers/vector-driver.js';
import type { Pipeline, VectorBlocks } from '../pipeline.js';
import { type FrontLines, INGRESS_PORTS } from './front-lines.js';
import type { PassTimes } from './pass-times.js';

/** Until when packets so far occupy lines, queues and pipes. */
export interface Occupancy {
  /** By ingress port: when its line is free for the next packet. */
  readonly lineFree: Float64Array;
  lastIngressCycle: number;
  lastEgressCycle: number;
  /** From this time on, all egress ports and their lines are free if no further packet comes. */
  busyUntilPs: number;
}

/** Of a switch that no packet has come to. */
export const newOccupancy = (): Occupancy => ({
  lineFree: new Float64Array(INGRESS_PORTS),
  lastIngressCycle: -1,
  lastEgressCycle: -1,
  busyUntilPs: 0,
});

export interface LoneSwitch {
  readonly times: PassTimes;
  readonly lines: FrontLines;
  readonly inputWaitPs: number;
  readonly occupancy: Occupancy;
}

export class LonePackets {
  /** By place in a run: when a packet enters the ingress and the queue, when its first bit is sent, and when it leaves. */
  readonly readyPs = new Float64Array(VECTOR_SIZE);
  readonly queuedPs = new Float64Array(VECTOR_SIZE);
  readonly sentPs = new Float64Array(VECTOR_SIZE);
  readonly leavesPs = new Float64Array(VECTOR_SIZE);
  readonly cells = new Int32Array(VECTOR_SIZE);
  private readonly vectors: VectorDriver;
  /** The packets of the batch whose headers and programs are known. */
  private from = 0;
  private to = 0;

  constructor(
    pipeline: Pipeline,
    blocks: VectorBlocks,
    private readonly parts: LoneSwitch,
  ) {
    this.vectors = new VectorDriver(pipeline, blocks);
  }

  /** Undefined where packets can not go through in vectors, or where lines differ. */
  static of(pipeline: Pipeline, parts: LoneSwitch): LonePackets | undefined {
    const { vectors } = pipeline;
    return vectors === undefined || !parts.lines.areAlike ? undefined : new LonePackets(pipeline, vectors, parts);
  }

  /** To be called before the first packet of a batch, and when tables have changed. */
  begin(): void {
    this.from = 0;
    this.to = 0;
  }

  /**
   * Runs packets from i on as far as each is alone; no other packet is in the switch. The last packet of a batch is not
   * among them, as it is not known when the next one comes.
   * @param arrivalPs by place in the batch
   * @returns their number
   */
  run(batch: PacketBatch, i: number, arrivalPs: Float64Array): number {
    if (i >= this.to) {
      this.from = i;
      this.to = this.vectors.look(batch, i);
    }
    const end = Math.min(this.to, batch.count - 1);
    let k = i;
    while (k < end && this.vectors.isStraight(k - this.from) && this.isAlone(batch, k, k - i, arrivalPs)) k++;
    if (k > i) this.vectors.runPart(batch, i - this.from, k - this.from);
    return k - i;
  }

  /** Notes the times of a packet if it is alone. @param place in the run */
  private isAlone(batch: PacketBatch, k: number, place: number, arrivalPs: Float64Array): boolean {
    const { times, lines, inputWaitPs, occupancy } = this.parts;
    const { trafficManager, front } = lines;
    const { clock } = times;
    const port = batch.ingressPort[k] as number;
    const length = batch.originalLength[k] as number;
    const bytes = lineBytes(length);
    const arrival = arrivalPs[k] as number;
    const start = Math.max(arrival, occupancy.lineFree[port] as number);
    batch.timestamp[k] = Math.floor(start / PS_PER_NS);
    const ready = start + front.timeFor(bytes - GAP_BYTES) + times.arrivalPs;
    if (start - arrival > inputWaitPs || clock.timeOf(occupancy.lastIngressCycle) > ready) return false;
    const ingressCycle = Math.max(clock.cycleAt(ready), occupancy.lastIngressCycle + 1);
    const queued = clock.timeOf(ingressCycle + times.ingressCycles) + times.queueingPs;
    if (queued < occupancy.busyUntilPs) return false;
    const egressCycle = Math.max(clock.cycleAt(queued + times.parserPs), occupancy.lastEgressCycle + 1);
    const sent = clock.timeOf(egressCycle + times.egressCycles) + times.deparserPs;
    const leaves = sent + times.macPs;
    const cells = trafficManager.cellsFor(length + times.stateBytes);
    if (leaves > (arrivalPs[k + 1] as number) || !trafficManager.holds(cells)) return false;
    occupancy.lineFree[port] = start + front.timeFor(bytes);
    occupancy.lastIngressCycle = ingressCycle;
    // Of packets that leave before the egress too: the next one comes to it later anyway.
    occupancy.lastEgressCycle = egressCycle;
    occupancy.busyUntilPs = Math.max(
      occupancy.busyUntilPs,
      sent + Math.max(front.timeFor(bytes), lines.recirculation.timeFor(bytes)),
    );
    this.readyPs[place] = ready;
    this.queuedPs[place] = queued;
    this.sentPs[place] = sent;
    this.leavesPs[place] = leaves;
    this.cells[place] = cells;
    return true;
  }
}
