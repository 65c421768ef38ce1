/** The nodes of a plan that one thread runs, and what they report. */
import { must } from '../../compiler/data-plane/must.js';
import { chainOf, DataPlane } from '../../compiler/for-switches.js';
import { stateDigest } from '../../sim/blocks/digest.js';
import { seedOfText } from '../../sim/blocks/random-numbers.js';
import { PS_PER_NS } from '../../sim/blocks/virtual-time.js';
import {
  censusOf,
  type Follower,
  HostNode,
  type HostProcess,
  isAnswer,
  NodeGroup,
  noBorder,
  numberOf,
  SwitchNode,
  senderOf,
  type WiredChannel,
  type WiringOptions,
  wire,
} from '../../sim/network/index.js';
import { SwitchChain } from '../../sim/pipeline/chain/switch-chain.js';
import { unpackOperations } from '../../sim/pipeline/parallel/packed-operations.js';
import { Switch } from '../../sim/pipeline/switch.js';
import { TimedDriver } from '../../sim/pipeline/time/timed-driver.js';
import { UpdatePlayer } from '../../sim/pipeline/time/update-player.js';
import { trafficStream } from '../../traces/generate/traffic-sources.js';
import { TimedCounts } from '../measure/timing/timed-counts.js';
import { HOST_TYPES } from './hosts/index.js';
import { ownHost } from './hosts/own-host.js';
import { Sender } from './hosts/sender.js';
import type { HostPlan, NetworkPlan, SwitchPlan } from './network-plan.js';
import type { DirectionReport, FollowedNote, GroupReport, HostReport, SwitchReport } from './node-reports.js';
import { HostStatistics, LinkStatistics } from './node-statistics.js';
import { captureFeed, type FilledFeed, feedOf } from './traffic-feed.js';

const PS_PER_US = 1e6;
const HOST_PORT = 0;

interface BuiltSwitch {
  readonly plan: SwitchPlan;
  readonly node: SwitchNode;
  readonly counts: TimedCounts;
  readonly player: UpdatePlayer | undefined;
  readonly feed: FilledFeed | undefined;
}

interface BuiltHost {
  readonly node: HostNode;
  readonly statistics: HostStatistics;
  readonly feed: FilledFeed | undefined;
}

type Border = Pick<WiringOptions, 'sinkOf' | 'comesFrom'>;

/** Nodes with all that is connected to them. */
export class BuiltNodes {
  readonly lookaheadPs: number;
  private readonly channels: readonly WiredChannel[];
  private readonly links: readonly LinkStatistics[];
  private readonly nodes: ReadonlyMap<number, SwitchNode | HostNode>;

  private constructor(
    private readonly plan: NetworkPlan,
    private readonly switches: readonly BuiltSwitch[],
    private readonly hosts: readonly BuiltHost[],
    private readonly notes: readonly FollowedNote[],
    border: Border,
  ) {
    const all = [...switches, ...hosts].map(({ node }) => node);
    this.nodes = new Map(all.map((node) => [node.options.number, node]));
    const isHost = (number: number): boolean => plan.nodes[number]?.kind === 'host';
    const { channels, lookaheadPs } = wire({ ...plan, ...border, nodes: this.nodes, isHost });
    this.channels = channels;
    this.lookaheadPs = lookaheadPs;
    this.links = channels.map(({ link, channel }) => {
      const statistics = new LinkStatistics(plan.intervalNs * PS_PER_NS, plan.captured.includes(link));
      channel.tap = statistics;
      return statistics;
    });
  }

  /** @param numbers of the nodes of this thread, in order */
  static async of(plan: NetworkPlan, numbers: readonly number[], border: Border = noBorder): Promise<BuiltNodes> {
    const switches: BuiltSwitch[] = [];
    const hosts: BuiltHost[] = [];
    const notes: FollowedNote[] = [];
    for (const number of numbers) {
      const node = must(plan.nodes[number], `plan of node ${number}`);
      if (node.kind === 'switch') switches.push(await buildSwitch(plan, node, number, notes));
      else hosts.push(await buildHost(plan, node, number, notes));
    }
    return new BuiltNodes(plan, switches, hosts, notes, border);
  }

