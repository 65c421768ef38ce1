/** `serve --metrics` and `show --hits`: what a switch tells of itself while programs and packets come. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, groupOfPorts, installOperations, SwitchState } from '../../compiler/index.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { expositionText, Histogram } from '../../hw-driver/server/metrics/exposition.js';
import { serveMetrics } from '../../hw-driver/server/metrics/metrics-http.js';
import { SwitchMetrics } from '../../hw-driver/server/metrics/switch-metrics.js';
import { SwitchPorts } from '../../hw-driver/server/ports/switch-ports.js';
import { Switch } from '../../sim/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { withFolder } from '../command-line.js';
import { frame } from '../sim/frames.js';
import { dataPlane } from '../sim/test-switch.js';
import { compileText } from '../sim/translations.js';
import { commands, program } from './operate.js';
import { plane } from './served-switch.js';

test('the text format: help, types, escaped labels, histograms', () => {
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) histogram.observe(value);
  const text = expositionText([
    { name: 'a_total', help: 'One\\two\nlines.', type: 'counter', samples: [{ labels: { b: 'x"\\y\n' }, value: 1 }] },
    { name: 'empty', help: 'None.', type: 'gauge', samples: [] },
    { name: 'h', help: 'Seconds.', type: 'histogram', samples: histogram.samples() },
  ]);
  assert.is(
    text,
    [
      '# HELP a_total One\\\\two\\nlines.',
      '# TYPE a_total counter',
      'a_total{b="x\\"\\\\y\\n"} 1',
      '# HELP empty None.',
      '# TYPE empty gauge',
      '# HELP h Seconds.',
      '# TYPE h histogram',
      'h_bucket{le="0.1"} 2',
      'h_bucket{le="1"} 3',
      'h_bucket{le="+Inf"} 4',
      'h_sum 3.65',
      'h_count 4',
      '',
    ].join('\n'),
  );
});

interface Served {
  readonly ports: SwitchPorts;
  readonly address: string;
  readonly get: (path: string, method?: string) => Promise<{ readonly status: number; readonly text: string }>;
}

/** A switch with default forwarding from port 1 to port 2, as `p4runpro serve` starts it. */
async function served(countsHits: boolean, body: (served: Served) => Promise<void>): Promise<void> {
  const emulator = new Switch(plane, { countsHits });
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  const ports = new SwitchPorts(emulator);
  const metrics = new SwitchMetrics(emulator, ports);
  ports.onPacket = metrics.onPacket;
  const server = await serveBfRuntime(emulator, { port: 0, ports: ports.ports, onWrite: metrics.onWrite });
  const http = await serveMetrics(metrics, '127.0.0.1', 0);
  try {
    await body({
      ports,
      address: `127.0.0.1:${server.port}`,
      get: async (path, method = 'GET') => {
        const response = await fetch(`http://127.0.0.1:${http.port}${path}`, { method });
        return { status: response.status, text: await response.text() };
      },
    });
  } finally {
    await http.close();
    await server.close();
  }
}

/** The value of a sample, by its name and labels as they stand in the text. */
function sampleValue(text: string, sample: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
  assert.ok(line !== undefined, `no ${sample} in:\n${text}`);
  return Number(line.slice(sample.length + 1));
}

// The filter of the program cache: UDP to port 7777.
const request = (op: number): Uint8Array =>
  frame({ ipv4: { src: 1, dst: 2 }, udp: { dst: 7777 }, l5: [op, 0, 0x8888, 0] });

