/** The fifteen programs against the network functions of bench/functions, and the comparison itself. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeDifference } from '../../bench/cli/report/verify-report.js';
import { Comparison, type Difference } from '../../bench/verify/compare.js';
import { networkFunction } from '../../bench/verify/functions/for-program.js';
import { verificationTraffic } from '../../bench/verify/verification-traffic.js';
import { verifiedProgram } from '../../bench/verify/verified-program.js';
import { type Verification, type VerifyOptions, verifyPrograms } from '../../bench/verify/verify-programs.js';
import { deployWorkload } from '../../bench/workloads/deployment.js';
import { generatedPackets } from '../../bench/workloads/generated-packets.js';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { PROGRAM_KEYS, PROGRAM_KINDS, type ProgramKey } from '../../bench/workloads/program-kind.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import {
  type ALLOCATOR_NAMES,
  builtInDataPlane,
  defaultDataPlane,
  groupOfPorts,
  must,
  priceAllocator,
} from '../../compiler/index.js';
import { builtInAllocator } from '../../hw-driver/index.js';
import { Switch } from '../../sim/index.js';
import {
  appendPacketBytes,
  clearPacketBatch,
  createCaptureWriter,
  createPacketBatch,
  createTrafficGenerator,
  type PacketBatch,
} from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { frame } from '../sim/frames.js';
import { completeFrames, ipv6Frame } from '../sim/ipv6-frames.js';
import { cases, isNightly } from '../tiers.js';

const dataPlane = defaultDataPlane();
const extended = must(builtInDataPlane('extended'), 'extended');
const [ON_DEFAULT, ON_EXTENDED] = (['default', 'extended'] as const).map((name) =>
  PROGRAM_KEYS.filter((key) => PROGRAM_KINDS[key].dataPlane === name),
) as [ProgramKey[], ProgramKey[]];
const WORKLOAD = { memoryBytes: 1024, cases: 2, seed: '1', dataPlane };

const allocators = (...names: (typeof ALLOCATOR_NAMES)[number][]) =>
  names.map((label) => ({
    label,
    allocator: builtInAllocator(label),
  }));

async function verified(options: Partial<VerifyOptions>): Promise<Verification[]> {
  const rounds: Verification[] = [];
  const all: VerifyOptions = {
    ...WORKLOAD,
    keys: ON_DEFAULT,
    allocators: allocators('price'),
    companions: 0,
    recirculations: 1,
    traces: [],
    packets: 4000,
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  };
  for await (const round of verifyPrograms(all)) rounds.push(round);
  return rounds;
}

/** All programs, those that need it on the data plane extended. */
const verifiedAll = async (options: Partial<VerifyOptions>): Promise<Verification[]> => [
  ...(await verified(options)),
  ...(ON_EXTENDED.length === 0 ? [] : await verified({ ...options, dataPlane: extended, keys: ON_EXTENDED })),
];

function assertEqual(rounds: readonly Verification[]): void {
  for (const { difference } of rounds) {
    if (difference !== null) assert.unreachable(describeDifference(difference, extended).join('\n'));
  }
}

const PACKETS = cases(1200);
/** Enough to fill pages of the tables; at night nearly as many as fit. */
const COMPANIONS = isNightly ? 500 : 150;

test('each program in a switch of its own, placed three ways', async () => {
  const rounds = await verifiedAll({ packets: PACKETS, allocators: allocators('price', 'f1', 'hierarchical') });
  assertEqual(rounds);
  assert.is(rounds.length, 3 * PROGRAM_KEYS.length);
  for (const { rows } of rounds) for (const { program, packets } of rows) assert.ok(packets > 0.375 * PACKETS, program);
});

test('all programs together with many others', async () => {
  const rounds = await verified({ companions: COMPANIONS, packets: 1000, allocators: allocators('price'), seed: '2' });
  assertEqual(rounds);
  const rows = rounds.at(-1)?.rows ?? [];
  assert.is(rows.length, 2 * ON_DEFAULT.length);
  for (const { program, packets, others } of rows) {
    assert.is(others, COMPANIONS - 1 + 2 * ON_DEFAULT.length);
    assert.ok(packets > 200, `${program}: ${packets}`);
  }
});

test('with other memory sizes, cases and seeds', async () => {
  assertEqual(await verifiedAll({ memoryBytes: 64, cases: 8, packets: cases(600), seed: '3' }));
  assertEqual(
    await verifiedAll({ memoryBytes: 4096, cases: 32, packets: cases(600), seed: '4', allocators: allocators('f2') }),
  );
});

