/** MULTICAST: groups, what becomes of copies, and that all engines and drivers agree about them. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  defaultForwardEntry,
  groupOfPorts,
  installOperations,
  type MulticastGroup,
  SwitchState,
} from '../../compiler/index.js';
import {
  createPacketProcessor,
  EMPTY_QUEUE,
  type EngineName,
  formatPacketTrace,
  OutputDigest,
  PacketTracer,
  QueuedDriver,
  Switch,
  type SwitchOptions,
  stateDigest,
  TargetError,
} from '../../sim/index.js';
import { readSnapshot, restoreSnapshot, takeSnapshot } from '../../sim/snapshot/snapshot.js';
import { formatFailure, PacketGenerator, validateTranslation } from '../../sim/validation/index.js';
import {
  allocatePacketBatchMemory,
  appendPacketBytes,
  COPIED,
  createPacketBatch,
  DROPPED,
  forEachLeft,
  type PacketBatch,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { cases } from '../tiers.js';
import { frame } from './frames.js';
import { validateAlone } from './random-validation.js';
import { dataPlane, property } from './test-switch.js';
import { compileIfFits, compileText } from './translations.js';

const plane = dataPlane('extended');
const IN = '<hdr.ipv4.dst, 10.0.0.2, 0xffffffff>';
const PACKET = frame({ udp: { src: 1, dst: 2 } });

/** For one switch after another, as memory that is new costs more than to clear it. */
const memory = new Switch(plane).memory.buffer;

function switchWith(text: string, groups: readonly MulticastGroup[], options: SwitchOptions = {}): Switch {
  const emulator = new Switch(plane, options.pipes === undefined ? { ...options, memory } : options);
  emulator.memory.words.fill(0);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  const state = new SwitchState(plane);
  for (const operation of installOperations(compileText(text, state).compiled)) emulator.apply(operation);
  for (const group of groups) emulator.apply({ kind: 'insertGroup', group });
  return emulator;
}

function batchOf(...packets: readonly Uint8Array[]): PacketBatch {
  const batch = createPacketBatch(packets.length, 2 ** 20);
  for (const packet of packets) appendPacketBytes(batch, packet, 1);
  return batch;
}

interface Left {
  readonly port: number | undefined;
  readonly bytes: string;
}

function leftIn(batch: PacketBatch): Left[] {
  const left: Left[] = [];
  forEachLeft(batch, (packets, i) => {
    left.push({ port: packets.egressPort[i], bytes: Buffer.from(packetBytes(packets, i)).toString('hex') });
  });
  return left;
}

const GROUP: MulticastGroup = {
  id: 7,
  nodes: [
    { id: 3, replicationId: 500, ports: [9, 4] },
    { id: 1, replicationId: 2, ports: [4] },
  ],
};

