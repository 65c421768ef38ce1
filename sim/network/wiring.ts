/** Connects nodes by links. */
import { Line } from '../blocks/line.js';
import { randomWord } from '../blocks/random-numbers.js';
import { Channel, type Outage } from './channel.js';
import { HostNode } from './host-node.js';
import type { PacketFifo, PacketSink } from './packet-fifo.js';
import type { SwitchNode } from './switch-node.js';

export interface LinkEnd {
  /** Number of the node. */
  readonly node: number;
  readonly port: number;
}

/** A link of both directions, each with the rate, the delay and the losses. */
export interface LinkSpec {
  readonly name: string;
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly bitsPerSecond: number;
  readonly delayPs: number;
  /** Maximum of packets that wait for the line, at either end; a switch has them in the queue of its port. */
  readonly queueBytes: number;
  readonly lossPerMillion: number;
  readonly outages: readonly Outage[];
}

/** One direction of a link: from its first end, or from its second. */
export interface Direction {
  readonly link: number;
  readonly from: 0 | 1;
}

export interface WiredChannel extends Direction {
  readonly channel: Channel;
}

/** The nodes of this thread, by number, and what connects them with those of others. */
export interface WiringOptions {
  readonly nodes: ReadonlyMap<number, SwitchNode | HostNode>;
  readonly links: readonly LinkSpec[];
  /** Whether a node, of any thread, is a host. */
  readonly isHost: (node: number) => boolean;
  readonly endPs: number;
  /** Of losses: 32 bits. */
  readonly seed: number;
  /** Takes packets to a node of another thread; only asked where there is one. */
  readonly sinkOf: (direction: Direction) => PacketSink;
  /** Receives the place where packets go that come from a node of another thread. */
  readonly comesFrom: (direction: Direction, input: PacketFifo) => void;
}

export interface Wiring {
  readonly channels: readonly WiredChannel[];
  /** The shortest delay of a link between two of the nodes; infinity without one. */
  readonly lookaheadPs: number;
}

/** The nodes of a network that one thread runs alone. */
export const noBorder: Pick<WiringOptions, 'sinkOf' | 'comesFrom'> = {
  sinkOf: ({ link }) => {
    throw new Error(`link ${link} leads to a node that is not there`);
  },
  comesFrom: ({ link }) => {
    throw new Error(`link ${link} comes from a node that is not there`);
  },
};

export function wire(options: WiringOptions): Wiring {
  const channels: WiredChannel[] = [];
  let lookaheadPs = Number.POSITIVE_INFINITY;
  for (const [link, spec] of options.links.entries()) {
    for (const from of [0, 1] as const) {
      const channel = wireDirection(options, spec, { link, from });
      if (channel !== undefined) channels.push({ link, from, channel });
    }
    if (spec.ends.every(({ node }) => options.nodes.has(node))) lookaheadPs = Math.min(lookaheadPs, spec.delayPs);
  }
  return { channels, lookaheadPs };
}

/** Undefined if its sender is a node of another thread. */
function wireDirection(options: WiringOptions, spec: LinkSpec, direction: Direction): Channel | undefined {
  const { nodes, endPs, seed } = options;
  const { link, from } = direction;
  const [source, target] = from === 0 ? spec.ends : ([spec.ends[1], spec.ends[0]] as const);
  const sender = nodes.get(source.node);
  const receiver = nodes.get(target.node);
  const input = receiver?.inputOf(target.port);
  if (sender === undefined) {
    if (input !== undefined) options.comesFrom(direction, input);
    return undefined;
  }
  const channel = new Channel(
    {
      line: new Line(spec.bitsPerSecond),
      delayPs: spec.delayPs,
      lossPerMillion: spec.lossPerMillion,
      seed: randomWord(seed, link, from),
      outages: spec.outages,
      deliversWhole: options.isHost(target.node),
      endPs,
    },
    input ?? options.sinkOf(direction),
  );
  if (sender instanceof HostNode) sender.connect(source.port, channel, spec.queueBytes);
  else sender.connect(source.port, channel);
  return channel;
}
