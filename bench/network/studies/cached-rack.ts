/**
 * A rack with an in-network cache: clients, a switch, and key-value servers that share the keys out by a hash. Throughput
 * and tail latency against the skew of the keys' popularity, with and without the cache.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { logarithm, power } from '../../../traces/generate/exact-functions.js';
import { serverOf } from '../../../traces/generate/key-requests.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import { valueOfKey } from '../hosts/key-value.js';
import { summariseNetwork } from '../network-summary.js';
import { runStudyNetwork, type Study, type StudyNetwork, type StudyOptions, type StudyResult } from './study.js';

export interface Rack {
  readonly servers: number;
  readonly clients: number;
  readonly keys: number;
  /** The most popular keys, which the switch answers; 0 for no cache. */
  readonly cached: number;
  /** Zipf's exponent. */
  readonly skew: number;
  /** Of all clients together. */
  readonly requestsPerSecond: number;
}

const FIRST_KEY = 0x8888;
const FIRST_SERVER_PORT = 32;
const FIRST_CLIENT_PORT = 1;
const SERVICE_NS = 1000;
/** Requests that wait at a server. */
const SERVER_QUEUE = 64;
const SKEWS = [0, 0.4, 0.8, 0.9, 0.95, 0.99];
const RACK = { servers: 4, clients: 2, keys: 10_000, cached: 64 } as const;
/** A rate is sustained if no more than this share of the requests is refused. */
const REFUSED = 0.005;
const BISECTIONS = 7;
/** Offered for latencies, as a share of what all servers can do. */
const MODERATE_LOAD = 0.6;
const SERVER_RATE = 1e9 / SERVICE_NS;

const cases = (count: number, body: (n: number) => string): string =>
  `    BRANCH:\n${Array.from({ length: count }, (_, n) => body(n)).join('\n')};\n`;

/** Buckets of a memory. */
function powerOfTwoFor(count: number): number {
  let buckets = 2;
  while (buckets < count) buckets *= 2;
  return buckets;
}

/** Reads of cached keys go back with their values, other requests to the server of their address. */
export function rackProgram({ servers, clients, cached }: Pick<Rack, 'servers' | 'clients' | 'cached'>): string {
  const hit = (n: number): string =>
    `        case(<har, 1, 0xffffffff>, <sar, ${FIRST_KEY + n}, 0xffffffff>) {\n            LOADI(mar, ${n});\n` +
    '            RETURN;\n            MEMREAD(value);\n            MODIFY(hdr.l5.key3, sar);\n        }';
  const to = (address: string, port: number): string =>
    `        case(<har, ${address}, 0xffffffff>) {\n            FORWARD(${port});\n        }`;
  const memory = cached === 0 ? '' : `@value ${powerOfTwoFor(cached)}\n\n`;
  const look =
    cached === 0 ? '' : `    EXTRACT(hdr.l5.op, har);\n    EXTRACT(hdr.l5.key1, sar);\n${cases(cached, hit)}`;
  const requests =
    `program requests(<hdr.udp.dst_port, 7777, 0xffff>) {\n${look}    EXTRACT(hdr.ipv4.dst, har);\n` +
    `${cases(servers, (n) => to(`10.0.0.${5 + n}`, FIRST_SERVER_PORT + n))}    DROP;\n}\n`;
  const answers =
    'program answers(<hdr.udp.src_port, 7777, 0xffff>) {\n    EXTRACT(hdr.ipv4.dst, har);\n' +
    `${cases(clients, (n) => to(`10.0.1.${1 + n}`, FIRST_CLIENT_PORT + n))}    DROP;\n}\n`;
  return `${memory}${requests}\n${answers}`;
}