  /** The nodes as a group. */
  group(border: ConstructorParameters<typeof NodeGroup>[3]): NodeGroup {
    return new NodeGroup([...this.nodes.values()], this.lookaheadPs, this.plan.endPs, border);
  }

  /** Adds packets to the feeds that have none before the time up to which they are known. */
  async fillFeeds(): Promise<void> {
    for (const { feed } of [...this.switches, ...this.hosts]) {
      if (feed === undefined) continue;
      const { knownPs, fifo } = feed.feed;
      if (knownPs < Number.POSITIVE_INFINITY && fifo.firstPs >= knownPs) await feed.fill();
    }
  }

  async close(): Promise<void> {
    for (const { feed } of [...this.switches, ...this.hosts]) await feed?.close();
  }

  /** When all has happened. */
  report(events: number, waits: number): GroupReport {
    return {
      switches: this.switches.map((built) => this.switchReport(built)),
      hosts: this.hosts.map(hostReport),
      directions: this.channels.map((wired, n) => this.directionReport(wired, must(this.links[n], 'statistics'))),
      notes: this.notes,
      census: censusOf(this.nodes.values(), this.channels),
      events,
      waits,
      warnings: [...this.switches, ...this.hosts].flatMap(({ feed, node }) =>
        (feed?.warnings ?? []).map((warning) => `${node.name}: ${warning}`),
      ),
    };
  }

  private switchReport({ plan, node, counts, player, feed }: BuiltSwitch): SwitchReport {
    const { emulator, number } = node.options;
    if (node.driver instanceof TimedDriver) node.driver.finishUpdates(this.plan.endPs);
    counts.close();
    const { fed, arrived, left, reported } = node.ends;
    return {
      node: number,
      fed,
      arrived,
      left,
      reported,
      counters: { ...emulator.counters },
      timing: counts.result({ early: feed?.early ?? 0, untimed: feed?.untimed ?? 0 }, player),
      stateHash: stateDigest(emulator.memory.words),
      outputHash: counts.digest.finish(),
      memories: plan.memories.map(({ program, memory, rpb, base, buckets }) => ({
        program,
        memory,
        words: emulator.memory.range(rpb, base, buckets).slice(),
      })),
    };
  }

  private directionReport({ link, from, channel }: WiredChannel, statistics: LinkStatistics): DirectionReport {
    statistics.close();
    const { packets, bytes, busyPs, lost } = channel.counters;
    const { rows, captured } = statistics;
    const mostQueuedBytes = this.mostQueuedBytes(link, from);
    return { link, from, packets, bytes, busyPs, lost, mostQueuedBytes, rows, captured };
  }

  /** Of the queue of the port that sends. */
  private mostQueuedBytes(link: number, from: 0 | 1): number {
    const { node: number, port } = must(this.plan.links[link], `link ${link}`).ends[from];
    const node = must(this.nodes.get(number), `node ${number}`);
    if (node instanceof HostNode) return must(node.interfaceOf(port), `interface ${port}`).mostQueuedBytes;
    const { cellBytes } = node.options.emulator.dataPlane.description.trafficManager;
    const { driver } = node;
    const managers = driver instanceof TimedDriver ? [driver.trafficManager] : driver.trafficManagers;
    return Math.max(...managers.map((manager) => manager.port(port).counters.mostCells)) * cellBytes;
  }
}

function hostReport({ node, statistics }: BuiltHost): HostReport {
  statistics.close();
  const { sent, answered, received, receivedOwn, refused, lostQueue } = node.counters;
  const { roundTripNs, oneWayNs, rows } = statistics;
  const figures = Object.fromEntries(
    node.options.processes.flatMap((process) => Object.entries(process.figures ?? {})),
  );
  const counts = { sent, answered, received, receivedOwn, refused, lostQueue };
  return { node: node.options.number, ...counts, roundTripNs, oneWayNs, figures, rows };
}

