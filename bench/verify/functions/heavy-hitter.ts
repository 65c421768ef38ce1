/** A heavy hitter detector: reports a flow to the controller once, at the packet that reaches its threshold. */
import { BloomFilter } from './bloom-filter.js';
import { CountMinSketch } from './count-min.js';
import {
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

/** Number of packets that makes a flow heavy. */
const THRESHOLD = 1024;

/** Detects each heavy flow once: when its estimate reaches the threshold and it was not reported before. */
export class HeavyFlows {
  private readonly counts: CountMinSketch;
  private readonly told: BloomFilter;

  constructor(
    private readonly threshold: number,
    resources: SwitchResources,
  ) {
    this.counts = new CountMinSketch(['count1', 'count2'], resources);
    this.told = new BloomFilter(['seen1', 'seen2'], resources);
  }

  /** Counts a packet of the flow. @returns whether to report the flow now */
  count(flow: Uint8Array): boolean {
    return this.counts.count(flow) >= this.threshold && !this.told.add(flow);
  }

  memories(): ExpectedMemory[] {
    return [...this.counts.memories(), ...this.told.memories()];
  }
}

export class HeavyHitterDetector implements NetworkFunction {
  private readonly flows: HeavyFlows;

  constructor(
    private readonly resources: SwitchResources,
    threshold = THRESHOLD,
    private readonly flowOf: (packet: PacketView) => Uint8Array = (packet) => packet.flowKey(),
  ) {
    this.flows = new HeavyFlows(threshold, resources);
  }

  handle(packet: PacketView): Decision {
    return this.flows.count(this.flowOf(packet)) ? this.resources.cpuPort : DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.flows.memories();
  }
}
