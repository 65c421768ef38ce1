/** Workloads: which instances arrive, that they are valid and kept apart, and that their packets reach them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { isProgramKey, PAPER_KEYS, PROGRAM_KEYS, PROGRAM_KINDS } from '../../bench/workloads/program-kind.js';
import { type Arrival, loadWorkload, type Workload, WorkloadError } from '../../bench/workloads/workload.js';
import {
  analyse,
  builtInDataPlane,
  commandEnd,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  dataPlaneFromJson,
  defaultDataPlane,
  lower,
  must,
} from '../../compiler/index.js';
import { MAX_INSTANCES } from '../../sim/made-packet/addresses.js';
import { createPacketBatch, createTrafficGenerator, type TrafficTarget } from '../../traces/index.js';
import { Rig } from '../hw-driver/fifteen.js';
import { itemAt } from '../item-at.js';

const plane = defaultDataPlane();
/** That of a program, or of a mixture of programs of the paper. */
const planeOf = (name: string): DataPlane => (isProgramKey(name) ? dataPlaneOf(name) : plane);

const load = (name: string, options: { cases?: number; memoryBytes?: number; seed?: string } = {}) =>
  loadWorkload({ cases: 2, memoryBytes: undefined, seed: '1', ...options, name, dataPlane: planeOf(name) });

const arrivals = (workload: Workload, count: number): Arrival[] =>
  Array.from({ length: count }, (_, n) => workload.arrival(n));

/** Deploys arrivals; the result gives the program id of each. */
async function deployAll(rig: Rig, list: readonly Arrival[]): Promise<number[]> {
  const ids: number[] = [];
  const { dataPlane } = rig.controller.state;
  for (const { source, number } of list) {
    const analysis = analyse(source, dataPlane);
    const lowered = lower(itemAt(analysis.programs, 0), dataPlane, DEFAULT_RECIRCULATIONS);
    const options = { filterPriority: number };
    ids.push((await rig.controller.deploy(lowered, analysis.sourceHash, options)).programId);
  }
  return ids;
}

function packetsFor(targets: readonly TrafficTarget[], count: number) {
  const batch = createPacketBatch(count, 1514 * count);
  const generator = createTrafficGenerator({ targets, seed: 'workload-test', packetsPerSecond: 1e6 });
  assert.is(generator.generateInto(batch, 0, count), count);
  return batch;
}

/** Every packet made for an arrival is run by its program, and by no other. */
async function checkReach(list: readonly Arrival[], packetsEach: number, dataPlane = plane): Promise<void> {
  const rig = new Rig(undefined, dataPlane);
  const ids = await deployAll(rig, list);
  for (const [i, arrival] of list.entries()) {
    const batch = packetsFor([arrival.traffic], packetsEach);
    rig.emulator.process(batch);
    const ran = new Set(batch.programId.subarray(0, batch.count));
    assert.equal([...ran], [ids[i]], arrival.name);
  }
  assert.is(rig.emulator.counters.unmatched, 0);
}

test('the text of every instance is free of findings, alone and with many cases', async () => {
  for (const cases of [2, 16, 256]) {
    for (const key of PROGRAM_KEYS) {
      for (const { source, name } of arrivals(await load(key, { cases }), 3)) {
        const { programs, diagnostics } = analyse(source, dataPlaneOf(key));
        assert.equal(diagnostics, [], `${name} with ${cases} cases:\n${source}`);
        assert.equal(
          programs.map((program) => program.name),
          [name],
        );
      }
    }
  }
});

for (const key of PROGRAM_KEYS) {
  test(`${key}: every packet made for an instance is run by it`, async () => {
    await checkReach(arrivals(await load(key), 12), 80, dataPlaneOf(key));
  });
}

test('all-mixed: two hundred instances share no packet', async () => {
  const list = arrivals(await load('all-mixed'), 200);
  assert.is(new Set(list.map(({ key }) => key)).size, PAPER_KEYS.length, 'all kinds are there');
  await checkReach(list, 40);
});

