/** Networks from files: what `bench run --timing` gives, hosts that answer, captures, followed packets. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summariseNetwork } from '../../../bench/network/network-summary.js';
import { unaccounted } from '../../../sim/network/index.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../../traces/index.js';
import { isNightly } from '../../tiers.js';
import { read, readCapture, type as typed, withFolder, write } from './network-command.js';
import { RACK, ran } from './networks.js';

test('requests that hit come back from the switch, others from the server, and every packet has an end', async () => {
  const result = await ran(RACK);
  const { hosts, packets, switches, links } = summariseNetwork(result);
  assert.is(unaccounted(packets), 0);
  const { client1, client2, kv } = hosts;
  assert.is(client1?.sent, 101);
  assert.is(client2?.sent, 100);
  assert.is(packets.sent, 201 + (kv?.answered ?? 0));
  // Over the uplink until it is down, and again later.
  assert.ok((kv?.figures['served'] ?? 0) > 30);
  assert.is(kv?.received, (kv?.figures['served'] ?? 0) + (kv?.refused ?? 0));
  assert.ok((kv?.refused ?? 0) > 0, 'the queue of the server is full at times');
  assert.ok((links['uplink'] ?? []).some(({ lost }) => lost.down > 0));
  assert.ok((links['client2:0--tor:2'] ?? []).some(({ lost }) => lost.loss > 0));
  // A hit takes both ways of the link and the switch, and no time of the server.
  assert.ok((client1?.roundTripNs?.min ?? 0) < 1600);
  assert.ok((client1?.roundTripNs?.max ?? 0) > 4000);
  const [update] = switches['tor']?.timing.updates ?? [];
  assert.is(update?.name, 'revoke cache');
  assert.is(update?.mixed, 0);
  assert.ok((update?.before ?? 0) > 30);
});

/** The default forwarding of `bench run`: ports n and n xor 1. */
const NEIGHBOURS = Object.fromEntries(Array.from({ length: 32 }, (_, port) => [port, port ^ 1]));

test('a switch without links gives what bench run --timing gives', () =>
  withFolder(async (folder) => {
    const cache = join(folder, 'cache.p4runpro');
    const capture = join(folder, 'traffic.pcapng');
    await typed(
      [
        'trace',
        'generate',
        capture,
        '--source',
        'cache:rate=3000000',
        '--source',
        'background:mbps=9000,port=3',
        '--seconds',
        '0.002',
      ],
      folder,
    );
    const args = [
      '--workload',
      cache,
      '--programs',
      '1',
      '--trace',
      capture,
      '--timing',
      '--interval',
      '100',
      '--json',
    ];
    const run = JSON.parse(await typed(['run', ...args, '--out', join(folder, 'run')], folder));
    const document = {
      schema: 'p4runpro-bench/network@1',
      seed: '1',
      switches: { one: { programs: ['cache.p4runpro'], forward: NEIGHBOURS, receive: [capture] } },
      microseconds: 10_000,
    };
    const network = summariseNetwork(await ran(document, { folder })).switches['one'];
    assert.ok(run.packets.in > 7000);
    assert.equal(network?.timing, run.timing);
    // The summary of a run has the counters of copies where there are any.
    assert.equal({ ...network?.packets, ...run.packets }, network?.packets);
    assert.equal([network?.stateHash, network?.outputHash], [run.stateHash, run.outputHash]);
  }));

