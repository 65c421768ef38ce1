/** A session as the page asks it, behind the messages of a worker. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../compiler/data-plane/must.js';
import type { SessionClient } from '../../../hw-driver/studio/session/client.js';
import { NOT_RUN } from '../../../hw-driver/studio/session/protocol/rows.js';
import type { NewEvent } from '../../../hw-driver/studio/session/protocol.js';
import { PACKET_VERDICTS } from '../../../sim/history/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { sampleSource } from '../../compiler/support.js';
import { failureOf, sessionClient } from './session-support.js';

const COUNTER = `@ m 64
program counter(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
  LOADI(mar, 3);
  LOADI(sar, 2);
  MEMADD(m);
  FORWARD(1);
}
`;

const deployCounter = (packet: number): NewEvent => ({ packet, kind: 'deploy', program: 'counter', text: COUNTER });

/** A session with packets to 10.0.0.1, as many as are asked for. */
async function withPackets(count: number): Promise<SessionClient> {
  const client = sessionClient();
  const opened = await client.ask('open', { dataPlane: 'default' });
  assert.is(opened.dataPlane.name, 'default');
  assert.is(opened.engine.engine, 'compiled');
  const packets = Array.from({ length: count }, (_, i) => `ipv4.dst=10.0.0.${1 + (i % 2)} udp.dst_port=${i} port=4`);
  const added = await client.ask('add-packets', { origin: { kind: 'made', packets } });
  assert.is(added.packets, count);
  return client;
}

test('packets, an event before them, rows, a packet, memory and who wrote it', async () => {
  const client = await withPackets(10);
  assert.equal([...(await client.ask('rows', { from: 8, count: 10 })).verdict], [NOT_RUN, NOT_RUN]);
  const { event } = await client.ask('make-event', { event: deployCounter(0) });
  assert.equal(event.state, { kind: 'made' });
  const timeline = await client.ask('run', {});
  assert.equal([timeline.ran, timeline.packets, timeline.events.length], [10, 10, 1]);
  const rows = await client.ask('rows', { from: 0, count: 3 });
  assert.equal(rows.programs, ['counter', null, 'counter']);
  assert.equal([...rows.egressPort], [1, 5, 1]);
  assert.is(rows.summaries[1], '0.0.0.0:0 > 10.0.0.2:1 UDP');
  const shown = await client.ask('packet', { packet: 4 });
  assert.is(shown.source?.text, COUNTER);
  const step = must(
    shown.trace.steps.find(({ memory }) => memory !== null),
    'access of memory',
  );
  assert.equal([step.memory?.before, step.memory?.after, step.source[0]?.line], [4, 6, 5]);
  const [memory] = await client.ask('memories', { at: 10 });
  assert.equal([memory?.program, memory?.memory, memory?.buckets], ['counter', 'm', 64]);
  const words = await client.ask('memory', { at: 5, program: 'counter', memory: 'm' });
  assert.equal([words.words[3], words.writes[3], words.words[4]], [6, 3, 0]);
  const word = { program: 'counter', memory: 'm', bucket: 3 };
  const writes = await client.ask('word-writes', { at: 10, word, from: 1, count: 2 });
  assert.equal([writes.total, ...writes.packet, ...writes.after], [5, 2, 4, 4, 6]);
  assert.is((await client.ask('next-write', { at: 3, word, direction: 'before' }))?.packet, 2);
  assert.is((await client.ask('next-write', { at: 3, word, direction: 'after' }))?.packet, 4);
});

test('the switch: entries with their lines, what is free, and an explanation', async () => {
  const client = await withPackets(2);
  await client.ask('make-event', { event: deployCounter(0) });
  const view = await client.ask('switch', { at: 0 });
  assert.equal(
    view.programs.map(({ program, filters }) => [program, filters.length]),
    [['counter', 1]],
  );
  const entries = view.rpbs.flatMap((rpb) => rpb.entries);
  assert.equal([...new Set(entries.flatMap(({ lines }) => lines))].sort(), [3, 4, 5, 6]);
  const rpb = must(
    view.rpbs.find(({ memories }) => memories.length > 0),
    'RPB with the memory',
  );
  assert.equal(rpb.memories[0]?.memory, 'm');
  const explained = await client.ask('explain', { at: 0, text: COUNTER });
  assert.ok(explained.results[0]?.fits);
  assert.match(explained.texts[0] ?? '', 'counter');
  const misfit = await client.ask('explain', {
    at: 0,
    text: COUNTER.replace('64', '65536').replaceAll('counter', 'c2'),
  });
  assert.ok(misfit.results.length === 1);
});