const ENGINES: readonly SwitchOptions[] = [
  { engine: 'compiled' },
  { engine: 'interpreted' },
  { engine: 'compiled', pipes: 2 },
  { countsHits: true },
];
for (const options of ENGINES) {
  const name = JSON.stringify(options);

  test(`a packet is copied by node, then by port, and each copy reads its replication id (${name})`, () => {
    const text = `program p(${IN}) { MULTICAST(7); EXTRACT(eg_intr_md.egress_rid, sar); MODIFY(hdr.ipv4.dst, sar); }`;
    const emulator = switchWith(text, [GROUP], options);
    const batch = batchOf(PACKET, frame({ etherType: 0x88b5, payload: [1, 2] }), PACKET);
    emulator.process(batch);
    assert.equal([...batch.egressPort], [COPIED, 2, COPIED]);
    const left = leftIn(batch);
    assert.equal(
      left.map(({ port }) => port),
      [4, 9, 4, 2, 4, 9, 4],
    );
    const address = (at: number): number => Number.parseInt(left[at]?.bytes.slice(60, 68) ?? '', 16);
    assert.equal([address(0), address(1), address(2)], [500, 500, 2]);
    const { in: arrived, out, dropped, copied, copies, unmatched } = emulator.counters;
    assert.equal([arrived, out, dropped, copied, copies, unmatched], [3, 7, 0, 2, 6, 1]);
    assert.equal([...(batch.copies?.number ?? [])].slice(0, 6), [0, 1, 2, 0, 1, 2]);
  });

  test(`a packet to no group, or to one without ports, is dropped and counted (${name})`, () => {
    const emulator = switchWith(`program p(${IN}) { MULTICAST(7); }`, [], options);
    const batch = batchOf(PACKET);
    emulator.process(batch);
    emulator.apply({ kind: 'insertGroup', group: { id: 7, nodes: [{ id: 1, replicationId: 0, ports: [] }] } });
    emulator.process(batch);
    assert.is(batch.egressPort[0], DROPPED);
    assert.equal([emulator.counters.dropped, emulator.counters.noGroup, emulator.counters.copies], [2, 2, 0]);
  });

  test(`each copy is dropped for itself in egress, and no copy is made of a packet dropped in ingress (${name})`, () => {
    const text = `program p(${IN}) {
      MULTICAST(7);
      EXTRACT(eg_intr_md.egress_rid, har);
      BRANCH: case(<har, 500, 0xffffffff>) { DROP; };
    }`;
    const emulator = switchWith(text, [GROUP], options);
    const batch = batchOf(PACKET);
    emulator.process(batch);
    assert.equal(
      leftIn(batch).map(({ port }) => port),
      [4],
    );
    assert.equal([emulator.counters.out, emulator.counters.dropped, emulator.counters.copies], [1, 2, 3]);
    const dropping = switchWith(`program p(${IN}) { DROP; MULTICAST(7); }`, [GROUP], options);
    dropping.process(batchOf(PACKET));
    assert.equal([dropping.counters.out, dropping.counters.in], [0, 1]);
  });

  test(`the last of FORWARD and MULTICAST wins (${name})`, () => {
    for (const [body, ports] of [
      ['MULTICAST(7); FORWARD(11);', [11]],
      ['FORWARD(11); MULTICAST(7);', [4, 9, 4]],
      ['MULTICAST(7); REPORT;', [192]],
      ['MULTICAST(7); RETURN;', [1]],
      ['MULTICAST(9); MULTICAST(7);', [4, 9, 4]],
    ] as const) {
      const batch = batchOf(PACKET);
      switchWith(`program p(${IN}) { ${body} }`, [GROUP], options).process(batch);
      assert.equal(
        leftIn(batch).map(({ port }) => port),
        ports,
        body,
      );
    }
  });

  test(`a packet that recirculates is copied behind its last pass, and counts once in memory (${name})`, () => {
    // MULTICAST comes in ingress, behind more steps than a pass has RPBs there.
    const text = `@m 16\n@k 16\nprogram p(${IN}) { LOADI(sar, 1); HASH_5_TUPLE_MEM(m); MEMADD(m); HASH_5_TUPLE_MEM(k);
      MEMADD(k); HASH; MULTICAST(7); }`;
    assert.is(compileText(text, new SwitchState(plane)).compiled.passes, 2);
    const emulator = switchWith(text, [GROUP], options);
    const batch = batchOf(PACKET);
    emulator.process(batch);
    assert.is(leftIn(batch).length, 3);
    const words = emulator.registersOfPipes.flatMap(({ words: all }) => [...all.filter((word) => word !== 0)]);
    assert.equal(words, [1, 1]);
  });
}

