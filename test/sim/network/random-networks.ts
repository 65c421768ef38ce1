/** Random networks of switches, hosts and links, with losses, failures of links and updates. */
import fc from 'fast-check';
import type { Operation } from '../../../compiler/index.js';
import { type Switch, UpdatePlayer } from '../../../sim/index.js';
import type { HostNode, LinkSpec, SwitchNode } from '../../../sim/network/index.js';
import { itemAt } from '../../item-at.js';
import { frame } from '../frames.js';
import { filterEntry, rpbEntry } from '../test-switch.js';
import { GIGABIT, Mirror, madeHost, madeLink, madeSwitch, NS, plane, Script, type Sending } from './made-networks.js';

export interface RandomNetwork {
  readonly switches: number;
  /** Parent of each switch but the first, which makes the network one. */
  readonly parents: readonly number[];
  /** Further links between switches. */
  readonly more: readonly (readonly [number, number])[];
  readonly hosts: readonly RandomHost[];
  readonly link: readonly RandomLink[];
  /** Where switches send packets of each of their ports, by number among their ports; loops are possible. */
  readonly forward: readonly number[];
  readonly updates: readonly { readonly at: number; readonly atPs: number; readonly port: number }[];
  readonly seed: number;
  readonly endPs: number;
}

interface RandomHost {
  readonly at: number;
  readonly answers: boolean;
  readonly gapsNs: readonly number[];
  readonly bytes: number;
}

interface RandomLink {
  readonly gigabits: number;
  readonly delayNs: number;
  readonly queueBytes: number;
  readonly lossPerMillion: number;
  readonly downNs: readonly number[];
}

const nat = (max: number) => fc.integer({ min: 0, max });

export const randomNetwork: fc.Arbitrary<RandomNetwork> = fc.record({
  switches: fc.integer({ min: 1, max: 4 }),
  parents: fc.array(nat(7), { minLength: 4, maxLength: 4 }),
  more: fc.array(fc.tuple(nat(7), nat(7)), { maxLength: 2 }),
  hosts: fc.array(
    fc.record({
      at: nat(7),
      answers: fc.boolean(),
      gapsNs: fc.array(fc.oneof(nat(20), nat(3000)), { maxLength: 25 }),
      bytes: fc.constantFrom(60, 61, 300, 1400),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  link: fc.array(
    fc.record({
      gigabits: fc.constantFrom(1, 10, 40, 100),
      delayNs: fc.constantFrom(1, 7, 100, 100, 2000),
      queueBytes: fc.constantFrom(500, 3000, 1_000_000),
      lossPerMillion: fc.constantFrom(0, 0, 0, 200_000, 1_000_000),
      downNs: fc.oneof(fc.constant([]), fc.uniqueArray(nat(30_000), { minLength: 1, maxLength: 4 })),
    }),
    { minLength: 3, maxLength: 12 },
  ),
  forward: fc.array(nat(7), { minLength: 8, maxLength: 24 }),
  updates: fc.array(fc.record({ at: nat(7), atPs: nat(30_000_000), port: nat(7) }), { maxLength: 3 }),
  seed: fc.integer(),
  endPs: fc.constantFrom(20_000_000, 60_000_000),
});

const sized = (bytes: number): Uint8Array => frame({ udp: { src: 1, dst: 2 }, payload: new Array(bytes - 42).fill(7) });

export function linksOf(random: RandomNetwork): LinkSpec[] {
  const { switches, parents, more, hosts } = random;
  const nextPort = new Array<number>(switches).fill(0);
  const port = (node: number): [number, number] => {
    const free = itemAt(nextPort, node);
    nextPort[node] = free + 1;
    return [node, free];
  };
  const pairs = [
    ...Array.from({ length: switches - 1 }, (_, n) => [itemAt(parents, n) % (n + 1), n + 1] as const),
    ...more.map(([a, b]) => [a % switches, b % switches] as const),
  ];
  const ends = [
    ...pairs.map(([a, b]) => [port(a), port(b)] as const),
    ...hosts.map(({ at }, n) => [[switches + n, 0], port(at % switches)] as const),
  ];
  return ends.map((end, n) => {
    const { gigabits, delayNs, queueBytes, lossPerMillion, downNs } = itemAt(random.link, n % random.link.length);
    const times = [...downNs].sort((a, b) => a - b).map((ns) => ns * NS);
    const outages = times.flatMap((fromPs, i) =>
      i % 2 === 0 ? [{ fromPs, toPs: times[i + 1] ?? Number.POSITIVE_INFINITY }] : [],
    );
    const bitsPerSecond = gigabits * GIGABIT;
    return madeLink(end, { bitsPerSecond, delayPs: delayNs * NS, queueBytes, lossPerMillion, outages });
  });
}

/** A program that sends all packets to a port, deployed while packets run. */
const forwarding = (program: number, port: number): Operation[] => [
  { kind: 'insertEntry', entry: rpbEntry(plane, 1, 'forward', [port], { program }) },
  { kind: 'insertEntry', entry: filterEntry(plane, 'L4', program) },
  { kind: 'drain' },
];

function playerFor(random: RandomNetwork, number: number) {
  const updates = random.updates
    .filter(({ at }) => at % random.switches === number)
    .slice(0, 1)
    .map(({ atPs, port }, n) => ({ name: `update ${n}`, atPs, memory: [], operations: forwarding(n + 1, port) }));
  if (updates.length === 0) return undefined;
  return (emulator: Switch): UpdatePlayer => new UpdatePlayer(emulator, [], updates, 100 * NS);
}

/** The nodes of a network, new ones at each call: switches first. */
export function nodesOf(random: RandomNetwork, links: readonly LinkSpec[]): (SwitchNode | HostNode)[] {
  const { switches, hosts, forward } = random;
  const portsOf = (number: number): number =>
    links.flatMap(({ ends }) => ends.filter(({ node }) => node === number)).length;
  return [
    ...Array.from({ length: switches }, (_, number) => {
      const ports = portsOf(number);
      const player = playerFor(random, number);
      const pairs = Array.from({ length: ports }, (_, from): [number, number] => {
        return [from, itemAt(forward, (number * 5 + from) % forward.length) % (ports + 1)];
      });
      return madeSwitch(number, { forward: pairs, ...(player === undefined ? {} : { player }) }, links);
    }),
    ...hosts.map(({ answers, gapsNs, bytes }, n) => {
      let atPs = 0;
      const sendings = gapsNs.map((gap): Sending => {
        atPs += gap * NS;
        return { atPs, bytes: sized(bytes) };
      });
      return madeHost(switches + n, [new Script(sendings), ...(answers ? [new Mirror()] : [])]);
    }),
  ];
}
