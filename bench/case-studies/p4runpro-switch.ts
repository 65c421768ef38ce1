/**
 * The emulated switch on virtual time: programs come and go while packets pass, one table entry after another, each
 * taking its time.
 */
import {
  type Allocator,
  analyse,
  type DataPlane,
  defaultForwardEntry,
  lower,
  type Operation,
} from '../../compiler/index.js';
import { Controller } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import type { PacketBatch } from '../../traces/index.js';
import { FRONT_PORTS } from '../workloads/traffic.js';
import type { Arrival } from '../workloads/workload.js';
import { secondsOf, type TimedSwitch } from './virtual-time.js';

/**
 * Seconds that a change of a table takes. The update delays of the paper's table 1 (11.47 ms for the cache, 10.63 ms for
 * the load balancer, 30.64 ms for the heavy hitter detector) come to 0.7 to 1.0 ms for each entry of its programs.
 */
const SECONDS_PER_CHANGE = 0.0008;

/** Makes changes when their time has come, in the order in which they were asked for. */
class SlowTarget extends InProcessTarget {
  private readonly due: { readonly seconds: number; readonly change: () => void }[] = [];
  now = 0;

  override async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) this.later(() => this.slow.apply(operation));
  }

  override async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    this.later(() => this.slow.memory.range(rpb, base, values.length).set(values));
  }

  constructor(private readonly slow: Switch) {
    super(slow);
  }

  private later(change: () => void): void {
    const last = this.due.at(-1)?.seconds ?? this.now;
    this.due.push({ seconds: Math.max(last, this.now) + SECONDS_PER_CHANGE, change });
  }

  /** When the next change is due. */
  get next(): number {
    return this.due[0]?.seconds ?? Number.POSITIVE_INFINITY;
  }

  makeNext(): void {
    this.due.shift()?.change();
  }
}

/** Something that the control plane does at a time. */
export interface Command {
  readonly seconds: number;
  readonly run: (control: Control) => Promise<void>;
}

export interface Control {
  deploy(arrival: Arrival): Promise<void>;
  revoke(name: string): Promise<void>;
}

export interface P4runproOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** In order of time. */
  readonly commands: readonly Command[];
}

export class P4runproSwitch implements TimedSwitch, Control {
  private readonly emulator: Switch;
  private readonly target: SlowTarget;
  private readonly controller: Controller;
  private nextCommand = 0;

  constructor(private readonly options: P4runproOptions) {
    const { dataPlane } = options;
    this.emulator = new Switch(dataPlane);
    this.target = new SlowTarget(this.emulator);
    this.controller = new Controller(dataPlane, this.target);
    for (let port = 0; port < FRONT_PORTS; port++) {
      this.emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(dataPlane, port, port ^ 1) });
    }
  }

  async process(batch: PacketBatch, from: number, to: number): Promise<void> {
    for (let i = from; i < to; ) {
      const end = this.firstFrom(batch, i, to, Math.min(this.target.next, this.commandTime));
      this.emulator.process(batch, i, end);
      i = end;
      if (i < to) await this.catchUp(secondsOf(batch, i));
    }
  }

  /** The first of packets `from` … `to` that comes at this time or later. */
  private firstFrom(batch: PacketBatch, from: number, to: number, seconds: number): number {
    let i = from;
    while (i < to && secondsOf(batch, i) < seconds) i++;
    return i;
  }

  private get commandTime(): number {
    return this.options.commands[this.nextCommand]?.seconds ?? Number.POSITIVE_INFINITY;
  }

  private async catchUp(seconds: number): Promise<void> {
    while (Math.min(this.target.next, this.commandTime) <= seconds) {
      if (this.target.next <= this.commandTime) this.target.makeNext();
      else {
        this.target.now = this.commandTime;
        await this.options.commands[this.nextCommand++]?.run(this);
      }
    }
  }

  async deploy({ name, source, number, memoryValue }: Arrival): Promise<void> {
    const { dataPlane, allocator, recirculations } = this.options;
    const { programs, sourceHash } = analyse(source, dataPlane);
    const [program] = programs;
    if (program === undefined) throw new Error(`the workload's program ${name} has errors`);
    const lowered = lower(program, dataPlane, recirculations);
    const compiled = await this.controller.deploy(lowered, sourceHash, { allocator, filterPriority: number });
    if (memoryValue === undefined) return;
    for (const memory of compiled.memories) {
      const values = Uint32Array.from({ length: memory.buckets }, (_, bucket) => memoryValue(memory.name, bucket));
      await this.controller.writeMemory(name, memory.name, values);
    }
  }

  revoke(name: string): Promise<void> {
    return this.controller.revoke(name);
  }
}