test('going back before an event, another event there, and forward again', async () => {
  const client = await withPackets(10);
  await client.ask('make-event', { event: deployCounter(0) });
  await client.ask('run', {});
  const before = await client.ask('digests', {});
  const write: NewEvent = { packet: 4, kind: 'write', program: 'counter', memory: 'm', bucket: 3, values: [100] };
  const made = await client.ask('make-event', { event: write });
  assert.is(made.timeline.ran, 4, 'packets behind it have not run');
  await client.ask('run', {});
  const word = { program: 'counter', memory: 'm', bucket: 3 };
  const writes = await client.ask('word-writes', { at: 10, word, from: 0, count: 10 });
  assert.equal([...writes.after], [2, 4, 100, 102, 104, 106]);
  assert.equal([...writes.event], [-1, -1, 1, -1, -1, -1]);
  await client.ask('move-event', { id: made.event.id, packet: 7 });
  await client.ask('run', {});
  const later = await client.ask('word-writes', { at: 10, word, from: 0, count: 10 });
  assert.equal([...later.after], [2, 4, 6, 8, 100, 102]);
  await client.ask('remove-events', { ids: [made.event.id] });
  await client.ask('run', {});
  assert.equal(await client.ask('digests', {}), before);
});

const SORTER = (cases: string): string => `program sorter(<hdr.ipv4.dst, 10.0.0.0, 255.255.255.0>) {
  EXTRACT(hdr.ipv4.dst, sar);
  BRANCH:
    case(<sar, 10.0.0.1, 255.255.255.255>) {
      FORWARD(1);
    }${cases};
}
`;

test('cases change in the middle of the run, and a version that is replaced', async () => {
  const client = await withPackets(8);
  const program = 'sorter';
  await client.ask('make-event', { event: { packet: 0, kind: 'deploy', program, text: SORTER('') } });
  const other = '\n    case(<sar, 10.0.0.2, 255.255.255.255>) {\n      FORWARD(2);\n    }';
  await client.ask('run', {});
  await client.ask('make-event', { event: { packet: 3, kind: 'cases', program, text: SORTER(other) } });
  const replaced = {
    packet: 6,
    kind: 'replace',
    program,
    text: SORTER('').replace('FORWARD(1)', 'FORWARD(3)'),
  } as const;
  await client.ask('make-event', { event: replaced });
  const { events } = await client.ask('run', {});
  assert.equal(
    events.map(({ state }) => state.kind),
    ['made', 'made', 'made'],
  );
  const { egressPort } = await client.ask('rows', { from: 0, count: 8 });
  assert.equal([...egressPort], [1, 5, 1, 2, 1, 2, 3, 5]);
  const { programs } = await client.ask('switch', { at: 5 });
  assert.is(programs[0]?.text, SORTER(other));
});

test('an event that an earlier one makes impossible is refused in its place, and made again when it is not', async () => {
  const client = await withPackets(6);
  const { event } = await client.ask('make-event', { event: deployCounter(0) });
  await client.ask('run', {});
  await client.ask('make-event', { event: { packet: 4, kind: 'revoke', program: 'counter' } });
  await client.ask('remove-events', { ids: [event.id] });
  const without = await client.ask('run', {});
  assert.equal(without.events[0]?.state, {
    kind: 'refused',
    reason: 'no program counter runs at this moment',
  });
  await client.ask('make-event', { event: deployCounter(2) });
  const again = await client.ask('run', {});
  assert.equal(
    again.events.map(({ event, state }) => [event.packet, event.kind, state.kind]),
    [
      [2, 'deploy', 'made'],
      [4, 'revoke', 'made'],
    ],
  );
  const rows = await client.ask('rows', { from: 0, count: 6 });
  assert.equal(rows.programs, [null, null, 'counter', null, null, null]);
});