/** Packets such as a capture of a busy link holds: all kinds of headers, cut short where the snap length says so. */
function writeCapture(path: string): void {
  const end = { base: 0xc0a80000, hostMask: 0xffff };
  const common = {
    ingressPort: 0,
    ethernet: { destination: 0x00010203, source: 0x040506070809 },
    flows: 60,
    frameBytes: { minimum: 60, maximum: 1514 },
  };
  const ipv4 = (protocol: number, options?: number[]) => ({
    source: end,
    destination: { base: 0x5db8d800, hostMask: 0xff },
    protocol,
    ...(options === undefined ? {} : { options }),
  });
  const generator = createTrafficGenerator({
    seed: 'a busy link',
    packetsPerSecond: 1e4,
    targets: [
      {
        variants: [
          { ...common, ipv4: ipv4(6), tcp: { flags: 0x02 } },
          { ...common, weight: 4, ipv4: ipv4(6), tcp: { flags: 0x18 } },
          { ...common, weight: 0.3, ipv4: ipv4(6, [0x01010101]), tcp: { flags: 0x11 } },
          { ...common, weight: 3, ipv4: ipv4(17), udp: { destinationPort: 53 } },
          { ...common, weight: 2, vlan: { id: 9 }, ipv4: ipv4(17), udp: {} },
          { ...common, ipv4: ipv4(1) },
          { ...common, tunnel: { destinationId: 5 }, flows: 1 },
          { ...common, ethernet: { ...common.ethernet, etherType: 0x0806 }, flows: 1 },
        ],
      },
    ],
  });
  const batch = createPacketBatch(8192, 2 ** 24);
  generator.generateInto(batch, 0, 3000);
  for (let i = 0; i < batch.count; i++) {
    if (i % 3 === 0)
      batch.capturedLength[i] = Math.min(
        itemAt(batch.capturedLength, i),
        itemAt([96, 68, 54, 42, 40, 20, 14, 13], i % 8),
      );
  }
  for (const fragmentOffset of [1, 185]) {
    const fragment = frame({ ipv4: { protocol: 17, fragmentOffset }, payload: Array(40).fill(7) });
    for (let n = 0; n < 20; n++) appendPacketBytes(batch, fragment);
  }
  for (const options of fc.sample(completeFrames, { numRuns: 60, seed: 6 })) {
    appendPacketBytes(batch, ipv6Frame(options).bytes);
  }
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
}

