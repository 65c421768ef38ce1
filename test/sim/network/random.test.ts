/** Conservation and causality in random networks, however the run is cut into steps. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  HostNode,
  type HostTap,
  Network,
  numberOf,
  type SwitchNode,
  senderOf,
  sentPsOf,
  unaccounted,
} from '../../../sim/network/index.js';
import { packetBytes } from '../../../traces/index.js';
import { cases } from '../../tiers.js';
import { linksOf, nodesOf, type RandomNetwork, randomNetwork } from './random-networks.js';

interface Ran {
  readonly network: Network;
  readonly nodes: readonly (SwitchNode | HostNode)[];
  /** What hosts got and what was put on links, in order at each. */
  readonly history: Readonly<Record<string, readonly string[]>>;
}

function ran(random: RandomNetwork, steps: number): Ran {
  const links = linksOf(random);
  const nodes = nodesOf(random, links);
  const { endPs, seed } = random;
  const history: Record<string, string[]> = {};
  const listOf = (name: string): string[] => {
    history[name] ??= [];
    return history[name];
  };
  for (const node of nodes) if (node instanceof HostNode) Object.assign(node.options, { tap: tapOf(node, listOf) });
  const network = new Network({ nodes, links, endPs, seed });
  for (const { link, from, channel } of network.channels) {
    const list = listOf(`link ${link} from ${from}`);
    channel.tap = {
      carried(batch, i, startPs, lost) {
        assert.ok(sentPsOf(batch, i) <= startPs, 'no packet is on a link before it was sent');
        list.push(`${startPs} ${senderOf(batch, i)}.${numberOf(batch, i)} ${lost ?? ''}`);
      },
    };
  }
  while (network.group.run(steps) !== 'ended');
  return { network, nodes, history };
}

/** Every time is checked: a host gets nothing before it was sent, and its times do not fall. */
function tapOf(node: HostNode, listOf: (name: string) => string[]): HostTap {
  const list = listOf(node.name);
  let lastPs = 0;
  return {
    sent: (_batch, _i, nowPs) => {
      assert.ok(nowPs >= lastPs);
      lastPs = nowPs;
    },
    received: (batch, i, nowPs) => {
      assert.ok(nowPs >= lastPs, 'times of a node do not fall');
      assert.ok(nowPs > sentPsOf(batch, i), 'a packet comes after it was sent');
      lastPs = nowPs;
      list.push(`${nowPs} ${senderOf(batch, i)}.${numberOf(batch, i)} ${packetBytes(batch, i).join(' ')}`);
    },
  };
}

test('every packet is received, has left, is lost for a reason or in flight', () => {
  fc.assert(
    fc.property(randomNetwork, (random) => {
      const { network } = ran(random, Number.POSITIVE_INFINITY);
      const { census } = network;
      assert.is(unaccounted(census), 0, JSON.stringify(census));
      const sent = random.hosts.reduce((sum, { gapsNs }) => sum + gapsNs.length, 0);
      // Those whose times are within the run, and the answers to them.
      if (random.hosts.every(({ answers }) => !answers)) assert.ok(census.sent <= sent);
    }),
    { numRuns: cases(30) },
  );
});

test('on a link, packets are in the order of their times, and do not overlap', () => {
  fc.assert(
    fc.property(randomNetwork, (random) => {
      const { history, network } = ran(random, Number.POSITIVE_INFINITY);
      for (const { link, from, channel } of network.channels) {
        const times = (history[`link ${link} from ${from}`] ?? []).map((text) => Number.parseInt(text, 10));
        const shortest = channel.options.line.timeFor(84);
        for (const [n, time] of times.entries()) {
          const before = times[n - 1];
          if (before !== undefined) assert.ok(time >= before + shortest, `${before} ${time}`);
        }
      }
    }),
    { numRuns: cases(20) },
  );
});

test('what happens does not hang on how far nodes run at a time', () => {
  fc.assert(
    fc.property(randomNetwork, fc.integer({ min: 1, max: 3 }), (random, steps) => {
      assert.equal(ran(random, steps).history, ran(random, Number.POSITIVE_INFINITY).history);
    }),
    { numRuns: cases(12) },
  );
});

test.run();