test('what cannot be is refused with a sentence, and what was there stays', async () => {
  const client = await withPackets(4);
  await client.ask('make-event', { event: deployCounter(0) });
  const timeline = await client.ask('run', {});
  const refusals: [Promise<unknown>, string, string][] = [
    [client.ask('make-event', { event: deployCounter(2) }), 'does-not-fit', 'counter'],
    [
      client.ask('make-event', { event: { ...deployCounter(2), text: 'program' } as NewEvent }),
      'bad-program',
      'line 1',
    ],
    [client.ask('make-event', { event: { packet: 9, kind: 'revoke', program: 'x' } }), 'bad-question', 'packet 10'],
    [client.ask('make-event', { event: { packet: 1, kind: 'revoke', program: 'x' } }), 'refused', 'no program x'],
    [
      client.ask('make-event', {
        event: { packet: 1, kind: 'write', program: 'counter', memory: 'm', bucket: 64, values: [1] },
      }),
      'refused',
      'buckets 0 to 63',
    ],
    [client.ask('filter-rows', { filter: { text: 'no filter' } }), 'bad-filter', 'no filter'],
    [client.ask('packet', { packet: 4 }), 'bad-question', '4'],
    [client.ask('memory', { at: 4, program: 'counter', memory: 'x' }), 'bad-question', 'counter'],
    [client.ask('open', { dataPlane: 'nothing' }), 'bad-data-plane', 'nothing'],
    [client.ask('add-packets', { origin: { kind: 'made', packets: ['hex 0'] } }), 'bad-packets', 'byte'],
    [client.ask('add-packets', { origin: { kind: 'made', packets: ['nonsense'] } }), 'bad-packets', 'nonsense'],
    [
      client.ask('add-packets', { origin: { kind: 'capture', name: 'x.pcap', blob: new Blob(['no capture']) } }),
      'bad-packets',
      'x.pcap',
    ],
    [
      client.ask('add-packets', {
        origin: {
          kind: 'capture',
          name: 'huge.pcap',
          blob: { size: 2 ** 34, slice: (from, to) => new Blob([]).slice(from, to) },
        },
      }),
      'too-much',
      'huge.pcap has 16,384 MiB',
    ],
  ];
  for (const [answer, code, text] of refusals) {
    const failure = await failureOf(answer);
    assert.is(failure.code, code, failure.message);
    assert.match(failure.message, text);
  }
  assert.equal(await client.ask('timeline', {}), timeline);
});

test('rows by the filter of the language, by verdict, program and passes', async () => {
  const client = await withPackets(10);
  await client.ask('make-event', { event: deployCounter(2) });
  await client.ask('run', {});
  const rowsOf = async (filter: object | null) => {
    const { rows } = await client.ask('filter-rows', { filter });
    const shown = await client.ask('rows', { from: 0, count: 100 });
    assert.is(shown.rows, rows);
    return [...shown.packet];
  };
  assert.equal(await rowsOf({ text: '<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>' }), [0, 2, 4, 6, 8]);
  assert.equal(await client.ask('row-of', { packet: 5 }), { row: 3, isExact: false });
  assert.equal(await rowsOf({ programs: ['counter'] }), [2, 4, 6, 8]);
  assert.equal(await rowsOf({ programs: [null], text: '<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>' }), [0]);
  assert.equal(await rowsOf({ verdicts: [PACKET_VERDICTS[3]] }), []);
  assert.equal(await rowsOf({ minPasses: 2 }), []);
  assert.equal((await rowsOf(null)).length, 10);
});

test('a capture: its packets, and what leaves as a capture that is one again', async () => {
  const client = sessionClient();
  await client.ask('open', { dataPlane: 'default' });
  const blob = new Blob([readFileSync(packageFile('traces', 'golden', 'cms', 'trace.pcapng'))]);
  const { packets } = await client.ask('add-packets', { origin: { kind: 'capture', name: 'cms', blob } });
  assert.ok(packets > 0);
  await client.ask('make-event', { event: { packet: 0, kind: 'deploy', program: 'cms', text: sampleSource('cms') } });
  await client.ask('run', {});
  const { counters } = await client.ask('digests', {});
  assert.is(counters.in, packets);
  for (const which of ['arrived', 'left'] as const) {
    const capture = await client.ask('capture', { which, format: 'pcapng' });
    assert.is(capture.packets, which === 'left' ? counters.out : packets);
    const again = sessionClient();
    const origin = { kind: 'capture', name: 'again', blob: new Blob([Uint8Array.from(capture.bytes)]) } as const;
    assert.is((await again.ask('add-packets', { origin })).added, capture.packets);
  }
  const bins = await client.ask('overview', { from: 0, to: packets, bins: 7 });
  assert.is(
    bins.verdicts.reduce((sum, count) => sum + count, 0),
    packets,
  );
});