export function rackNetwork(rack: Rack): StudyNetwork {
  const { servers, clients, keys, cached, skew, requestsPerSecond } = rack;
  const server = (n: number) => `server${n + 1}`;
  const client = (n: number) => `client${n + 1}`;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  const link = (host: string, port: number) => ({
    ...{ between: [`${host}:0`, `tor:${port}`], gigabitsPerSecond: 100, delayNs: 500 },
  });
  const values = numbers(cached).map((n) => valueOfKey(FIRST_KEY + n));
  const rate = requestsPerSecond / clients;
  const send = `keys:rate=${rate},keys=${keys},exponent=${skew},servers=${servers},firstkey=${FIRST_KEY}`;
  return {
    document: {
      switches: { tor: { programs: ['rack'], ...(cached > 0 ? { memory: { 'requests.value': values } } : {}) } },
      hosts: {
        ...Object.fromEntries(numbers(clients).map((n) => [client(n), { send: [send], address: `10.0.1.${n + 1}` }])),
        ...Object.fromEntries(
          numbers(servers).map((n) => [
            server(n),
            { answer: `key-value:servicens=${SERVICE_NS},queue=${SERVER_QUEUE}` },
          ]),
        ),
      },
      links: [
        ...numbers(clients).map((n) => link(client(n), FIRST_CLIENT_PORT + n)),
        ...numbers(servers).map((n) => link(server(n), FIRST_SERVER_PORT + n)),
      ],
    },
    texts: new Map([['rack', rackProgram(rack)]]),
  };
}