test('copied packets, their copies, and packets to groups that are not there', () => {
  const extended = dataPlane('extended');
  const emulator = new Switch(extended);
  const text = 'program p(<hdr.ipv4.dst, 10.0.0.2, 0xffffffff>) { MULTICAST(1); }\n';
  for (const operation of installOperations(compileText(text, new SwitchState(extended)).compiled)) {
    emulator.apply(operation);
  }
  const ports = new SwitchPorts(emulator);
  const metrics = new SwitchMetrics(emulator, ports);
  ports.onPacket = metrics.onPacket;
  const send = () => ports.send({ port: 1, bytes: frame({ udp: { src: 1, dst: 2 } }) });
  send();
  emulator.apply({ kind: 'insertGroup', group: groupOfPorts(1, [5, 3, 4], []) });
  send();
  send();
  const shown = expositionText(metrics.all(false));
  const packets = (verdict: string) =>
    sampleValue(shown, `p4runpro_packets_total{program_id="1",verdict="${verdict}"}`);
  assert.equal(['forwarded', 'dropped', 'reported', 'copied'].map(packets), [0, 1, 0, 2]);
  assert.is(sampleValue(shown, 'p4runpro_copies_total'), 6);
  assert.is(sampleValue(shown, 'p4runpro_no_group_packets_total'), 1);
});

test('programs, entries, packets by verdict, ports and writes; hits by entry only on demand', () =>
  withFolder(async (folder) => {
    await served(true, async ({ ports, address, get }) => {
      const run = commands(folder, '--target', address, '--journal', 'j');
      const before = (await get('/metrics')).text;
      assert.is(sampleValue(before, 'p4runpro_programs'), 0);
      assert.is(sampleValue(before, 'p4runpro_writes_total{result="succeeded"}'), 0);
      const deployed = await run(0, 'deploy', program('cache'));
      const entries = Number(/(\d+) entries/.exec(deployed)?.[1]);
      for (let i = 0; i < 3; i++) ports.send({ port: 1, bytes: frame({ ipv4: { src: 1, dst: 2 }, udp: { dst: 53 } }) });
      ports.send({ port: 3, bytes: frame({ ipv4: { src: 1, dst: 2 }, udp: { dst: 53 } }) });
      ports.send({ port: 1, bytes: request(7) });
      const { text, status } = await get('/metrics');
      assert.is(status, 200);
      assert.is(sampleValue(text, 'p4runpro_programs'), 1);
      assert.is(sampleValue(text, 'p4runpro_program_entries{program_id="1"}'), entries);
      assert.is(sampleValue(text, 'p4runpro_packets_total{program_id="0",verdict="forwarded"}'), 3);
      assert.is(sampleValue(text, 'p4runpro_packets_total{program_id="0",verdict="dropped"}'), 1);
      assert.is(sampleValue(text, 'p4runpro_packets_total{program_id="1",verdict="forwarded"}'), 1);
      assert.is(sampleValue(text, 'p4runpro_port_frames_total{port="1",direction="received"}'), 4);
      assert.is(sampleValue(text, 'p4runpro_port_up{port="1"}'), 1);
      assert.ok(sampleValue(text, 'p4runpro_writes_total{result="succeeded"}') > 0);
      assert.is(
        sampleValue(text, 'p4runpro_write_seconds_count'),
        sampleValue(text, 'p4runpro_writes_total{result="succeeded"}'),
      );
      const sum = [...text.matchAll(/^p4runpro_table_entries\{table="[^"]*",rpb="\d[^ ]* (\d+)$/gm)];
      assert.is(sum.length, plane.rpbCount);
      assert.not.match(text, /entry_hits/);
      const withHits = (await get('/metrics?entries=1')).text;
      assert.match(
        withHits,
        /^p4runpro_entry_hits_total\{program_id="",table="[^"]*",priority="0",key="[^"]*=1",action="[^"]*"\} 4$/m,
      );
      const hits = await run(0, 'show', '--hits');
      assert.match(hits, /^program +packets +table +priority +action +matches\n/);
      assert.match(hits, /^- +4 +tb_forward +0 +forward\(2\) +ig_intr_md\.ingress_port=1$/m);
      const { hits: documents } = JSON.parse(await run(0, 'show', 'entries', 'cache', '--hits', '--json')) as {
        hits: { packets: number; program: string }[];
      };
      assert.is(documents.length, entries);
      // The request of the cache hit its filter and at least one entry of an RPB.
      assert.ok(documents.filter(({ packets }) => packets === 1).length >= 2, JSON.stringify(documents));
      await run(2, 'show', 'memory', '--hits');
    });
  }));