const followedOf = ({ followed }: NetworkPlan, node: number): ReadonlySet<number> =>
  new Set(followed.filter((packet) => packet.node === node).map(({ number }) => number));

/** Undefined if no packet is followed, so that none is looked at. */
function followerOf({ followed }: NetworkPlan, node: number, notes: FollowedNote[]): Follower | undefined {
  if (followed.length === 0) return undefined;
  return {
    note(step, batch, i, timePs, port, reason) {
      const who = { sender: senderOf(batch, i), number: numberOf(batch, i), isAnswer: isAnswer(batch, i) };
      const ran =
        step === 'departed' || (step === 'lost' && reason !== undefined && port < 0)
          ? {
              program: must(batch.programId[i], 'program of a packet'),
              recirculations: must(batch.recirculations[i], 'recirculations of a packet'),
            }
          : {};
      notes.push({ node, step, timePs, port, ...who, ...(reason === undefined ? {} : { reason }), ...ran });
    },
  };
}

async function buildSwitch(
  network: NetworkPlan,
  plan: SwitchPlan,
  number: number,
  notes: FollowedNote[],
): Promise<BuiltSwitch> {
  const dataPlane = chainOf(new DataPlane(plan.description), plan.switches);
  const options = { engine: plan.engine, seed: plan.seed };
  const emulator = plan.switches === 1 ? new Switch(dataPlane, options) : new SwitchChain(dataPlane, options);
  const operations = [...unpackOperations(plan.operations)];
  for (const operation of operations) emulator.apply(operation);
  for (const { rpb, base, values } of plan.memory) {
    emulator.memory.range(rpb, base, values.length / dataPlane.rpb(rpb).words).set(values);
  }
  const updates = plan.updates.map((update) => ({ ...update, operations: [...unpackOperations(update.operations)] }));
  const player =
    updates.length === 0 || emulator instanceof SwitchChain
      ? undefined
      : new UpdatePlayer(emulator, operations, updates, plan.psPerOperation);
  const feed = await feedOf(plan.receive, `${plan.seed}`, plan.description);
  const counts = new TimedCounts({
    switch: plan.timing,
    packetsPerSecond: undefined,
    intervalNs: network.intervalNs,
    ...(plan.switches > 1 ? { betweenSwitchesNs: plan.betweenSwitchesNs } : {}),
  });
  const node = new SwitchNode({
    name: plan.name,
    number,
    emulator,
    betweenPs: plan.betweenSwitchesNs * PS_PER_NS,
    timing: plan.timing,
    observer: counts,
    player,
    feed: feed?.feed,
    follower: followerOf(network, number, notes),
    followed: followedOf(network, number),
  });
  counts.driver = node.driver;
  return { plan, node, counts, player, feed };
}

async function buildHost(
  network: NetworkPlan,
  plan: HostPlan,
  number: number,
  notes: FollowedNote[],
): Promise<BuiltHost> {
  const [first] = plan.send;
  const feed = first?.kind === 'capture' ? await captureFeed(first.path, undefined, HOST_PORT) : undefined;
  const statistics = new HostStatistics(network.intervalNs * PS_PER_NS);
  const node = new HostNode({
    name: plan.name,
    number,
    processes: [...senders(plan), await answererOf(plan)],
    feed: feed?.feed,
    tap: statistics,
    follower: followerOf(network, number, notes),
    followed: followedOf(network, number),
  });
  return { node, statistics, feed };
}

const senders = ({ send, seed, address }: HostPlan): HostProcess[] =>
  send.flatMap((spec, n) =>
    spec.kind === 'generated'
      ? [
          new Sender({
            stream: trafficStream(spec.source, `${seed}/${n}`),
            startPs: Math.round(spec.startUs * PS_PER_US),
            count: spec.count,
            address,
          }),
        ]
      : [],
  );

async function answererOf({ name, seed, answer }: HostPlan): Promise<HostProcess> {
  const number = seedOfText(`${seed}/answers`);
  if ('module' in answer) return ownHost(answer.module, { name, seed: number });
  return must(HOST_TYPES[answer.type], `type of hosts ${answer.type}`).make(answer.values, number);
}