test('generated traffic is of its seed, and a run is cancelled', async () => {
  const client = sessionClient();
  await client.ask('open', { dataPlane: 'default', seed: 1 });
  const traffic = {
    packets: 20_000,
    seed: '7',
    content: { kind: 'matching', programs: [{ program: 'counter', text: COUNTER }], packetsPerSecond: 1e6 },
  } as const;
  await client.ask('add-packets', { origin: { kind: 'generated', traffic } });
  await client.ask('make-event', { event: deployCounter(0) });
  const abort = new AbortController();
  const progress: number[] = [];
  const run = client.ask(
    'run',
    {},
    {
      signal: abort.signal,
      onProgress: ({ done }) => {
        progress.push(done);
        abort.abort();
      },
    },
  );
  assert.is((await failureOf(run)).code, 'cancelled');
  const { ran } = await client.ask('timeline', {});
  assert.ok(ran > 0 && ran < traffic.packets, String(ran));
  await client.ask('run', {});
  const first = await client.ask('digests', {});
  await client.ask('clear-packets', {});
  const { added } = await client.ask('add-packets', { origin: { kind: 'generated', traffic } });
  assert.is(added, traffic.packets);
  await client.ask('run', {});
  assert.equal(await client.ask('digests', {}), first);
  assert.is(first.counters.unmatched, 0);
});

test('the run in virtual time: bins, queues, when a packet left, and an event in the middle', async () => {
  const client = sessionClient();
  await client.ask('open', { dataPlane: 'default' });
  const content = {
    kind: 'matching',
    programs: [{ program: 'counter', text: COUNTER }],
    packetsPerSecond: 1e6,
  } as const;
  const traffic = { packets: 2000, seed: '3', content };
  await client.ask('add-packets', { origin: { kind: 'generated', traffic } });
  await client.ask('make-event', { event: deployCounter(0) });
  await client.ask('make-event', { event: { packet: 1000, kind: 'revoke', program: 'counter' } });
  await client.ask('run', {});
  const { counters } = await client.ask('digests', {});
  const { series, queues, updates, reasons } = await client.ask('timing', { bins: 20 });
  const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((a, b) => a + b, 0);
  assert.equal([sum(series.packetsIn), sum(series.packetsOut), sum(series.lost)], [2000, counters.out, 0]);
  assert.ok(queues.some(({ port, mostCells }) => port === 1 && sum(mostCells) > 0));
  assert.is(reasons.length, series.lost.length / 20);
  assert.is(updates.length, 1);
  const update = must(updates[0], 'update');
  assert.ok(update.startNs >= 999_000 && update.endNs > update.startNs && update.mixedPackets === 0);
  const time = await client.ask('packet-time', { packet: 7 });
  assert.is(time.arrivalNs, 7000);
  assert.ok(time.departureNs !== null && time.departureNs > 7000 && time.departureNs < 10_000);
  for (const [nanoseconds, packet] of [
    [7000, 7],
    [7999, 7],
    [-1, 0],
    [1e9, 1999],
  ] as const) {
    assert.equal(await client.ask('packet-at-time', { nanoseconds }), { packet });
  }
  const slow = await client.ask('timing', { bins: 20, portBitsPerSecond: 1e6, queueBytes: 8000 });
  assert.ok(sum(slow.series.lost) > 0, 'packets are lost on slow lines');
  assert.is((await failureOf(client.ask('timing', { bins: 0 }))).code, 'bad-question');
  assert.is((await failureOf(client.ask('packet-time', { packet: 2000 }))).code, 'bad-question');
});

test('what only looks at the session is answered while a long question is', async () => {
  const client = sessionClient();
  await client.ask('open', { dataPlane: 'default' });
  const content = {
    kind: 'matching',
    programs: [{ program: 'counter', text: COUNTER }],
    packetsPerSecond: 1e6,
  } as const;
  await client.ask('add-packets', { origin: { kind: 'generated', traffic: { packets: 20_000, seed: '1', content } } });
  let isRunning = true;
  const run = client.ask('run', {}).then(() => {
    isRunning = false;
  });
  const { count } = await client.ask('rows', { from: 100, count: 50 });
  assert.equal([count, isRunning], [50, true]);
  await run;
});

test.run();
