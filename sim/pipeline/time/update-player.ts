/**
 * Plays updates while packets run. The control plane changes one entry after another, at a stated rate, and waits at a
 * `drain` until the packets that were in the pipe have left it.
 *
 * A change takes effect at a stage at a time. As stages are passed in order and a packet's work in a gress is done when
 * it enters, a change at time t of a stage that lies c cycles into its gress is made between the packet that enters the
 * gress last before t - c and the next: each packet finds at every stage what is installed when it passes it.
 */
import { gressCycles, tablePlaces } from '../../../compiler/data-plane/latency.js';
import { must } from '../../../compiler/data-plane/must.js';
import {
  type DataPlane,
  type Gress,
  type GroupOperation,
  isGroupOperation,
  type Operation,
} from '../../../compiler/for-switches.js';
import type { Phv } from '../../blocks/phv.js';
import { LAST_TIME_PS, PipeClock } from '../../blocks/virtual-time.js';
import type { Switch } from '../switch.js';
import type { PlayedUpdate, TimedUpdate } from './update.js';
import { UpdateCheck } from './update-check.js';

interface Change {
  /** Time of effect, for packets by their time of entry into the gress. */
  readonly effectPs: number;
  readonly make: () => void;
}

/** Packets of two epochs can be in the switch at once: those before a drain began, and those after. */
type Epoch = 0 | 1;

export class UpdatePlayer {
  private readonly check: UpdateCheck;
  private readonly clock: PipeClock;
  private readonly places: ReturnType<typeof tablePlaces>;
  private readonly cycles: Record<Gress, number>;
  private readonly pending: Record<Gress, Change[]> = { ingress: [], egress: [] };
  private nextIngress = Number.POSITIVE_INFINITY;
  private nextEgress = Number.POSITIVE_INFINITY;
  /** Time at which the last packet entered each gress. */
  private readonly lastEntry: Record<Gress, number> = { ingress: 0, egress: 0 };
  /** Next to be planned. */
  private update = 0;
  private operation = 0;
  /** When the control plane can make its next change. */
  private controlPs = 0;
  private epoch: Epoch = 0;
  private readonly inFlight: [number, number] = [0, 0];
  /** By slot. */
  private epochs = new Uint8Array(64);
  /** The drain that waits for packets of the other epoch, and since when; undefined without one. */
  private drain: { fromPs: number; endsUpdate: boolean } | undefined;
  private readonly times: { startPs: number; endPs: number; drainedPs: number }[];

  /**
   * @param before all operations applied to the switch so far
   * @param psPerOperation time that the control plane takes for one change
   */
  constructor(
    private readonly emulator: Switch,
    before: readonly Operation[],
    private readonly updates: readonly TimedUpdate[],
    private readonly psPerOperation: number,
  ) {
    const { dataPlane } = emulator;
    this.check = new UpdateCheck(emulator, before, updates);
    this.clock = new PipeClock(dataPlane.description.timing.clockHz);
    this.places = tablePlaces(dataPlane);
    this.cycles = cyclesOf(dataPlane);
    this.times = updates.map(() => ({ startPs: 0, endPs: 0, drainedPs: 0 }));
    this.plan();
  }

  /** The outcome of each update. */
  get played(): readonly PlayedUpdate[] {
    return this.updates.map(({ name, operations }, i) => ({
      name,
      operations: operations.length,
      ...must(this.times[i], `times of update ${i}`),
      ...this.check.tally(i),
    }));
  }

  /**
   * Takes a packet that the update is about through the RPBs of the ingress, and compares what it finds there. False
   * for other packets, which are left as they are.
   */
  walksIngress(phv: Phv): boolean {
    return this.check.walksIngress(phv);
  }

  /** As {@link walksIngress}, of the egress. */
  walksEgress(phv: Phv): boolean {
    return this.check.walksEgress(phv);
  }

  /** To be called before a packet enters the ingress, on any pass. */
  beforeIngress(entryPs: number): void {
    if (entryPs >= this.nextIngress) this.makeChanges('ingress', entryPs);
    this.lastEntry.ingress = entryPs;
  }

  beforeEgress(entryPs: number, slot: number): void {
    if (entryPs >= this.nextEgress) this.makeChanges('egress', entryPs);
    this.lastEntry.egress = entryPs;
    this.check.turnTo(slot);
  }

  /** The filters have given a new packet its program. */
  entered(slot: number, phv: Phv): void {
    this.growTo(slot);
    this.epochs[slot] = this.epoch;
    this.inFlight[this.epoch]++;
    this.check.entered(slot, this.epoch, phv);
  }

  private growTo(slot: number): void {
    if (slot < this.epochs.length) return;
    const larger = new Uint8Array(2 * slot);
    larger.set(this.epochs);
    this.epochs = larger;
  }

  /** A packet has been copied into another slot, and stays in flight until it has left too. */
  copied(slot: number, copy: number): void {
    const epoch = this.epochs[slot] as Epoch;
    this.growTo(copy);
    this.epochs[copy] = epoch;
    this.inFlight[epoch]++;
    this.check.copied(slot, copy);
  }

  /** A packet has recirculated and begins its next pass. */
  returned(slot: number, phv: Phv): void {
    this.check.returned(slot, phv);
  }

  /** The recirculation block has decided about a packet. */
  recirculates(slot: number, phv: Phv): void {
    this.check.recirculates(slot, phv);
  }