test('groups are refused that the switch cannot have', () => {
  const node = (id: number, ...ports: number[]) => ({ id, replicationId: 0, ports });
  const refused: readonly (readonly [MulticastGroup, string])[] = [
    [{ id: 0, nodes: [] }, 'out-of-range'],
    [{ id: 65536, nodes: [] }, 'out-of-range'],
    [{ id: 1.5, nodes: [] }, 'out-of-range'],
    [{ id: 7, nodes: [] }, 'already-exists'],
    [{ id: 8, nodes: [node(3, 1)] }, 'already-exists'],
    [{ id: 8, nodes: [node(9, 1), node(9, 2)] }, 'already-exists'],
    [{ id: 8, nodes: [node(9, 1, 1)] }, 'already-exists'],
    [{ id: 8, nodes: [node(9, 512)] }, 'out-of-range'],
    [{ id: 8, nodes: [node(9, -1)] }, 'out-of-range'],
    [{ id: 8, nodes: [node(9, 68)] }, 'out-of-range'],
    [{ id: 8, nodes: [{ id: 9, replicationId: 65536, ports: [1] }] }, 'out-of-range'],
    [
      groupOfPorts(
        8,
        Array.from({ length: 1025 }, () => 1),
        [GROUP],
      ),
      'no-space',
    ],
  ];
  const emulator = switchWith(`program p(${IN}) { MULTICAST(7); }`, [GROUP]);
  for (const [group, code] of refused) {
    try {
      emulator.apply({ kind: 'insertGroup', group });
      assert.unreachable(JSON.stringify(group));
    } catch (error) {
      assert.is(error instanceof TargetError && error.code, code, JSON.stringify(group).slice(0, 100));
    }
    assert.equal(emulator.groups(), [GROUP]);
  }
  assert.throws(() => emulator.apply({ kind: 'deleteGroup', group: { id: 8, nodes: [] } }), /no group 8/);
  assert.throws(() => new Switch(dataPlane('default')).apply({ kind: 'insertGroup', group: GROUP }), /no multicast/);
});

test('a switch holds all groups that there are, and is empty again', () => {
  const emulator = new Switch(plane);
  const groups = Array.from({ length: 65535 }, (_, i): MulticastGroup => {
    return { id: i + 1, nodes: [{ id: i, replicationId: i, ports: [i % 64] }] };
  });
  for (const group of groups) emulator.apply({ kind: 'insertGroup', group });
  assert.equal(emulator.groups(), groups);
  for (const group of groups) emulator.apply({ kind: 'deleteGroup', group });
  assert.equal(emulator.groups(), []);
});

test('a program that reads the replication id takes one pass, or does not fit', () => {
  const hops = Array.from({ length: 11 }, (_, i) => `LOADI(sar, ${i}); HASH;`).join(' ');
  const text = (rest: string): string => `program p(${IN}) { ${hops} MULTICAST(7); ${rest} }`;
  const state = new SwitchState(plane);
  assert.is(compileText(text('MODIFY(hdr.ipv4.dst, sar);'), state).compiled.passes, 2);
  const reading = text('EXTRACT(eg_intr_md.egress_rid, sar); MODIFY(hdr.ipv4.dst, sar);');
  assert.is(compileIfFits(reading, state), undefined);
  for (const late of [
    reading,
    `program p(${IN}) { MULTICAST(7); EXTRACT(eg_intr_md.egress_rid, sar); MODIFY(hdr.ipv4.dst, sar); BRANCH: case(<sar, 0, 1>) { FORWARD(2); }; }`,
  ]) {
    assert.throws(
      () => compileText(late, state),
      / \(it reads eg_intr_md\.egress_rid, so it takes one pass: copies are made behind the ingress of the last one\)/,
    );
  }
});

test('memory is not accessed behind MULTICAST', () => {
  const codes = (body: string): string[] =>
    analyse(`@m 4\nprogram p(${IN}) { LOADI(mar, 1); LOADI(sar, 1); ${body} }`, plane).diagnostics.map(
      ({ code }) => code,
    );
  assert.equal(codes('MEMADD(m); MULTICAST(1);'), []);
  assert.equal(codes('MULTICAST(1); MEMADD(m);'), ['memory-behind-multicast']);
  assert.equal(
    codes('EXTRACT(hdr.ipv4.src, har); BRANCH: case(<har, 1, 1>) { MULTICAST(1); }; MEMADD(m); FORWARD(1);'),
    [],
  );
});

const SEED = 20_261_201;

