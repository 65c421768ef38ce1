/** The network function of each of the programs that ship, and the packets that it processes. */
import type { ProgramKey } from '../../workloads/program-kind.js';
import { Aggregation } from './aggregation.js';
import { FlowMarker } from './bloom-filter.js';
import { Cache, type CachedKey } from './cache.js';
import { Calculator } from './calculator.js';
import { CookieLoadBalancer } from './cookie-load-balancer.js';
import { PacketCounter } from './count-min.js';
import { CouponCollector } from './coupons.js';
import { DecisionTree } from './decision-tree.js';
import { EcnMarker } from './ecn-marking.js';
import { type ConnectionTable, StatefulFirewall } from './firewall.js';
import { ForwardingRule } from './forwarding-rule.js';
import { HeavyHitterDetector } from './heavy-hitter.js';
import { FlowCardinality } from './hyperloglog.js';
import { LoadBalancer, type ServerTable } from './load-balancer.js';
import { Locks } from './locks.js';
import { NetCache } from './netcache.js';
import type { HashFunction, NetworkFunction, RandomFunction, SwitchResources } from './network-function.js';
import type { PacketView } from './packet.js';
import { DistinctValues } from './query-acceleration.js';
import { QueueSnapshots } from './queue-snapshots.js';
import { RoundTripTimes } from './round-trip-times.js';
import { SampledHop } from './sampled-hop.js';
import { SampledSources } from './sampled-sources.js';
import { Sequencer } from './sequencer.js';
import { LongestPackets } from './sumax.js';
import { UniversalSketch } from './universal-sketch.js';

/** Further inputs of some functions. */
export interface FunctionInputs extends SwitchResources {
  readonly cachedKeys: readonly CachedKey[];
  readonly servers: ServerTable;
  readonly connections: () => ConnectionTable;
  /** The program's hash function of a word. */
  readonly wordHash: () => HashFunction;
  /** The program's hash function of a 5-tuple, other than those of its memories. */
  readonly flowHash: () => HashFunction;
  /** What the program's only RANDOM draws. */
  readonly random: () => RandomFunction;
  /** What the controller writes into a memory at first, by bucket. */
  readonly memoryWord: (memory: string) => (bucket: number) => number;
  /** Index of the rule, 0 or 1, for programs with two rules. */
  readonly rule: number;
}

/** Ports by rule. */
const RULE_PORTS: Readonly<Record<'l2' | 'l3' | 'tn', readonly [number, number]>> = {
  l2: [2, 1],
  l3: [1, 2],
  tn: [1, 2],
};

export function networkFunction(key: ProgramKey, inputs: FunctionInputs): NetworkFunction {
  switch (key) {
    case 'cache':
      return new Cache(inputs.cachedKeys, inputs.bucketsOf);
    case 'lb':
      return new LoadBalancer(inputs.servers, inputs);
    case 'hh':
      return new HeavyHitterDetector(inputs);
    case 'nc':
      return new NetCache(inputs.cachedKeys, inputs, inputs.wordHash());
    case 'acc':
      return new DistinctValues(inputs);
    case 'sf':
      return new StatefulFirewall(inputs.connections());
    case 'l2':
    case 'l3':
    case 'tn':
      return new ForwardingRule(RULE_PORTS[key][inputs.rule === 0 ? 0 : 1]);
    case 'calc':
      return new Calculator();
    case 'ecn':
      return new EcnMarker();
    case 'cms':
      return new PacketCounter(inputs);
    case 'bf':
      return new FlowMarker(inputs);
    case 'sm':
      return new LongestPackets(inputs);
    case 'hll':
      return new FlowCardinality(inputs);
    case 'netlock':
      return new Locks(inputs.bucketsOf);
    case 'sequencer':
      return new Sequencer(inputs.bucketsOf);
    case 'cheetah':
      return new CookieLoadBalancer(inputs.servers.address, inputs.bucketsOf, inputs.flowHash());
    case 'beaucoup':
      return new CouponCollector(inputs, inputs.wordHash());
    case 'univmon':
      return new UniversalSketch(inputs, inputs.flowHash());
    case 'dtree':
      return new DecisionTree();
    case 'pint':
      return new SampledHop(inputs, inputs.random());
    case 'conquest':
      return new QueueSnapshots(inputs);
    case 'coco':
      return new SampledSources(inputs, inputs.memoryWord('largest'), inputs.random());
    case 'rtt':
      return new RoundTripTimes(inputs);
    case 'switchml':
      return new Aggregation(inputs.bucketsOf);
    case 'hh6':
      return new HeavyHitterDetector(inputs, IPV6_THRESHOLD, (packet) => packet.flowKey6());
  }
}

/** Packets of a flow that make it heavy in hh6. */
const IPV6_THRESHOLD = 256;

const TCP = 6;
/** Ingress ports of the two rules of L2 forwarding. */
const RULE_INGRESS = [1, 2];

/** Whether a packet has the headers that a program's filter needs, regardless of the instance's addresses. */
export function isForProgram(key: ProgramKey, packet: PacketView, rule: number): boolean {
  switch (key) {
    case 'cache':
    case 'netlock':
    case 'sequencer':
    case 'cheetah':
    case 'pint':
    case 'switchml':
      return packet.isUdp && packet.destinationPort === 7777;
    case 'nc':
      return packet.isUdp && packet.destinationPort === 7778;
    case 'calc':
      return packet.isUdp && packet.destinationPort === 8888;
    case 'acc':
      return packet.isUdp && packet.destinationPort === 9999;
    case 'sf':
    case 'dtree':
    case 'rtt':
      return packet.hasIpv4 && packet.protocol === TCP;
    case 'hh6':
      return packet.hasIpv6;
    case 'l2':
      return packet.hasEthernet && packet.ingressPort === RULE_INGRESS[rule];
    case 'tn':
      return packet.hasTunnel;
    default:
      return packet.hasIpv4;
  }
}

/** Precedence of functions that match the same packet: the lowest value, which is the most specific filter table. */
export function generality(key: ProgramKey): number {
  switch (key) {
    case 'cache':
    case 'nc':
    case 'calc':
    case 'acc':
    case 'netlock':
    case 'sequencer':
    case 'cheetah':
    case 'pint':
    case 'switchml':
      return 0;
    case 'tn':
      return 2;
    case 'l2':
      return 3;
    default:
      return 1;
  }
}
