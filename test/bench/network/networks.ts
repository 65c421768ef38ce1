/** Networks of tests as documents, and what they do. */

import type { PlanningOptions } from '../../../bench/network/plan-network.js';
import { planNetwork } from '../../../bench/network/plan-network.js';
import { type NetworkResult, runNetwork } from '../../../bench/network/run-network.js';
import { networkFromText } from '../../../hw-driver/network/index.js';
import { sourcePath } from '../../compiler/support.js';

export interface RanOptions extends Partial<PlanningOptions> {
  readonly workers?: number;
  /** To which paths in the document are relative; bench/programs by default. */
  readonly folder?: string;
}

/** Runs a network of a document. */
export async function ran(document: object, options: RanOptions = {}): Promise<NetworkResult> {
  const { workers = 1, folder = sourcePath('bench', 'programs'), ...planning } = options;
  const read = networkFromText(JSON.stringify(document), 'network.json', folder);
  const plan = await planNetwork(read, { engine: 'compiled', intervalNs: 100_000, ...planning });
  return runNetwork(plan, {
    workers,
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

/** Two clients, a switch with a cache, and a server. */
export const RACK = {
  schema: 'p4runpro-bench/network@1',
  switches: {
    tor: { programs: ['cache.p4runpro'], memory: { 'cache.value': [7] }, forward: { 1: 32, 2: 32, 32: 1 } },
  },
  hosts: {
    client1: { send: ['cache:rate=200000,hit=0.9'] },
    client2: { send: ['cache:rate=500000,hitrate=0.5,startus=10,count=100'] },
    kv: { answer: 'key-value:servicens=3000,queue=4,random=1' },
  },
  links: [
    { between: ['client1:0', 'tor:1'], gigabitsPerSecond: 100, delayNs: 500, queueBytes: 200_000, lossPerMillion: 0 },
    { between: ['client2:0', 'tor:2'], gigabitsPerSecond: 10, delayNs: 200, lossPerMillion: 20_000 },
    { name: 'uplink', between: ['kv:0', 'tor:32'], gigabitsPerSecond: 1, delayNs: 500 },
  ],
  events: [
    { atUs: 100, linkDown: 'uplink' },
    { atUs: 150, linkUp: 2 },
    { atUs: 200, on: 'tor', revoke: 'cache' },
  ],
  microseconds: 500,
};