test('all-mixed: no packet of all the traffic is unmatched', async () => {
  const rig = new Rig();
  const list = arrivals(await load('all-mixed', { seed: 'another' }), 100);
  await deployAll(rig, list);
  rig.emulator.process(
    packetsFor(
      list.map(({ traffic }) => traffic),
      2000,
    ),
  );
  assert.is(rig.emulator.counters.in, 2000);
  assert.is(rig.emulator.counters.unmatched, 0);
});

test('instances far apart are kept apart too', async () => {
  for (const key of PROGRAM_KEYS) {
    const workload = await load(key);
    await checkReach(
      [0, 255, 256, 511, 32767].map((n) => workload.arrival(n)),
      30,
      dataPlaneOf(key),
    );
  }
});

test('the same seed gives the same workload, another seed another', async () => {
  const texts = async (seed: string) => arrivals(await load('all-mixed', { seed }), 60).map(({ source }) => source);
  assert.equal(await texts('7'), await texts('7'));
  assert.is.not((await texts('7')).join(), (await texts('8')).join());
});

test('an arrival does not depend on the order in which arrivals are asked for', async () => {
  const forwards = arrivals(await load('mixed'), 40).map(({ source }) => source);
  const workload = await load('mixed');
  const backwards = Array.from({ length: 40 }, (_, n) => workload.arrival(39 - n).source).reverse();
  assert.equal(backwards, forwards);
});

test('mixes draw from their programs only, about equally', async () => {
  for (const [name, keys] of [
    ['mixed', ['cache', 'hh', 'lb']],
    ['all-mixed', [...PAPER_KEYS].sort()],
  ] as const) {
    const drawn = arrivals(await load(name), 900).map(({ key }) => key);
    assert.equal([...new Set(drawn)].sort(), keys);
    for (const key of keys) {
      const share = (drawn.filter((other) => other === key).length * keys.length) / drawn.length;
      assert.ok(share > 0.6 && share < 1.5, `${name}: ${key} comes ${share} times as often as it should`);
    }
  }
});

test('l2, l3 and tn take turns with their two rules', async () => {
  for (const key of ['l2', 'l3', 'tn']) {
    const ports = arrivals(await load(key), 4).map(({ source }) => /FORWARD\((\d)\)/.exec(source)?.[1]);
    assert.equal(ports, key === 'l2' ? ['2', '1', '2', '1'] : ['1', '2', '1', '2']);
  }
});

test('memory sizes: what was asked for, but hll keeps its 32 buckets', async () => {
  for (const key of PAPER_KEYS) {
    for (const memoryBytes of [1024, 4096]) {
      const program = itemAt(analyse((await load(key, { memoryBytes })).arrival(5).source, plane).programs, 0);
      const wanted = PROGRAM_KINDS[key].resizable ? memoryBytes / 4 : 32;
      for (const { name, buckets } of program.memories) assert.is(buckets, wanted, `${key} ${name}`);
    }
    const own = itemAt(analyse((await load(key)).arrival(0).source, plane).programs, 0);
    for (const { name, buckets } of own.memories) assert.is(buckets, key === 'hll' ? 32 : 256, `${key} ${name}`);
  }
});