test('on a capture with all kinds of headers, cut packets and fragments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  try {
    const path = join(folder, 'mixed.pcap');
    writeCapture(path);
    const rounds = await verifiedAll({
      companions: isNightly ? 60 : 20,
      traces: [path],
      allocators: allocators('price', 'f1'),
    });
    assertEqual(rounds);
    for (const { packets } of rounds) assert.is(packets, 3100);
    for (const { rows } of rounds.filter((round) => round.rows.length === 2)) {
      assert.ok(
        rows.reduce((sum, { packets }) => sum + packets, 0) > (rows[0]?.key === 'hh6' ? 40 : 100),
        itemAt(rows, 0).key,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Programs that do something else: what is changed in the text, and what has to be noticed. */
const FAULTS: readonly (readonly [ProgramKey, from: string, to: string, Difference['kind']])[] = [
  ['cache', 'FORWARD(32)', 'FORWARD(33)', 'packet'],
  ['cache', 'MEMWRITE(value)', 'MEMADD(value)', 'packet'],
  ['lb', 'MODIFY(hdr.ipv4.dst, sar);\n}', '}', 'packet'],
  ['hh', '0xfffffc00', '0xfffff800', 'packet'],
  ['hh', 'MEMOR(seen2)', 'MEMREAD(seen2)', 'packet'],
  ['nc', '0xffffff80', '0xffffff00', 'packet'],
  ['nc', 'LOADI(sar, 1)', 'LOADI(sar, 2)', 'memory'],
  ['acc', 'FORWARD(0)', 'FORWARD(1)', 'packet'],
  ['acc', 'MEMOR(seen)', 'MEMREAD(seen)', 'packet'],
  ['sf', '0x170000', '0x070000', 'packet'],
  ['sf', '0x50000', '0x10000', 'packet'],
  ['sf', '0x50000', '0x40000', 'packet'],
  ['l2', 'FORWARD', 'REPORT; //', 'packet'],
  ['l3', 'FORWARD', 'REPORT; //', 'packet'],
  ['tn', 'FORWARD', 'REPORT; //', 'packet'],
  ['calc', 'SUB(sar', 'ADD(sar', 'packet'],
  ['calc', 'RETURN', 'NOP', 'packet'],
  ['ecn', '10000', '10001', 'packet'],
  ['cms', 'MEMADD(row3)', 'MEMMAX(row3)', 'memory'],
  ['bf', 'MEMWRITE(row2)', 'MEMREAD(row2)', 'memory'],
  ['sm', 'MEMMAX(row1)', 'MEMWRITE(row1)', 'memory'],
  ['hll', 'LOADI(sar, 9)', 'LOADI(sar, 8)', 'memory'],
  ['pint', 'SLT(har, sar)', 'SGT(har, sar)', 'packet'],
  ['hh6', '0xffffff00', '0xfffffe00', 'packet'],
  ['switchml', 'MEMWRITE(pool2)', 'MEMREAD(pool2)', 'packet'],
  ['switchml', 'MULTICAST(1)', 'MULTICAST(2)', 'packet'],
  ['rtt', 'ADDI(sar, 1)', 'ADDI(sar, 2)', 'memory'],
  ['rtt', 'MEMWRITE(signature)', 'MEMREAD(signature)', 'memory'],
  ['coco', 'EXTRACT(hdr.ipv4.src, sar)', 'EXTRACT(hdr.ipv4.dst, sar)', 'memory'],
  ['coco', 'SLT(mar, sar)', 'SGT(mar, sar)', 'memory'],
  ['conquest', 'MEMWRITE(s2)', 'MEMREAD(s2)', 'packet'],
  ['conquest', '0xfffffff0', '0xffffffe0', 'packet'],
];

/** A program in a switch beside its function, on packets that can be spoilt. */
async function compared(
  key: ProgramKey,
  rewrite: (source: string) => string,
  packets: number,
  spoil: (batch: PacketBatch) => void = () => {},
): Promise<Difference | undefined> {
  const dataPlane = dataPlaneOf(key);
  const groups = dataPlane.description.replication === undefined ? [] : [groupOfPorts(1, [4, 5], [])];
  const own = await loadWorkload({ ...WORKLOAD, dataPlane, name: key });
  const workload = {
    name: key,
    asWritten: false,
    arrival: (number: number) => {
      const arrival = own.arrival(number);
      return {
        ...arrival,
        source: rewrite(arrival.source),
        traffic: verificationTraffic(key, arrival.traffic, dataPlane),
      };
    },
  };
  const emulator = new Switch(dataPlane);
  const deployment = await deployWorkload(emulator, {
    workload,
    programs: 1,
    groups,
    allocator: priceAllocator(),
    recirculations: 1,
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const programs = deployment.programs.map((program) =>
    verifiedProgram(program, dataPlane, WORKLOAD.cases, emulator.seed),
  );
  const comparison = new Comparison(emulator, programs, (n) => 9990 + (n % 20));
  const batch = createPacketBatch(2048, 4 * 2 ** 20);
  const source = generatedPackets([workload.arrival(0).traffic], packets, '1');
  while ((await source.fill(batch)) > 0) {
    spoil(batch);
    const difference = comparison.process(batch);
    if (difference !== undefined) return difference;
    clearPacketBatch(batch);
  }
  return comparison.memories(deployment.controller);
}

for (const [key, from, to, kind] of FAULTS) {
  test(`${key}: ${to} in place of ${from} is noticed`, async () => {
    const rewrite = (source: string): string => {
      assert.ok(source.includes(from), source);
      return source.replaceAll(from, to);
    };
    const difference = await compared(key, rewrite, 12_000);
    assert.is(difference?.kind, kind);
    if (difference === undefined) return;
    const text = describeDifference(difference, dataPlane).join('\n');
    assert.match(text, kind === 'packet' ? /^packet [\d]+, from port .*expected: .*found: .*on arrival:/s : /^memory /);
  });
}

const ETHERNET_BYTES = 14;
const IPV4_CHECKSUM_AT = ETHERNET_BYTES + 10;
const UDP_CHECKSUM_AT = ETHERNET_BYTES + 20 + 6;

/** Checksums that are wrong, absent, or either of the two zeros. */
function spoilChecksums({ bytes, count, offset }: PacketBatch): void {
  for (let i = 0; i < count; i++) {
    const start = itemAt(offset, i);
    if (bytes[start + ETHERNET_BYTES] !== 0x45) continue;
    const changes: readonly (readonly [number, number])[] = [
      [IPV4_CHECKSUM_AT, i & 0xffff],
      [UDP_CHECKSUM_AT, 0],
      [UDP_CHECKSUM_AT, 0xffff],
      [UDP_CHECKSUM_AT, (i * 7919) & 0xffff],
    ];
    const [at, value] = itemAt(changes, i % 4);
    bytes[start + at] = value >>> 8;
    bytes[start + at + 1] = value & 0xff;
  }
}

for (const key of ['cache', 'nc', 'calc', 'lb', 'ecn'] as const) {
  test(`${key}: what becomes of checksums that are wrong or absent`, async () => {
    const difference = await compared(key, (source) => source, 6000, spoilChecksums);
    if (difference !== undefined) assert.unreachable(describeDifference(difference, dataPlane).join('\n'));
  });
}

test('a function needs nothing of the program but hash functions and sizes', () => {
  const calls: string[] = [];
  const counter = networkFunction('cms', {
    hashOf: (memory) => {
      calls.push(memory);
      return () => 0;
    },
    bucketsOf: () => 4,
    cpuPort: 192,
    cachedKeys: [],
    servers: { port: () => 0, address: () => 0 },
    wordHash: () => () => 0,
    flowHash: () => () => 0,
    random: () => () => 0,
    memoryWord: () => () => 0,
    connections: () => ({ size: 0, placeOf: () => 0, isOpen: () => false }),
    rule: 0,
  });
  assert.equal(calls, ['row1', 'row2', 'row3']);
  assert.is(counter.memories().length, 3);
});

test.run();
