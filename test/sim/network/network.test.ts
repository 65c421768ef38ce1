/** A network's times, losses and ends, by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GAP_BYTES, Line, lineBytes } from '../../../sim/index.js';
import { Network, type NetworkOptions, PacketFeed, unaccounted } from '../../../sim/network/index.js';
import { appendPacketBytes, createPacketBatch } from '../../../traces/index.js';
import { frame } from '../frames.js';
import { EGRESS_PORT, INGRESS_PORT } from '../test-switch.js';
import { timedRun } from '../timed-run.js';
import { GIGABIT, GotList, Mirror, madeHost, madeLink, madeSwitch, NS, plane, Script } from './made-networks.js';

const sized = (bytes: number): Uint8Array => frame({ udp: { src: 1, dst: 2 }, payload: new Array(bytes - 42).fill(7) });
const END = 1e9;
/** Without the gap behind it. */
const timeOf = (bytes: number, gigabits: number): number =>
  new Line(gigabits * GIGABIT).timeFor(lineBytes(bytes) - GAP_BYTES);

function run(options: Pick<NetworkOptions, 'nodes' | 'links'> & Partial<NetworkOptions>): Network {
  const network = new Network({ endPs: END, seed: 1, ...options });
  network.runToEnd();
  assert.is(unaccounted(network.census), 0);
  return network;
}

test('a packet takes both links, the lines and the switch, and its answer the way back', () => {
  const got = new GotList();
  const links = [
    madeLink(
      [
        [1, 0],
        [0, 1],
      ],
      { bitsPerSecond: 100 * GIGABIT, delayPs: 500 * NS },
    ),
    madeLink(
      [
        [0, 2],
        [2, 0],
      ],
      { bitsPerSecond: 10 * GIGABIT, delayPs: 300 * NS },
    ),
  ];
  const sendings = [{ atPs: 7 * NS, bytes: sized(100) }];
  run({
    nodes: [
      madeSwitch(
        0,
        {
          forward: [
            [1, 2],
            [2, 1],
          ],
        },
        links,
      ),
      madeHost(1, [new Script(sendings)], got.tapOf('client')),
      madeHost(2, [new Mirror()], got.tapOf('server')),
    ],
    links,
  });
  const arrivesPs = 7 * NS + 500 * NS;
  const ports = new Map([
    [1, { bitsPerSecond: 100 * GIGABIT, queueBytes: 200_000 }],
    [2, { bitsPerSecond: 10 * GIGABIT, queueBytes: 200_000 }],
  ]);
  const through = (atPs: number, port: number): number => {
    const coming = [{ bytes: sized(100), atPs, port }];
    const outcome = timedRun(plane, coming, { ownPorts: ports, engine: 'interpreted', forwardBack: true });
    return outcome.gone[0]?.departurePs ?? Number.NaN;
  };
  const atServerPs = through(arrivesPs, 1) + 300 * NS + timeOf(100, 10);
  const atClientPs = through(atServerPs + 300 * NS, 2) + 500 * NS + timeOf(100, 100);
  const packet = { sender: 1, number: 0, sentPs: 7 * NS };
  assert.equal(got.list, [
    { host: 'server', nowPs: atServerPs, ...packet, isAnswer: false },
    { host: 'client', nowPs: atClientPs, ...packet, isAnswer: true },
  ]);
});

test('packets of a host leave one after another, and those without room in its queue are lost', () => {
  const got = new GotList();
  const links = [
    madeLink(
      [
        [0, 0],
        [1, 0],
      ],
      { bitsPerSecond: GIGABIT, delayPs: NS, queueBytes: 300 },
    ),
  ];
  const sender = madeHost(0, [new Script(Array.from({ length: 6 }, () => ({ atPs: 5, bytes: sized(100) })))]);
  const network = run({ nodes: [sender, madeHost(1, [], got.tapOf('sink'))], links });
  const onLine = new Line(GIGABIT).timeFor(lineBytes(100));
  // One on the line, three in the queue.
  assert.equal(
    got.list.map(({ nowPs }) => nowPs),
    [0, 1, 2, 3].map((n) => 5 + n * onLine + NS + timeOf(100, 1)),
  );
  assert.is(network.census.lost.hostQueue, 2);
  assert.is(sender.interfaceOf(0)?.mostQueuedBytes, 300);
  assert.is(sender.interfaceOf(0)?.channel.counters.busyPs, 4 * onLine);
});

