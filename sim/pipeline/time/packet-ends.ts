/** The ends of packets in a switch with time: their verdicts, and what the observer is told. */
import type { HeldBatch, PacketsInFlight } from '../../blocks/packets-in-flight.js';
import type { Phv } from '../../blocks/phv.js';
import { DepartureList } from './departure-list.js';
import type { PlayedPipeline } from './played-pipeline.js';
import type { TimedCopier } from './timed-copier.js';
import { EVENT } from './timed-events.js';
import type { DropReason, TimeObserver } from './timed-switch-options.js';

export class PacketEnds {
  readonly departures: DepartureList;

  constructor(
    private readonly packets: PacketsInFlight,
    private readonly copier: TimedCopier,
    private readonly walk: PlayedPipeline,
    private readonly observer: TimeObserver,
  ) {
    this.departures = new DepartureList(observer);
  }

  /** @returns the kind of no further event, as the others do */
  depart(slot: number, leavesPs: number): number {
    const { packets } = this;
    const held = packets.held[slot] as HeldBatch;
    const i = packets.index[slot] as number;
    this.copier.verdict(packets.phvs[slot] as Phv, held, i);
    packets.release(slot);
    this.departures.add(held, i, packets.arrivalPs[slot] as number, leavesPs);
    return EVENT.none;
  }

  /** @param leavesPs when the packet is out of the pipe */
  lose(slot: number, reason: DropReason, leavesPs: number): number {
    const { held, index, phvs } = this.packets;
    const phv = phvs[slot] as Phv;
    phv.dropped = true;
    this.copier.verdict(phv, held[slot] as HeldBatch, index[slot] as number);
    this.tellLoss(held[slot] as HeldBatch, index[slot] as number, reason);
    return this.end(slot, leavesPs);
  }

  /** A packet ends inside the switch. */
  end(slot: number, leavesPs: number): number {
    this.walk.player?.left(slot, leavesPs);
    this.packets.drop(slot);
    return EVENT.none;
  }

  tellLoss(held: HeldBatch, i: number, reason: DropReason): void {
    this.departures.tell();
    this.observer.lost(held, i, reason);
  }
}