test('a client reads, sets and resets the counter of an entry; a rolled back deletion keeps it', async () => {
  const emulator = new Switch(plane, { countsHits: true });
  const entry = defaultForwardEntry(plane, 1, 2);
  emulator.apply({ kind: 'insertEntry', entry });
  const server = await serveBfRuntime(emulator, { port: 0 });
  const target = await connectBfRuntime({ address: `127.0.0.1:${server.port}`, dataPlane: plane });
  try {
    const ports = new SwitchPorts(emulator);
    for (let i = 0; i < 5; i++) ports.send({ port: 1, bytes: new Uint8Array(60) });
    const packets = async () => (await target.hits())?.map((hit) => hit.packets);
    assert.equal(await packets(), [5]);
    const missing = defaultForwardEntry(plane, 9, 2);
    await target
      .apply([
        { kind: 'deleteEntry', entry },
        { kind: 'deleteEntry', entry: missing },
      ])
      .then(
        () => assert.unreachable(),
        () => undefined,
      );
    // Those before the one that is refused are made: the entry is gone.
    assert.equal(await packets(), []);
    await target.apply([{ kind: 'insertEntry', entry }]);
    assert.equal(await packets(), [0]);
  } finally {
    await target.close();
    await server.close();
  }
});

test('the packets of a revoked program are not counted for the program that gets its id', () =>
  withFolder(async (folder) => {
    await served(false, async ({ ports, address, get }) => {
      const run = commands(folder, '--target', address, '--journal', 'j');
      const samples = async () =>
        [
          ...(await get('/metrics')).text.matchAll(/^p4runpro_packets_total\{program_id="1",verdict="(.*)"\} (\d+)$/gm),
        ].map(([, verdict, count]) => `${verdict} ${count}`);
      await run(0, 'deploy', program('cache'));
      for (let i = 0; i < 3; i++) ports.send({ port: 1, bytes: request(7) });
      assert.equal(await samples(), ['forwarded 3', 'dropped 0', 'reported 0']);
      await run(0, 'deploy', program('hh'));
      assert.equal(await samples(), ['forwarded 3', 'dropped 0', 'reported 0'], 'another program leaves the series');
      await run(0, 'revoke', 'cache');
      assert.equal(await samples(), []);
      await run(0, 'deploy', program('cache'));
      ports.send({ port: 1, bytes: request(7) });
      assert.equal(await samples(), ['forwarded 1', 'dropped 0', 'reported 0']);
    });
  }));

test('hits of a switch without counters are refused with the option that counts', () =>
  withFolder(async (folder) => {
    await served(false, async ({ address, get }) => {
      assert.equal(await get('/metrics?entries=1'), {
        status: 404,
        text: 'the switch does not count hits: start it with --count-hits\n',
      });
      for (const path of ['/', '//', '//[']) assert.is((await get(path)).status, 404, path);
      assert.is((await get('/metrics', 'POST')).status, 405);
      const run = commands(folder, '--target', address, '--journal', 'j');
      await run(0, 'deploy', program('lb'));
      await run(2, 'show', '--hits');
    });
  }));

test('the dashboard queries only metrics that exist', () =>
  served(true, async ({ get }) => {
    const { text } = await get('/metrics?entries=1');
    const told = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const dashboard = readFileSync(packageFile('docs', 'grafana-dashboard.json'), 'utf8');
    const asked = new Set([...dashboard.matchAll(/p4runpro_\w+/g)].map(([name]) => name.replace(/_bucket$/, '')));
    assert.ok(asked.size > 8);
    assert.equal(
      [...asked].filter((name) => !told.has(name)),
      [],
    );
  }));

test.run();