test('a link that is down loses what is on it while it is down, and nothing else', () => {
  const got = new GotList();
  const outages = [{ fromPs: 10_000 * NS, toPs: 20_000 * NS }];
  const links = [
    madeLink(
      [
        [0, 0],
        [1, 0],
      ],
      { delayPs: 1000 * NS, outages },
    ),
  ];
  const lastBit = 1000 * NS + timeOf(100, 100);
  // Its last bit comes just before, or when it goes down; it starts in the outage, or when the link is up again.
  const times = [10_000 * NS - lastBit - 1, 10_000 * NS - lastBit, 15_000 * NS, 20_000 * NS - 1, 20_000 * NS];
  // Packets would follow each other too closely for the line, so each has a run of its own.
  for (const [n, isLost] of [false, true, true, true, false].entries()) {
    const script = new Script([{ atPs: times[n] ?? 0, bytes: sized(100) }]);
    const network = run({ nodes: [madeHost(0, [script]), madeHost(1, [], got.tapOf('sink'))], links });
    assert.is(network.census.lost.down, isLost ? 1 : 0, `packet ${n}`);
  }
  assert.is(got.list.length, 2);
});

test('a link loses packets by chance, each with the given probability, and the same by the same seed', () => {
  const COUNT = 20_000;
  const links = [
    madeLink(
      [
        [0, 0],
        [1, 0],
      ],
      { lossPerMillion: 50_000, queueBytes: 1e9 },
    ),
  ];
  const sendings = Array.from({ length: COUNT }, (_, n) => ({ atPs: n * 100 * NS, bytes: sized(60) }));
  const lostOf = (seed: number): number => {
    const nodes = [madeHost(0, [new Script(sendings)]), madeHost(1, [])];
    return run({ nodes, links, seed, endPs: 1e10 }).census.lost.loss;
  };
  // 1,000 are expected; the standard deviation is 31.
  for (const seed of [1, 2, 3]) assert.ok(Math.abs(lostOf(seed) - 1000) < 125, `seed ${seed}: ${lostOf(seed)}`);
  assert.is(lostOf(7), lostOf(7));
  assert.is.not(lostOf(1), lostOf(2));
});

test('packets that are under way at the end are counted where they are', () => {
  const links = [
    madeLink(
      [
        [1, 0],
        [0, 1],
      ],
      { bitsPerSecond: GIGABIT, delayPs: 1000 * NS, queueBytes: 1e6 },
    ),
  ];
  const sendings = Array.from({ length: 10 }, () => ({ atPs: 0, bytes: sized(100) }));
  const onLine = new Line(GIGABIT).timeFor(lineBytes(100));
  const nodes = () => [madeSwitch(0, { forward: [[1, 2]] }, links), madeHost(1, [new Script(sendings)])];
  // Four have started; the first has left the switch, and the second has come to it.
  const { census } = run({ nodes: nodes(), links, endPs: 1000 * NS + 2 * onLine - 1 });
  assert.equal(census.inFlight, { hosts: 10 - 4, links: 2, switches: 1 });
  assert.is(census.left, 1);
  const late = run({ nodes: nodes(), links }).census;
  assert.equal([late.left, late.inFlight], [10, { hosts: 0, links: 0, switches: 0 }]);
});

test('a switch takes packets from outside, and those of ports without a link leave', () => {
  const feed = new PacketFeed();
  const batch = createPacketBatch(4, 1000);
  for (const port of [1, 3, 1]) appendPacketBytes(batch, sized(60), port);
  const node = madeSwitch(0, { forward: [[1, 2]], feed });
  const network = new Network({ nodes: [node], links: [], endPs: END, seed: 1 });
  assert.is(network.group.run(100), 'feeds');
  for (let i = 0; i < batch.count; i++) feed.put(batch, i, i * 1000 * NS);
  assert.is(network.group.run(100), 'feeds');
  // The last one may have others of its time behind it.
  assert.is(node.ends.fed, 2);
  feed.end();
  network.runToEnd();
  assert.equal([network.census.fed, network.census.left, network.census.lost.unforwarded], [3, 2, 1]);
  assert.is(unaccounted(network.census), 0);
});

test('the queue of a switch port has the limit of its link', () => {
  const at = (queueBytes: number): number => {
    const links = [
      madeLink(
        [
          [1, 0],
          [0, INGRESS_PORT],
        ],
        { queueBytes: 1e6 },
      ),
      madeLink(
        [
          [0, EGRESS_PORT],
          [2, 0],
        ],
        { bitsPerSecond: GIGABIT, queueBytes },
      ),
    ];
    const sendings = Array.from({ length: 40 }, () => ({ atPs: 0, bytes: sized(100) }));
    const nodes = [
      madeSwitch(0, { forward: [[INGRESS_PORT, EGRESS_PORT]] }, links),
      madeHost(1, [new Script(sendings)]),
      madeHost(2, []),
    ];
    return run({ nodes, links }).census.lost.queue;
  };
  const cells = Math.ceil((100 + 37) / plane.description.trafficManager.cellBytes);
  // The port takes the first one at once.
  assert.is(at(10 * cells * plane.description.trafficManager.cellBytes), 40 - 10 - 1);
  assert.is(at(1e6), 0);
});

test.run();
