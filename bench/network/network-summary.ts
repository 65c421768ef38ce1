/** The summary of a network as a JSON document: the same for any number of workers. */
import { must } from '../../compiler/data-plane/must.js';
import { chainOf, DataPlane } from '../../compiler/index.js';
import type { Counters } from '../../sim/index.js';
import type { Census } from '../../sim/network/index.js';
import { gigabitsPerSecond, summariseTiming, type TimingSummary } from '../measure/timing/timing-result.js';
import type { DirectionReport, HostReport } from './node-reports.js';
import type { NetworkResult } from './run-network.js';

export const NETWORK_SUMMARY_SCHEMA = 'p4runpro-bench/network-summary@1';

/** A host as its node reports it. */
export type HostSummary = Omit<HostReport, 'node' | 'rows'>;

export interface DirectionSummary {
  readonly from: string;
  readonly to: string;
  readonly packets: number;
  readonly bytes: number;
  readonly gigabitsPerSecond: number;
  /** Share of the time in which the line was taken. */
  readonly load: number;
  readonly mostQueuedBytes: number;
  readonly lost: DirectionReport['lost'];
}

export interface SwitchSummary {
  /** From outside of the network. */
  readonly fed: number;
  readonly arrived: number;
  /** By a port without a link, and to the CPU. */
  readonly left: number;
  readonly reported: number;
  readonly packets: Counters;
  readonly timing: TimingSummary;
  readonly stateHash: string;
  readonly outputHash: string;
}

export interface NetworkSummary {
  readonly schema: typeof NETWORK_SUMMARY_SCHEMA;
  readonly microseconds: number;
  readonly events: number;
  readonly packets: Census;
  readonly hosts: Readonly<Record<string, HostSummary>>;
  readonly switches: Readonly<Record<string, SwitchSummary>>;
  /** By the name of the link, both directions. */
  readonly links: Readonly<Record<string, readonly DirectionSummary[]>>;
}

const PS_PER_US = 1e6;

/** Name of an end of a link: `tor:1`. */
export const endName = ({ plan }: NetworkResult, link: number, side: 0 | 1): string => {
  const { node, port } = must(plan.links[link], `link ${link}`).ends[side];
  return `${must(plan.nodes[node], `node ${node}`).name}:${port}`;
};

export function directionSummary(result: NetworkResult, direction: DirectionReport): DirectionSummary {
  const { link, from, packets, bytes, busyPs, lost, mostQueuedBytes } = direction;
  const { endPs } = result.plan;
  return {
    from: endName(result, link, from),
    to: endName(result, link, from === 0 ? 1 : 0),
    packets,
    bytes,
    gigabitsPerSecond: gigabitsPerSecond(bytes, endPs),
    load: busyPs / endPs,
    mostQueuedBytes,
    lost,
  };
}

export function summariseNetwork(result: NetworkResult): NetworkSummary {
  const { plan, hosts, switches, directions } = result;
  const nameOf = (node: number): string => must(plan.nodes[node], `node ${node}`).name;
  return {
    schema: NETWORK_SUMMARY_SCHEMA,
    microseconds: plan.endPs / PS_PER_US,
    events: result.events,
    packets: result.census,
    hosts: Object.fromEntries(
      hosts.map(({ node, rows: _rows, ...host }): [string, HostSummary] => [nameOf(node), host]),
    ),
    switches: Object.fromEntries(
      switches.map(({ node, fed, arrived, left, reported, counters, timing, stateHash, outputHash }) => {
        const planned = must(plan.nodes[node], `node ${node}`);
        if (planned.kind !== 'switch') throw new Error(`node ${node} reports as a switch and is a host`);
        const summary: SwitchSummary = {
          ...{ fed, arrived, left, reported, packets: counters },
          timing: summariseTiming(chainOf(new DataPlane(planned.description), planned.switches), timing),
          stateHash,
          outputHash,
        };
        return [planned.name, summary];
      }),
    ),
    links: Object.fromEntries(
      plan.links.map(({ name }, link) => [
        name,
        directions.filter((direction) => direction.link === link).map((each) => directionSummary(result, each)),
      ]),
    ),
  };
}
