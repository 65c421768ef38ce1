/** How long packets take from block to block of an idle switch, in cycles and picoseconds. */
import { gressCycles } from '../../../compiler/data-plane/latency.js';
import { stateHeaderBytes } from '../../../compiler/data-plane/state-fields.js';
import type { DataPlane } from '../../../compiler/for-switches.js';
import { PipeClock, PS_PER_NS } from '../../blocks/virtual-time.js';

export class PassTimes {
  readonly clock: PipeClock;
  readonly ingressCycles: number;
  readonly egressCycles: number;
  /** From the last bit on the line to the ingress, of packets from outside. */
  readonly arrivalPs: number;
  readonly parserPs: number;
  /** From the ingress to the queue. */
  readonly queueingPs: number;
  readonly deparserPs: number;
  readonly macPs: number;
  /** What packets carry along besides their own bytes, from gress to gress and when they recirculate. */
  readonly stateBytes: number;
  /** The time in a queue, in nanoseconds, is told as its remainder by this. */
  readonly dequeueDeltas: number;

  constructor(dataPlane: DataPlane) {
    const { timing } = dataPlane.description;
    this.clock = new PipeClock(timing.clockHz);
    this.ingressCycles = gressCycles(dataPlane, 'ingress');
    this.egressCycles = gressCycles(dataPlane, 'egress');
    const { mac, parser, deparser, trafficManager } = timing.fixedNanoseconds;
    const ps = (nanoseconds: number): number => Math.round(nanoseconds * PS_PER_NS);
    this.arrivalPs = ps(mac) + ps(parser);
    this.parserPs = ps(parser);
    this.queueingPs = ps(deparser) + ps(trafficManager);
    this.deparserPs = ps(deparser);
    this.macPs = ps(mac);
    this.stateBytes = stateHeaderBytes(dataPlane);
    const width = dataPlane.description.intrinsics.find(({ name }) => name === 'eg_intr_md.deq_timedelta')?.width ?? 0;
    this.dequeueDeltas = 2 ** width;
  }
}

/** Times of cycles are rounded to whole picoseconds, in either gress. */
const ROUNDING_PS = 2;

/** Least time from a packet's arrival at a switch to its departure: that of the stages of both gresses. */
export function leastTransitPs(dataPlane: DataPlane): number {
  const { clock, ingressCycles, egressCycles } = new PassTimes(dataPlane);
  return clock.timeOf(ingressCycles + egressCycles) - ROUNDING_PS;
}
