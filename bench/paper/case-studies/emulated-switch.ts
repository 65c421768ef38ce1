/** The emulated switch with timing model: programs are deployed and revoked entry by entry while packets pass. */
import { type Allocator, type DataPlane, DEFAULT_RECIRCULATIONS, must } from '../../../compiler/index.js';
import {
  type Departures,
  type HeldBatch,
  LAST_TIME_PS,
  type PlayedUpdate,
  Switch,
  TimedDriver,
  type TimeObserver,
  timedSwitchOptions,
  UpdatePlayer,
} from '../../../sim/index.js';
import { BatchPool } from '../../measure/timing/batch-pool.js';
import { planUpdates } from '../../measure/updates/plan-updates.js';
import type { ScriptedUpdate } from '../../measure/updates/update-script.js';
import { deployWorkload } from '../../workloads/deployment.js';
import type { Workload } from '../../workloads/workload.js';
import {
  arrivalPs,
  BATCH,
  forEachBatch,
  type Network,
  type Sample,
  Sampler,
  type Traffic,
  type Watcher,
} from './virtual-time.js';

/**
 * Table entries that the control plane changes in a second. The update delays of the paper's table 1 (11.47 ms for the
 * cache, 10.63 ms for the load balancer, 30.64 ms for the heavy hitter detector) are 0.7 to 1.0 ms for each entry.
 */
const OPERATIONS_PER_SECOND = 1250;

export interface EmulatedOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  /** Workload of the deployed programs. */
  readonly workload: Workload;
  readonly updates: readonly ScriptedUpdate[];
}

export class EmulatedNetwork implements Network {
  /** Packets that saw each update, after the run. */
  played: readonly PlayedUpdate[] = [];

  constructor(private readonly options: EmulatedOptions) {}

  async run(traffic: Traffic, watcher: Watcher): Promise<Sample[]> {
    const { dataPlane } = this.options;
    const sampler = new Sampler(watcher, traffic.seconds);
    const observer = new Observer(watcher, sampler);
    const emulator = new Switch(dataPlane);
    const driver = new TimedDriver(emulator, timedSwitchOptions(dataPlane), observer);
    const player = await this.player(emulator, traffic.signal);
    driver.playUpdates(player);
    const pool = new BatchPool(BATCH.packets, BATCH.bytes);
    let held: HeldBatch | undefined;
    const take = () => {
      held = pool.take();
      return held.batch;
    };
    await forEachBatch(traffic, take, (batch) => {
      watcher.generated?.(batch);
      for (let i = 0; held !== undefined && i < batch.count; i++) driver.arrive(held, i, arrivalPs(batch, i));
    });
    driver.runToEnd();
    if (!traffic.signal.aborted) sampler.advance(LAST_TIME_PS);
    this.played = player.played;
    return sampler.samples;
  }

  /** An initial switch with default forwarding only. */
  private async player(emulator: Switch, signal: AbortSignal): Promise<UpdatePlayer> {
    const { workload, allocator, updates } = this.options;
    const linking = { workload, allocator, recirculations: DEFAULT_RECIRCULATIONS, clock: () => 0 };
    const deployment = await deployWorkload(emulator, { ...linking, programs: 0, signal, onProgress: () => {} });
    const script = { operationsPerSecond: OPERATIONS_PER_SECOND, updates };
    const plan = await planUpdates(script, deployment, linking);
    return new UpdatePlayer(emulator, deployment.operations, plan.updates, plan.psPerOperation);
  }
}

class Observer implements TimeObserver {
  constructor(
    private readonly watcher: Watcher,
    private readonly sampler: Sampler,
  ) {}

  get nextTickPs(): number {
    return this.sampler.endPs;
  }

  tick(nowPs: number): void {
    this.sampler.advance(nowPs);
  }

  left({ count, held, index }: Departures): void {
    for (let place = 0; place < count; place++) {
      const { batch } = must(held[place], 'batch of a packet');
      this.watcher.ended(batch, must(index[place], 'place of a packet'));
    }
  }

  lost({ batch }: HeldBatch, i: number): void {
    this.watcher.ended(batch, i);
  }
}