test(`random programs with groups do what their texts say (seed ${SEED})`, () => {
  const { failures, programs } = validateAlone({ seed: SEED, programs: cases(30), packets: 25, maxFailures: 1 }, plane);
  assert.equal(failures, [], failures[0]);
  assert.ok(programs > 15, String(programs));
});

/** Groups 1 to 9, of 0 to 3 nodes. */
const GROUPS = Array.from({ length: 8 }, (_, i): MulticastGroup => {
  const nodes = Array.from({ length: i % 4 }, (_, place) => {
    return { id: 10 * i + place, replicationId: 3 * i + place, ports: [place + 3, 192, 40 - i].slice(0, 1 + (i % 3)) };
  });
  return { id: i + 1, nodes };
});

/** Its copies end behind different hashes, which say nothing of the address that each has from the first. */
const HASHES_BEHIND_ACCESS = `
@m 16
program p(<hdr.ipv4.protocol, 1, 255>) {
  HASH_MEM(m);
  MEMAND(m);
  HASH_FIELDS(dst);
  EXTRACT(hdr.ipv4.ttl, sar);
  BRANCH:
  case(<sar, 0, 1>) {
    MULTICAST(2);
  };
  HASH_5_TUPLE;
  MULTICAST(6);
}`;

test('hashes of one copy are none of the address of another', () => {
  const result = validateTranslation(compileText(HASHES_BEHIND_ACCESS, new SwitchState(plane)), plane, {
    packets: 100,
    random: seedrandom.alea('hashes of copies'),
  });
  assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, plane) : '');
  assert.ok(result.kind === 'verified' && result.statements.ran === result.statements.all);
});

test('all drivers and engines make the same copies of random programs, and lose none', () => {
  let copies = 0;
  const script = fc.record({
    texts: fc.array(wholePrograms({ dataPlane: plane }), { minLength: 1, maxLength: 4 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(script, ({ texts, seed }) => {
      const random = seedrandom.alea(String(seed));
      const state = new SwitchState(plane);
      const programs = texts.flatMap((text, i) => {
        const made = compileIfFits(text, state, { name: `p${i}`, filterPriority: i });
        if (made === undefined) return [];
        state.commit(made.compiled);
        return [made];
      });
      if (programs.length === 0) return;
      const generators = programs.map(({ program }) => new PacketGenerator(program, plane, random));
      const packets = Array.from({ length: 60 }, (_, i) => generators[i % generators.length]?.next());
      const run = (engine: EngineName, isQueued: boolean): unknown => {
        const emulator = new Switch(plane, { engine, memory });
        emulator.memory.words.fill(0);
        for (const group of GROUPS) emulator.apply({ kind: 'insertGroup', group });
        for (const port of [1, 2]) {
          emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, port, port + 1) });
        }
        for (const { compiled } of programs) {
          for (const operation of installOperations(compiled)) emulator.apply(operation);
        }
        const batch = createPacketBatch(60, 2 ** 18);
        for (const packet of packets) {
          if (packet !== undefined) appendPacketBytes(batch, packet.bytes, packet.ingressPort);
        }
        const driver = isQueued ? new QueuedDriver(emulator, EMPTY_QUEUE) : emulator;
        driver.process(batch);
        const { counters } = emulator;
        assert.is(counters.in + counters.copies, counters.out + counters.dropped + counters.copied);
        const left = leftIn(batch);
        assert.is(left.length, counters.out);
        copies += counters.copies;
        const origins = [...(batch.copies?.origin ?? [])].slice(0, batch.copies?.batch.count ?? 0);
        return { left, origins, counters: { ...counters }, verdicts: [...batch.egressPort] };
      };
      const first = run('compiled', false);
      assert.equal(run('interpreted', false), first);
      assert.equal(run('compiled', true), first);
    }),
    property(12),
  );
  assert.ok(copies > 80, `${copies} copies`);
});