test('the command writes summary, tables, figure and captures, and follows a packet', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'rack.json');
    const out = join(folder, 'out');
    write(file, JSON.stringify(RACK));
    assert.match(await typed(['network', 'check', file], folder), /1 switch, 3 hosts, 3 links, no mistakes/);
    const text = await typed(
      [
        'network',
        'run',
        file,
        '--out',
        out,
        '--follow',
        'client1:1',
        '--capture',
        'uplink',
        ...['--memory-out', join(folder, 'memory.json')],
      ],
      folder,
    );
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(
      text,
      /packet 1 of client1\n.*client1 port 0: sent\n.*tor port 1: arrived\n.*tor port \d+: departed, program cache\n/,
    );
    const summary = JSON.parse(read(join(out, 'summary.json')));
    assert.is(summary.schema, 'p4runpro-bench/network-summary@1');
    assert.match(read(join(out, 'topology.svg')), /<svg.*client1.*uplink|<svg.*client1/s);
    // The load of each direction with its arrow: client1 is below tor.
    assert.match(read(join(out, 'topology.svg')), />↑ [\d.]+ %, ↓ [\d.]+ %</);
    assert.match(read(join(out, 'hosts.csv')), /^host,start_us,sent,/);
    assert.equal(JSON.parse(read(join(folder, 'memory.json'))).tor.cache, { value: { 0: 7 } });
    const packets = await readCapture(join(out, 'uplink.pcapng'));
    assert.is(packets, summary.links.uplink[0].packets + summary.links.uplink[1].packets);
  }));

test('copies of a group go to their ports, each counted', async () => {
  const document = {
    schema: 'p4runpro-bench/network@1',
    switches: { sw: { dataplane: 'extended', programs: ['copy.p4runpro'], groups: { 1: [2, 3, 9] } } },
    hosts: { a: { send: ['flows:rate=1000000,count=20,destination=7777'] }, b: {}, c: {} },
    links: ['a:0', 'b:0', 'c:0'].map((end, n) => ({
      ...{ between: [end, `sw:${n + 1}`], gigabitsPerSecond: 10, delayNs: 100 },
    })),
    microseconds: 100,
  };
  await withFolder(async (folder) => {
    write(join(folder, 'copy.p4runpro'), 'program copy(<hdr.udp.dst_port, 7777, 0xffff>) {\n    MULTICAST(1);\n}\n');
    const { hosts, packets } = summariseNetwork(await ran(document, { folder }));
    assert.equal(
      [packets.sent, packets.copied, hosts['b']?.received, hosts['c']?.received, packets.left],
      [20, 40, 20, 20, 20],
    );
    assert.is(unaccounted(packets), 0);
  });
});

test('packets that are too long for a network are refused, from captures and from modules', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'long.pcapng');
    const writer = createCaptureWriter(path);
    const batch = createPacketBatch(1, 20_000);
    appendPacketBytes(batch, new Uint8Array(16_385), 1);
    writer.write(batch, 0);
    writer.close();
    write(
      join(folder, 'long.mjs'),
      'export default () => ({ nextNs: 0, act(o) { o.send(new Uint8Array(16385)); } });\n',
    );
    const document = (host: object) => ({ ...RACK, hosts: { ...RACK.hosts, client1: host } });
    for (const [n, host] of [{ send: ['long.pcapng'] }, { answer: 'long.mjs' }].entries()) {
      for (const workers of isNightly ? [1, 2] : [n + 1]) {
        try {
          await ran(document(host), { folder, workers });
          assert.unreachable();
        } catch (error) {
          assert.match(String(error), /long\..*at most 16,384/);
        }
      }
    }
  }));

test('a host of a module of the user', () =>
  withFolder(async (folder) => {
    write(
      join(folder, 'ping.mjs'),
      `export default ({ seed }) => {
        let sent = 0;
        return {
          get nextNs() { return sent < 5 ? 1000 * sent : undefined; },
          act(outlet) { sent++; outlet.send(new Uint8Array(60).fill(sent)); },
          receive({ bytes, isOwn }, outlet) { if (!isOwn) { bytes[20] = 9; outlet.answer(); } },
        };
      };\n`,
    );
    const document = {
      schema: 'p4runpro-bench/network@1',
      switches: { sw: { forward: { 1: 2, 2: 1 } } },
      hosts: { a: { answer: 'ping.mjs' }, b: { answer: 'echo' } },
      links: ['a:0', 'b:0'].map((end, n) => ({ between: [end, `sw:${n + 1}`], gigabitsPerSecond: 10, delayNs: 100 })),
      microseconds: 20,
    };
    const { hosts } = summariseNetwork(await ran(document, { folder }));
    assert.equal([hosts['a']?.sent, hosts['a']?.receivedOwn, hosts['b']?.answered], [5, 5, 5]);
  }));

test.run();