test('elastic cases: one pair of cases per cached key, one case per server', async () => {
  const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
  for (const cases of [2, 16, 256]) {
    for (const key of ['cache', 'nc']) {
      const { source } = (await load(key, { cases })).arrival(3);
      assert.is(count(source, /MEMREAD\(value\)/g), cases / 2, `${key} reads`);
      assert.is(count(source, /MEMWRITE\(value\)/g), cases / 2, `${key} writes`);
      const buckets = [...source.matchAll(/LOADI\(mar, (\d+)\)/g)].map((match) => Number(match[1]));
      assert.equal(
        [...new Set(buckets)],
        Array.from({ length: cases / 2 }, (_, n) => n),
        'a bucket for each key',
      );
    }
    const { source } = (await load('lb', { cases })).arrival(3);
    assert.is(count(source, /FORWARD\(/g), cases, 'the last one is what the program does otherwise');
  }
});

test('many cases need as many buckets, over what --memory says', async () => {
  const { source } = (await load('cache', { cases: 1024, memoryBytes: 1024 })).arrival(0);
  assert.is(itemAt(itemAt(analyse(source, plane).programs, 0).memories, 0).buckets, 512);
});

test('sixteen cases: every cached key is answered by its own bucket', async () => {
  await checkReach([(await load('cache', { cases: 16 })).arrival(9)], 200);
  await checkReach([(await load('lb', { cases: 16 })).arrival(9)], 200);
});

test('an unknown workload, and more instances than the maximum', async () => {
  const error = await load('loadbalancer').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, WorkloadError);
  assert.match(
    String(error),
    /there is no workload 'loadbalancer': it is one of cache, lb, .*all-mixed, a \.p4runpro file, or/,
  );
  const workload = await load('lb');
  assert.throws(() => workload.arrival(MAX_INSTANCES), /the maximum is 32,768 instances/);
  for (const name of ['constructor', 'toString', '__proto__']) {
    const thrown = await load(name).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instance(thrown, WorkloadError, `workload ${name}`);
  }
});

test('a program that needs more than the data plane has', async () => {
  const options = { cases: 2, memoryBytes: undefined, seed: '1', dataPlane: plane };
  const error = await loadWorkload({ ...options, name: 'pint' }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, WorkloadError);
  assert.is(
    String(error).split(': ').slice(1).join(': '),
    'the data plane default cannot run the program pint; these can: extended',
  );
});

const USER_PROGRAMS: readonly (readonly [name: string, text: string])[] = [
  ['UDP port', 'program p(<hdr.udp.dst_port, 5000, 0xffff>) { FORWARD(3); }'],
  ['application header', 'program p(<hdr.udp.dst_port, 7777, 0xffff>) { EXTRACT(hdr.l5.op, har); FORWARD(3); }'],
  ['TCP port', 'program p(<hdr.tcp.src_port, 443, 0xffff>) { DROP; }'],
  ['source prefix', 'program p(<hdr.ipv4.src, 10.9.0.0, 255.255.0.0>) { FORWARD(3); }'],
  ['destination prefix', 'program p(<hdr.ipv4.dst, 10.9.0.0, 255.255.0.0>) { FORWARD(3); }'],
  ['both prefixes', 'program p(<hdr.ipv4.dst, 10.9.0.0, 0xffff0000>, <hdr.ipv4.src, 10.8.0.0, 0xffff0000>) { DROP; }'],
  ['ingress port', 'program p(<ig_intr_md.ingress_port, 7, 0x1ff>, <hdr.ipv4.protocol, 17, 0xff>) { FORWARD(3); }'],
  ['tunnel', 'program p(<hdr.tunnel.dst_id, 5, 0xffff>) { FORWARD(3); }'],
  ['Ethernet address', 'program p(<hdr.ethernet.dst, 0x0a0000000001, 0xffffffffffff>) { FORWARD(3); }'],
  ['ether type', 'program p(<hdr.ethernet.ether_type, 0x88b5, 0xffff>) { FORWARD(3); }'],
  [
    'memory',
    '@m 64\nprogram p(<hdr.ipv4.src, 10.0.0.0, 0xff000000>) { LOADI(sar, 1); HASH_5_TUPLE_MEM(m); MEMADD(m); }',
  ],
];

