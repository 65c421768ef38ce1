/**
 * Whether every packet sees the program as it was before an update or as it is after it, never a mixture. A packet has
 * seen what was before if every look-up on its way, filters, entries of RPBs and recirculation, found what it would
 * have found there; what is after, likewise. If neither is so, it saw a mixture.
 *
 * Beside the switch, three sets of tables are at rest: as before an update, after it, and after the next one. Packets
 * of programs that an update touches go from RPB to RPB, so that each look-up is compared.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { FIXED_NAMES, type Gress, type Operation, RPB_KEYS, type TableEntry } from '../../../compiler/for-switches.js';
import type { Phv } from '../../blocks/phv.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import { rpbsOfGress } from '../../engines/rpb-engine.js';
import type { Pipeline } from '../pipeline.js';
import type { Switch } from '../switch.js';
import { isTableOperation, SwitchTables } from '../switch-tables.js';
import type { TimedUpdate, UpdateTally } from './update.js';

/** Bits of what a packet may have seen so far. */
const BEFORE = 1;
const AFTER = 2;
const EITHER = BEFORE | AFTER;

/** The tables before and after the update that packets of one epoch can meet. */
interface Window {
  readonly update: number;
  readonly before: SwitchTables;
  readonly after: SwitchTables;
  readonly programs: ReadonlySet<number>;
}

const RESTING = 3;

export class UpdateCheck {
  private readonly resting: readonly SwitchTables[];
  private readonly programs: readonly ReadonlySet<number>[];
  private readonly tallies: { before: number; after: number; mixed: number; firstMixture: string | null }[];
  /** By epoch. */
  private readonly windows: Window[];
  private readonly initOnEveryPass: boolean;
  private readonly pipeline: Pipeline;
  private readonly rpbs: Readonly<Record<Gress, readonly number[]>>;
  /** By slot: the epoch of its packet, and what that has seen. */
  private epochs = new Uint8Array(64);
  private seen = new Uint8Array(64);
  private slot = 0;

  constructor(
    emulator: Switch,
    before: readonly Operation[],
    private readonly updates: readonly TimedUpdate[],
  ) {
    this.pipeline = emulator.pipeline;
    this.rpbs = rpbsOfGress(emulator.dataPlane);
    this.resting = Array.from({ length: RESTING }, () => new SwitchTables(emulator.dataPlane));
    for (const [k, tables] of this.resting.entries()) {
      install(tables, before);
      for (const update of updates.slice(0, k)) install(tables, update.operations);
    }
    this.programs = updates.map(({ operations }) => programsOf(operations));
    this.tallies = updates.map(() => ({ before: 0, after: 0, mixed: 0, firstMixture: null }));
    this.windows = [this.windowOf(0), this.windowOf(0)];
    this.initOnEveryPass = emulator.dataPlane.description.init.onEveryPass;
  }

  tally(update: number): UpdateTally {
    return must(this.tallies[update], `tally of update ${update}`);
  }

  /**
   * Takes a packet that an update is about through the RPBs of the ingress, one at a time; false for other packets.
   */
  walksIngress(phv: Phv): boolean {
    return this.walks(phv, this.rpbs.ingress);
  }

  /** As {@link walksIngress}, of the egress. */
  walksEgress(phv: Phv): boolean {
    return this.walks(phv, this.rpbs.egress);
  }

  /** Sets the packet that the next look-ups are about. */
  turnTo(slot: number): void {
    this.slot = slot;
  }

  /** A copy goes on with what the packet has met. */
  copied(slot: number, copy: number): void {
    this.growTo(copy);
    this.epochs[copy] = this.epochs[slot] as number;
    this.seen[copy] = this.seen[slot] as number;
  }

  private growTo(slot: number): void {
    if (slot < this.seen.length) return;
    this.epochs = enlarged(this.epochs, slot);
    this.seen = enlarged(this.seen, slot);
  }

  entered(slot: number, epoch: number, phv: Phv): void {
    this.growTo(slot);
    this.slot = slot;
    this.epochs[slot] = epoch;
    this.seen[slot] = EITHER;
    this.classified(this.windowFor(slot), phv);
  }

  returned(slot: number, phv: Phv): void {
    this.slot = slot;
    if (this.initOnEveryPass) this.classified(this.windowFor(slot), phv);
  }

  recirculates(slot: number, phv: Phv): void {
    const window = this.windowFor(slot);
    if (!window.programs.has(phv.programId)) return;
    const found = ({ recirculation }: SwitchTables): boolean =>
      recirculation.recirculates(phv.programId, phv.pass) === phv.recirculates;
    this.note(found(window.before), found(window.after), () => `recirculation block, pass ${phv.pass}`);
  }

