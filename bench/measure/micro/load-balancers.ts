/** A switch full of load balancers, and the generator of their packets. */
import { type DataPlane, defaultDataPlane, priceAllocator } from '../../../compiler/index.js';
import { Switch } from '../../../sim/index.js';
import { createTrafficGenerator, type TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { deployWorkload, type LinkedProgram } from '../../workloads/deployment.js';
import { loadWorkload } from '../../workloads/workload.js';

const SEED = 'micro';
/** Server ports of a load balancer: one has a case, the other is for all other words. */
export const SERVER_PORTS = 2;
const MEMORY_BYTES = 1024;

export interface LoadBalancers {
  readonly dataPlane: DataPlane;
  readonly emulator: Switch;
  readonly programs: readonly LinkedProgram[];
  readonly generator: TrafficGenerator;
}

export async function deployLoadBalancers(programs: number): Promise<LoadBalancers> {
  const dataPlane = defaultDataPlane();
  const emulator = new Switch(dataPlane);
  const options = { name: 'lb', memoryBytes: MEMORY_BYTES, cases: SERVER_PORTS, seed: SEED, dataPlane };
  const deployment = await deployWorkload(emulator, {
    workload: await loadWorkload(options),
    programs,
    allocator: priceAllocator(),
    recirculations: 1,
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const targets = deployment.programs.map(({ arrival }) => arrival.traffic);
  const generator = createTrafficGenerator({ targets, seed: SEED, packetsPerSecond: 1e6 });
  return { dataPlane, emulator, programs: deployment.programs, generator };
}