interface RackRun {
  /** Share of the requests. */
  readonly refused: number;
  /** Share of the answers that the switch gave. */
  readonly hits: number;
  readonly answersPerSecond: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

export async function runRack(rack: Rack, options: StudyOptions): Promise<RackRun> {
  const { hosts } = summariseNetwork(await runStudyNetwork(rackNetwork(rack), options));
  const all = Object.values(hosts);
  const sum = (of: (host: (typeof all)[number]) => number): number => all.reduce((total, host) => total + of(host), 0);
  const clients = all.filter(({ sent }) => sent > 0);
  const sent = sum((host) => host.sent);
  const answered = sum(({ receivedOwn }) => receivedOwn);
  const worst = (key: 'p50' | 'p99'): number =>
    Math.max(...clients.map(({ roundTripNs }) => must(roundTripNs, 'round trips of a client')[key]));
  return {
    refused: sum(({ refused }) => refused) / sent,
    hits: Math.max(0, answered - sum((host) => host.answered)) / answered,
    answersPerSecond: (answered * 1e6) / options.microseconds,
    p50Ns: worst('p50'),
    p99Ns: worst('p99'),
  };
}

/** The highest rate that a rack sustains, by bisection. */
export async function sustainedRate(rack: Omit<Rack, 'requestsPerSecond'>, options: StudyOptions): Promise<number> {
  const bound = modelledRate(rack);
  let [low, high] = [0.5 * bound, 1.5 * bound];
  for (let n = 0; n < BISECTIONS; n++) {
    const middle = (low + high) / 2;
    const { refused } = await runRack({ ...rack, requestsPerSecond: middle }, options);
    if (refused <= REFUSED) low = middle;
    else high = middle;
  }
  return low;
}

/** Keys whose popularity is computed one by one; of the others each server has the same share. */
const SINGLE_KEYS = 1_000_000;

/** The sum of r^-a for the ranks from one to another, by the integral with its first correction. */
function tailSum(from: number, to: number, exponent: number): number {
  const integral =
    exponent === 1 ? logarithm(to / from) : (power(to, 1 - exponent) - power(from, 1 - exponent)) / (1 - exponent);
  return integral + (power(to, -exponent) - power(from, -exponent)) / 2;
}

/** The rate at which the busiest server is fully used: what bounds a rack whose switch is no bottleneck. */
export function modelledRate(
  { servers, keys, cached, skew }: Omit<Rack, 'requestsPerSecond'>,
  serverRate = SERVER_RATE,
): number {
  const loads = new Float64Array(servers);
  const single = Math.min(keys, SINGLE_KEYS);
  let sum = 0;
  for (let rank = 0; rank < single; rank++) {
    const share = power(rank + 1, -skew);
    sum += share;
    if (rank < cached) continue;
    const server = serverOf(rank, servers);
    loads[server] = must(loads[server], 'load of a server') + share;
  }
  const rest = keys > single ? tailSum(single, keys, skew) : 0;
  return (serverRate * (sum + rest)) / (Math.max(...loads) + rest / servers);
}

/**
 * NetCache (Jin et al., SOSP 2017, doi 10.1145/3132747.3132764), abstract: the cache improves the throughput by 3 to 10
 * times, and halves the latency of up to 40 % of the queries. The abstract does not give the size of the rack: servers, keys
 * and cached keys are our assumption.
 */
const NETCACHE = { servers: 128, keys: 100_000_000, cached: 10_000, gains: [3, 10], skews: [0.9, 0.95, 0.99] } as const;

async function cachedRack(options: StudyOptions): Promise<StudyResult> {
  const rows: Record<string, string | number>[] = [];
  const points: PanelPoint[] = [];
  for (const skew of SKEWS) {
    for (const cached of [RACK.cached, 0]) {
      if (options.signal.aborted) break;
      options.onProgress(`skew ${skew}, ${cached > 0 ? 'with' : 'without'} cache`);
      const rack = { ...RACK, cached, skew };
      const sustained = await sustainedRate(rack, options);
      const requestsPerSecond = MODERATE_LOAD * RACK.servers * SERVER_RATE;
      const { p50Ns, p99Ns, hits } = await runRack({ ...rack, requestsPerSecond }, options);
      const series = cached > 0 ? 'with cache' : 'without cache';
      const model = modelledRate(rack);
      rows.push({
        ...{ skew, cached_keys: cached, sustained_mrps: sustained / 1e6, model_mrps: model / 1e6 },
        ...{ hit_share: hits, rtt_p50_us: p50Ns / 1000, rtt_p99_us: p99Ns / 1000 },
      });
      points.push({ panel: 'sustained requests, million/s', series, x: skew, y: sustained / 1e6 });
      points.push({ panel: 'round trip at 60 % load, 99 %, µs', series, x: skew, y: p99Ns / 1000 });
    }
  }
  return {
    columns: Object.keys(rows[0] ?? {}),
    rows,
    figure: linePanels({ points, x: "skew (Zipf's exponent)", y: '', columns: 2, hasOwnScales: true }),
    sentences: [...rackSentences(rows), netcacheSentence()],
  };
}

function rackSentences(rows: readonly Readonly<Record<string, string | number>>[]): string[] {
  const most = Math.max(...SKEWS);
  const rateOf = (cached: boolean): number =>
    Number(rows.find((row) => row['skew'] === most && Number(row['cached_keys']) > 0 === cached)?.['sustained_mrps']);
  const errors = rows.map((row) => Math.abs(Number(row['sustained_mrps']) / Number(row['model_mrps']) - 1));
  return [
    `At skew ${most} the cache of ${RACK.cached} keys raises the sustained rate from ${rateOf(false).toFixed(2)} to ` +
      `${rateOf(true).toFixed(2)} million requests/s: ${(rateOf(true) / rateOf(false)).toFixed(1)} times.`,
    `The busiest server bounds the rate: all figures are within ${Math.ceil(100 * Math.max(...errors))} % of that bound.`,
  ];
}

/** The same bound at the size that we assume of NetCache's experiments. */
export function netcacheGains(): readonly {
  readonly skew: number;
  readonly gain: number;
  readonly ofUniform: number;
}[] {
  return NETCACHE.skews.map((skew) => {
    const rack = { ...NETCACHE, clients: 1, skew };
    const without = modelledRate({ ...rack, cached: 0 });
    return { skew, gain: modelledRate(rack) / without, ofUniform: without / (NETCACHE.servers * SERVER_RATE) };
  });
}

function netcacheSentence(): string {
  const gains = netcacheGains().map(({ skew, gain }) => `${gain.toFixed(1)} at skew ${skew}`);
  const [least, most] = NETCACHE.gains;
  return (
    `For a rack as large as NetCache's may be (assumed: ${NETCACHE.servers} servers, ${NETCACHE.cached.toLocaleString('en-US')} cached of ` +
    `${NETCACHE.keys.toLocaleString('en-US')} keys) the same bound gives gains of ${gains.join(', ')}; published are ${least} to ${most}.`
  );
}

export const CACHED_RACK: Study = {
  describe: 'a rack with an in-network cache: throughput and tail latency against the skew of keys',
  microseconds: 2000,
  run: cachedRack,
};
