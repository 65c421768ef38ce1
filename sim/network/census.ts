/** What became of all packets of a network: each is received, has left, was lost for a reason, or is in flight. */
import { DROP_REASONS, type DropReason } from '../pipeline/time/timed-switch-options.js';
import { LINK_LOSSES, type LinkLoss } from './channel.js';
import { HostNode } from './host-node.js';
import type { SwitchNode } from './switch-node.js';
import type { WiredChannel } from './wiring.js';

export interface Census {
  /** Packets that hosts sent, answers included, and that came to switches from outside of the network. */
  readonly sent: number;
  readonly fed: number;
  /** Packets that switches made by copying, less the ones that they copied. */
  readonly copied: number;
  readonly received: number;
  /** Left by a port without a link, and by the port of REPORT. */
  readonly left: number;
  readonly reported: number;
  /** In switches, on links, and in the queues of hosts (`hostQueue`). */
  readonly lost: Readonly<Record<DropReason | LinkLoss | 'hostQueue', number>>;
  /** At the end: in switches, waiting at a host, on a link. */
  readonly inFlight: { readonly switches: number; readonly hosts: number; readonly links: number };
}

const REASONS = [...DROP_REASONS, ...LINK_LOSSES, 'hostQueue'] as const;

/** The packets of some nodes and of the directions of links that they send on. */
export function censusOf(nodes: Iterable<SwitchNode | HostNode>, channels: readonly WiredChannel[]): Census {
  const sums = { sent: 0, fed: 0, copied: 0, received: 0, left: 0, reported: 0 };
  const lost = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<(typeof REASONS)[number], number>;
  const inFlight = { switches: 0, hosts: 0, links: 0 };
  for (const node of nodes) {
    if (node instanceof HostNode) {
      const { sent, answered, received, lostQueue } = node.counters;
      sums.sent += sent + answered;
      sums.received += received;
      lost.hostQueue += lostQueue;
    } else {
      const { ends, driver, options } = node;
      const { copied, copies } = options.emulator.counters;
      sums.fed += ends.fed;
      sums.left += ends.left;
      sums.reported += ends.reported;
      sums.copied += copies - copied;
      for (const reason of DROP_REASONS) lost[reason] += ends.lost[reason];
      inFlight.switches += driver.packets.count;
    }
    inFlight.links += node.onTheWay;
  }
  for (const { channel } of channels) {
    for (const reason of LINK_LOSSES) lost[reason] += channel.counters.lost[reason];
    inFlight.hosts += channel.counters.waiting;
    inFlight.links += channel.counters.underWay;
  }
  return { ...sums, lost, inFlight };
}

/** The sum of what groups of nodes counted. */
export function sumOfCensuses(censuses: readonly Census[]): Census {
  const sum = (of: (census: Census) => number): number => censuses.reduce((total, census) => total + of(census), 0);
  return {
    sent: sum(({ sent }) => sent),
    fed: sum(({ fed }) => fed),
    copied: sum(({ copied }) => copied),
    received: sum(({ received }) => received),
    left: sum(({ left }) => left),
    reported: sum(({ reported }) => reported),
    lost: Object.fromEntries(REASONS.map((reason) => [reason, sum(({ lost }) => lost[reason])])) as Census['lost'],
    inFlight: {
      switches: sum(({ inFlight }) => inFlight.switches),
      hosts: sum(({ inFlight }) => inFlight.hosts),
      links: sum(({ inFlight }) => inFlight.links),
    },
  };
}

/** Packets that are missing, or too many if below 0: always 0 unless the simulator is wrong. */
export function unaccounted({ sent, fed, copied, received, left, reported, lost, inFlight }: Census): number {
  const ended = Object.values(lost).reduce((sum, count) => sum + count, received + left + reported);
  return sent + fed + copied - ended - inFlight.switches - inFlight.hosts - inFlight.links;
}