for (const [name, text] of USER_PROGRAMS) {
  test(`a user's own program (${name}): every packet made for an instance is run by it`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'p4runpro-workload-'));
    try {
      const file = join(folder, 'mine.p4runpro');
      writeFileSync(file, text);
      const list = arrivals(await load(file), 6);
      for (const { source } of list) assert.equal(analyse(source, plane).diagnostics, [], source);
      await checkReach(list, 40);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

const IPV6_PROGRAMS: readonly (readonly [name: string, filters: string])[] = [
  ['any', '<hdr.ipv6.dst, ::/0>'],
  ['source prefix', '<hdr.ipv6.src, 2001:db8:5::/48>'],
  ['destination prefix', '<hdr.ipv6.dst, 2001:db8:4::/47>'],
  ['an address and a prefix', '<hdr.ipv6.dst, 2001:db8:5::9/128>, <hdr.ipv6.src, 2001:db8:6::/49>'],
  ['a word of an address', '<hdr.ipv6.src[1], 0x50000, 0xffff0000>, <hdr.ipv6.dst[3], 7, 0xf>'],
  ['UDP port', '<hdr.ipv6.dst, ::/0>, <hdr.udp.dst_port, 53, 0xffff>'],
  ['application port', '<hdr.ipv6.dst, ::/0>, <hdr.udp.dst_port, 7777, 0xffff>'],
  ['TCP port', '<hdr.ipv6.dst, ::/0>, <hdr.tcp.src_port, 443, 0xffff>'],
  ['ICMPv6', '<hdr.ipv6.next_header, 58, 0xff>'],
  ['destination options', '<hdr.ipv6.next_header, 60, 0xff>'],
  ['ingress port', '<hdr.ipv6.dst, ::/0>, <ig_intr_md.ingress_port, 7, 0x1ff>'],
];

test("a user's own program on IPv6: every packet made for it, as it is or as an instance, is run by it", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-workload-'));
  try {
    const extended = must(builtInDataPlane('extended'), 'data plane');
    const name = join(folder, 'mine.p4runpro');
    for (const [what, filters] of IPV6_PROGRAMS) {
      writeFileSync(name, `program p(${filters}) { EXTRACT(hdr.ipv6.dst[3], har); FORWARD(3); }`);
      const options = { cases: 2, memoryBytes: undefined, seed: '1', name, dataPlane: extended };
      const list = arrivals(await loadWorkload(options), 4);
      for (const { source } of list) assert.equal(analyse(source, extended).diagnostics, [], `${what}: ${source}`);
      await checkReach(list, 40, extended);
      await checkReach(arrivals(await loadWorkload({ ...options, asWritten: true }), 1), 40, extended);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a user's own file: sizes stay unless they are asked for; errors are named", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-workload-'));
  try {
    const file = join(folder, 'mine.p4runpro');
    writeFileSync(file, USER_PROGRAMS.at(-1)?.[1] ?? '');
    const buckets = async (memoryBytes?: number) => {
      const workload = await load(file, memoryBytes === undefined ? {} : { memoryBytes });
      return itemAt(itemAt(analyse(workload.arrival(0).source, plane).programs, 0).memories, 0).buckets;
    };
    assert.is(await buckets(), 64);
    assert.is(await buckets(2048), 512);
    const refused = async (path: string): Promise<unknown> =>
      load(path).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    writeFileSync(file, 'program p(<hdr.nope.x, 1, 1>) { DROP; }');
    assert.instance(await refused(file), WorkloadError);
    assert.match(String(await refused(file)), /mine.p4runpro has errors; see: p4runpro check \S+mine.p4runpro$/);
    for (const [dataPlane, option] of [
      [must(builtInDataPlane('tofino2'), 'tofino2'), 'tofino2'],
      [dataPlaneFromJson({ extends: 'tofino2', name: 'mine' }), 'FILE'],
    ] as const) {
      const message = await loadWorkload({ name: file, cases: 2, memoryBytes: undefined, seed: '1', dataPlane }).then(
        () => '',
        (thrown: unknown) => String(thrown),
      );
      assert.ok(message.endsWith(`mine.p4runpro --dataplane ${option}`), message);
    }
    const absent = await refused(join(folder, 'absent.p4runpro'));
    assert.is(commandEnd(absent), 'bad-input');
    assert.match(String(absent), /absent\.p4runpro: no such file/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
