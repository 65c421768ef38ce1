/** A load balancer before eight servers: how evenly its hash spreads flows, against their number. */
import { logarithm } from '../../../traces/generate/exact-functions.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import { summariseNetwork } from '../network-summary.js';
import { runStudyNetwork, type Study, type StudyNetwork, type StudyOptions, type StudyResult } from './study.js';

const SERVERS = 8;
const BUCKETS = 256;
const FIRST_PORT = 10;
const CLIENT_PORT = 1;
const FLOWS = [8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384];
const PACKETS_PER_SECOND = 20_000_000;

const PROGRAM = `// The hash of the 5-tuple picks a bucket, whose word is the number of a server.
@server ${BUCKETS}

program balancer(<hdr.ipv4.dst, 172.16.0.9, 255.255.255.255>) {
    HASH_5_TUPLE_MEM(server);
    MEMREAD(server);
    BRANCH:
${Array.from({ length: SERVERS }, (_, n) => `        case(<sar, ${n}, 0xffffffff>) {\n            FORWARD(${FIRST_PORT + n});\n        }`).join('\n')};
}
`;

export function balancedNetwork(flows: number): StudyNetwork {
  const servers = Array.from({ length: SERVERS }, (_, n) => `server${n + 1}`);
  const words = Array.from({ length: BUCKETS }, (_, bucket) => bucket % SERVERS);
  const link = (host: string, port: number) => ({
    between: [`${host}:0`, `lb:${port}`],
    gigabitsPerSecond: 100,
    delayNs: 500,
  });
  const send = [`flows:rate=${PACKETS_PER_SECOND},flows=${flows},exponent=0,bytes=64`];
  return {
    document: {
      switches: { lb: { programs: ['balancer'], memory: { 'balancer.server': words } } },
      hosts: { client: { send }, ...Object.fromEntries(servers.map((name) => [name, {}])) },
      links: [link('client', CLIENT_PORT), ...servers.map((name, n) => link(name, FIRST_PORT + n))],
    },
    texts: new Map([['balancer', PROGRAM]]),
  };
}

/** Packets of the busiest server as a multiple of the mean. */
export async function imbalance(flows: number, options: StudyOptions): Promise<number> {
  const { hosts } = summariseNetwork(await runStudyNetwork(balancedNetwork(flows), options));
  const counts = Object.entries(hosts).flatMap(([name, { received }]) => (name === 'client' ? [] : [received]));
  return Math.max(...counts) / (counts.reduce((sum, count) => sum + count, 0) / SERVERS);
}

/**
 * About the imbalance of flows that each go to one of the servers at random: the mean and the largest of as many normal
 * deviations. It stays above that of buckets, of which each server has the same number.
 */
export const randomImbalance = (flows: number): number => 1 + Math.sqrt((2 * SERVERS * logarithm(SERVERS)) / flows);

async function loadBalancer(options: StudyOptions): Promise<StudyResult> {
  const rows: Record<string, number>[] = [];
  const points: PanelPoint[] = [];
  for (const flows of FLOWS) {
    if (options.signal.aborted) break;
    options.onProgress(`${flows.toLocaleString('en-US')} flows`);
    const measured = await imbalance(flows, options);
    const random = randomImbalance(flows);
    rows.push({ flows, imbalance: measured, random_imbalance: random });
    points.push({ panel: '', series: 'hash of the switch', x: flows, y: measured });
    points.push({ panel: '', series: 'flows at random, about', x: flows, y: random });
  }
  const last = rows.at(-1);
  return {
    columns: ['flows', 'imbalance', 'random_imbalance'],
    rows,
    figure: linePanels({ points, x: 'flows', y: 'busiest server / mean', columns: 1, isLogarithmic: true }),
    sentences: [
      `With ${last?.['flows']?.toLocaleString('en-US')} flows the busiest of ${SERVERS} servers has ${((last?.['imbalance'] ?? 1) - 1).toLocaleString('en-US', { style: 'percent', maximumFractionDigits: 1 })} more packets than the mean.`,
    ],
  };
}

export const LOAD_BALANCER: Study = {
  describe: 'a load balancer before eight servers: imbalance against the number of flows',
  microseconds: 1000,
  run: loadBalancer,
};