/** Programs with ids of several shares; half of the packets are copied, some by none. */
function manyPrograms(): Switch {
  const emulator = new Switch(plane);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  for (const group of GROUPS) emulator.apply({ kind: 'insertGroup', group });
  const state = new SwitchState(plane);
  for (let i = 0; i < 6; i++) {
    const text = `@m 16\nprogram p(<hdr.udp.src_port, ${i}, 0xffff>) { LOADI(sar, 1); HASH_5_TUPLE_MEM(m); MEMADD(m);
      ${i % 2 === 0 ? `MULTICAST(${i + 1});` : 'FORWARD(5);'} MODIFY(hdr.ipv4.dst, sar); }`;
    const { compiled } = compileText(text, state, { name: `p${i}`, filterPriority: i });
    state.commit(compiled);
    for (const operation of installOperations(compiled)) emulator.apply(operation);
  }
  return emulator;
}

test('one to three workers make the same copies, with the same digest of all that leaves', async () => {
  const results: unknown[] = [];
  for (const workers of [1, 2, 3]) {
    const emulator = manyPrograms();
    const processor = await createPacketProcessor(emulator, workers, emulator.operations());
    const memory = allocatePacketBatchMemory(500, 2 ** 17, workers);
    const batch = packetBatchOver(memory);
    for (let i = 0; i < 500; i++) {
      appendPacketBytes(batch, frame({ udp: { src: (i * 7) % 8, dst: i % 3 } }), i % 11 === 0 ? 3 : 1);
    }
    await processor.process(batch, memory, 0, 200);
    await processor.process(batch, memory, 200, 500);
    const digest = new OutputDigest();
    digest.update(batch);
    results.push({
      left: leftIn(batch),
      digest: digest.finish(),
      counters: { ...processor.counters },
      state: stateDigest(emulator.memory.words),
    });
    await processor.close();
  }
  const [first, ...others] = results;
  assert.ok((first as { counters: { copies: number } }).counters.copies > 100);
  for (const other of others) assert.equal(other, first);
});

test('a snapshot keeps groups', () => {
  const emulator = manyPrograms();
  const bytes = takeSnapshot(emulator, [], emulator.counters, null);
  const restored = new Switch(plane);
  restoreSnapshot(restored, readSnapshot(bytes, plane));
  assert.equal(restored.groups(), GROUPS);
  assert.equal(restored.operations(), emulator.operations());
});

test('a trace has the steps of each copy, and what became of it', () => {
  const text = `program p(${IN}) {
    MULTICAST(7);
    EXTRACT(eg_intr_md.egress_rid, sar);
    MODIFY(hdr.ipv4.dst, sar);
    MOVE(har, sar);
    BRANCH: case(<har, 2, 0xffffffff>) { DROP; };
  }`;
  const emulator = switchWith(text, [GROUP]);
  const tracer = new PacketTracer(emulator, () => undefined);
  tracer.apply(emulator.operations());
  const trace = tracer.trace(batchOf(PACKET), 0, 1);
  assert.is(trace.verdict.kind, 'copied');
  assert.equal(
    trace.copies?.map(({ copy, replicationId, kind, port }) => [copy, replicationId, kind, port]),
    [
      [0, 500, 'forwarded', 4],
      [1, 500, 'forwarded', 9],
      [2, 2, 'dropped', null],
    ],
  );
  const extracts = trace.steps.filter(({ action }) => action === 'extract_egintrmdegressrid_sar');
  assert.equal(
    extracts.map(({ copy, after }) => [copy, after.sar]),
    [
      [0, 500],
      [1, 500],
      [2, 2],
    ],
  );
  const lines = formatPacketTrace(trace).split('\n');
  assert.ok(lines.includes('  verdict  3 copies'));
  assert.ok(lines.includes('  copy 2   replication id 2: dropped (DROP)'));
  emulator.apply({ kind: 'deleteGroup', group: GROUP });
  tracer.apply([{ kind: 'deleteGroup', group: GROUP }]);
  assert.is(tracer.trace(batchOf(PACKET), 0, 2).verdict.reason, 'no group');
});

test.run();