  /** A packet is out of the pipe at this time. */
  left(slot: number, leavesPs: number): void {
    const epoch = this.epochs[slot] as Epoch;
    this.inFlight[epoch]--;
    this.check.left(slot);
    if (this.drain === undefined || epoch === this.epoch) return;
    this.drain.fromPs = Math.max(this.drain.fromPs, leavesPs);
    if (this.inFlight[epoch] === 0) this.drained();
  }

  /** Makes the changes up to a time that no packet has come to; without one all, when no packet is in flight. */
  finish(timePs = LAST_TIME_PS): void {
    while (Math.min(this.nextIngress, this.nextEgress) <= timePs) {
      this.makeChanges('egress', timePs);
      this.makeChanges('ingress', timePs);
    }
  }

  private makeChanges(gress: Gress, entryPs: number): void {
    const changes = this.pending[gress];
    // Making a change can plan further ones: after every packet so far, but perhaps before this one.
    while ((changes[0]?.effectPs ?? Number.POSITIVE_INFINITY) <= entryPs) changes.shift()?.make();
    this.nextIngress = this.pending.ingress[0]?.effectPs ?? Number.POSITIVE_INFINITY;
    this.nextEgress = this.pending.egress[0]?.effectPs ?? Number.POSITIVE_INFINITY;
  }

  /** Plans the changes up to the next drain: the time of later ones depends on when packets leave. */
  private plan(): void {
    const update = this.updates[this.update];
    if (update === undefined) return;
    if (this.operation === 0) this.begin(update);
    for (;;) {
      const operation = update.operations[this.operation];
      if (operation === undefined) return this.planDrain(true);
      this.operation++;
      if (operation.kind === 'drain') return this.planDrain(false);
      // The control plane writes nothing for a declaration, so it takes no time.
      if (operation.kind === 'declareMemory') this.emulator.apply(operation);
      else if (isGroupOperation(operation)) this.planGroup(operation);
      else this.planOperation(operation);
    }
  }

  private begin({ atPs, memory }: TimedUpdate): void {
    this.controlPs = Math.max(this.controlPs, atPs);
    this.timesNow.startPs = this.controlPs;
    for (const { rpb, base, values } of memory) {
      this.planAt(this.emulator.dataPlane.rpb(rpb).table, () => {
        const buckets = values.length / this.emulator.dataPlane.rpb(rpb).words;
        this.emulator.memory.range(rpb, base, buckets).set(values);
      });
      this.controlPs += this.psPerOperation;
    }
  }

  private planOperation(operation: Exclude<Operation, GroupOperation | { kind: 'drain' | 'declareMemory' }>): void {
    const { dataPlane } = this.emulator;
    const table = operation.kind === 'resetMemory' ? dataPlane.rpb(operation.rpb).table : operation.entry.table;
    this.planAt(table, () => this.emulator.apply(operation));
    this.timesNow.endPs = this.controlPs;
    this.controlPs += this.psPerOperation;
  }

  /** Groups are met behind the ingress. */
  private planGroup(operation: GroupOperation): void {
    this.insert('egress', { effectPs: this.controlPs, make: () => this.emulator.apply(operation) });
    this.timesNow.endPs = this.controlPs;
    this.controlPs += this.psPerOperation;
  }

  /** A change to a table, or to the register array beside it, when the control plane comes to it. */
  private planAt(table: string, make: () => void): void {
    const place = this.places.get(table);
    // An unknown table is refused by the switch when the change is made.
    const { gress, cycles } = place ?? { gress: 'ingress' as const, cycles: 0 };
    this.insert(gress, { effectPs: this.controlPs - this.clock.timeOf(cycles), make });
  }

  private planDrain(endsUpdate: boolean): void {
    const fromPs = this.controlPs;
    this.insert('ingress', {
      effectPs: fromPs,
      make: () => {
        this.epoch = this.epoch === 0 ? 1 : 0;
        this.drain = { fromPs, endsUpdate };
        this.check.turned(this.epoch, endsUpdate);
        if (this.inFlight[this.epoch === 0 ? 1 : 0] === 0) this.drained();
      },
    });
  }

  private drained(): void {
    if (this.drain === undefined) throw new Error('a drain ended that had not begun');
    const { fromPs, endsUpdate } = this.drain;
    this.drain = undefined;
    this.emulator.forgetRetiredBranchIds();
    // No change may take effect before a packet whose work is done.
    const pipe = (gress: Gress): number => this.lastEntry[gress] + this.clock.timeOf(this.cycles[gress]);
    this.controlPs = Math.max(this.controlPs, fromPs, pipe('ingress'), pipe('egress'));
    if (endsUpdate) {
      this.timesNow.drainedPs = fromPs;
      this.update++;
      this.operation = 0;
    }
    this.plan();
  }

  private insert(gress: Gress, change: Change): void {
    const changes = this.pending[gress];
    let at = changes.length;
    while (at > 0 && (changes[at - 1] as Change).effectPs > change.effectPs) at--;
    changes.splice(at, 0, change);
    if (gress === 'ingress') this.nextIngress = (changes[0] as Change).effectPs;
    else this.nextEgress = (changes[0] as Change).effectPs;
  }

  private get timesNow() {
    return must(this.times[this.update], `times of update ${this.update}`);
  }
}

const cyclesOf = (dataPlane: DataPlane): Record<Gress, number> => ({
  ingress: gressCycles(dataPlane, 'ingress'),
  egress: gressCycles(dataPlane, 'egress'),
});