  left(slot: number): void {
    const tally = this.tallies[this.windowFor(slot).update];
    if (tally === undefined) return;
    if (this.seen[slot] === BEFORE) tally.before++;
    else if (this.seen[slot] === AFTER) tally.after++;
    else if (this.seen[slot] === 0) tally.mixed++;
  }

  /** Packets that enter from now on are of another epoch. @param isComplete whether an update has been made in full */
  turned(epoch: number, isComplete: boolean): void {
    const now = this.windows[1 - epoch] as Window;
    if (!isComplete) {
      this.windows[epoch] = now;
      return;
    }
    const next = now.update + 1;
    // The oldest tables, which no packet in flight started with, become those after the next update.
    const ahead = this.updates.slice(Math.max(0, next - 2), next + 1).flatMap(({ operations }) => operations);
    if (next >= 2) install(this.restingAt(next + 1), ahead);
    this.windows[epoch] = this.windowOf(next);
  }

  private windowOf(update: number): Window {
    const programs = this.programs[update] ?? new Set();
    return { update, before: this.restingAt(update), after: this.restingAt(update + 1), programs };
  }

  /** The tables as they are after k updates. */
  private restingAt(k: number): SwitchTables {
    return this.resting[k % RESTING] as SwitchTables;
  }

  private windowFor(slot: number): Window {
    return this.windows[this.epochs[slot] as number] as Window;
  }

  private classified({ update, before, after }: Window, phv: Phv): void {
    if (update >= this.updates.length) return;
    const found = ({ init }: SwitchTables): boolean => init.classify(phv) === phv.programId;
    this.note(found(before), found(after), () => 'filters');
  }

  private walks(phv: Phv, rpbs: readonly number[]): boolean {
    const { pipeline } = this;
    const window = this.windowFor(this.slot);
    if (!window.programs.has(phv.programId)) return false;
    for (const rpb of rpbs) {
      const entry = pipeline.tables.rpbs.entryFor(phv, rpb);
      const found = (tables: SwitchTables): boolean => sameEntry(entry, tables.rpbs.entryFor(phv, rpb));
      this.note(found(window.before), found(window.after), () => `RPB ${rpb + 1}, pass ${phv.pass}`);
      pipeline.runRpb(phv, rpb);
    }
    return true;
  }

  /** @param place the place of the look-up, for the message about the first mixture */
  private note(asBefore: boolean, asAfter: boolean, place: () => string): void {
    const { slot } = this;
    const was = this.seen[slot] as number;
    const now = was & ((asBefore ? BEFORE : 0) | (asAfter ? AFTER : 0));
    if (now === was) return;
    this.seen[slot] = now;
    const tally = this.tallies[this.windowFor(slot).update];
    if (now !== 0 || tally === undefined) return;
    const saw = was === BEFORE ? 'before' : was === AFTER ? 'after' : 'before or after';
    tally.firstMixture ??= `a packet that had seen what is ${saw} the update found something else at: ${place()}`;
  }
}

function install(tables: SwitchTables, operations: readonly Operation[]): void {
  for (const operation of operations) if (isTableOperation(operation)) tables.apply(operation);
}

/** Programs whose entries or filters an update changes. */
function programsOf(operations: readonly Operation[]): ReadonlySet<number> {
  const programs = new Set<number>();
  for (const operation of operations) {
    if (!('entry' in operation)) continue;
    programs.add(programOf(operation.entry));
  }
  return programs;
}

function programOf({ key, action, parameters }: TableEntry): number {
  if (action === FIXED_NAMES.setProgram) return parameters[0]?.value ?? 0;
  return key.find(({ name }) => name === RPB_KEYS.program)?.value ?? 0;
}

/** Whether two look-ups, in different tables, found equal entries. */
function sameEntry(a: RpbEntry | undefined, b: RpbEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const { instruction: x } = a;
  const { instruction: y } = b;
  return (
    a.priority === b.priority &&
    a.branchValue === b.branchValue &&
    a.branchMask === b.branchMask &&
    x.opcode === y.opcode &&
    x.first === y.first &&
    x.second === y.second &&
    x.immediate === y.immediate &&
    x.flag === y.flag &&
    a.match.every(([value, mask], i) => value === b.match[i]?.[0] && mask === b.match[i]?.[1])
  );
}

function enlarged(array: Uint8Array<ArrayBuffer>, slot: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * slot);
  larger.set(array);
  return larger;
}
